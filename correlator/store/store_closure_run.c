/* SPDX-License-Identifier: Apache-2.0 */
/* Until nothing is missing; then all of it into the ledger. */
#include <stdlib.h>

#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"
#include "correlator/store/store_read_rows.h"

typedef int close_row(struct closure *c, uint32_t row);

static int
run_queue(struct closure *c, struct closure_queue *q, close_row *close)
{
	while (q->next < q->count)
		if (close(c, q->rows[q->next++]) != 0)
			return -1;
	q->next = q->count = 0;
	return 0;
}

static bool
waits(const struct closure *c)
{
	return c->login_queue.count != 0 || c->push_queue.count != 0 || c->caller_queue.count != 0;
}

static int
run_queues(struct closure *c)
{
	/* callers come last: the fewest hops from a push are met first then */
	while (waits(c))
		if (run_queue(c, &c->login_queue, closure_close_login) != 0 ||
		    run_queue(c, &c->push_queue, closure_close_push) != 0 ||
		    (!(c->login_queue.count != 0) &&
			run_queue(c, &c->caller_queue, closure_close_caller) != 0))
			return -1;
	return 0;
}

/* Takes in one login of the instance. *found: there was one. */
static int
add_one_login(struct closure *c, struct span instance, bool *found)
{
	sqlite3_stmt *rows = store_query(
	    c->store, QUERY_OPENS_OF_INSTANCE, store_mark(instance), INT64_MIN, INT64_MAX);
	struct store_login login;
	int r = -1;

	*found = false;
	while (!*found && rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login) != 0)
			return -1;
		*found = span_eq(login.record.host.instance_id, instance);
		if (*found && closure_add_login(c, rows, CLOSURE_LOGIN_LINKED) != 0)
			return -1;
	}
	if (rows != NULL)
		(void)sqlite3_reset(rows);
	return r < 0 ? -1 : 0;
}

static int
add_one_notice(struct closure *c, struct span instance)
{
	sqlite3_stmt *rows = store_query(
	    c->store, QUERY_NOTICES_OF_INSTANCE, store_mark(instance), INT64_MIN, INT64_MAX);
	struct key_notice_text n;
	bool found = false;
	int r = -1;

	while (!found && rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (store_notice_get(store_column(rows, 1), &n) != 0)
			return store_fail_damaged(c->store);
		found = span_eq(n.instance_id, instance);
		if (found && closure_add_notice(c, rows) != 0)
			return -1;
	}
	if (rows != NULL)
		(void)sqlite3_reset(rows);
	return r < 0 ? -1 : 0;
}

/* Whether an instance of which a push is shown ever told of a login. */
static int
hear_of_instances(struct closure *c)
{
	for (size_t i = 0; i < c->push_count; i++) {
		bool added = false, found;
		struct event e;

		if (c->pushes[i].level < CLOSURE_PUSH_SHOWN || c->pushes[i].instance == 0)
			continue;
		if (store_numbers_add(&c->heard, c->pushes[i].instance, 0, &added) == NULL)
			return store_fail_memory(c->store);
		if (!added)
			continue;
		if (closure_read_event(c, c->pushes[i].body, &e) != 0 ||
		    add_one_login(c, e.instance_id, &found) != 0 ||
		    (!found && add_one_notice(c, e.instance_id) != 0))
			return -1;
	}
	return 0;
}

int
closure_run(struct closure *c)
{
	do {
		if (run_queues(c) != 0 || hear_of_instances(c) != 0)
			return -1;
	} while (waits(c));
	return 0;
}

/* All rows begin with their id. */
static int
compare_ids(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

_Static_assert(offsetof(struct closure_login, id) == 0, "compare_ids looks there");
_Static_assert(offsetof(struct closure_push, id) == 0, "compare_ids looks there");
_Static_assert(offsetof(struct closure_issue, id) == 0, "compare_ids looks there");
_Static_assert(offsetof(struct closure_notice, id) == 0, "compare_ids looks there");

static void
sort_rows(void *rows, size_t count, size_t size)
{
	if (count != 0)
		qsort(rows, count, size, compare_ids);
}

/* What the ledger does not count itself stays as if nothing else had been read. */
static void
count_rows(struct ledger_counts *counts, const struct ledger_counts *before, uint64_t syslog)
{
	counts->records += counts->kept - before->kept;
	counts->syslog_logins += syslog;
	counts->syslog_lines += syslog;
}

int
closure_put(struct closure *c)
{
	const struct ledger_counts before = c->ledger->counts;
	uint64_t syslog = 0;

	sort_rows(c->pushes, c->push_count, sizeof(*c->pushes));
	sort_rows(c->logins, c->login_count, sizeof(*c->logins));
	sort_rows(c->notices, c->notice_count, sizeof(*c->notices));
	sort_rows(c->issues, c->issue_count, sizeof(*c->issues));
	for (size_t i = 0; i < c->push_count; i++)
		if (store_read_push(c->store, c->ledger, c->pushes[i].body,
			c->callers[c->pushes[i].caller].body) != 0)
			return -1;
	for (size_t i = 0; i < c->login_count; i++)
		if (store_read_login(c->store, c->ledger, c->logins[i].body, &syslog) != 0)
			return -1;
	for (size_t i = 0; i < c->notice_count; i++)
		if (store_read_notice(c->store, c->ledger, c->notices[i].body) != 0)
			return -1;
	for (size_t i = 0; i < c->issue_count; i++)
		if (store_read_issue(c->store, c->ledger, c->issues[i].body,
			c->callers[c->issues[i].caller].body) != 0)
			return -1;
	count_rows(&c->ledger->counts, &before, syslog);
	return 0;
}
