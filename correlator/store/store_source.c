/* SPDX-License-Identifier: Apache-2.0 */
/* Sources: known or not, begun, ended, dropped. */
#include "correlator/store/store_write.h"

#include "common/time_text.h"
#include "correlator/store/store_writer.h"

/* What the store knows of a source. */
struct known_source {
	int64_t id, size, changed_ns;
	bool whole;
	struct store_range rows[STORE_TABLES];
};

/* 1 when the store has it, 0, -1. */
static int
find_source(struct store *s, int role, struct span place, struct known_source *known)
{
	sqlite3_stmt *statement = store_sql(s, SQL_SOURCE_GET);
	int r;

	*known = (struct known_source){0};
	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int(statement, 1, role);
	store_bind(statement, 2, place);
	r = store_step(s, statement);
	if (r != 1)
		return r;
	known->id = sqlite3_column_int64(statement, 0);
	known->size = sqlite3_column_int64(statement, 1);
	known->changed_ns = sqlite3_column_int64(statement, 2);
	known->whole = sqlite3_column_int(statement, 3) != 0;
	for (int i = 0; i < STORE_TABLES; i++) {
		known->rows[i].first = sqlite3_column_int64(statement, 4 + 2 * i);
		known->rows[i].count = sqlite3_column_int64(statement, 5 + 2 * i);
	}
	(void)sqlite3_reset(statement);
	return 1;
}

int
store_write_knows(struct store *s, const struct store_source *source, enum store_known *known)
{
	struct known_source row;
	int r = find_source(s, source->role, source->place, &row);

	if (r < 0)
		return -1;
	if (r == 0)
		*known = STORE_NEW;
	else if (row.whole && row.size == (int64_t)source->size &&
	    row.changed_ns == source->changed_ns)
		*known = STORE_SAME;
	else
		*known = STORE_CHANGED;
	return 0;
}

static int
drop_range(struct store *s, const char *table, int64_t first, int64_t behind)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE id>=%lld AND id<%lld", table,
	    (long long)first, (long long)behind);
	return store_exec(s, sql);
}

bool
store_range_is_good(
    const struct store_writer *w, enum store_table table, const struct store_range *r)
{
	return r->first > 0 && r->count >= 0 && r->first <= w->next[table] &&
	    r->count <= w->next[table] - r->first;
}

int
store_drop_rows(struct store *s, const struct store_range rows[static STORE_TABLES])
{
	static const struct {
		const char *name;
		enum store_table table;
		int each;
	} tables[] = {
	    {"logins", STORE_LOGINS, 1},
	    {"login_keys", STORE_LOGINS, STORE_SUBROWS},
	    {"pushes", STORE_PUSHES, 1},
	    {"issues", STORE_ISSUES, 1},
	    {"issue_keys", STORE_ISSUES, STORE_SUBROWS},
	    {"issue_mentions", STORE_ISSUES, STORE_SUBROWS},
	    {"notices", STORE_NOTICES, 1},
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct store_range *r = &rows[tables[i].table];

		if (r->count == 0)
			continue;
		if (!store_range_is_good(s->writer, tables[i].table, r))
			return store_fail_damaged(s);
		if (drop_range(s, tables[i].name, r->first * tables[i].each,
			(r->first + r->count) * tables[i].each) != 0)
			return -1;
	}
	return 0;
}

/* A file of a set changed or goes: the set is not what it was. */
static int
note_set(struct store *s, int64_t source)
{
	sqlite3_stmt *statement = store_sql(s, SQL_TEXT_SET),
		     *changed = store_sql(s, SQL_SET_CHANGED);
	int r;

	if (statement == NULL || changed == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, source);
	r = store_step(s, statement);
	if (r != 1)
		return r;
	(void)sqlite3_bind_int64(changed, 1, sqlite3_column_int64(statement, 0));
	(void)sqlite3_reset(statement);
	return store_run(s, changed);
}

int
store_drop_source(struct store *s, int64_t source, const struct store_range *rows)
{
	struct store_writer *w = s->writer;
	char sql[192];

	if (rows[STORE_PUSHES].count != 0 && store_callers_lose(s, &rows[STORE_PUSHES]) != 0)
		return -1;
	(void)snprintf(sql, sizeof(sql),
	    "DELETE FROM messages WHERE source=%lld; DELETE FROM texts WHERE source=%lld",
	    (long long)source, (long long)source);
	w->totals_stale = true;
	return note_set(s, source) != 0 || store_drop_rows(s, rows) != 0 ? -1 : store_exec(s, sql);
}

