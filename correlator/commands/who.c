/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "correlator/commands/commands.h"
#include "correlator/commands/select.h"
#include "correlator/report/json.h"
#include "correlator/report/story.h"
#include "correlator/report/words.h"

static void
put_stories(struct run *run, struct output *o, const struct style *style, size_t count)
{
	struct report_view *v = &run->view;

	for (size_t i = 0; i < v->ledger->login_count && !output_failed(o); i++) {
		if (view_has_login(v, i))
			story_put(o, v, style, &v->ledger->logins[i]);
	}
	if (count == 0)
		buf_puts(&o->buf, "no login fits, of ");
	else {
		words_count(&o->buf, count, "login fits", "logins fit");
		buf_puts(&o->buf, ", of ");
	}
	buf_put_u64(&o->buf, v->ledger->login_count);
	buf_putc(&o->buf, '\n');
}

static void
render(struct run *run, enum report_format format, struct output *o, const struct style *style,
    void *ctx)
{
	switch (format) {
	case FORMAT_JSON: json_report(o, &run->view); break;
	case FORMAT_JSONL: jsonl_report(o, &run->view); break;
	default: put_stories(run, o, style, *(const size_t *)ctx); break;
	}
}

/* The pushes that can explain the logins picked. */
static void
pick_pushes(const struct ledger *l, const uint8_t *logins, uint8_t *pushes)
{
	for (size_t i = 0; i < l->login_count; i++) {
		for (uint32_t k = 0; logins[i] != 0 && k < l->logins[i].match_count; k++)
			pushes[l->login_pushes[l->logins[i].match_first + k]] = 1;
	}
}

static void
answer(struct run *run)
{
	uint8_t *logins = calloc(run->ledger.login_count + 1, 1);
	uint8_t *pushes = calloc(run->ledger.push_count + 1, 1);
	size_t count;

	if (logins == NULL || pushes == NULL) {
		cli_say(run->inv->err, "out of memory");
		run_note(run, EXIT_CODE_OUTPUT);
		goto out;
	}
	count = select_logins(run, logins);
	pick_pushes(&run->ledger, logins, pushes);
	run->view.picked_logins = logins;
	run->view.picked_pushes = pushes;
	run->view.show_others = false;
	run->view.show_refusals = false;
	run_print(run, render, &count);
out:
	free(logins);
	free(pushes);
}

int
who_command(struct invocation *inv)
{
	const char *session = inv->options.session;
	struct run run;
	bool found;

	if (!select_is_asked(&inv->options))
		return cli_usage_error(inv,
		    "which login? give INSTANCE, --user, --at, --ip, "
		    "--fingerprint, --pid, --audit-session, --session, --from "
		    "or --to");
	if (run_begin(&run, inv, RUN_NEEDS_LOGINS | RUN_NEEDS_EVENTS) == 0) {
		if (session != NULL && select_check_session(&run, session, &found) != 0)
			run_note(&run, EXIT_CODE_USAGE);
		else
			answer(&run);
	}
	return run_end(&run);
}
