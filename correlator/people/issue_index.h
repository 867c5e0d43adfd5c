/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_ISSUE_INDEX_H
#define CORRELATOR_PEOPLE_ISSUE_INDEX_H

#include "correlator/events/issue_keys.h"

/*
 * Where issuing events lie: which file to read again, and where in it, for the event with a certain
 * key. A trail is one tenth to a third such events and a chain needs few of them, so 16 bytes are
 * kept of each key, of max_entries at most; files beyond that are known by the times of their
 * issuing events alone. Memory is bounded, and no event is ever out of reach.
 */
#define ISSUE_INDEX_MAX ((size_t)2 << 20)

/* A place that cannot be told: the whole file is to be looked through. */
#define ISSUE_PLACE_UNKNOWN UINT32_MAX

struct issue_entry {
	uint64_t key;
	uint32_t file;
	uint32_t place; /* the byte of the inflated file at which the event begins */
};

/* A file whose issuing events, or some of them, are not among the entries; their times. */
struct issue_file {
	int64_t first_us, last_us;
	uint32_t file;
};

struct issue_index {
	struct issue_entry *entries; /* as they were added */
	size_t count, cap, max;
	/* after issue_index_finish, entries being told by their number + 1; NULL: no memory for it,
	 * and all entries are looked at for each key */
	uint32_t *heads; /* by a hash of the key: the first of those with that hash */
	uint32_t *next;  /* by entry: the next of them; 0: none */
	size_t head_count;
	uint64_t salt;           /* of the hash: nobody can make keys that meet */
	struct issue_file *wide; /* by file */
	size_t wide_count, wide_cap;
};

struct issue_place {
	uint32_t file, place;
};

struct issue_places {
	struct issue_place *rows;
	size_t count, cap;
};

void issue_index_init(struct issue_index *x, size_t max_entries);
void issue_index_clear(struct issue_index *x);
/* Notes an issuing event at that place of that file; files come one after the other. 0, or -1
 * without memory. */
int issue_index_add(
    struct issue_index *x, uint32_t file, uint32_t place, const struct issue_keys *keys);
/* After the last event. */
void issue_index_finish(struct issue_index *x);
/* Adds the places of all entries with that key, in the order they were added. The wide files may
 * hold others: for the caller to judge by their times. 0, or -1 without memory. */
int issue_index_find(const struct issue_index *x, uint64_t key, struct issue_places *places);

#endif
