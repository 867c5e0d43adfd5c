/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_blocks.h"

#include <string.h>

#include "correlator/input/byte_block.h"

/* How far behind a quote the byte stands that tells the key from others. */
#define SOURCE_AT 6

typedef uint64_t block_mask(const char *at, char byte, char set_bits);
typedef uint64_t block_parity(uint64_t mask);

/* How a block is looked at. */
struct looks {
	block_mask *mask_of;
	block_parity *parity_of;
};

void
record_blocks_begin(struct record_blocks *all, size_t from)
{
	all->from = from;
	all->count = all->noted = 0;
	all->in_string = 0;
	all->escaped = false;
	all->depth = RECORD_DEPTH_LIST - RECORD_DEPTH;
	memset(all->backslashes, 0, sizeof(all->backslashes));
}

/* Looks at the blocks at `at`. What changes with each is kept in registers; every instruction here
 * is felt, as this is where all bytes of all files pass. */
BYTE_BLOCK_INLINE void
look_at(struct record_blocks *all, struct looks look, const char *at, size_t count)
{
	const char *end = at + count * BYTE_BLOCK;
	uint64_t in_string = all->in_string, escaped = all->escaped;
	struct record_block *row = all->rows;
	int64_t depth = all->depth;

	all->count = count;
	all->at = (uint32_t)(uintptr_t)at;
	for (; at != end; at += BYTE_BLOCK) {
		uint64_t quote = look.mask_of(at, '"', 0), backslash = look.mask_of(at, '\\', 0);
		uint64_t inside, open, close, key, note;
		int64_t lowest;

		if (__builtin_expect((backslash | escaped) != 0, 0)) {
			bool next = escaped != 0;

			quote &= ~byte_block_escaped(backslash, &next);
			escaped = next;
			all->backslashes[row - all->rows] = backslash;
		}
		inside = look.parity_of(quote) ^ in_string;
		in_string = -(inside >> 63);
		open = look.mask_of(at, '{', 0x20) & ~inside;
		close = look.mask_of(at, '}', 0x20) & ~inside;
		key = quote & inside & look.mask_of(at + SOURCE_AT, 'S', 0);
		*row = (struct record_block){
		    open, close, key, (uint32_t)(uintptr_t)at, (int32_t)depth};
		lowest = depth - __builtin_popcountll(close);
		/* within a record, closing only what was open before, there is nothing to it */
		note = key | backslash | (lowest < 0 ? UINT64_MAX : 0);
		row += note != 0;
		depth = lowest + __builtin_popcountll(open);
	}
	all->in_string = in_string;
	all->escaped = escaped != 0;
	all->depth = depth;
	all->noted = (size_t)(row - all->rows);
}

static void
look_portable(struct record_blocks *all, const char *at, size_t count)
{
	look_at(all, (struct looks){byte_block_portable, byte_parity_portable}, at, count);
}

#if BYTE_BLOCK_HAS_BASE
static void
look_base(struct record_blocks *all, const char *at, size_t count)
{
	look_at(all, (struct looks){byte_block_base, byte_parity_portable}, at, count);
}
#endif

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET void
look_avx2(struct record_blocks *all, const char *at, size_t count)
{
	look_at(all, (struct looks){byte_block_avx2, byte_parity_clmul}, at, count);
}
#endif

#if BYTE_BLOCK_HAS_AVX512
static BYTE_BLOCK_AVX512_TARGET void
look_avx512(struct record_blocks *all, const char *at, size_t count)
{
	look_at(all, (struct looks){byte_block_avx512, byte_parity_clmul}, at, count);
}
#endif

void
record_blocks_look(enum byte_means means, struct record_blocks *all, const char *at, size_t count)
{
	switch (means) {
#if BYTE_BLOCK_HAS_BASE
	case BYTE_MEANS_BASE: look_base(all, at, count); break;
#endif
#if BYTE_BLOCK_HAS_AVX2
	case BYTE_MEANS_AVX2: look_avx2(all, at, count); break;
#endif
#if BYTE_BLOCK_HAS_AVX512
	case BYTE_MEANS_AVX512: look_avx512(all, at, count); break;
#endif
	default: look_portable(all, at, count); break;
	}
}
