/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_RUN_STORE_H
#define CORRELATOR_COMMANDS_RUN_STORE_H

#include "correlator/commands/run.h"
#include "correlator/people/issue_needs.h"

/*
 * The store of --db, from which run->ledger is filled. All but run_store_close return 0 or -1; what
 * a store has wrong has been said then, with its exit code noted, and run->said is true.
 */

/* Opens it, begins one view of it, and takes over what it says about itself: its inputs
 * (run->about), what was said when they were read, which is said and counted again, and up to when
 * it was pruned: nothing earlier is reported. */
int run_store_open(struct run *run);
/* Everything in it but the issuing events, for which run_store_issues is asked. */
int run_store_read_all(struct run *run);
/* Only what the answer to the question rests on; the ledger is finished. any_time: also when it
 * lies outside of from/to. */
int run_store_read_question(struct run *run, const struct store_question *question, bool any_time);
/* As gather_options.more_issues; ctx: the run. */
int run_store_issues(void *ctx, struct ledger *l, const struct issue_needs *needs);
/* Ends the view, behind all that was read of it: it fails when what was read may not belong
 * together, since the store was read without locks and somebody has written to it. Then there is no
 * answer. */
int run_store_end(struct run *run);
/* Closes what was opened, if anything was. */
void run_store_close(struct run *run);

#endif
