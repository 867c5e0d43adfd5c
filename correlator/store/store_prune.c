/* SPDX-License-Identifier: Apache-2.0 */
/* Retention: what lies before a time goes, for good. */
#include "common/time_text.h"
#include "correlator/store/store_writer.h"

/* The file is put together anew when so much of it is free: one part in this many. */
#define COMPACT_PART 4
/* The indexes are made anew when so many rows go: one in this many. */
#define BARE_PART 10

/*
 * Sessions that are over: all of their records lie before, and if one of them is an open there is a
 * close of the same sort (syslog ends no session of the module), on one instance: another host's
 * word ends none. Signers are of no session.
 */
static const char find_sessions[] =
    "CREATE TEMP TABLE IF NOT EXISTS pruned_sessions(id INTEGER PRIMARY KEY);"
    "INSERT OR IGNORE INTO temp.pruned_sessions SELECT session FROM logins WHERE kind<>3"
    " GROUP BY session HAVING max(time)<%lld AND count(DISTINCT nullif(instance, 0))<=1"
    " AND max(kind=1 AND source=0)>=max(kind=0 AND source=0)"
    " AND max(kind=1 AND source<>0)>=max(kind=0 AND source<>0)";

/* The next source that has rows of these tables. */
static const char next_source[] =
    "SELECT id, counts, login_first, login_count, push_first, push_count FROM sources"
    " WHERE id>?1 AND (login_count<>0 OR push_count<>0) ORDER BY id LIMIT 1";

/* "+": by the numbers of the rows, which are few; not by all sessions that go. */
static const char drop_logins[] =
    "DELETE FROM logins WHERE id>=?1 AND id<?2 AND source=?3"
    " AND kind<>3 AND +session IN (SELECT id FROM temp.pruned_sessions)";

static const char drop_pushes[] = "DELETE FROM pushes WHERE id>=?1 AND id<?2 AND time<?3"
				  " AND replaces=0";

static const char drop_login_keys[] = "DELETE FROM login_keys WHERE NOT EXISTS"
				      "(SELECT 1 FROM logins WHERE logins.id=login_keys.id>>5);"
				      "DROP TABLE temp.pruned_sessions";

/* What speaks of rows that are gone. Nothing here needs an index of the callers' rows. */
static const char drop_orphans[] =
    "CREATE TEMP TABLE caller_uses(id INTEGER PRIMARY KEY, first_us, last_us, console);"
    "INSERT INTO temp.caller_uses SELECT caller, min(time), max(time), max(console)"
    " FROM pushes GROUP BY caller;"
    "DELETE FROM callers WHERE id NOT IN (SELECT id FROM temp.caller_uses)"
    " AND id NOT IN (SELECT caller FROM issues);"
    "UPDATE callers SET"
    " first_us=coalesce((SELECT first_us FROM temp.caller_uses u WHERE u.id=callers.id),"
    " 9223372036854775807),"
    " last_us=coalesce((SELECT last_us FROM temp.caller_uses u WHERE u.id=callers.id),"
    " -9223372036854775807-1),"
    " console=coalesce((SELECT console FROM temp.caller_uses u WHERE u.id=callers.id), 0);"
    "DROP TABLE temp.caller_uses;"
    "DELETE FROM issue_keys WHERE NOT EXISTS"
    "(SELECT 1 FROM issues WHERE issues.id=issue_keys.id>>5);"
    "DELETE FROM issue_mentions WHERE NOT EXISTS"
    "(SELECT 1 FROM issues WHERE issues.id=issue_mentions.id>>5);"
    "DELETE FROM caller_keys WHERE NOT EXISTS"
    "(SELECT 1 FROM callers WHERE callers.id=caller_keys.id>>5);"
    "DELETE FROM caller_mentions WHERE NOT EXISTS"
    "(SELECT 1 FROM callers WHERE callers.id=caller_mentions.id>>5)";

struct prune {
	struct store *s;
	uint64_t dropped;
	sqlite3_stmt *next_source, *drop_logins, *drop_pushes;
};

