/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/issue_index.h"

#include <stdlib.h>
#include <sys/random.h>

#include "common/array.h"

void
issue_index_init(struct issue_index *x, size_t max_entries)
{
	*x = (struct issue_index){.max = max_entries};
}

void
issue_index_clear(struct issue_index *x)
{
	free(x->entries);
	free(x->heads);
	free(x->next);
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

/* Where the list of a key begins. The multiplier is the golden ratio's fraction, made odd. */
static size_t
head_of(const struct issue_index *x, uint64_t key)
{
	uint64_t hash = (key ^ x->salt) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(hash >> 32) & (x->head_count - 1);
}

void
issue_index_finish(struct issue_index *x)
{
	if (x->count == 0 || x->count >= UINT32_MAX)
		return;
	for (x->head_count = 1; x->head_count < x->count;)
		x->head_count *= 2;
	x->heads = calloc(x->head_count, sizeof(*x->heads));
	x->next = malloc(x->count * sizeof(*x->next));
	if (x->heads == NULL || x->next == NULL) {
		free(x->heads);
		x->heads = NULL;
		return;
	}
	if (getrandom(&x->salt, sizeof(x->salt), GRND_NONBLOCK) != (ssize_t)sizeof(x->salt))
		x->salt = (uintptr_t)x->heads;
	for (size_t i = x->count; i-- > 0;) {
		uint32_t *head = &x->heads[head_of(x, x->entries[i].key)];

		x->next[i] = *head;
		*head = (uint32_t)i + 1;
	}
}

static int
add_place(const struct issue_index *x, size_t i, struct issue_places *places)
{
	if (!array_grow((void **)&places->rows, places->count, &places->cap, sizeof(*places->rows)))
		return -1;
	places->rows[places->count++] =
	    (struct issue_place){x->entries[i].file, x->entries[i].place};
	return 0;
}

int
issue_index_find(const struct issue_index *x, uint64_t key, struct issue_places *places)
{
	int r = 0;

	if (x->heads == NULL) {
		for (size_t i = 0; i < x->count && r == 0; i++)
			if (x->entries[i].key == key)
				r = add_place(x, i, places);
		return r;
	}
	for (uint32_t at = x->heads[head_of(x, key)]; at != 0 && r == 0; at = x->next[at - 1])
		if (x->entries[at - 1].key == key)
			r = add_place(x, at - 1, places);
	return r;
}
