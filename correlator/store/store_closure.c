/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a part of a store: each once, with the level that it is needed at. */
#include "correlator/store/store_closure.h"

#include <stdlib.h>

#include "common/array.h"
#include "correlator/correlate/ledger_index.h"
#include "correlator/store/store_read_rows.h"

int
closure_init(struct closure *c, struct store *s, struct ledger *l, const struct store_question *q,
    const struct match_options *match, bool people)
{
	*c = (struct closure){
	    .store = s,
	    .ledger = l,
	    .question = q,
	    .match = match,
	    .people = people,
	    .tests = q->tests,
	};
	return store_query_any(s, QUERY_ANY_SET, 0, &c->has_sets) != 0 ||
		store_query_any(s, QUERY_ANY_NOTICE, 0, &c->has_notices) != 0 ||
		store_query_any(s, QUERY_ANY_PUSH_REPLACING, 0, &c->has_push_addenda) != 0 ||
		store_query_any(s, QUERY_ANY_ISSUE_REPLACING, 0, &c->has_issue_addenda) != 0
	    ? -1
	    : 0;
}

void
closure_clear(struct closure *c)
{
	struct store_numbers *const sets[] = {&c->login_rows, &c->push_rows, &c->issue_rows,
	    &c->caller_rows, &c->notice_rows, &c->placed, &c->heard, &c->keys, &c->signers,
	    &c->host_rows};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		store_numbers_clear(sets[i]);
	store_arena_clear(&c->arena);
	closure_hosts_clear(c);
	closure_reach_clear(c);
	free(c->logins);
	free(c->pushes);
	free(c->issues);
	free(c->callers);
	free(c->notices);
	free(c->login_queue.rows);
	free(c->push_queue.rows);
	free(c->caller_queue.rows);
}

static int
enqueue(struct closure *c, struct closure_queue *q, uint32_t row)
{
	if (!array_grow((void **)&q->rows, q->count, &q->cap, sizeof(*q->rows)))
		return store_fail_memory(c->store);
	q->rows[q->count++] = row;
	return 0;
}

/* Whether the id is new to the set: its row is to be the next of count. */
static int
note_row(struct closure *c, struct store_numbers *set, int64_t id, size_t count, uint32_t *at,
    bool *added)
{
	uint32_t *value =
	    count < UINT32_MAX ? store_numbers_add(set, id, (uint32_t)count, added) : NULL;

	if (value == NULL)
		return store_fail_memory(c->store);
	*at = *value;
	return 0;
}

static int
keep_body(struct closure *c, sqlite3_stmt *row, int column, struct span *body)
{
	return store_arena_keep(&c->arena, store_column(row, column), body)
	    ? 0
	    : store_fail_memory(c->store);
}

static int
new_login(struct closure *c, sqlite3_stmt *row)
{
	struct closure_login login = {
	    .id = sqlite3_column_int64(row, LOGIN_COLUMN_ID),
	    .time_us = sqlite3_column_int64(row, LOGIN_COLUMN_TIME),
	    .session = sqlite3_column_int64(row, LOGIN_COLUMN_SESSION),
	    .instance = sqlite3_column_int64(row, LOGIN_COLUMN_INSTANCE),
	    .host = sqlite3_column_int64(row, LOGIN_COLUMN_HOST),
	    .kind = (uint8_t)sqlite3_column_int64(row, LOGIN_COLUMN_KIND),
	};

	if (!store_time_can_be(login.time_us))
		return store_fail_damaged(c->store);
	if (keep_body(c, row, LOGIN_COLUMN_BODY, &login.body) != 0)
		return -1;
	if (!array_grow((void **)&c->logins, c->login_count, &c->login_cap, sizeof(*c->logins)))
		return store_fail_memory(c->store);
	c->logins[c->login_count++] = login;
	return 0;
}

