/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/arena.h"

#include <stdalign.h>
#include <stdlib.h>

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) unsigned char bytes[];
};

void *
arena_take(struct arena *a, size_t size)
{
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (block == NULL)
		abort();
	block->next = a->blocks;
	a->blocks = block;
	return block->bytes;
}

void
arena_clear(struct arena *a)
{
	struct arena_block *block;

	while ((block = a->blocks) != NULL) {
		a->blocks = block->next;
		free(block);
	}
}
