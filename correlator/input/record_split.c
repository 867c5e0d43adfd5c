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
/* So many blocks are looked at before the few of note among them are taken. */
#define BLOCKS_MAX 64

typedef uint64_t block_mask(const char *at, char byte, char set_bits);
typedef uint64_t block_parity(uint64_t mask);

struct splitter {
	struct record_split *split;
	struct span document;
	size_t list_start;
	int depth;
	bool escapes; /* a backslash since the record began */
	bool ended;   /* the list is closed, or the form is another */
	enum record_split_result result;
};

/* The bytes of a block that matter, outside strings where they must be. */
struct block {
	uint64_t open, close; /* { [ and } ], outside strings */
	uint64_t key;         /* quotes that may begin the key of eventSource */
	uint32_t number;      /* of the blocks in a row */
	int32_t depth;        /* before the block */
};

/*
 * Blocks in a row. They are looked at without a branch that could not be foreseen, and then those
 * of note are taken: together, each wrong guess would cost the time of several blocks.
 */
struct blocks {
	size_t from;        /* where the first begins, in the document */
	size_t count;       /* that were looked at */
	size_t noted;       /* rows */
	uint64_t in_string; /* behind the last: all ones when it ended within a string */
	bool escaped;       /* ... with a backslash that counts */
	int32_t depth;      /* ... and how deep it is there */
	struct block rows[BLOCKS_MAX + 1]; /* of note; one more is written to */
	uint64_t backslashes[BLOCKS_MAX];  /* of the rows */
};

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

/* Behind the last record, or the bracket of the list. */
static size_t
end_of_last(const struct splitter *s)
{
	const struct record_split *split = s->split;

	if (split->count == 0)
		return s->list_start;
	return split->records[split->count - 1].start + split->records[split->count - 1].len;
}

static void
fail(struct splitter *s, enum record_split_result result)
{
	if (s->result == RECORD_SPLIT_OK)
		s->result = result;
	s->ended = true;
}

