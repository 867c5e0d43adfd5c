/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_RUN_REMOTE_H
#define CORRELATOR_COMMANDS_RUN_REMOTE_H

#include "correlator/cli.h"
#include "correlator/diagnostics.h"
#include "correlator/remote/remote.h"
#include "correlator/scan/progress.h"

/* The inputs of a command: files of this machine, and what lies in AWS. */
struct run_remote {
	struct remote_options options;
	struct remote *remote; /* NULL: no input lies in AWS */
	struct progress *progress;
};

/* keep: what is read is put into a store. progress and diagnostics outlive it. 0, or -1 without
 * memory. */
int run_remote_open(struct run_remote *r, const struct invocation *inv, bool keep,
    struct progress *progress, struct diagnostics *d);
void run_remote_close(struct run_remote *r);

/* Adds the files of an input to the list, wherever it lies. 0, or -1 without memory. */
int run_remote_add(struct run_remote *r, struct input_list *l, const struct option_input *input,
    struct diagnostics *d);

/* For gather_options.source and document.source; NULL: nothing is elsewhere. */
const struct document_source *run_remote_source(const struct run_remote *r);

/* remote_add_coverage, where there is something remote. */
int run_remote_add_coverage(struct run_remote *r, struct coverage *c, struct string_pool *pool);

#endif
