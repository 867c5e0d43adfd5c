/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_RUN_FILES_H
#define CORRELATOR_COMMANDS_RUN_FILES_H

#include "correlator/commands/run.h"

/*
 * Reads what the options name beside the inputs: --identity-store and --instance-map. What is wrong
 * with a file is said and counted like an input that could not be read; the run goes on without it.
 * 0, or -1 without memory.
 */
int run_files_read(struct run *run);

#endif
