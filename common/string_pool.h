/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_STRING_POOL_H
#define COMMON_STRING_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

/*
 * Strings kept once and named by a number: equal strings have equal numbers, so rows hold 4 bytes
 * and compare by them. Number 0 is the absent string; the empty string has a number of its own.
 * Strings stay where they are until the pool is cleared.
 */
typedef uint32_t string_id;

struct string_pool {
	struct string_chunk *chunks;
	const char **strings; /* by number; each is preceded by its 4-byte length */
	uint32_t count, strings_cap;
	struct string_slot *slots; /* open addressing */
	uint32_t slots_cap;
	size_t bytes;
	uint64_t seed;
};

void string_pool_init(struct string_pool *p);
void string_pool_clear(struct string_pool *p);

/* The number of the string, added if it is new. SPAN_NONE gives 0. *added, when given, says whether
 * it was new. Ends in 0 with p->bytes unchanged only for SPAN_NONE; without memory the call returns
 * UINT32_MAX. */
string_id string_pool_add(struct string_pool *p, struct span s, bool *added);
/* The number of a string that is there; 0 when it is not. */
string_id string_pool_find(const struct string_pool *p, struct span s);
/* The string with a NUL behind it; NULL for 0. */
const char *string_pool_get(const struct string_pool *p, string_id id);
struct span string_pool_span(const struct string_pool *p, string_id id);

#endif
