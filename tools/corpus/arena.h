/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_ARENA_H
#define TOOLS_CORPUS_ARENA_H

#include <stddef.h>

/* Memory that lives as long as the corpus is made: events point into it until they are written. */
struct arena {
	struct arena_block *blocks;
	unsigned bastions; /* taken so far: see world_bastion */
};

/* Zeroed. Ends the program without memory: the tool has nothing to save. */
void *arena_take(struct arena *a, size_t size);
void arena_clear(struct arena *a);

#endif
