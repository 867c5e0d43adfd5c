/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/commands.h"
#include "correlator/commands/run.h"
#include "correlator/report/csv.h"
#include "correlator/report/json.h"
#include "correlator/report/table.h"

static void
render(struct run *run, enum report_format format, struct output *o, const struct style *style,
    void *ctx)
{
	(void)ctx;
	switch (format) {
	case FORMAT_JSON: json_report(o, &run->view); break;
	case FORMAT_JSONL: jsonl_report(o, &run->view); break;
	case FORMAT_CSV: csv_pushes(o, &run->view); break;
	default: table_pushes(o, &run->view, style); break;
	}
}

int
pushes_command(struct invocation *inv)
{
	const struct options *o = &inv->options;
	unsigned states = (o->used ? 1u << PUSH_USED : 0) | (o->unused ? 1u << PUSH_UNUSED : 0) |
	    (o->failed ? 1u << PUSH_FAILED : 0) |
	    (o->uninstrumented ? 1u << PUSH_UNINSTRUMENTED : 0);
	struct run run;

	if (run_begin(&run, inv, RUN_NEEDS_EVENTS, NULL) == 0) {
		run.view.show_logins = false;
		run.view.show_refusals = false;
		run.view.show_others = states == 0;
		run.view.push_states = states;
		run_print(&run, render, NULL);
	}
	return run_end(&run);
}