_Static_assert(LOGIN_RECORD_OPEN == 0 && LOGIN_RECORD_CLOSE == 1 && LOGIN_RECORD_SIGNER == 3,
    "the statements say so");

/* Runs a statement that drops rows; *count gets how many. */
static int
drop(struct prune *p, sqlite3_stmt *statement, uint64_t *count)
{
	if (store_run(p->s, statement) != 0)
		return -1;
	*count = (uint64_t)sqlite3_changes(p->s->db);
	p->dropped += *count;
	return 0;
}

static int
find_over(struct prune *p)
{
	char sql[sizeof(find_sessions) + 32];

	(void)snprintf(
	    sql, sizeof(sql), find_sessions, (long long)store_floor_evidence(p->s->writer));
	return store_exec(p->s, sql);
}

static int
drop_source_logins(struct prune *p, const struct store_range *rows, struct ledger_counts *counts)
{
	/* the module's first: those are counted apart */
	for (int source = 0; source <= 2; source++) {
		sqlite3_stmt *statement = store_prepared(p->s, &p->drop_logins, drop_logins);
		uint64_t count;

		if (statement == NULL)
			return -1;
		(void)sqlite3_bind_int64(statement, 1, rows->first);
		(void)sqlite3_bind_int64(statement, 2, rows->first + rows->count);
		(void)sqlite3_bind_int(statement, 3, source);
		if (drop(p, statement, &count) != 0)
			return -1;
		if (source == 0) {
			counts->login_lines += count;
			counts->login_pruned += count;
		}
	}
	return 0;
}

static int
drop_source_pushes(struct prune *p, const struct store_range *rows, struct ledger_counts *counts)
{
	sqlite3_stmt *statement = store_prepared(p->s, &p->drop_pushes, drop_pushes);
	uint64_t count;

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, rows->first);
	(void)sqlite3_bind_int64(statement, 2, rows->first + rows->count);
	(void)sqlite3_bind_int64(statement, 3, store_floor_evidence(p->s->writer));
	if (drop(p, statement, &count) != 0)
		return -1;
	counts->pruned += count;
	return 0;
}

static int
save_counts(struct store *s, int64_t source, const struct ledger_counts *counts)
{
	sqlite3_stmt *statement = store_sql(s, SQL_COUNTS_PUT);
	struct buf *body = &s->writer->body;

	buf_reset(body);
	if (statement == NULL)
		return -1;
	if (store_counts_put(counts, body) != 0)
		return store_fail_memory(s);
	(void)sqlite3_bind_int64(statement, 1, source);
	store_bind(statement, 2, buf_span(body));
	return store_run(s, statement);
}

/* A source's rows are counted for it: it says how many of its records are gone. 1 when there was
 * one, 0, -1. */
static int
drop_next(struct prune *p, int64_t *source)
{
	struct store *s = p->s;
	sqlite3_stmt *statement = store_prepared(s, &p->next_source, next_source);
	struct store_range logins, pushes;
	struct ledger_counts counts;
	uint64_t before = p->dropped;
	int r;

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, *source);
	r = store_step(s, statement);
	if (r != 1)
		return r;
	*source = sqlite3_column_int64(statement, 0);
	r = store_counts_get(store_column(statement, 1), &counts);
	logins = (struct store_range){
	    sqlite3_column_int64(statement, 2), sqlite3_column_int64(statement, 3)};
	pushes = (struct store_range){
	    sqlite3_column_int64(statement, 4), sqlite3_column_int64(statement, 5)};
	(void)sqlite3_reset(statement);
	if (r != 0 || !store_range_is_good(s->writer, STORE_LOGINS, &logins) ||
	    !store_range_is_good(s->writer, STORE_PUSHES, &pushes))
		return store_fail_damaged(s);
	if (drop_source_logins(p, &logins, &counts) != 0 ||
	    drop_source_pushes(p, &pushes, &counts) != 0)
		return -1;
	if (p->dropped != before && save_counts(s, *source, &counts) != 0)
		return -1;
	return 1;
}

