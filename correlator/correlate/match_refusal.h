/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_MATCH_REFUSAL_H
#define CORRELATOR_CORRELATE_MATCH_REFUSAL_H

#include "correlator/correlate/match.h"

/*
 * Keys that somebody tried and that EC2 Instance Connect did not have: "Querying" that no
 * "Providing" follows within 10 s on the same host for the same key (docs/SEMANTICS.md, "Retro
 * mode"). Those in a row, not more than an hour apart, are one refusal, which is unproven when all
 * of its lines are. What another user wrote answers nothing that the script asked.
 */

/* Makes ledger.refusals from the finished ledger's notices and pushes, and counts those within
 * from/to. 0, or -1 without memory. */
int match_refusals(struct ledger *l, const struct match_options *o);

#endif
