/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_numbers.h"

#include <stdlib.h>

#include "common/text_hash.h"

#define CAP_MIN 256

void
store_numbers_clear(struct store_numbers *set)
{
	free(set->slots);
	*set = (struct store_numbers){0};
}

/* The slot of the number, or the empty one where it would be. */
static struct store_numbers_slot *
slot_of(const struct store_numbers *set, int64_t number)
{
	size_t at = text_hash_mix((uint64_t)number) & (set->cap - 1);

	while (set->slots[at].used && set->slots[at].number != number)
		at = (at + 1) & (set->cap - 1);
	return &set->slots[at];
}

static bool
grow(struct store_numbers *set)
{
	struct store_numbers bigger = {.cap = set->cap != 0 ? set->cap * 2 : CAP_MIN};

	if (set->count * 2 < set->cap)
		return true;
	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < set->cap; i++)
		if (set->slots[i].used)
			*slot_of(&bigger, set->slots[i].number) = set->slots[i];
	bigger.count = set->count;
	free(set->slots);
	*set = bigger;
	return true;
}

uint32_t *
store_numbers_find(const struct store_numbers *set, int64_t number)
{
	struct store_numbers_slot *slot;

	if (set->count == 0)
		return NULL;
	slot = slot_of(set, number);
	return slot->used ? &slot->value : NULL;
}

uint32_t *
store_numbers_add(struct store_numbers *set, int64_t number, uint32_t value, bool *added)
{
	struct store_numbers_slot *slot;

	if (!grow(set))
		return NULL;
	slot = slot_of(set, number);
	*added = !slot->used;
	if (*added) {
		*slot = (struct store_numbers_slot){number, value, true};
		set->count++;
	}
	return &slot->value;
}
