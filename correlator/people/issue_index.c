/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/issue_index.h"

#include <stdlib.h>

#include "common/array.h"

/* Entries are first put into groups by the head of their key: what is left to sort is small. */
#define GROUP_BITS 14
#define GROUPS     ((size_t)1 << GROUP_BITS)
#define GROUPS_MIN (GROUPS / 4) /* with fewer entries it does not pay */

void
issue_index_init(struct issue_index *x, size_t max_entries)
{
	*x = (struct issue_index){.max = max_entries};
}

void
issue_index_clear(struct issue_index *x)
{
	free(x->entries);
	free(x->wide);
	issue_index_init(x, x->max);
}

/* Notes that the file has an event which the entries have no room for. */
static int
add_wide(struct issue_index *x, uint32_t file, const struct issue_keys *keys)
{
	struct issue_file *last;

	if (x->wide_count == 0 || x->wide[x->wide_count - 1].file != file) {
		if (!array_grow((void **)&x->wide, x->wide_count, &x->wide_cap, sizeof(*x->wide)))
			return -1;
		x->wide[x->wide_count++] = (struct issue_file){keys->first_us, keys->last_us, file};
	}
	last = &x->wide[x->wide_count - 1];
	if (keys->first_us < last->first_us)
		last->first_us = keys->first_us;
	if (keys->last_us > last->last_us)
		last->last_us = keys->last_us;
	return 0;
}

int
issue_index_add(struct issue_index *x, uint32_t file, uint32_t place, const struct issue_keys *keys)
{
	if (keys->count == 0)
		return 0;
	if (x->max - x->count < keys->count)
		return add_wide(x, file, keys);
	for (size_t i = 0; i < keys->count; i++) {
		if (!array_grow((void **)&x->entries, x->count, &x->cap, sizeof(*x->entries)))
			return -1;
		x->entries[x->count++] = (struct issue_entry){keys->keys[i], file, place};
	}
	return 0;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct issue_entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static size_t
group_of(const struct issue_entry *entry)
{
	return (size_t)(entry->key >> (64 - GROUP_BITS));
}

/* Moves every entry into its group, in place. next: where each group goes on; end: where it ends.
 */
static void
group_entries(struct issue_entry *entries, uint32_t *next, const uint32_t *end)
{
	for (size_t group = 0; group < GROUPS; group++) {
		while (next[group] < end[group]) {
			struct issue_entry entry = entries[next[group]];
			size_t own = group_of(&entry);

			if (own != group) {
				entries[next[group]] = entries[next[own]];
				entries[next[own]] = entry;
			}
			next[own]++;
		}
	}
}

/* False without memory, with the entries as they were. */
static bool
sort_by_groups(struct issue_index *x)
{
	uint32_t *next = calloc(2 * GROUPS, sizeof(*next)), *end, at = 0;

	if (next == NULL)
		return false;
	end = next + GROUPS;
	for (size_t i = 0; i < x->count; i++)
		end[group_of(&x->entries[i])]++;
	for (size_t group = 0; group < GROUPS; group++) {
		next[group] = at;
		at += end[group];
		end[group] = at;
	}
	group_entries(x->entries, next, end);
	at = 0;
	for (size_t group = 0; group < GROUPS; at = end[group++])
		if (end[group] - at > 1)
			qsort(
			    &x->entries[at], end[group] - at, sizeof(*x->entries), compare_entries);
	free(next);
	return true;
}

void
issue_index_finish(struct issue_index *x)
{
	if (x->count < GROUPS_MIN || x->count > UINT32_MAX || !sort_by_groups(x))
		if (x->count != 0)
			qsort(x->entries, x->count, sizeof(*x->entries), compare_entries);
}

/* The first entry whose key is not below that one. */
static size_t
entry_place(const struct issue_index *x, uint64_t key)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->entries[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
issue_index_find(const struct issue_index *x, uint64_t key, struct issue_places *places)
{
	for (size_t i = entry_place(x, key); i < x->count && x->entries[i].key == key; i++) {
		if (!array_grow(
			(void **)&places->rows, places->count, &places->cap, sizeof(*places->rows)))
			return -1;
		places->rows[places->count++] =
		    (struct issue_place){x->entries[i].file, x->entries[i].place};
	}
	return 0;
}
