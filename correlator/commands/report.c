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
	case FORMAT_CSV: csv_logins(o, &run->view); break;
	default: table_report(o, &run->view, style); break;
	}
}

/* Says what --fail-on asked about, also when another exit code hides it. */
static void
check_findings(struct run *run)
{
	const struct options *o = &run->inv->options;
	const struct ledger_counts *n = &run->ledger.counts;

	for (enum verdict i = 0; i < VERDICT_COUNT; i++) {
		if ((o->fail_verdicts & 1u << i) == 0 || n->verdicts[i] == 0)
			continue;
		cli_say(run->inv->err, "finding: %s: %llu", verdict_name(i),
		    (unsigned long long)n->verdicts[i]);
		run_note(run, EXIT_CODE_FINDINGS);
	}
	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		if ((o->fail_reasons & 1u << i) == 0 || n->reasons[i] == 0)
			continue;
		cli_say(run->inv->err, "finding: %s: %llu", reason_name(i),
		    (unsigned long long)n->reasons[i]);
		run_note(run, EXIT_CODE_FINDINGS);
	}
}

int
report_command(struct invocation *inv)
{
	struct run run;

	if (run_begin(&run, inv, RUN_NEEDS_LOGINS | RUN_NEEDS_EVENTS, NULL) == 0) {
		run_print(&run, render, NULL);
		check_findings(&run);
	}
	return run_end(&run);
}
