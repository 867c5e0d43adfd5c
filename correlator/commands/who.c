/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "correlator/commands/commands.h"
#include "correlator/commands/select.h"
#include "correlator/report/json.h"
#include "correlator/report/overview.h"
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
		buf_puts(&o->buf, "no login fits");
	else
		words_count(&o->buf, count, "login fits", "logins fit");
	buf_putc(&o->buf, '\n');
	overview_pruned(o, v, style);
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
	struct report_view *v = &run->view;
	size_t count;

	if (logins == NULL || pushes == NULL) {
		run_note_memory(run);
		goto out;
	}
	count = select_logins(run, logins);
	pick_pushes(&run->ledger, logins, pushes);
	v->picked_logins = logins;
	v->picked_pushes = pushes;
	v->show_others = false;
	v->show_refusals = false;
	if (view_answers(v) == 0)
		run_print(run, render, &count);
	else
		run_note_memory(run);
out:
	free(logins);
	free(pushes);
}

int
who_command(struct invocation *inv)
{
	const char *session = inv->options.session;
	char fingerprint[SELECT_FINGERPRINT_MAX];
	unsigned needs = RUN_NEEDS_LOGINS | RUN_NEEDS_EVENTS;
	struct store_question question;
	struct run run;
	bool found;

	if (!select_is_asked(&inv->options))
		return cli_usage_error(inv,
		    "which login? give INSTANCE, --user, --at, --ip, "
		    "--fingerprint, --pid, --audit-session, --session, --from "
		    "or --to");
	select_question(&question, &inv->options, fingerprint);
	if (session != NULL)
		needs |= RUN_ANY_TIME;
	if (run_begin(&run, inv, needs, &question) == 0) {
		if (session != NULL && select_check_session(&run, session, &found) != 0)
			run_note(&run, EXIT_CODE_USAGE);
		else
			answer(&run);
	}
	return run_end(&run);
}
