/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_split.h"

#include <stdlib.h>

#include "common/array.h"
#include "correlator/input/byte_block.h"

#define SOURCE_KEY "\"eventSource\""
/* How far behind a quote the byte stands that tells this key from others. */
#define SOURCE_AT 6
/* What is read behind a block for that. */
#define BEHIND 16

/* Brackets open before a record, and within it. */
#define DEPTH_LIST   2
#define DEPTH_RECORD 3

typedef uint64_t block_mask(const char *at, char byte, char set_bits);

struct splitter {
	struct record_split *split;
	struct span document;
	bool escaped; /* the block before ended with a backslash that counts */
	int64_t depth;
	bool escapes; /* a backslash since the record began */
	bool ended;   /* the list is closed, or the form is another */
	enum record_split_result result;
};

/* The bytes of a block that matter, outside strings where they must be. */
struct block {
	uint64_t open, close; /* { [ and } ], outside strings */
	uint64_t backslash;
	uint64_t key; /* quotes that may begin the key of eventSource */
};

/* Every bit becomes the parity of those up to it: the insides of strings out of their quotes. */
BYTE_BLOCK_INLINE uint64_t
parity(uint64_t mask)
{
	for (int shift = 1; shift < 64; shift *= 2)
		mask ^= mask << shift;
	return mask;
}

