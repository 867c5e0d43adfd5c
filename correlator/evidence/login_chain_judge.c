/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong between the records of one file, and what to call it. */
#include "correlator/evidence/login_chain_file.h"

#include <stdlib.h>

#define NOWHERE SIZE_MAX

/* Where lines stand, by the first bytes of their hash. */
struct place {
	uint64_t hash;
	size_t row;
};

struct judge {
	struct login_file *file;
	struct login_chain_row *rows;
	size_t count;
	struct place *places;  /* sorted; made when first asked for */
	uint64_t last_seq;     /* of the last record that counted */
	size_t last_displaced; /* 1 + the last row that does not stand behind its predecessor */
	bool first_displaced;  /* the first row belongs behind another one */
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static int
make_places(struct judge *j)
{
	if (j->places != NULL)
		return 0;
	j->places = calloc(j->count, sizeof(*j->places));
	if (j->places == NULL)
		return -1;
	for (size_t i = 0; i < j->count; i++)
		j->places[i] = (struct place){j->rows[i].hash, i};
	qsort(j->places, j->count, sizeof(*j->places), compare_places);
	return 0;
}

/* The first place that is not before (hash, row). */
static size_t
lower_bound(const struct judge *j, uint64_t hash, size_t row)
{
	const struct place wanted = {hash, row};
	size_t low = 0, high = j->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_places(&j->places[mid], &wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The row with that hash: the last one in front of `row`, else the first behind it. */
static size_t
find_row(const struct judge *j, uint64_t hash, size_t row)
{
	size_t at = lower_bound(j, hash, row);

	if (at > 0 && j->places[at - 1].hash == hash)
		return j->places[at - 1].row;
	while (at < j->count && j->places[at].hash == hash && j->places[at].row == row)
		at++;
	return at < j->count && j->places[at].hash == hash ? j->places[at].row : NOWHERE;
}

/* The first row in front of this one that is the same line. */
static size_t
find_original(const struct judge *j, size_t row)
{
	size_t at = lower_bound(j, j->rows[row].hash, 0);

	return at < j->count && j->places[at].row < row ? j->places[at].row : NOWHERE;
}

static void
wound_at(struct judge *j, enum login_wound_kind kind, uint64_t line, uint64_t seq, uint64_t other)
{
	const struct login_wound w = {.kind = kind, .line = line, .seq = seq, .other = other};

	login_file_wound(j->file, &w);
}

/* The record is chained to the line before, but its number is not the next one. */
static void
judge_number(struct judge *j, size_t i)
{
	struct login_chain_row *row = &j->rows[i];

	if (i + 1 < j->count && !row[1].linked && row[1].seq == j->last_seq + 2) {
		/* its number is what was altered: the record behind it goes on where it should */
		wound_at(j, LOGIN_WOUND_ALTERED, row->line, row->seq, 0);
		row[1].explained = true;
		j->last_seq++;
		return;
	}
	if (row->seq > j->last_seq)
		wound_at(j, LOGIN_WOUND_MISSING, row->line, row->seq, row->seq - j->last_seq - 1);
	else
		wound_at(j, LOGIN_WOUND_SEQUENCE, row->line, row->seq, j->last_seq);
	j->last_seq = row->seq;
}

/* The record continues row `from` of this file, which does not stand right before it. */
static void
judge_displaced(struct judge *j, size_t i, size_t from)
{
	const struct login_chain_row *row = &j->rows[i];

	if (from > i)
		wound_at(j, LOGIN_WOUND_REORDERED, row->line, row->seq, j->rows[from].line);
	else if (j->last_displaced <= from + 1)
		wound_at(j, LOGIN_WOUND_INSERTED, j->rows[from].line + 1, 0,
		    row->line - j->rows[from].line - 1);
	j->last_displaced = i + 1;
}

/* The record continues a line that is nowhere in this file. */
static void
judge_orphan(struct judge *j, size_t i)
{
	const struct login_chain_row *row = &j->rows[i];

	if (row->seq == j->last_seq + 1) {
		bool is_record = j->rows[i - 1].line == row->line - 1;

		wound_at(
		    j, LOGIN_WOUND_ALTERED, row->line - 1, is_record ? j->rows[i - 1].seq : 0, 0);
	} else if (row->seq > j->last_seq) {
		wound_at(j, LOGIN_WOUND_MISSING, row->line, row->seq, row->seq - j->last_seq - 1);
	} else {
		wound_at(j, LOGIN_WOUND_SEQUENCE, row->line, row->seq, j->last_seq);
	}
}

static int
judge_unlinked(struct judge *j, size_t i)
{
	const struct login_chain_row *row = &j->rows[i];
	size_t from;

	if (make_places(j) != 0)
		return -1;
	from = find_original(j, i);
	if (from != NOWHERE) {
		wound_at(j, LOGIN_WOUND_DUPLICATED, row->line, row->seq, j->rows[from].line);
		j->last_displaced = i + 1;
		return 0;
	}
	from = find_row(j, row->prev, i);
	if (from == i - 1 && j->rows[from].line == row->line - 1)
		from =
		    NOWHERE; /* its prev is like that line's hash in the bytes compared here only */
	if (row->zeros && j->first_displaced)
		j->last_displaced = i + 1; /* the chain's beginning, which should be in front */
	else if (row->zeros)
		wound_at(j, LOGIN_WOUND_RESTARTED, row->line, row->seq, j->last_seq);
	else if (from != NOWHERE)
		judge_displaced(j, i, from);
	else
		judge_orphan(j, i);
	j->last_seq = row->seq;
	return 0;
}

/* The first record: what it continues is another file's matter, unless lines stand before it. */
static int
judge_first(struct judge *j)
{
	const struct login_chain_row *row = &j->rows[0];
	size_t from;

	j->last_seq = row->seq;
	if (row->linked || (row->zeros && row->line == 1))
		return 0;
	if (make_places(j) != 0)
		return -1;
	from = find_row(j, row->prev, 0);
	if (from != NOWHERE) {
		j->first_displaced = true;
		judge_displaced(j, 0, from);
	} else if (row->line > 1) {
		wound_at(j, LOGIN_WOUND_INSERTED, 1, 0, row->line - 1);
	}
	return 0;
}

int
login_chain_judge(struct login_file *f, struct login_chain_row *rows, size_t count)
{
	struct judge j = {.file = f, .rows = rows, .count = count};
	int r;

	if (rows == NULL)
		return 0;
	r = judge_first(&j);
	for (size_t i = 1; i < count && r == 0; i++) {
		if (rows[i].explained)
			j.last_seq = rows[i].seq;
		else if (!rows[i].linked)
			r = judge_unlinked(&j, i);
		else if (rows[i].seq != j.last_seq + 1)
			judge_number(&j, i);
		else
			j.last_seq = rows[i].seq;
	}
	free(j.places);
	return r;
}