int
store_source_abandon(struct store *s)
{
	struct store_writer *w = s->writer;

	if (!w->in_source)
		return 0;
	w->in_source = false;
	return store_drop_source(s, w->source, w->rows);
}

static int
keep_place(struct store *s, const struct store_source *source)
{
	struct store_writer *w = s->writer;

	buf_reset(&w->at_text);
	buf_put_span(&w->at_text, source->place);
	buf_put_span(&w->at_text, source->path);
	if (w->at_text.failed)
		return store_fail_memory(s);
	w->at = *source;
	w->at.place = span_head(buf_span(&w->at_text), source->place.len);
	w->at.path = span_from(buf_span(&w->at_text), source->place.len);
	return 0;
}

int
store_source_open(
    struct store *s, const struct store_source *source, int64_t id, const struct store_range *was)
{
	struct store_writer *w = s->writer;

	if (store_source_abandon(s) != 0 || keep_place(s, source) != 0 ||
	    (was != NULL && store_drop_source(s, id, was) != 0))
		return -1;
	w->in_source = true;
	w->source = id;
	w->dropped = (struct ledger_counts){0};
	for (int i = 0; i < STORE_TABLES; i++)
		w->rows[i] = (struct store_range){w->next[i], 0};
	if (w->opens_used)
		memset(w->opens, 0, STORE_OPENS * sizeof(*w->opens));
	w->opens_used = false;
	return 0;
}

int
store_source_begin(struct store *s, const struct store_source *source)
{
	struct known_source known;
	int r = find_source(s, source->role, source->place, &known);

	if (r < 0)
		return -1;
	s->writer->is_set = false;
	if (r == 0)
		known.id = s->writer->next_source++;
	return store_source_open(s, source, known.id, r == 1 ? known.rows : NULL);
}

static int
put_blobs(struct store *s, const struct ledger_counts *counts, const struct coverage *coverage,
    const struct string_pool *pool, sqlite3_stmt *statement)
{
	struct buf *body = &s->writer->body;
	size_t at;

	buf_reset(body);
	if (store_counts_put(counts, body) != 0)
		return store_fail_memory(s);
	at = body->len;
	if (coverage != NULL && store_coverage_put(coverage, pool, body) != 0)
		return store_fail_memory(s);
	store_bind(statement, 8, span_head(buf_span(body), at));
	store_bind(statement, 9, span_from(buf_span(body), at));
	return 0;
}

int
store_source_save(struct store *s, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool, bool whole)
{
	struct store_writer *w = s->writer;
	sqlite3_stmt *statement = store_sql(s, SQL_SOURCE_PUT);
	struct ledger_counts all = *counts;

	if (statement == NULL)
		return -1;
	store_counts_add(&all, &w->dropped);
	(void)sqlite3_bind_int64(statement, 1, w->source);
	(void)sqlite3_bind_int(statement, 2, w->is_set ? STORE_ROLE_SET : (int)w->at.role);
	store_bind(statement, 3, w->at.place);
	store_bind(statement, 4, w->at.path);
	(void)sqlite3_bind_int64(statement, 5, (int64_t)w->at.size);
	(void)sqlite3_bind_int64(statement, 6, w->at.changed_ns);
	(void)sqlite3_bind_int(statement, 7, whole);
	for (int i = 0; i < STORE_TABLES; i++) {
		(void)sqlite3_bind_int64(statement, 10 + 2 * i, w->rows[i].first);
		(void)sqlite3_bind_int64(statement, 11 + 2 * i, w->rows[i].count);
	}
	w->in_source = false;
	if (put_blobs(s, &all, coverage, pool, statement) != 0 || store_run(s, statement) != 0)
		return -1;
	return store_totals_add(s, &all, coverage, pool);
}

int
store_source_end(struct store *s, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool, bool whole)
{
	if (store_source_save(s, counts, coverage, pool, whole) != 0)
		return -1;
	return store_batch_pass(s);
}
