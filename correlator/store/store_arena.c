/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_arena.h"

#include <stdlib.h>

#define CHUNK_SIZE ((size_t)256 * 1024)

struct store_arena_chunk {
	struct store_arena_chunk *next;
	char bytes[];
};

void
store_arena_clear(struct store_arena *a)
{
	while (a->chunks != NULL) {
		struct store_arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	*a = (struct store_arena){0};
}

static bool
add_chunk(struct store_arena *a, size_t size)
{
	struct store_arena_chunk *chunk = malloc(sizeof(*chunk) + size);

	if (chunk == NULL)
		return false;
	chunk->next = a->chunks;
	a->chunks = chunk;
	a->used = 0;
	a->size = size;
	return true;
}

bool
store_arena_keep(struct store_arena *a, struct span bytes, struct span *copy)
{
	if (bytes.len == 0) {
		*copy = SPAN("");
		return true;
	}
	if (bytes.len > a->size - a->used &&
	    !add_chunk(a, bytes.len > CHUNK_SIZE ? bytes.len : CHUNK_SIZE))
		return false;
	*copy = (struct span){a->chunks->bytes + a->used, bytes.len};
	memcpy(a->chunks->bytes + a->used, bytes.ptr, bytes.len);
	a->used += bytes.len;
	return true;
}
