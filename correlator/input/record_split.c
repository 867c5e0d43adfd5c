/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_split.h"

#include <stdlib.h>

#include "common/array.h"
#include "correlator/input/byte_block.h"
#include "correlator/input/record_blocks.h"

struct splitter {
	struct record_split *split;
	struct span document;
	size_t list_start;
	int depth;
	bool escapes; /* a backslash since the record began */
	bool ended;   /* the list is closed, or the form is another */
	enum record_split_result result;
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

/* Records of CloudTrail have some hundred bytes at least. Where they have not, on the whole, their
 * bounds would take more memory than they do. */
#define RECORDS_MIN     4096
#define RECORD_MEAN_MIN 128

static void
begin_record(struct splitter *s, size_t at)
{
	struct record_split *split = s->split;

	if (s->document.ptr[at] != '{' || !fits_between(s, end_of_last(s), at) ||
	    (split->count >= RECORDS_MIN && split->count > at / RECORD_MEAN_MIN))
		fail(s, RECORD_SPLIT_OTHER_FORM);
	else if (split->count == split->cap &&
	    !array_grow(
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

	if (at + sizeof(RECORD_SOURCE_KEY) - 1 > s->document.len ||
	    memcmp(s->document.ptr + at, RECORD_SOURCE_KEY, sizeof(RECORD_SOURCE_KEY) - 1) != 0)
		return;
	record->source = (uint32_t)at - record->start;
	record->sources = record->sources != 0 ? 2 : 1;
}

/* A block in which a record begins or ends in an unusual way: bit by bit. */
static void
walk_block(struct splitter *s, const struct record_block *b, uint64_t backslash, size_t offset)
{
	uint64_t rest = b->open | b->close | b->key | backslash;

	s->depth = b->depth + RECORD_DEPTH;
	for (; rest != 0 && !s->ended; rest &= rest - 1) {
		int bit = __builtin_ctzll(rest);
		size_t at = offset + (size_t)bit;

		if ((b->open >> bit & 1) != 0) {
			if (s->depth++ == RECORD_DEPTH_LIST)
				begin_record(s, at);
		} else if ((b->close >> bit & 1) != 0) {
			if (--s->depth == RECORD_DEPTH_LIST)
				end_record(s, at);
			else if (s->depth < RECORD_DEPTH_LIST)
				end_list(s, at);
		} else if ((backslash >> bit & 1) != 0) {
			s->escapes = true;
		} else if (s->depth == RECORD_DEPTH) {
			note_key(s, at);
		}
	}
}

/* How deep it is behind the bytes of the block that the mask has. */
BYTE_BLOCK_INLINE int
depth_behind(const struct record_block *b, uint64_t mask)
{
	return b->depth + RECORD_DEPTH + __builtin_popcountll(b->open & mask) -
	    __builtin_popcountll(b->close & mask);
}

/* The one byte of the block that closes a record; 0 when there is none, all ones when there are
 * more, or it closes the list, or the block does not begin within a record. */
BYTE_BLOCK_INLINE uint64_t
find_end(const struct record_block *b)
{
	uint64_t found = 0;

	if (b->depth < 0)
		return UINT64_MAX;
	for (uint64_t rest = b->close; rest != 0; rest &= rest - 1) {
		int depth = depth_behind(b, rest ^ (rest - 1));

		if (depth > RECORD_DEPTH_LIST)
			continue;
		if (depth < RECORD_DEPTH_LIST || found != 0)
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
take_block(struct splitter *s, const struct record_block *b, uint64_t backslash, size_t offset)
{
	uint64_t end = find_end(b);

	if (end == 0) {
		for (uint64_t rest = b->key; rest != 0; rest &= rest - 1)
			if (depth_behind(b, (rest & -rest) - 1) == RECORD_DEPTH)
				note_key(s, offset + (size_t)__builtin_ctzll(rest));
		s->escapes |= backslash != 0;
	} else if ((b->key | backslash) != 0 || !pass_end(s, end, offset)) {
		walk_block(s, b, backslash, offset);
	}
}

BYTE_BLOCK_INLINE void
take_blocks(struct splitter *s, struct record_blocks *all)
{
	for (size_t i = 0; i < all->noted && !s->ended; i++) {
		take_block(s, &all->rows[i], all->backslashes[i],
		    all->from + (uint32_t)(all->rows[i].at - all->at));
		all->backslashes[i] = 0;
	}
	all->from += all->count * BYTE_BLOCK;
}

/* Not a part of the loop that looks: together, compilers make both of them slower. */
static __attribute__((noinline)) void
take_by_words(struct splitter *s, struct record_blocks *all)
{
	take_blocks(s, all);
}

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET __attribute__((noinline)) void
take_by_bmi(struct splitter *s, struct record_blocks *all)
{
	take_blocks(s, all);
}
#endif

static void
take_noted(struct splitter *s, enum byte_means means, struct record_blocks *all)
{
#if BYTE_BLOCK_HAS_AVX2
	if (means >= BYTE_MEANS_AVX2) {
		take_by_bmi(s, all);
		return;
	}
#endif
	(void)means;
	take_by_words(s, all);
}

/* All that follows the bracket of the list. */
static void
split_list(struct splitter *s, enum byte_means means)
{
	struct span text = s->document;
	struct record_blocks all;
	char last[2 * BYTE_BLOCK + RECORD_BEHIND];

	record_blocks_begin(&all, s->list_start);
	while (text.len - all.from >= BYTE_BLOCK + RECORD_BEHIND && !s->ended) {
		size_t count = (text.len - all.from - RECORD_BEHIND) / BYTE_BLOCK;

		record_blocks_look(means, &all, text.ptr + all.from,
		    count < RECORD_BLOCKS_MAX ? count : RECORD_BLOCKS_MAX);
		take_noted(s, means, &all);
	}
	if (s->ended)
		return;
	memset(last, ' ', sizeof(last)); /* as if white space followed */
	memcpy(last, text.ptr + all.from, text.len - all.from);
	record_blocks_look(means, &all, last, (text.len - all.from + BYTE_BLOCK - 1) / BYTE_BLOCK);
	take_noted(s, means, &all);
}

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

	if (document.ptr != NULL && document.len <= INT32_MAX)
		s.list_start = find_list(document);
	split->count = 0;
	if (s.list_start == 0)
		return RECORD_SPLIT_OTHER_FORM;
	split_list(&s, means);
	if (!s.ended)
		fail(&s, RECORD_SPLIT_OTHER_FORM);
	return s.result;
}
