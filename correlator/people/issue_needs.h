/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_ISSUE_NEEDS_H
#define CORRELATOR_PEOPLE_ISSUE_NEEDS_H

#include "correlator/correlate/ledger.h"
#include "correlator/people/issue_asks.h"
#include "correlator/people/issue_index.h"

/*
 * Which issuing events the chains of the ledger's callers need, and so what to read again. Works in
 * rounds: the callers of the pushes ask first, then the callers of the events found for them, until
 * nobody asks for anything new.
 */
struct issue_needs {
	struct issue_need_list round, asked; /* of this round; of all before it */
	size_t callers_done;                 /* callers that have asked */
	uint32_t *undated; /* of these, those that say not when they were created: what they ask for
			      grows with the times at which they are seen */
	size_t undated_count, undated_cap;
};

void issue_needs_init(struct issue_needs *n);
void issue_needs_clear(struct issue_needs *n);
/* What the callers added to the ledger since the last round ask for, and was not asked for yet.
 * n->round.count is how much that is. 0, or -1 without memory. */
int issue_needs_round(struct issue_needs *n, const struct ledger *l);
/* True when one of the keys is asked for in this round. */
bool issue_needs_any(const struct issue_needs *n, const struct issue_keys *keys);
/* The places to read for this round, by file and place, each once; a file that is to be looked
 * through as a whole has ISSUE_PLACE_UNKNOWN alone. 0, or -1 without memory. */
int issue_needs_places(
    const struct issue_needs *n, const struct issue_index *x, struct issue_places *places);

#endif