/* The bytes of a block that a backslash before them escapes. */
static uint64_t
escaped_bytes(struct splitter *s, uint64_t backslash)
{
	uint64_t mask = 0;
	bool next = s->escaped;

	for (int i = 0; i < BYTE_BLOCK; i++) {
		if (next)
			mask |= UINT64_C(1) << i;
		next = !next && (backslash >> i & 1) != 0;
	}
	s->escaped = next;
	return mask;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static size_t
pass_space(struct span text, size_t at)
{
	while (at < text.len && is_space(text.ptr[at]))
		at++;
	return at;
}

/* What stands between two records, or before the first: white space, and a comma behind one. */
static bool
fits_between(const struct splitter *s, size_t from, size_t to)
{
	bool first = s->split->count == 0;

	from = pass_space(s->document, from);
	if (!first && (from >= to || s->document.ptr[from++] != ','))
		return false;
	return pass_space(s->document, from) == to;
}

static size_t
end_of_last(const struct splitter *s)
{
	const struct record_split *split = s->split;
	const struct record_bounds *last = &split->records[split->count - 1];

	return last->start + last->len;
}

static void
fail(struct splitter *s, enum record_split_result result)
{
	if (s->result == RECORD_SPLIT_OK)
		s->result = result;
	s->ended = true;
}

static void
begin_record(struct splitter *s, size_t at, size_t list_start)
{
	struct record_split *split = s->split;

	if (s->document.ptr[at] != '{' ||
	    !fits_between(s, split->count != 0 ? end_of_last(s) : list_start, at))
		fail(s, RECORD_SPLIT_OTHER_FORM);
	else if (!array_grow(
		     (void **)&split->records, split->count, &split->cap, sizeof(*split->records)))
		fail(s, RECORD_SPLIT_MEMORY);
	else
		split->records[split->count++] = (struct record_bounds){.start = (uint32_t)at};
	s->escapes = false;
}

static void
end_record(struct splitter *s, size_t at)
{
	struct record_bounds *record = &s->split->records[s->split->count - 1];

	if (s->document.ptr[at] != '}')
		fail(s, RECORD_SPLIT_OTHER_FORM);
	record->len = (uint32_t)(at + 1) - record->start;
	record->escapes = s->escapes;
}

/* The list is closed at `at`: nothing but the object's own end may follow. */
static void
end_list(struct splitter *s, size_t at, size_t list_start)
{
	struct span text = s->document;
	size_t from = s->split->count != 0 ? end_of_last(s) : list_start;

	s->ended = true;
	if (text.ptr[at] != ']' || pass_space(text, from) != at)
		fail(s, RECORD_SPLIT_OTHER_FORM);
	at = pass_space(text, at + 1);
	if (at >= text.len || text.ptr[at] != '}' || pass_space(text, at + 1) != text.len)
		fail(s, RECORD_SPLIT_OTHER_FORM);
}

static void
note_key(struct splitter *s, size_t at)
{
	struct record_bounds *record = &s->split->records[s->split->count - 1];

	if (at + sizeof(SOURCE_KEY) - 1 > s->document.len ||
	    memcmp(s->document.ptr + at, SOURCE_KEY, sizeof(SOURCE_KEY) - 1) != 0)
		return;
	record->source = (uint32_t)at - record->start;
	record->sources = record->sources != 0 ? 2 : 1;
}

/* A block in which a record begins or ends, or has a key that matters: bit by bit. */
static void
walk_block(struct splitter *s, const struct block *b, size_t offset, size_t list_start)
{
	uint64_t rest = b->open | b->close | b->key | b->backslash;

	for (; rest != 0 && !s->ended; rest &= rest - 1) {
		int bit = __builtin_ctzll(rest);
		size_t at = offset + (size_t)bit;

		if ((b->open >> bit & 1) != 0) {
			if (s->depth++ == DEPTH_LIST)
				begin_record(s, at, list_start);
		} else if ((b->close >> bit & 1) != 0) {
			if (--s->depth == DEPTH_LIST)
				end_record(s, at);
			else if (s->depth < DEPTH_LIST)
				end_list(s, at, list_start);
		} else if ((b->backslash >> bit & 1) != 0) {
			s->escapes = true;
		} else if (s->depth == DEPTH_RECORD) {
			note_key(s, at);
		}
	}
}

/* What changes with every block, in registers. */
struct cursor {
	uint64_t in_string; /* all ones when the block before ended within a string */
	int64_t depth;
};

/* One block. Most lie within a record, deeper than its own members: these are only counted. */
BYTE_BLOCK_INLINE void
split_block(struct splitter *s, struct cursor *c, block_mask *mask_of, const char *at,
    size_t offset, size_t list_start)
{
	uint64_t quote = mask_of(at, '"', 0), inside;
	struct block b = {.backslash = mask_of(at, '\\', 0)};
	int opens, closes;

	if (__builtin_expect(b.backslash != 0 || s->escaped, 0))
		quote &= ~escaped_bytes(s, b.backslash);
	inside = parity(quote) ^ c->in_string;
	c->in_string = -(inside >> 63);
	b.open = mask_of(at, '{', 0x20) & ~inside;
	b.close = mask_of(at, '}', 0x20) & ~inside;
	b.key = quote & inside & mask_of(at + SOURCE_AT, 'S', 0);
	opens = __builtin_popcountll(b.open);
	closes = __builtin_popcountll(b.close);
	if (c->depth - closes >= DEPTH_RECORD && b.key == 0) {
		c->depth += opens - closes;
		s->escapes |= b.backslash != 0;
		return;
	}
	s->depth = c->depth;
	walk_block(s, &b, offset, list_start);
	c->depth = s->depth;
}

BYTE_BLOCK_INLINE void
split_blocks(struct splitter *s, block_mask *mask_of, size_t list_start)
{
	struct cursor c = {.depth = DEPTH_LIST};
	struct span text = s->document;
	char last[2 * BYTE_BLOCK + BEHIND];
	size_t at = list_start;

	for (; at + BYTE_BLOCK + BEHIND <= text.len && !s->ended; at += BYTE_BLOCK)
		split_block(s, &c, mask_of, text.ptr + at, at, list_start);
	if (s->ended)
		return;
	memset(last, ' ', sizeof(last));
	memcpy(last, text.ptr + at, at < text.len ? text.len - at : 0);
	for (size_t i = 0; at + i < text.len && !s->ended; i += BYTE_BLOCK)
		split_block(s, &c, mask_of, last + i, at + i, list_start);
}

static void
split_portable(struct splitter *s, size_t list_start)
{
	split_blocks(s, byte_block_portable, list_start);
}

#if BYTE_BLOCK_HAS_BASE
static void
split_base(struct splitter *s, size_t list_start)
{
	split_blocks(s, byte_block_base, list_start);
}
#endif

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET void
split_avx2(struct splitter *s, size_t list_start)
{
	split_blocks(s, byte_block_avx2, list_start);
}
#endif

/* Behind the opening bracket of the list; 0 when the document begins in another way. */
static size_t
find_list(struct span text)
{
	static const char *const pieces[] = {"{", "\"Records\"", ":", "["};
	size_t at = 0;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		at = pass_space(text, at);
		if (!span_starts(span_from(text, at), pieces[i]))
			return 0;
		at += strlen(pieces[i]);
	}
	return at;
}

void
record_split_init(struct record_split *s)
{
	*s = (struct record_split){0};
}

void
record_split_clear(struct record_split *s)
{
	free(s->records);
	record_split_init(s);
}

enum record_split_result
record_split_run(struct record_split *split, enum byte_means means, struct span document)
{
	struct splitter s = {.split = split, .document = document};
	size_t list_start =
	    document.ptr != NULL && document.len <= UINT32_MAX ? find_list(document) : 0;

	split->count = 0;
	if (list_start == 0)
		return RECORD_SPLIT_OTHER_FORM;
	switch (means) {
#if BYTE_BLOCK_HAS_BASE
	case BYTE_MEANS_BASE: split_base(&s, list_start); break;
#endif
#if BYTE_BLOCK_HAS_AVX2
	case BYTE_MEANS_AVX2: split_avx2(&s, list_start); break;
#endif
	default: split_portable(&s, list_start); break;
	}
	if (!s.ended)
		fail(&s, RECORD_SPLIT_OTHER_FORM);
	return s.result;
}
