/* SPDX-License-Identifier: Apache-2.0 */
/* What a push rests on, and who made it. */
#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"

int
closure_is_replaced(struct closure *c, int64_t event, const struct event *e, bool *replaced)
{
	*replaced = false;
	if (!c->has_push_addenda || event == 0 ||
	    (e->supersedes && span_eq(e->event_id, e->original_event_id)))
		return 0;
	return store_query_any(c->store, QUERY_PUSHES_REPLACING, event, replaced);
}

/* The logins that the push can explain. */
static int
add_explained(struct closure *c, const struct closure_push *push, enum store_query query,
    enum closure_login_level level)
{
	int64_t from_us, to_us;
	sqlite3_stmt *rows;
	int r = -1;

	closure_window_of_push(c, push->time_us, &from_us, &to_us);
	rows = store_query(c->store, query, push->key, from_us, to_us);
	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		int64_t instance = sqlite3_column_int64(rows, LOGIN_COLUMN_INSTANCE);
		int64_t time_us = sqlite3_column_int64(rows, LOGIN_COLUMN_TIME);
		struct store_login login;

		if (instance != 0 && instance != push->instance)
			continue;
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login) != 0)
			return -1;
		closure_window(c, &login.record, c->has_sets, &from_us, &to_us);
		if (time_us == login.record.time_us && push->time_us >= from_us &&
		    push->time_us <= to_us && closure_add_login(c, rows, level) != 0)
			return -1;
	}
	return r;
}

static int
add_sessions(struct closure *c, const struct closure_push *push)
{
	enum closure_login_level level =
	    push->level == CLOSURE_PUSH_REACHED ? CLOSURE_LOGIN_SHOWN : CLOSURE_LOGIN_LINKED;

	if (push->key == 0 || push->instance == 0)
		return 0;
	return add_explained(c, push, QUERY_OPENS_OF_KEY, level) != 0 ||
		add_explained(c, push, QUERY_OPENS_OF_LATER_KEY, level) != 0
	    ? -1
	    : 0;
}

/* The pushes between which one of an instance's role lies, each with who was logged in then:
 * people_logins.c gives pushes that follow each other one person. */
static int
add_neighbours(struct closure *c, const struct closure_push *push)
{
	int64_t from_us, to_us;
	sqlite3_stmt *rows;
	bool is_instance;
	int r = -1;

	closure_window_of_push(c, push->time_us, &from_us, &to_us);
	from_us -= to_us - push->time_us;
	rows = store_query(
	    c->store, QUERY_PUSHES_OF_CALLER, c->callers[push->caller].id, from_us, to_us);
	while (rows != NULL && (r = store_step(c->store, rows)) == 1)
		if (closure_add_push(c, rows, CLOSURE_PUSH_ROW) != 0 ||
		    closure_add_role(c, push->caller, sqlite3_column_int64(rows, PUSH_COLUMN_TIME),
			&is_instance) != 0)
			return -1;
	return r;
}

static int
add_maker(struct closure *c, const struct closure_push *push)
{
	bool is_instance;

	if (!c->people)
		return 0;
	if (closure_want_chain(c, push->caller, 0) != 0 ||
	    closure_add_role(c, push->caller, push->time_us, &is_instance) != 0)
		return -1;
	return is_instance ? add_neighbours(c, push) : 0;
}

/* By what is the same in all reports of one event (ledger_events.c). */
static sqlite3_stmt *
query_same(struct closure *c, const struct closure_push *push)
{
	sqlite3_stmt *rows;
	struct event e;

	if (push->key != 0) {
		rows = store_query(
		    c->store, QUERY_PUSHES_OF_KEY_THERE, push->key, push->time_us, push->time_us);
		if (rows != NULL)
			(void)sqlite3_bind_int64(rows, 4, push->instance);
		return rows;
	}
	if (push->instance != 0)
		return store_query(c->store, QUERY_PUSHES_OF_INSTANCE, push->instance,
		    push->time_us, push->time_us);
	if (closure_read_event(c, push->body, &e) != 0)
		return NULL;
	return store_query(c->store, QUERY_PUSHES_OF_REQUEST, store_mark(e.request_id), 0, 0);
}

/* What else reports its event: of these the first counts, whoever it says that it was; and what
 * replaces it. */
static int
add_same_event(struct closure *c, const struct closure_push *push)
{
	sqlite3_stmt *rows;
	int r = -1;

	if (push->event == 0)
		return 0;
	rows = query_same(c, push);
	while (rows != NULL && (r = store_step(c->store, rows)) == 1)
		if (sqlite3_column_int64(rows, PUSH_COLUMN_EVENT) == push->event &&
		    closure_add_push(c, rows, CLOSURE_PUSH_ROW) != 0)
			return -1;
	if (r != 0)
		return -1;
	return c->has_push_addenda
	    ? closure_add_pushes(c,
		  store_query(c->store, QUERY_PUSHES_REPLACING, push->event, 0, 0),
		  CLOSURE_PUSH_ROW)
	    : 0;
}

int
closure_close_push(struct closure *c, uint32_t at)
{
	const struct closure_push push = c->pushes[at];
	bool is_new = c->pushes[at].done == 0;

	c->pushes[at].done = (uint8_t)(push.level + 1);
	if (is_new && add_same_event(c, &push) != 0)
		return -1;
	if (push.done > push.level)
		return 0;
	if (push.level >= CLOSURE_PUSH_PERSON && add_maker(c, &push) != 0)
		return -1;
	return push.level >= CLOSURE_PUSH_SHOWN ? add_sessions(c, &push) : 0;
}
