/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "correlator/commands/commands.h"
#include "correlator/commands/select.h"
#include "correlator/option_values.h"
#include "correlator/report/explanation.h"
#include "correlator/report/overview.h"
#include "correlator/report/summary.h"

static void
end_line(struct output *o, struct json_writer *w)
{
	buf_putc(&o->buf, '\n');
	w->comma = false;
	output_flush(o);
}

/* Several logins can claim one session id; all of them are explained. */
static void
render(struct run *run, enum report_format format, struct output *o, const struct style *style,
    void *ctx)
{
	struct report_view *v = &run->view;
	struct json_writer w;

	(void)ctx;
	json_writer_init(&w, &o->buf);
	if (format == FORMAT_JSON) {
		json_object_begin(&w, NULL);
		json_array_begin(&w, "explanations");
	}
	for (size_t i = 0; i < v->ledger->login_count && !output_failed(o); i++) {
		struct explanation e;

		if (!view_has_login(v, i))
			continue;
		explanation_make(&e, v, &v->ledger->logins[i]);
		if (format == FORMAT_TEXT)
			explanation_text(o, v, style, &e);
		else
			explanation_json(o, &w, v, &e);
		if (format == FORMAT_JSONL)
			end_line(o, &w);
	}
	if (format == FORMAT_TEXT) {
		overview_pruned(o, v, style);
		return;
	}
	if (format == FORMAT_JSON)
		json_array_end(&w);
	summary_put(&w, format == FORMAT_JSON ? "summary" : NULL, v);
	if (format == FORMAT_JSON)
		json_object_end(&w);
	end_line(o, &w);
}

/* The logins of the session, and the pushes that they are tested against. */
static void
pick(const struct run *run, uint8_t *logins, uint8_t *pushes)
{
	const char *session = run->inv->options.args[0];
	const struct ledger *l = &run->ledger;

	for (size_t i = 0; i < l->login_count; i++) {
		struct explanation e;

		if (!select_has_session(l, &l->logins[i], session))
			continue;
		logins[i] = 1;
		explanation_make(&e, &run->view, &l->logins[i]);
		for (size_t k = 0; k < e.test_count; k++)
			pushes[e.tests[k].push] = 1;
	}
}

static void
answer(struct run *run)
{
	uint8_t *logins = calloc(run->ledger.login_count + 1, 1);
	uint8_t *pushes = calloc(run->ledger.push_count + 1, 1);
	struct report_view *v = &run->view;

	if (logins == NULL || pushes == NULL) {
		run_note_memory(run);
		goto out;
	}
	pick(run, logins, pushes);
	v->picked_logins = logins;
	v->picked_pushes = pushes;
	v->any_time = true;
	if (view_answers(v) == 0)
		run_print(run, render, NULL);
	else
		run_note_memory(run);
out:
	free(logins);
	free(pushes);
}

int
explain_command(struct invocation *inv)
{
	const char *session = inv->options.args[0];
	const struct store_question question = {.session = span_of(session),
	    .tests = true,
	    .pid = OPTION_NUMBER_UNSET,
	    .audit_session = OPTION_NUMBER_UNSET};
	struct run run;
	bool found;

	if (!option_value_is_session(span_of(session)))
		return cli_usage_error(
		    inv, "'%s' is not a session id, nor 8 or more digits of one", session);
	if (run_begin(&run, inv, RUN_NEEDS_LOGINS | RUN_NEEDS_EVENTS | RUN_ANY_TIME, &question) ==
	    0) {
		if (select_check_session(&run, session, &found) != 0)
			run_note(&run, EXIT_CODE_USAGE);
		else if (!found)
			run_note(&run,
			    cli_usage_error(inv, "no login has the session id '%s'", session));
		else
			answer(&run);
	}
	return run_end(&run);
}
