/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_ISSUE_ASKS_H
#define CORRELATOR_PEOPLE_ISSUE_ASKS_H

#include "correlator/correlate/ledger.h"
#include "correlator/events/issue_keys.h"

/*
 * What a caller asks for: the keys of the events that could have issued what it used, and when each
 * can have been. Those who are at the beginning of a chain (docs/SEMANTICS.md, "The person") ask
 * for nothing.
 */
struct issue_need {
	uint64_t key;
	int64_t from_us, to_us; /* when an event with that key can have been */
};

struct issue_need_list {
	struct issue_need *rows; /* by key, each key once */
	size_t count, cap;
};

/* Adds what the caller asks for. 0, or -1 without memory. */
int issue_asks_add(struct issue_need_list *list, const struct ledger *l, const struct caller *c);
/* True when the caller asks for more the longer it is seen: it does not say when it was created. */
bool issue_asks_grow(const struct ledger *l, const struct caller *c);

#endif
