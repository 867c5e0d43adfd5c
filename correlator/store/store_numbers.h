/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_NUMBERS_H
#define CORRELATOR_STORE_STORE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A set of numbers (ids of rows, marks), each with a number of the caller's. Grows; nothing is ever
 * taken out. All zero bytes are an empty one.
 */
struct store_numbers {
	struct store_numbers_slot {
		int64_t number;
		uint32_t value;
		bool used;
	} * slots;
	size_t count, cap;
};

void store_numbers_clear(struct store_numbers *set);
/* The value of the number; NULL when it is not there. Valid until the next add. */
uint32_t *store_numbers_find(const struct store_numbers *set, int64_t number);
/* Adds it when it is not there: then *added, and its value is `value`. The place of its value; NULL
 * without memory. */
uint32_t *store_numbers_add(struct store_numbers *set, int64_t number, uint32_t value, bool *added);

#endif
