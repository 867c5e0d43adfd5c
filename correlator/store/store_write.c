/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: the beginning and the end of writing, and the commits in between. */
#include "correlator/store/store_write.h"

#include <stdlib.h>

#include "correlator/store/store_schema.h"
#include "correlator/store/store_writer.h"

/* A batch is committed behind the source that makes it this large or old. */
#define BATCH_BYTES ((uint64_t)32 << 20)
#define BATCH_NS    INT64_C(1000000000)

/* A record is no longer than its line or event was, and what is added to it. */
#define BODY_MAX ((size_t)1 << 30)

#define CACHE_SORT_KIB 4096

/* Indexes are kept while a store grows by less than so many rows, or this part of what it had. */
#define GROWTH_ROWS INT64_C(100000)
#define GROWTH_PART 10

/* Each waits for STORE_WAIT_MS. */
#define COMMIT_TRIES 20

/* So many bytes of the log are copied into the file at once. */
#define LOG_BYTES ((int64_t)64 << 20)
/* Not to be waited for: who reads just then leaves the log as it is. */
#define CHECKPOINT_WAIT_MS 100

static const char *const statements[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_DATA_VERSION] = "PRAGMA data_version",
    [SQL_TOTAL_GET] = "SELECT value FROM totals WHERE name=?1",
    [SQL_TOTAL_PUT] = "INSERT OR REPLACE INTO totals(name, value) VALUES(?1, ?2)",
    [SQL_ALL_SOURCES] = "SELECT counts, coverage FROM sources ORDER BY id",
    [SQL_INPUT_PUT] = "INSERT OR IGNORE INTO inputs(role, uri) VALUES(?1, ?2)",
    [SQL_SOURCE_GET] = "SELECT id, size, changed_ns, whole, login_first, login_count, push_first,"
		       " push_count, issue_first, issue_count, notice_first, notice_count"
		       " FROM sources WHERE role=?1 AND place=?2",
    [SQL_SOURCE_PUT] = "INSERT OR REPLACE INTO sources(id, role, place, path, size, changed_ns,"
		       " whole, counts, coverage, login_first, login_count, push_first, push_count,"
		       " issue_first, issue_count, notice_first, notice_count)"
		       " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
    [SQL_LOGIN_PUT] = "INSERT INTO logins(id, time, kind, source, session, rest, instance, host,"
		      " key, address, body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
    [SQL_LOGIN_KEY_PUT] = "INSERT INTO login_keys(id, key, time) VALUES(?1,?2,?3)",
    [SQL_PUSH_PUT] = "INSERT INTO pushes(id, time, key, instance, address, event, replaces,"
		     " request, caller, console, body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
    [SQL_ISSUE_PUT] = "INSERT INTO issues(id, time, event, replaces, caller, body)"
		      " VALUES(?1,?2,?3,?4,?5,?6)",
    [SQL_ISSUE_KEY_PUT] = "INSERT INTO issue_keys(id, key) VALUES(?1,?2)",
    [SQL_ISSUE_MENTION_PUT] = "INSERT INTO issue_mentions(id, mark) VALUES(?1,?2)",
    [SQL_NOTICE_PUT] = "INSERT INTO notices(id, time, instance, host, body)"
		       " VALUES(?1,?2,?3,?4,?5)",
    [SQL_CALLER_GET] = "SELECT id, body FROM callers WHERE mark=?1",
    [SQL_CALLER_PUT] = "INSERT INTO callers(id, mark, first_us, last_us, console, body)"
		       " VALUES(?1,?2,?3,?4,?5,?6)",
    [SQL_CALLER_USED] = "UPDATE callers SET first_us=min(first_us,?2), last_us=max(last_us,?3),"
			" console=max(console,?4) WHERE id=?1",
    [SQL_CALLER_KEY_PUT] = "INSERT INTO caller_keys(id, key) VALUES(?1,?2)",
    [SQL_CALLER_MENTION_PUT] = "INSERT INTO caller_mentions(id, mark) VALUES(?1,?2)",
    [SQL_MESSAGE_PUT] = "INSERT INTO messages(source, is_error, text) VALUES(?1,?2,?3)",
    [SQL_TEXT_PUT] = "INSERT OR REPLACE INTO texts(source, set_id, changed_us, size, deflated)"
		     " VALUES(?1,?2,?3,?4,?5)",
    [SQL_TEXT_SET] = "SELECT set_id FROM texts WHERE source=?1",
    [SQL_SET_CHANGED] = "INSERT OR IGNORE INTO changed_sets(set_id) VALUES(?1)",
    [SQL_SET_DONE] = "DELETE FROM changed_sets WHERE set_id=?1",
    [SQL_SET_NEXT] = "SELECT c.set_id, s.place FROM changed_sets c JOIN sources s ON s.id=c.set_id"
		     " ORDER BY c.set_id LIMIT 1",
    [SQL_SET_TEXTS] = "SELECT s.role, s.path, t.changed_us, t.size, t.deflated FROM texts t"
		      " JOIN sources s ON s.id=t.source WHERE t.set_id=?1"
		      " ORDER BY s.path, s.place",
    [SQL_COUNTS_PUT] = "UPDATE sources SET counts=?2 WHERE id=?1",
};

