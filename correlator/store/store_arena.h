/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_ARENA_H
#define CORRELATOR_STORE_STORE_ARENA_H

#include "common/span.h"

/* Bytes that stay where they are until all are freed at once. All zero bytes are an empty one. */
struct store_arena {
	struct store_arena_chunk *chunks; /* the newest first */
	size_t used, size;                /* of the newest */
};

void store_arena_clear(struct store_arena *a);
/* A copy of the bytes in *copy. False without memory. */
bool store_arena_keep(struct store_arena *a, struct span bytes, struct span *copy);

#endif