static int
drop_sources(struct prune *p)
{
	int64_t source = INT64_MIN;
	int r;

	do
		r = drop_next(p, &source);
	while (r == 1);
	return r;
}

static int
drop_before(struct prune *p, const char *what, int64_t before_us)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql), "DELETE FROM %s time<%lld", what, (long long)before_us);
	if (store_exec(p->s, sql) != 0)
		return -1;
	p->dropped += (uint64_t)sqlite3_changes(p->s->db);
	return 0;
}

/* Does without the indexes when many rows go. pushes_caller has their times. */
static int
look_at_share(struct prune *p)
{
	struct store *s = p->s;
	int64_t sessions, pushes, all;
	char sql[160];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM pushes WHERE time<%lld",
	    (long long)store_floor_evidence(s->writer));
	if (store_number(s, sql, 0, &pushes) != 0 ||
	    store_number(s, "SELECT count(*) FROM temp.pruned_sessions", 0, &sessions) != 0 ||
	    store_number(s, "SELECT (SELECT count(*) FROM pushes)+(SELECT count(*) FROM logins)", 0,
		&all) != 0)
		return -1;
	/* an open and a close each */
	return pushes + 2 * sessions > all / BARE_PART ? store_indexes_drop(s) : 0;
}

/* Logins and pushes, source by source, and what speaks of the logins. */
static int
drop_from_sources(struct prune *p)
{
	struct store *s = p->s;

	s->writer->is_late = false;
	if (store_indexes_make(s) != 0 || find_over(p) != 0 || look_at_share(p) != 0 ||
	    drop_sources(p) != 0)
		return -1;
	if (p->dropped != 0)
		s->writer->totals_stale = true;
	return store_exec(s, drop_login_keys);
}

static void
prune_end(struct prune *p)
{
	(void)sqlite3_finalize(p->next_source);
	(void)sqlite3_finalize(p->drop_logins);
	(void)sqlite3_finalize(p->drop_pushes);
}

static int
drop_rows(struct prune *p)
{
	struct store *s = p->s;

	if (drop_from_sources(p) != 0 ||
	    drop_before(p, "issues WHERE replaces=0 AND", store_floor_issues(s->writer)) != 0 ||
	    drop_before(p, "notices WHERE", store_floor_evidence(s->writer)) != 0 ||
	    store_exec(s, drop_orphans) != 0)
		return -1;
	store_callers_forget(&s->writer->callers);
	s->writer->totals_stale = true;
	return 0;
}

static int
note_floor(struct store *s, int64_t floor_us)
{
	char sql[96];

	s->writer->floor_us = floor_us;
	(void)snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO totals VALUES('pruned', %lld)",
	    (long long)floor_us);
	return store_exec(s, sql);
}

static int
note_free(struct store *s)
{
	int64_t free_pages, pages;

	if (store_number(s, "PRAGMA freelist_count", 0, &free_pages) != 0 ||
	    store_number(s, "PRAGMA page_count", 0, &pages) != 0)
		return -1;
	s->writer->compact = free_pages > pages / COMPACT_PART;
	return 0;
}

int
store_prune(struct store *s, int64_t before_us, uint64_t *dropped)
{
	struct store_writer *w = s->writer;
	struct prune p = {.s = s};
	int r;

	*dropped = 0;
	if (w->floor_us != LOGIN_TIME_UNKNOWN && before_us <= w->floor_us)
		return 0;
	r = store_callers_save(s) != 0 || note_floor(s, before_us) != 0 || drop_rows(&p) != 0
	    ? -1
	    : note_free(s);
	prune_end(&p);
	*dropped = p.dropped;
	return r;
}

int
store_prune_late(struct store *s)
{
	struct prune p = {.s = s};
	int r;

	if (!s->writer->is_late)
		return 0;
	r = drop_from_sources(&p);
	prune_end(&p);
	return r;
}
