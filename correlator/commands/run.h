/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_RUN_H
#define CORRELATOR_COMMANDS_RUN_H

#include "correlator/cli.h"
#include "correlator/diagnostics.h"
#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"
#include "correlator/syslog/instance_map.h"

/*
 * What every command does around its own work: read and judge the inputs before it, print in the
 * formats asked for behind it, put the exit code together.
 */
struct run {
	struct invocation *inv;
	struct ledger ledger;
	struct identity_store identity_store;
	struct instance_map instance_map;
	struct people people; /* unless --no-people */
	bool has_people;
	struct report_view view;
	struct report_input *inputs;
	struct diagnostics diagnostics;
	struct buf hint;
	int code; /* the gravest so far */
};

enum run_needs {
	RUN_NEEDS_LOGINS = 1,
	RUN_NEEDS_EVENTS = 2,
};

/* Reads and judges. 0 when the command can go on; else it returns run_end at once. */
int run_begin(struct run *run, struct invocation *inv, unsigned needs);

/* Prints in every format asked for. */
typedef void run_render(struct run *run, enum report_format format, struct output *o,
    const struct style *style, void *ctx);
void run_print(struct run *run, run_render *render, void *ctx);

/* Notes a reason for an exit code; the gravest counts. */
void run_note(struct run *run, enum exit_code code);

/* Frees all, returns the exit code. */
int run_end(struct run *run);

#endif
