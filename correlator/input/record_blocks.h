/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_BLOCKS_H
#define CORRELATOR_INPUT_RECORD_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlator/input/byte_search.h"

/* Private to record_split.c: the blocks of a document, of BYTE_BLOCK bytes each. */

/* Brackets open before a record, and within it. */
#define RECORD_DEPTH_LIST 2
#define RECORD_DEPTH      3
/* The key that is noted, and what is read behind a block to tell it from others. */
#define RECORD_SOURCE_KEY "\"eventSource\""
#define RECORD_BEHIND     16
/* So many blocks are looked at before the few of note among them are taken. */
#define RECORD_BLOCKS_MAX 64

/* The bytes of a block that matter, outside strings where they must be. */
struct record_block {
	uint64_t open, close; /* { [ and } ], outside strings */
	uint64_t key;         /* quotes that may begin the key */
	uint32_t at;          /* the low bits of its address */
	int32_t depth;        /* before the block, seen from that of a record's members */
};

/*
 * Blocks in a row. They are looked at without a branch that could not be foreseen, and then those
 * of note are taken: together, each wrong guess would cost the time of several blocks.
 */
struct record_blocks {
	size_t from;        /* where the first begins, in the document */
	uint32_t at;        /* the low bits of its address */
	size_t count;       /* that were looked at */
	size_t noted;       /* rows */
	uint64_t in_string; /* behind the last: all ones within a string */
	bool escaped;       /* ... with a backslash that counts */
	int64_t depth;      /* ... and how deep it is there, as in the rows */

	struct record_block rows[RECORD_BLOCKS_MAX + 1]; /* of note; one more is written to */
	uint64_t backslashes[RECORD_BLOCKS_MAX];         /* of the rows; zeros before a look */
};

/* Before a list's first record, which begins at or behind `from`. */
void record_blocks_begin(struct record_blocks *all, size_t from);
/* Looks at the next blocks, RECORD_BLOCKS_MAX at most, which stand at `at`, RECORD_BEHIND bytes
 * behind them. Of note is a block but for those that lie within a record, close nothing that was
 * open before at or below it, and have neither a backslash nor what may be the key. */
void record_blocks_look(
    enum byte_means means, struct record_blocks *all, const char *at, size_t count);

#endif