static void
begin_record(struct splitter *s, size_t at)
{
	struct record_split *split = s->split;

	if (s->document.ptr[at] != '{' || !fits_between(s, end_of_last(s), at))
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
end_list(struct splitter *s, size_t at)
{
	struct span text = s->document;
	size_t from = end_of_last(s);

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

/* A block in which a record begins or ends in an unusual way: bit by bit. */
static void
walk_block(struct splitter *s, const struct block *b, uint64_t backslash, size_t offset)
{
	uint64_t rest = b->open | b->close | b->key | backslash;

	s->depth = b->depth;
	for (; rest != 0 && !s->ended; rest &= rest - 1) {
		int bit = __builtin_ctzll(rest);
		size_t at = offset + (size_t)bit;

		if ((b->open >> bit & 1) != 0) {
			if (s->depth++ == DEPTH_LIST)
				begin_record(s, at);
		} else if ((b->close >> bit & 1) != 0) {
			if (--s->depth == DEPTH_LIST)
				end_record(s, at);
			else if (s->depth < DEPTH_LIST)
				end_list(s, at);
		} else if ((backslash >> bit & 1) != 0) {
			s->escapes = true;
		} else if (s->depth == DEPTH_RECORD) {
			note_key(s, at);
		}
	}
}

/* How deep it is behind the bytes of the block that the mask has. */
BYTE_BLOCK_INLINE int
depth_behind(const struct block *b, uint64_t mask)
{
	return b->depth + __builtin_popcountll(b->open & mask) -
	    __builtin_popcountll(b->close & mask);
}

/* The one byte of the block that closes a record; 0 when there is none, all ones when there are
 * more, or it closes the list, or the block does not begin within a record. */
BYTE_BLOCK_INLINE uint64_t
find_end(const struct block *b)
{
	uint64_t found = 0;

	if (b->depth < DEPTH_RECORD)
		return UINT64_MAX;
	for (uint64_t rest = b->close; rest != 0; rest &= rest - 1) {
		int depth = depth_behind(b, rest ^ (rest - 1));

		if (depth > DEPTH_LIST)
			continue;
		if (depth < DEPTH_LIST || found != 0)
			return UINT64_MAX;
		found = rest & -rest;
	}
	return found;
}

/* The end of a record at that byte of the block, and the beginning of the next, as AWS writes
 * them. False, with nothing done, for all else. */
BYTE_BLOCK_INLINE bool
pass_end(struct splitter *s, uint64_t end, size_t offset)
{
	static const char between[] = "},{";
	const size_t len = sizeof(between) - 1;
	size_t at = offset + (size_t)__builtin_ctzll(end);

	if (end >> (BYTE_BLOCK + 1 - len) != 0 || s->document.len - at < len ||
	    memcmp(s->document.ptr + at, between, len) != 0)
		return false;
	end_record(s, at);
	begin_record(s, at + len - 1);
	return true;
}

/* A block that is of note. */
BYTE_BLOCK_INLINE void
take_block(struct splitter *s, const struct block *b, uint64_t backslash, size_t offset)
{
	uint64_t end = find_end(b);

	if (end == 0) {
		for (uint64_t rest = b->key; rest != 0; rest &= rest - 1)
			if (depth_behind(b, (rest & -rest) - 1) == DEPTH_RECORD)
				note_key(s, offset + (size_t)__builtin_ctzll(rest));
		s->escapes |= backslash != 0;
	} else if ((b->key | backslash) != 0 || !pass_end(s, end, offset)) {
		walk_block(s, b, backslash, offset);
	}
}

BYTE_BLOCK_INLINE void
take_blocks(struct splitter *s, struct blocks *all)
{
	for (size_t i = 0; i < all->noted && !s->ended; i++) {
		take_block(s, &all->rows[i], all->backslashes[i],
		    all->from + (size_t)all->rows[i].number * BYTE_BLOCK);
		all->backslashes[i] = 0;
	}
	all->from += all->count * BYTE_BLOCK;
}

/* Not a part of the loop that looks: together, compilers make both of them slower. */
static __attribute__((noinline)) void
take_by_words(struct splitter *s, struct blocks *all)
{
	take_blocks(s, all);
}

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET __attribute__((noinline)) void
take_by_bmi(struct splitter *s, struct blocks *all)
{
	take_blocks(s, all);
}
#endif

/* How a block is looked at. */
struct looks {
	block_mask *mask_of;
	block_parity *parity_of;
	void (*take)(struct splitter *s, struct blocks *all);
};

/* Looks at the blocks at `at`. What changes with each is kept in registers. */
BYTE_BLOCK_INLINE void
look_at(struct blocks *all, struct looks look, const char *at, size_t count)
{
	uint64_t in_string = all->in_string;
	struct block *row = all->rows;
	int32_t depth = all->depth;

	for (uint32_t i = 0; i < count; i++, at += BYTE_BLOCK) {
		uint64_t quote = look.mask_of(at, '"', 0), backslash = look.mask_of(at, '\\', 0);
		uint64_t inside, open, close, key;
		int32_t lowest;

		if (__builtin_expect(backslash != 0 || all->escaped, 0)) {
			quote &= ~byte_block_escaped(backslash, &all->escaped);
			all->backslashes[row - all->rows] = backslash;
		}
		inside = look.parity_of(quote) ^ in_string;
		in_string = -(inside >> 63);
		open = look.mask_of(at, '{', 0x20) & ~inside;
		close = look.mask_of(at, '}', 0x20) & ~inside;
		key = quote & inside & look.mask_of(at + SOURCE_AT, 'S', 0);
		*row = (struct block){open, close, key, i, depth};
		lowest = depth - __builtin_popcountll(close);
		/* within a record, closing only what was open before, there is nothing to it */
		row += (key | backslash | (uint64_t)(lowest < DEPTH_RECORD)) != 0;
		depth = lowest + __builtin_popcountll(open);
	}
	all->in_string = in_string;
	all->depth = depth;
	all->noted = (size_t)(row - all->rows);
	all->count = count;
}

BYTE_BLOCK_INLINE void
split_all(struct splitter *s, struct looks look)
{
	struct span text = s->document;
	struct blocks all;
	char last[2 * BYTE_BLOCK + BEHIND];

	all.from = s->list_start;
	all.in_string = 0;
	all.escaped = false;
	all.depth = DEPTH_LIST;
	memset(all.backslashes, 0, sizeof(all.backslashes));
	while (text.len - all.from >= BYTE_BLOCK + BEHIND && !s->ended) {
		size_t count = (text.len - all.from - BEHIND) / BYTE_BLOCK;

		look_at(&all, look, text.ptr + all.from, count < BLOCKS_MAX ? count : BLOCKS_MAX);
		look.take(s, &all);
	}
	if (s->ended)
		return;
	memset(last, ' ', sizeof(last)); /* as if white space followed */
	memcpy(last, text.ptr + all.from, text.len - all.from);
	look_at(&all, look, last, (text.len - all.from + BYTE_BLOCK - 1) / BYTE_BLOCK);
	look.take(s, &all);
}

static void
split_portable(struct splitter *s)
{
	split_all(s, (struct looks){byte_block_portable, byte_parity_portable, take_by_words});
}

#if BYTE_BLOCK_HAS_BASE
static void
split_base(struct splitter *s)
{
	split_all(s, (struct looks){byte_block_base, byte_parity_portable, take_by_words});
}
#endif

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET void
split_avx2(struct splitter *s)
{
	split_all(s, (struct looks){byte_block_avx2, byte_parity_clmul, take_by_bmi});
}
#endif

#if BYTE_BLOCK_HAS_AVX512
static BYTE_BLOCK_AVX512_TARGET void
split_avx512(struct splitter *s)
{
	split_all(s, (struct looks){byte_block_avx512, byte_parity_clmul, take_by_bmi});
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

	if (document.ptr != NULL && document.len <= UINT32_MAX)
		s.list_start = find_list(document);
	split->count = 0;
	if (s.list_start == 0)
		return RECORD_SPLIT_OTHER_FORM;
	switch (means) {
#if BYTE_BLOCK_HAS_BASE
	case BYTE_MEANS_BASE: split_base(&s); break;
#endif
#if BYTE_BLOCK_HAS_AVX2
	case BYTE_MEANS_AVX2: split_avx2(&s); break;
#endif
#if BYTE_BLOCK_HAS_AVX512
	case BYTE_MEANS_AVX512: split_avx512(&s); break;
#endif
	default: split_portable(&s); break;
	}
	if (!s.ended)
		fail(&s, RECORD_SPLIT_OTHER_FORM);
	return s.result;
}
