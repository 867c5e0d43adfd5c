/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_RUN_HINT_H
#define CORRELATOR_COMMANDS_RUN_HINT_H

#include "correlator/options.h"

/* Puts the options that another command must be given to come to the same verdicts and people, each
 * with a blank in front, quoted for the shell where they need to be. */
void run_hint_put(struct buf *out, const struct options *o);

#endif
