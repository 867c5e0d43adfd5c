/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "correlator/commands/commands.h"
#include "correlator/commands/run.h"
#include "correlator/report/csv.h"
#include "correlator/report/json.h"
#include "correlator/report/reach_report.h"

static void
render(struct run *run, enum report_format format, struct output *o, const struct style *style,
    void *ctx)
{
	(void)ctx;
	switch (format) {
	case FORMAT_JSON: json_report(o, &run->view); break;
	case FORMAT_JSONL: jsonl_report(o, &run->view); break;
	case FORMAT_CSV: csv_logins(o, &run->view); break;
	default: reach_report_table(o, &run->view, style); break;
	}
}

/* The pushes shown: those of the identity in the range asked for, and those of its logins. */
static void
pick_pushes(const struct run *run, const struct reach *reach, uint8_t *pushes)
{
	const struct ledger *l = &run->ledger;

	for (size_t i = 0; i < l->push_count; i++)
		pushes[i] = reach->pushes[i] != REACH_NONE &&
		    match_in_range(run->view.match, l->pushes[i].time_us);
	for (size_t i = 0; i < l->login_count; i++) {
		const struct login *login = &l->logins[i];

		for (uint32_t k = 0; reach->logins[i] != REACH_NONE && k < login->match_count; k++)
			pushes[l->login_pushes[login->match_first + k]] = 1;
	}
}

static void
answer(struct run *run, const char *identity)
{
	uint8_t *pushes = calloc(run->ledger.push_count + 1, 1);
	struct report_view *v = &run->view;
	struct reach reach = {0};

	if (pushes == NULL || reach_run(&reach, &run->people, v->match, span_of(identity)) != 0) {
		run_note_memory(run);
		goto out;
	}
	pick_pushes(run, &reach, pushes);
	v->picked_logins = reach.logins;
	v->picked_pushes = pushes;
	v->show_others = false;
	v->show_refusals = false;
	v->reach = &reach;
	v->identity = identity;
	if (view_answers(v) == 0)
		run_print(run, render, NULL);
	else
		run_note_memory(run);
	v->reach = NULL;
out:
	reach_clear(&reach);
	free(pushes);
}

int
reach_command(struct invocation *inv)
{
	const char *identity = inv->options.args[0];
	const struct store_question question = {.identity = span_of(identity),
	    .pid = OPTION_NUMBER_UNSET,
	    .audit_session = OPTION_NUMBER_UNSET};
	struct run run;

	if (identity[strspn(identity, " \t")] == '\0')
		return cli_usage_error(inv, "whom? '%s' names nobody", identity);
	if (inv->options.no_people)
		return cli_usage_error(inv, "reach follows people: it cannot do with --no-people");
	if (run_begin(&run, inv, RUN_NEEDS_LOGINS | RUN_NEEDS_EVENTS, &question) == 0)
		answer(&run, identity);
	return run_end(&run);
}
