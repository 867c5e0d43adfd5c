/* SPDX-License-Identifier: Apache-2.0 */
/* What is true of all sources together: counts, coverage, and which numbers are given out. */
#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/store/store_record_walk.h"
#include "correlator/store/store_writer.h"

#define DAY_HOURS 24

void
store_totals_clear(struct store_writer *w)
{
	coverage_clear(&w->coverage);
	string_pool_clear(&w->names);
	string_pool_init(&w->names);
	w->counts = (struct ledger_counts){0};
}

/* The value of that name, kept in w->body; absent when there is none. */
static int
total_get(struct store *s, const char *name, struct span *value)
{
	sqlite3_stmt *statement = store_sql(s, SQL_TOTAL_GET);
	struct buf *body = &s->writer->body;
	int r;

	*value = SPAN_NONE;
	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	r = store_step(s, statement);
	if (r == 1) {
		buf_reset(body);
		buf_put_span(body, store_column(statement, 0));
		*value = buf_span(body);
		(void)sqlite3_reset(statement);
	}
	if (body->failed)
		return store_fail_memory(s);
	return r < 0 ? -1 : 0;
}

static int
total_put(struct store *s, const char *name, struct span value)
{
	sqlite3_stmt *statement = store_sql(s, SQL_TOTAL_PUT);

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	store_bind(statement, 2, value);
	return store_run(s, statement);
}

static void
walk_numbers(struct store_walk *w, struct store_writer *writer)
{
	bool *const flags[] = {&writer->is_late};

	for (int i = 0; i < STORE_TABLES; i++)
		store_walk_signed(w, &writer->next[i]);
	store_walk_signed(w, &writer->next_caller);
	store_walk_signed(w, &writer->next_source);
	store_walk_flags(w, flags, 1);
}

/* Numbers times 32 are numbers too. */
#define NEXT_MAX (INT64_MAX >> 8)

static bool
numbers_are_good(const struct store_writer *w)
{
	bool good = w->next_caller > 0 && w->next_caller < NEXT_MAX && w->next_source > 0 &&
	    w->next_source < NEXT_MAX;

	for (int i = 0; i < STORE_TABLES; i++)
		good = good && w->next[i] > 0 && w->next[i] < NEXT_MAX;
	return good;
}

static int
load_numbers(struct store *s)
{
	struct store_writer *w = s->writer;
	struct store_walk walk = {0};

	if (total_get(s, "numbers", &walk.in) != 0)
		return -1;
	for (int i = 0; i < STORE_TABLES; i++)
		w->next[i] = 1;
	w->next_caller = w->next_source = 1;
	w->is_late = false;
	if (walk.in.ptr == NULL)
		return 0;
	walk_numbers(&walk, w);
	return store_walk_end(&walk) == 0 && numbers_are_good(w) ? 0 : store_fail_damaged(s);
}

static int
fail_coverage(struct store *s, int r)
{
	return r == -2 ? store_fail_memory(s) : store_fail_damaged(s);
}

int
store_totals_load(struct store *s)
{
	struct store_writer *w = s->writer;
	struct span value;
	int r;

	store_totals_clear(w);
	w->totals_stale = false;
	if (load_numbers(s) != 0 ||
	    store_number(s, "SELECT value FROM totals WHERE name='pruned'", LOGIN_TIME_UNKNOWN,
		&w->floor_us) != 0 ||
	    total_get(s, "counts", &value) != 0)
		return -1;
	if (value.ptr != NULL && store_counts_get(value, &w->counts) != 0)
		return store_fail_damaged(s);
	if (total_get(s, "coverage", &value) != 0)
		return -1;
	r = value.ptr != NULL ? store_coverage_get(value, &w->coverage, &w->names) : 0;
	return r == 0 ? 0 : fail_coverage(s, r);
}

/* Leaves of a row what lies at cut_us and later. */
static void
cut_row(struct coverage_row *row, int64_t cut_us)
{
	int64_t hour = cut_us / US_PER_HOUR, day = hour / DAY_HOURS;
	size_t kept = 0;

	if (cut_us < 0)
		return;
	for (size_t i = 0; i < row->day_count; i++) {
		struct coverage_day d = row->days[i];

		if (d.day < day)
			continue;
		if (d.day == day)
			d.hours &= ~((UINT32_C(1) << hour % DAY_HOURS) - 1);
		if (d.hours != 0)
			row->days[kept++] = d;
	}
	row->day_count = kept;
	row->last = 0;
	if (row->first_us < cut_us)
		row->first_us = cut_us;
}

/* Claims nothing of what is pruned. */
static void
cut(struct store_writer *w)
{
	if (w->floor_us == LOGIN_TIME_UNKNOWN)
		return;
	for (size_t i = 0; i < w->coverage.count; i++)
		cut_row(&w->coverage.rows[i], store_floor_evidence(w));
}

int
store_totals_add(struct store *s, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool)
{
	struct store_writer *w = s->writer;

	store_counts_add(&w->counts, counts);
	for (size_t i = 0; coverage != NULL && i < coverage->count; i++) {
		const struct coverage_row *row = &coverage->rows[i];
		string_id account = string_pool_add(
			      &w->names, string_pool_span(pool, row->account_id), NULL),
			  region =
			      string_pool_add(&w->names, string_pool_span(pool, row->region), NULL);

		if (account == UINT32_MAX || region == UINT32_MAX ||
		    coverage_add_row(&w->coverage, account, region, row) != 0)
			return store_fail_memory(s);
	}
	return 0;
}

/* Puts counts and coverage together anew. */
static int
rebuild(struct store *s)
{
	struct store_writer *w = s->writer;
	sqlite3_stmt *statement = store_sql(s, SQL_ALL_SOURCES);
	int r, got = 0;

	store_totals_clear(w);
	if (statement == NULL)
		return -1;
	while ((r = store_step(s, statement)) == 1 && got == 0) {
		struct ledger_counts counts;

		if (store_counts_get(store_column(statement, 0), &counts) != 0)
			got = -1;
		else
			got =
			    store_coverage_get(store_column(statement, 1), &w->coverage, &w->names);
		store_counts_add(&w->counts, &counts);
	}
	(void)sqlite3_reset(statement);
	if (got != 0)
		return fail_coverage(s, got);
	w->totals_stale = false;
	return r < 0 ? -1 : 0;
}

int
store_totals_save(struct store *s)
{
	struct store_writer *w = s->writer;
	struct store_walk walk = {.out = &w->body};

	if (w->totals_stale && rebuild(s) != 0)
		return -1;
	cut(w);
	buf_reset(&w->body);
	walk_numbers(&walk, w);
	if (store_walk_end(&walk) != 0)
		return store_fail_memory(s);
	if (total_put(s, "numbers", buf_span(&w->body)) != 0)
		return -1;
	buf_reset(&w->body);
	if (store_counts_put(&w->counts, &w->body) != 0)
		return store_fail_memory(s);
	if (total_put(s, "counts", buf_span(&w->body)) != 0)
		return -1;
	buf_reset(&w->body);
	if (store_coverage_put(&w->coverage, &w->names, &w->body) != 0)
		return store_fail_memory(s);
	return total_put(s, "coverage", buf_span(&w->body));
}
