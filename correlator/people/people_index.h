/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_PEOPLE_INDEX_H
#define CORRELATOR_PEOPLE_PEOPLE_INDEX_H

#include "correlator/correlate/ledger.h"

/*
 * Private to people: finds issuing events by what they issued. Strings are compared as wholes
 * (equal strings have equal numbers), so nothing found here needs another look.
 */
struct index_entry {
	string_id a, b; /* what it is found by; b: 0 where one is enough */
	int64_t time_us;
	uint32_t issue; /* in ledger.issues */
};

struct index_table {
	struct index_entry *rows; /* by a, b, time and issue */
	size_t count, cap;
};

struct people_index {
	struct index_table keys;     /* access key id issued */
	struct index_table sign_ins; /* ARN of the sign-in session opened */
	struct index_table sessions; /* principalId of the session */
	struct index_table sets;     /* account, permission set */
	struct index_table shared;   /* sharedEventID */
};

struct index_range {
	const struct index_entry *begin, *end;
};

/* 0, or -1 without memory (people_index_clear all the same). */
int people_index_build(struct people_index *x, const struct ledger *l);
void people_index_clear(struct people_index *x);

/* The entries with these strings and a time in [from_us, to_us]; none when a is 0. As many
 * steps as the logarithm of the table. */
struct index_range people_index_find(
    const struct index_table *t, string_id a, string_id b, int64_t from_us, int64_t to_us);

#endif
