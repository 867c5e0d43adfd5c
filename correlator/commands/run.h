/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_RUN_H
#define CORRELATOR_COMMANDS_RUN_H

#include "correlator/cli.h"
#include "correlator/diagnostics.h"
#include "correlator/report/output.h"
#include "correlator/report/style.h"
#include "correlator/report/view.h"
#include "correlator/store/store_read.h"
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
	struct store *store;      /* of --db, while inputs are read */
	struct store_about about; /* of --db */
	struct report_input *inputs;
	size_t input_count;
	struct diagnostics diagnostics;
	struct buf hint;
	bool is_part; /* the ledger has what the answer rests on, and nothing else */
	bool said;    /* why it cannot go on */
	int code;     /* the gravest so far */
};

enum run_needs {
	RUN_NEEDS_LOGINS = 1,
	RUN_NEEDS_EVENTS = 2,
	RUN_ANY_TIME = 4, /* the question is about logins outside of from/to too */
};

/*
 * Reads and judges. 0 when the command can go on; else it returns run_end at once. question: which
 * logins the command is about, so that of a store without other inputs only what the answer rests
 * on is read; NULL: all.
 */
int run_begin(
    struct run *run, struct invocation *inv, unsigned needs, const struct store_question *question);

/* Prints in every format asked for. */
typedef void run_render(struct run *run, enum report_format format, struct output *o,
    const struct style *style, void *ctx);
void run_print(struct run *run, run_render *render, void *ctx);

/* Notes a reason for an exit code; the gravest counts. */
void run_note(struct run *run, enum exit_code code);
/* Says that there is no memory, and notes it. */
void run_note_memory(struct run *run);

/* --threads, or one a core that this process may run on. */
size_t run_count_threads(const struct options *o);

/* Frees all, returns the exit code. */
int run_end(struct run *run);

#endif
