/* SPDX-License-Identifier: Apache-2.0 */
/* What a login rests on. */
#include "common/text_hash.h"
#include "common/time_text.h"
#include "correlator/store/store_closure.h"

/* As match_notice.c has it, and a second for what stamps lack. */
#define NOTICE_BEFORE_US (131 * US_PER_SECOND)
#define NOTICE_BEHIND_US (3 * US_PER_SECOND)

/* All records of the session: its end, its receipts, other logins that have its id. */
static int
add_session(struct closure *c, const struct closure_login *row, struct span id)
{
	sqlite3_stmt *rows =
	    store_query(c->store, QUERY_LOGINS_OF_SESSION, row->session, row->session, 0);
	struct store_login login;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (sqlite3_column_int64(rows, LOGIN_COLUMN_ID) == row->id)
			continue;
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login) != 0)
			return -1;
		if (!span_eq(login.record.id, id) || login.record.kind == LOGIN_RECORD_SIGNER)
			continue;
		if (closure_add_login(c, rows, row->level) != 0 ||
		    (login.record.kind == LOGIN_RECORD_RECEIPT &&
			closure_add_receipt(c, &login.record) != 0))
			return -1;
	}
	return r;
}

/* Whether two records can tell of one login. */
static bool
can_be_one(const struct store_login *a, const struct store_login *b)
{
	return (a->source == LOGIN_SOURCE_SYSLOG || b->source == LOGIN_SOURCE_SYSLOG) &&
	    a->record.sshd_pid == b->record.sshd_pid &&
	    a->record.remote_port == b->record.remote_port &&
	    span_eq(a->record.os_user, b->record.os_user) &&
	    span_eq(a->record.remote_host, b->record.remote_host);
}

static int
add_group_from(struct closure *c, sqlite3_stmt *rows, const struct closure_login *row,
    const struct store_login *login, bool *grouped)
{
	struct store_login other;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (sqlite3_column_int64(rows, LOGIN_COLUMN_ID) == row->id)
			continue;
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &other) != 0)
			return -1;
		if (!can_be_one(login, &other))
			continue;
		*grouped = true;
		if (closure_add_login(c, rows, row->level) != 0)
			return -1;
	}
	return r;
}

/* The host's other lines of the same login; each brings those about it, so runs of them come in
 * as a whole. */
static int
add_group(struct closure *c, const struct closure_login *row, const struct store_login *login,
    bool *grouped)
{
	int64_t from_us = row->time_us - CLOSURE_APART_US, to_us = row->time_us + CLOSURE_APART_US;

	*grouped = false;
	if (!c->has_sets)
		return 0;
	if (row->instance != 0 &&
	    add_group_from(c,
		store_query(c->store, QUERY_OPENS_OF_INSTANCE, row->instance, from_us, to_us), row,
		login, grouped) != 0)
		return -1;
	return row->host == 0
	    ? 0
	    : add_group_from(c,
		  store_query(c->store, QUERY_OPENS_OF_HOST, row->host, from_us, to_us), row, login,
		  grouped);
}

static int
add_notices_from(struct closure *c, sqlite3_stmt *rows)
{
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1)
		if (closure_add_notice(c, rows) != 0)
			return -1;
	return r;
}

/* EC2 Instance Connect's own lines at the time of the login. */
static int
add_notices(struct closure *c, const struct closure_login *row)
{
	int64_t from_us = row->time_us - NOTICE_BEFORE_US, to_us = row->time_us + NOTICE_BEHIND_US;

	if (!c->has_notices)
		return 0;
	if (row->instance != 0 &&
	    add_notices_from(c,
		store_query(c->store, QUERY_NOTICES_OF_INSTANCE, row->instance, from_us, to_us)) !=
		0)
		return -1;
	return row->host == 0
	    ? 0
	    : add_notices_from(
		  c, store_query(c->store, QUERY_NOTICES_OF_HOST, row->host, from_us, to_us));
}

/* One push for each account and region that pushes to the instance name: where it is, when the
 * login does not say. */
static int
add_places(struct closure *c, int64_t instance)
{
	sqlite3_stmt *rows =
	    store_query(c->store, QUERY_PUSHES_OF_INSTANCE, instance, INT64_MIN, INT64_MAX);
	struct store_numbers places = {0};
	bool added, replaced;
	struct event e;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		uint64_t place = text_hash_mix(instance != 0);

		if (closure_read_event(c, store_column(rows, PUSH_COLUMN_BODY), &e) != 0 ||
		    closure_is_replaced(
			c, sqlite3_column_int64(rows, PUSH_COLUMN_EVENT), &e, &replaced) != 0) {
			r = -1;
			break;
		}
		place = text_hash_add(text_hash_add(place, e.account_id), e.region);
		place ^= (uint64_t)(e.account_id.ptr == NULL) << 1 | (e.region.ptr == NULL);
		if (replaced)
			continue;
		if (store_numbers_add(&places, (int64_t)place, 0, &added) == NULL)
			r = store_fail_memory(c->store);
		else if (added)
			r = closure_add_push(c, rows, CLOSURE_PUSH_ROW);
		if (r < 0)
			break;
	}
	if (rows != NULL)
		(void)sqlite3_reset(rows);
	store_numbers_clear(&places);
	return r < 0 ? -1 : 0;
}

static int
add_place(struct closure *c, const struct closure_login *row, const struct login_record *r)
{
	bool added = false;

	if (row->instance == 0 || (r->host.account_id.ptr != NULL && r->host.region.ptr != NULL))
		return 0;
	if (store_numbers_add(&c->placed, row->instance, 0, &added) == NULL)
		return store_fail_memory(c->store);
	return added ? add_places(c, row->instance) : 0;
}

int
closure_close_login(struct closure *c, uint32_t at)
{
	const struct closure_login row = c->logins[at];
	struct store_login login;
	bool grouped;

	if (row.done >= row.level)
		return 0;
	c->logins[at].done = row.level;
	if (closure_read_login(c, row.body, &login) != 0 ||
	    add_session(c, &row, login.record.id) != 0 ||
	    add_group(c, &row, &login, &grouped) != 0 || add_notices(c, &row) != 0 ||
	    add_place(c, &row, &login.record) != 0 ||
	    closure_add_keys(c, &row, &login.record, grouped) != 0)
		return -1;
	if (row.level < CLOSURE_LOGIN_SHOWN)
		return 0;
	if (c->tests && closure_add_tests(c, &row, &login.record, grouped) != 0)
		return -1;
	return c->reach != NULL ? closure_reach_login(c, &row, login.record.host.instance_id) : 0;
}
