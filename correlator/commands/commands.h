/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_COMMANDS_H
#define CORRELATOR_COMMANDS_COMMANDS_H

#include "correlator/cli.h"

/* The commands, each in the file of its name. All return an enum exit_code. */
int report_command(struct invocation *inv);
int who_command(struct invocation *inv);
int explain_command(struct invocation *inv);
int pushes_command(struct invocation *inv);
int verify_command(struct invocation *inv);
int reach_command(struct invocation *inv);
int annotate_command(struct invocation *inv);
int ingest_command(struct invocation *inv);

#endif
