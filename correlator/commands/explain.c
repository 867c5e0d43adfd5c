/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/commands.h"
#include "correlator/commands/select.h"
#include "correlator/option_values.h"
#include "correlator/report/explanation.h"
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
	const char *session = run->inv->options.args[0];
	struct report_view *v = &run->view;
	struct json_writer w;

	(void)ctx;
	json_writer_init(&w, &o->buf);
	if (format == FORMAT_JSON) {
		json_object_begin(&w, NULL);
		json_array_begin(&w, "explanations");
	}
	for (size_t i = 0; i < v->ledger->login_count && !output_failed(o); i++) {
		const struct login *login = &v->ledger->logins[i];
		struct explanation e;

		if (!select_has_session(v->ledger, login, session))
			continue;
		explanation_make(&e, v, login);
		if (format == FORMAT_TEXT)
			explanation_text(o, v, style, &e);
		else
			explanation_json(o, &w, v, &e);
		if (format == FORMAT_JSONL)
			end_line(o, &w);
	}
	if (format == FORMAT_TEXT)
		return;
	if (format == FORMAT_JSON)
		json_array_end(&w);
	summary_put(&w, format == FORMAT_JSON ? "summary" : NULL, v);
	if (format == FORMAT_JSON)
		json_object_end(&w);
	end_line(o, &w);
}

int
explain_command(struct invocation *inv)
{
	const char *session = inv->options.args[0];
	struct run run;
	bool found;

	if (!option_value_is_session(span_of(session)))
		return cli_usage_error(
		    inv, "'%s' is not a session id, nor 8 or more digits of one", session);
	if (run_begin(&run, inv, RUN_NEEDS_LOGINS | RUN_NEEDS_EVENTS) == 0) {
		if (select_check_session(&run, session, &found) != 0)
			run_note(&run, EXIT_CODE_USAGE);
		else if (!found)
			run_note(&run,
			    cli_usage_error(inv, "no login has the session id '%s'", session));
		else
			run_print(&run, render, NULL);
	}
	return run_end(&run);
}
