/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a store holds, into a ledger. */
#include "correlator/store/store_read.h"

#include <stdlib.h>

#include "common/array.h"
#include "correlator/store/store_query.h"
#include "correlator/store/store_read_rows.h"
#include "correlator/store/store_record.h"

/* Looking a key up takes about as long as reading so many of the index in a row. */
#define SCAN_WORTH 8

static int
bind_total(struct store *s, sqlite3_stmt **total, const char *name)
{
	*total = store_query(s, QUERY_TOTAL, 0, 0, 0);
	if (*total == NULL)
		return -1;
	if (sqlite3_bind_text(*total, 1, name, -1, SQLITE_STATIC) != SQLITE_OK)
		return store_fail_sqlite(s);
	return store_step(s, *total);
}

int
store_read_coverage(struct store *s, struct ledger *l)
{
	sqlite3_stmt *total;
	int r = bind_total(s, &total, "coverage");

	if (r != 1)
		return r;
	r = store_coverage_get(store_column(total, 0), &l->coverage, &l->pool);
	(void)sqlite3_reset(total);
	if (r == -2)
		return store_fail_memory(s);
	return r == 0 ? 0 : store_fail_damaged(s);
}

static int
read_counts(struct store *s, struct ledger *l, struct ledger_counts *counts)
{
	sqlite3_stmt *total;
	int r = bind_total(s, &total, "counts");

	*counts = (struct ledger_counts){0};
	if (r != 1)
		return r;
	r = store_counts_get(store_column(total, 0), counts);
	(void)sqlite3_reset(total);
	if (r != 0)
		return store_fail_damaged(s);
	store_counts_add(&l->counts, counts);
	return 0;
}

int
store_read_push(struct store *s, struct ledger *l, struct span body, struct span identity)
{
	struct event e;

	if (store_event_get(body, &e) != 0 || !store_time_can_be(e.time_us) ||
	    store_identity_get(identity, &e.identity) != 0)
		return store_fail_damaged(s);
	return ledger_add_event(l, &e) == 0 ? 0 : store_fail_memory(s);
}

static int
read_pushes(struct store *s, struct ledger *l)
{
	sqlite3_stmt *rows = store_query(s, QUERY_ALL_PUSHES, 0, 0, 0);
	int r = -1;

	while (rows != NULL && (r = store_step(s, rows)) == 1)
		if (store_read_push(s, l, store_column(rows, 0), store_column(rows, 1)) != 0)
			return -1;
	return r;
}

int
store_read_login(struct store *s, struct ledger *l, struct span body, uint64_t *syslog)
{
	struct store_login login;
	int r;

	if (store_login_get(body, &login) != 0 || !store_time_can_be(login.record.time_us))
		return store_fail_damaged(s);
	if (login.source == LOGIN_SOURCE_SYSLOG) {
		*syslog += login.record.kind == LOGIN_RECORD_OPEN;
		r = ledger_add_syslog_record(l, &login.record, login.by_journal);
	} else {
		r = ledger_add_login_record(l, &login.record);
	}
	return r == 0 ? 0 : store_fail_memory(s);
}

static int
read_logins(struct store *s, struct ledger *l, uint64_t *syslog)
{
	sqlite3_stmt *rows = store_query(s, QUERY_ALL_LOGINS, 0, 0, 0);
	int r = -1;

	*syslog = 0;
	while (rows != NULL && (r = store_step(s, rows)) == 1)
		if (store_read_login(s, l, store_column(rows, 0), syslog) != 0)
			return -1;
	return r;
}

int
store_read_notice(struct store *s, struct ledger *l, struct span body)
{
	struct key_notice_text n;

	if (store_notice_get(body, &n) != 0 || !store_time_can_be(n.time_us))
		return store_fail_damaged(s);
	return ledger_add_notice(l, &n) == 0 ? 0 : store_fail_memory(s);
}

static int
read_notices(struct store *s, struct ledger *l)
{
	sqlite3_stmt *rows = store_query(s, QUERY_ALL_NOTICES, 0, 0, 0);
	int r = -1;

	while (rows != NULL && (r = store_step(s, rows)) == 1)
		if (store_read_notice(s, l, store_column(rows, 0)) != 0)
			return -1;
	return r;
}