sqlite3_stmt *
store_sql(struct store *s, enum store_statement number)
{
	struct store_writer *w = s->writer;

	/* what went wrong took the batch with it: the sentence of that stays */
	if (w->in_batch && sqlite3_get_autocommit(s->db) != 0)
		return NULL;
	return store_prepared(s, &w->statements[number], statements[number]);
}

static int
run(struct store *s, enum store_statement number)
{
	sqlite3_stmt *statement = store_sql(s, number);

	return statement != NULL ? store_run(s, statement) : -1;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int
writer_new(struct store *s)
{
	struct store_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return store_fail_memory(s);
	s->writer = w;
	buf_init(&w->body, BODY_MAX);
	buf_init(&w->deflated, BODY_MAX);
	buf_init(&w->inflated, BODY_MAX);
	buf_init(&w->at_text, BODY_MAX);
	coverage_init(&w->coverage);
	string_pool_init(&w->names);
	w->opens = calloc(STORE_OPENS, sizeof(*w->opens));
	return store_callers_init(&w->callers) == 0 && w->opens != NULL ? 0 : store_fail_memory(s);
}

void
store_writer_free(struct store *s)
{
	struct store_writer *w = s->writer;

	if (w == NULL)
		return;
	store_totals_clear(w);
	store_callers_clear(&w->callers);
	free(w->opens);
	buf_clear(&w->body);
	buf_clear(&w->deflated);
	buf_clear(&w->inflated);
	buf_clear(&w->at_text);
	free(w);
	s->writer = NULL;
}

static int
data_version(struct store *s, int64_t *version)
{
	sqlite3_stmt *statement = store_sql(s, SQL_DATA_VERSION);
	int r = statement != NULL ? store_step(s, statement) : -1;

	*version = r == 1 ? sqlite3_column_int64(statement, 0) : 0;
	if (r == 1)
		(void)sqlite3_reset(statement);
	return r < 0 ? -1 : 0;
}

int
store_batch_begin(struct store *s)
{
	struct store_writer *w = s->writer;
	int64_t version;

	if (run(s, SQL_BEGIN) != 0)
		return -1;
	w->in_batch = true;
	w->batch_bytes = 0;
	w->batch_began_ns = now_ns();
	if (data_version(s, &version) != 0)
		return -1;
	if (version == w->data_version)
		return 0;
	/* between two batches others may write */
	w->data_version = version;
	store_callers_forget(&w->callers);
	return store_totals_load(s);
}

/* Without a log there may be readers to wait for: they may take their time, what is ready to be
 * committed stays so. */
static int
commit(struct store *s)
{
	int tries = 0;

	while (run(s, SQL_COMMIT) != 0)
		if (s->has_log || s->sqlite_error != SQLITE_BUSY || ++tries == COMMIT_TRIES)
			return -1;
	return 0;
}

int
store_batch_commit(struct store *s)
{
	struct store_writer *w = s->writer;

	if (store_callers_save(s) != 0 || (w->callers_stale && store_callers_refresh(s) != 0) ||
	    store_totals_save(s) != 0 || commit(s) != 0)
		return -1;
	w->in_batch = false;
	return 0;
}

void
store_batch_add(struct store *s, size_t bytes)
{
	s->writer->batch_bytes += bytes;
}

/* How many rows have ever been written. */
static int64_t
rows_written(const struct store_writer *w)
{
	return w->next[STORE_LOGINS] + w->next[STORE_PUSHES] + w->next[STORE_ISSUES];
}

int
store_indexes_drop(struct store *s)
{
	s->writer->is_bare = true;
	return store_exec(s, store_schema_no_indexes());
}

/* Each row goes to a place of its own in each index. When that has been done for many, most of them
 * have been written anew: it is faster to make them in one go. */
static int
look_at_growth(struct store *s)
{
	const struct store_writer *w = s->writer;
	int64_t more = rows_written(w) - w->had_rows;

	if (w->is_bare || more < GROWTH_ROWS || more < w->had_rows / GROWTH_PART)
		return 0;
	return store_indexes_drop(s);
}

int
store_batch_pass(struct store *s)
{
	struct store_writer *w = s->writer;

	if (w->batch_bytes < BATCH_BYTES && now_ns() - w->batch_began_ns < BATCH_NS)
		return 0;
	if (store_batch_commit(s) != 0 || store_batch_begin(s) != 0)
		return -1;
	return look_at_growth(s);
}

static int
set_log_size(struct store *s)
{
	int64_t page;

	if (store_number(s, "PRAGMA page_size", 4096, &page) != 0)
		return -1;
	(void)sqlite3_wal_autocheckpoint(s->db, (int)(LOG_BYTES / page));
	return 0;
}

int
store_write_begin(struct store *s)
{
	if (s->mode != STORE_WRITE)
		return store_fail(s, "was not opened to be written to");
	if (s->writer == NULL && (writer_new(s) != 0 || set_log_size(s) != 0))
		return -1;
	/* no version is 0 */
	s->writer->data_version = 0;
	if (store_batch_begin(s) != 0)
		return -1;
	s->writer->had_rows = rows_written(s->writer);
	s->writer->is_bare = false;
	return 0;
}

int
store_write_input(struct store *s, enum input_role role, const char *uri)
{
	sqlite3_stmt *statement = store_sql(s, SQL_INPUT_PUT);

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int(statement, 1, role);
	store_bind(statement, 2, span_of(uri));
	return store_run(s, statement);
}

static int
set_cache(struct store *s, int kib)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA cache_size=-%d", kib);
	return store_exec(s, sql);
}

