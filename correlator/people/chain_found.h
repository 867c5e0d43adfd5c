/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_CHAIN_FOUND_H
#define CORRELATOR_PEOPLE_CHAIN_FOUND_H

#include "correlator/people/chain.h"

/* Private to chain.c: the events that can have issued what a caller used, docs/SEMANTICS.md,
 * "Hops". */

/* More events than this under one key are no accident, and are not told apart. */
#define FOUND_MAX 64

/* The events that one rule finds for a caller: each act once, of each caller one. */
struct found {
	uint32_t issues[FOUND_MAX];
	size_t count;
	bool more;              /* there were more than fit */
	uint32_t switched;      /* a SwitchRole, and a ConsoleLogin, of the caller's own session: */
	uint32_t signed_in;     /* they tell of it, they did not issue it */
	uint32_t switched_also; /* a SwitchRole that says another origin of the same session */
	bool by_ec2; /* EC2 fetched the credentials for one of its instances: passed over */
};

#define FOUND_NOTHING                                                                              \
	((struct found){.switched = HOP_NONE, .signed_in = HOP_NONE, .switched_also = HOP_NONE})

/* Adds what of these entries can have issued what the caller used. */
void found_scan(struct found *f, const struct ledger *l, uint32_t caller, struct index_range r,
    enum hop_rule rule);
/* The copy of the caller's own account, where only the role owner's fits the rule's key. */
void found_add_twins(struct found *f, const struct chain *c);
/* Leaves one event of each caller, the one nearest to that time. */
void found_merge_callers(struct found *f, const struct ledger *l, int64_t at_us);

#endif
