/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_PUSH_INDEX_H
#define CORRELATOR_CORRELATE_PUSH_INDEX_H

#include "correlator/correlate/ledger.h"

/*
 * The key pushes by fingerprint, then instance, then OS user, then time: what a login's key is
 * looked up in. Built over a finished ledger, which must not change while the index is in use.
 */
struct push_entry {
	int64_t time_us;
	string_id instance_id, os_user;
	uint32_t push; /* index in ledger.pushes: ascending is by time */
	bool failed;
};

struct push_index {
	const struct ledger *ledger;
	struct push_entry *entries;
	uint32_t *first; /* by fingerprint: its entries are first[f] .. first[f + 1] - 1 */
	size_t first_count;
	struct push_group *groups; /* of fingerprints with many entries; private */
	size_t group_count;
};

struct push_range {
	const struct push_entry *begin, *end;
};

/* 0, or -1 without memory. */
int push_index_build(struct push_index *x, const struct ledger *l);
void push_index_clear(struct push_index *x);

/* All pushes of a key; of a key for an instance; of a key for a user of an instance. */
struct push_range push_index_key(const struct push_index *x, string_id fingerprint);
struct push_range push_range_instance(struct push_range range, string_id instance_id);
struct push_range push_range_user(struct push_range instance, string_id os_user);
/* The part of a user's range with times in [from_us, to_us]. */
struct push_range push_range_time(struct push_range user, int64_t from_us, int64_t to_us);

/* True when the key was successfully pushed at or before until_us for another instance; its cost
 * does not depend on how many instances there are. */
bool push_index_other_instance(
    const struct push_index *x, string_id fingerprint, string_id instance_id, int64_t until_us);
/* The same for another user of that instance. */
bool push_index_other_user(const struct push_index *x, string_id fingerprint, string_id instance_id,
    string_id os_user, int64_t until_us);

#endif