int
store_indexes_make(struct store *s)
{
	/* what is sorted at a time is as large as the cache, and fastest within the processor's */
	if (set_cache(s, CACHE_SORT_KIB) != 0 || store_exec(s, store_schema_indexes()) != 0)
		return -1;
	return set_cache(s, STORE_CACHE_WRITE_KIB);
}

/* Gives back what is free. For want of room, or beside another writer, it stays for what comes. */
static int
compact(struct store *s)
{
	s->writer->compact = false;
	if (store_exec(s, "VACUUM") == 0)
		return 0;
	return s->sqlite_error == SQLITE_FULL || s->sqlite_error == SQLITE_BUSY || s->no_space ? 0
											       : -1;
}

int
store_write_end(struct store *s)
{
	struct store_writer *w = s->writer;

	if (store_source_abandon(s) != 0 || store_prune_late(s) != 0 || store_batch_commit(s) != 0)
		return -1;
	if ((!s->has_log && store_log_begin(s) != 0) || store_indexes_make(s) != 0)
		return -1;
	if (w->compact && compact(s) != 0)
		return -1;
	(void)sqlite3_busy_timeout(s->db, CHECKPOINT_WAIT_MS);
	(void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_busy_timeout(s->db, STORE_WAIT_MS);
	return 0;
}