int
closure_add_login(struct closure *c, sqlite3_stmt *row, enum closure_login_level level)
{
	int64_t id = sqlite3_column_int64(row, LOGIN_COLUMN_ID);
	bool added = false;
	uint32_t at = 0;

	if (note_row(c, &c->login_rows, id, c->login_count, &at, &added) != 0 ||
	    (added && new_login(c, row) != 0))
		return -1;
	if (c->logins[at].kind != LOGIN_RECORD_OPEN || c->logins[at].level >= level)
		return 0;
	c->logins[at].level = (uint8_t)level;
	return enqueue(c, &c->login_queue, at);
}

static int
new_push(struct closure *c, sqlite3_stmt *row)
{
	struct closure_push push = {
	    .id = sqlite3_column_int64(row, PUSH_COLUMN_ID),
	    .time_us = sqlite3_column_int64(row, PUSH_COLUMN_TIME),
	    .key = sqlite3_column_int64(row, PUSH_COLUMN_KEY),
	    .instance = sqlite3_column_int64(row, PUSH_COLUMN_INSTANCE),
	    .event = sqlite3_column_int64(row, PUSH_COLUMN_EVENT),
	};
	int64_t caller = sqlite3_column_int64(row, PUSH_COLUMN_CALLER);

	if (!store_time_can_be(push.time_us))
		return store_fail_damaged(c->store);
	if (keep_body(c, row, PUSH_COLUMN_BODY, &push.body) != 0 ||
	    closure_add_caller(c, caller, push.time_us, &push.caller) != 0)
		return -1;
	if (!array_grow((void **)&c->pushes, c->push_count, &c->push_cap, sizeof(*c->pushes)))
		return store_fail_memory(c->store);
	c->pushes[c->push_count++] = push;
	return 0;
}

int
closure_add_push(struct closure *c, sqlite3_stmt *row, enum closure_push_level level)
{
	int64_t id = sqlite3_column_int64(row, PUSH_COLUMN_ID);
	bool added = false;
	uint32_t at = 0;

	if (note_row(c, &c->push_rows, id, c->push_count, &at, &added) != 0 ||
	    (added && new_push(c, row) != 0))
		return -1;
	if (!added)
		return closure_raise_push(c, at, level);
	c->pushes[at].level = (uint8_t)level;
	return enqueue(c, &c->push_queue, at);
}

int
closure_raise_push(struct closure *c, uint32_t at, enum closure_push_level level)
{
	if (c->pushes[at].level >= level)
		return 0;
	c->pushes[at].level = (uint8_t)level;
	return enqueue(c, &c->push_queue, at);
}

int
closure_add_pushes(struct closure *c, sqlite3_stmt *rows, enum closure_push_level level)
{
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1)
		if (closure_add_push(c, rows, level) != 0)
			return -1;
	return r;
}

int
closure_add_notice(struct closure *c, sqlite3_stmt *row)
{
	struct closure_notice notice = {.id = sqlite3_column_int64(row, 0)};
	bool added = false;
	uint32_t at = 0;

	if (note_row(c, &c->notice_rows, notice.id, c->notice_count, &at, &added) != 0)
		return -1;
	if (!added)
		return 0;
	if (keep_body(c, row, 1, &notice.body) != 0)
		return -1;
	if (!array_grow((void **)&c->notices, c->notice_count, &c->notice_cap, sizeof(*c->notices)))
		return store_fail_memory(c->store);
	c->notices[c->notice_count++] = notice;
	return 0;
}

/* The row with that id, which another one speaks of. */
static int
find_row(struct closure *c, enum store_query query, int64_t id, sqlite3_stmt **row)
{
	int r = -1;

	*row = store_query(c->store, query, id, 0, 0);
	if (*row != NULL)
		r = store_step(c->store, *row);
	return r == 1 ? 0 : r == 0 ? store_fail_damaged(c->store) : -1;
}