int
store_read_all(struct store *s, struct ledger *l)
{
	struct ledger_counts counts;
	uint64_t syslog;

	if (read_counts(s, l, &counts) != 0 || store_read_coverage(s, l) != 0 ||
	    read_pushes(s, l) != 0 || read_logins(s, l, &syslog) != 0 || read_notices(s, l) != 0)
		return -1;
	if (counts.syslog_logins > syslog)
		l->counts.syslog_pruned += counts.syslog_logins - syslog;
	return 0;
}

static int
compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct id_list {
	int64_t *rows;
	size_t count, cap;
};

static int
add_id(struct store *s, struct id_list *ids, int64_t id)
{
	if (!array_grow((void **)&ids->rows, ids->count, &ids->cap, sizeof(*ids->rows)))
		return store_fail_memory(s);
	ids->rows[ids->count++] = id;
	return 0;
}

static int
find_by_key(struct store *s, const struct issue_need_list *round, struct id_list *ids)
{
	for (size_t i = 0; i < round->count; i++) {
		int64_t key = (int64_t)round->rows[i].key;
		sqlite3_stmt *rows = store_query(s, QUERY_ISSUES_OF_KEY, key, 0, 0);
		int r = -1;

		while (rows != NULL && (r = store_step(s, rows)) == 1)
			if (add_id(s, ids, sqlite3_column_int64(rows, 0)) != 0)
				return -1;
		if (r != 0)
			return -1;
	}
	return 0;
}

/* The same when so much is asked for that reading all keys is less. */
static int
find_by_scan(struct store *s, const struct issue_needs *needs, struct id_list *ids)
{
	sqlite3_stmt *rows = store_query(s, QUERY_ALL_ISSUE_KEYS, 0, 0, 0);
	struct issue_keys keys = {.count = 1};
	int r = -1;

	while (rows != NULL && (r = store_step(s, rows)) == 1) {
		keys.keys[0] = (uint64_t)sqlite3_column_int64(rows, 0);
		if (issue_needs_any(needs, &keys) &&
		    add_id(s, ids, sqlite3_column_int64(rows, 1)) != 0)
			return -1;
	}
	return r;
}

int
store_read_issue(struct store *s, struct ledger *l, struct span body, struct span identity)
{
	struct event e;

	if (store_event_get(body, &e) != 0 || !store_time_can_be(e.time_us) ||
	    store_identity_get(identity, &e.identity) != 0)
		return store_fail_damaged(s);
	return ledger_add_issue(l, &e) == 0 ? 0 : store_fail_memory(s);
}

/* A row that others speak of and that is not there: the file is damaged. */
static int
query_one(struct store *s, enum store_query query, int64_t id, sqlite3_stmt **row)
{
	int r = -1;

	*row = store_query(s, query, id, 0, 0);
	if (*row != NULL)
		r = store_step(s, *row);
	return r == 1 ? 0 : r == 0 ? store_fail_damaged(s) : -1;
}

static int
add_issue(struct store *s, struct ledger *l, int64_t id)
{
	sqlite3_stmt *issue, *caller;

	if (query_one(s, QUERY_ISSUE, id, &issue) != 0 ||
	    query_one(s, QUERY_CALLER, sqlite3_column_int64(issue, ISSUE_COLUMN_CALLER), &caller) !=
		0)
		return -1;
	return store_read_issue(
	    s, l, store_column(issue, ISSUE_COLUMN_BODY), store_column(caller, CALLER_COLUMN_BODY));
}

int
store_read_issues(struct store *s, struct ledger *l, const struct issue_needs *needs)
{
	struct id_list ids = {0};
	int64_t issues;
	int r = -1;

	if (store_number(s, "SELECT max(id) FROM issues", 0, &issues) != 0)
		return -1;
	if ((double)needs->round.count * SCAN_WORTH < (double)issues
		? find_by_key(s, &needs->round, &ids) != 0
		: find_by_scan(s, needs, &ids) != 0)
		goto out;
	if (ids.count != 0)
		qsort(ids.rows, ids.count, sizeof(*ids.rows), compare_ids);
	r = 0;
	for (size_t i = 0; i < ids.count && r == 0; i++)
		if (i == 0 || ids.rows[i] != ids.rows[i - 1])
			r = add_issue(s, l, ids.rows[i]);
out:
	free(ids.rows);
	return r;
}