/* The caller in the ledger, with the times of all its pushes, of which not all may come in. */
static int
keep_caller(struct closure *c, sqlite3_stmt *row, int64_t time_us, struct closure_caller *caller)
{
	int64_t first_us = sqlite3_column_int64(row, CALLER_COLUMN_FIRST);
	int64_t last_us = sqlite3_column_int64(row, CALLER_COLUMN_LAST);
	struct user_identity u;

	if (store_identity_get(caller->body, &u) != 0)
		return store_fail_damaged(c->store);
	caller->has_pushes = first_us <= last_us;
	if (caller->has_pushes && (!store_time_can_be(first_us) || !store_time_can_be(last_us)))
		return store_fail_damaged(c->store);
	if (ledger_keep_caller(
		c->ledger, &u, caller->has_pushes ? first_us : time_us, &caller->row) != 0 ||
	    (caller->has_pushes && ledger_keep_caller(c->ledger, &u, last_us, &caller->row) != 0))
		return store_fail_memory(c->store);
	if (sqlite3_column_int64(row, CALLER_COLUMN_CONSOLE) != 0)
		c->ledger->callers[caller->row].from_console = true;
	return 0;
}

int
closure_add_caller(struct closure *c, int64_t id, int64_t time_us, uint32_t *at)
{
	struct closure_caller caller = {.id = id, .depth = CLOSURE_FAR};
	sqlite3_stmt *row;
	bool added = false;

	if (note_row(c, &c->caller_rows, id, c->caller_count, at, &added) != 0)
		return -1;
	if (!added)
		return 0;
	if (find_row(c, QUERY_CALLER, id, &row) != 0 ||
	    keep_body(c, row, CALLER_COLUMN_BODY, &caller.body) != 0 ||
	    keep_caller(c, row, time_us, &caller) != 0)
		return -1;
	(void)sqlite3_reset(row);
	if (!array_grow((void **)&c->callers, c->caller_count, &c->caller_cap, sizeof(*c->callers)))
		return store_fail_memory(c->store);
	c->callers[c->caller_count++] = caller;
	return 0;
}

int
closure_want_chain(struct closure *c, uint32_t caller, unsigned depth)
{
	if (!c->people || c->callers[caller].depth <= depth)
		return 0;
	c->callers[caller].depth = (uint8_t)depth;
	return enqueue(c, &c->caller_queue, caller);
}

int
closure_add_issue(struct closure *c, int64_t id, uint32_t *at)
{
	struct closure_issue issue = {.id = id};
	sqlite3_stmt *row;
	int64_t caller;
	bool added = false;

	if (note_row(c, &c->issue_rows, id, c->issue_count, at, &added) != 0)
		return -1;
	if (!added)
		return 0;
	if (find_row(c, QUERY_ISSUE, id, &row) != 0)
		return -1;
	issue.time_us = sqlite3_column_int64(row, ISSUE_COLUMN_TIME);
	issue.event = sqlite3_column_int64(row, ISSUE_COLUMN_EVENT);
	caller = sqlite3_column_int64(row, ISSUE_COLUMN_CALLER);
	if (!store_time_can_be(issue.time_us))
		return store_fail_damaged(c->store);
	if (keep_body(c, row, ISSUE_COLUMN_BODY, &issue.body) != 0 ||
	    closure_add_caller(c, caller, issue.time_us, &issue.caller) != 0)
		return -1;
	(void)sqlite3_reset(row);
	if (!array_grow((void **)&c->issues, c->issue_count, &c->issue_cap, sizeof(*c->issues)))
		return store_fail_memory(c->store);
	c->issues[c->issue_count++] = issue;
	return 0;
}

int
closure_read_login(struct closure *c, struct span body, struct store_login *login)
{
	return store_login_get(body, login) == 0 && store_time_can_be(login->record.time_us)
	    ? 0
	    : store_fail_damaged(c->store);
}

int
closure_read_event(struct closure *c, struct span body, struct event *e)
{
	return store_event_get(body, e) == 0 && store_time_can_be(e->time_us)
	    ? 0
	    : store_fail_damaged(c->store);
}
