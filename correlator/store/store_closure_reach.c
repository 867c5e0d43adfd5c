/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a question names, and where that leads: what people/reach.c finds by following every push
 * back is found here from the other end, and some more. */
#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"

struct id_list {
	int64_t *rows;
	size_t count, cap, next;
};

struct closure_reach {
	struct store_numbers seen_callers, seen_issues;
	struct id_list callers, issues; /* that are followed */
	struct id_list keys;            /* of the event at hand */
	struct id_list roles;           /* callers that may be the role of the instance at hand */
};

void
closure_reach_clear(struct closure *c)
{
	struct closure_reach *reach = c->reach;

	if (reach == NULL)
		return;
	store_numbers_clear(&reach->seen_callers);
	store_numbers_clear(&reach->seen_issues);
	free(reach->callers.rows);
	free(reach->issues.rows);
	free(reach->keys.rows);
	free(reach->roles.rows);
	free(reach);
	c->reach = NULL;
}

static int
add_id(struct closure *c, struct id_list *ids, int64_t id)
{
	if (!array_grow((void **)&ids->rows, ids->count, &ids->cap, sizeof(*ids->rows)))
		return store_fail_memory(c->store);
	ids->rows[ids->count++] = id;
	return 0;
}

/* The ids that a query gives; with a set those alone that are new to it. */
static int
add_ids(struct closure *c, struct id_list *ids, struct store_numbers *seen, sqlite3_stmt *rows)
{
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		int64_t id = sqlite3_column_int64(rows, 0);
		bool added = true;

		if (seen != NULL && store_numbers_add(seen, id, 0, &added) == NULL)
			return store_fail_memory(c->store);
		if (added && add_id(c, ids, id) != 0)
			return -1;
	}
	return r;
}

/* What a caller did at that time is what the identity did, perhaps. */
static int
follow_caller(
    struct closure *c, struct closure_reach *reach, int64_t caller, int64_t from_us, int64_t to_us)
{
	if (closure_add_pushes(c,
		store_query(c->store, QUERY_PUSHES_OF_CALLER, caller, from_us, to_us),
		CLOSURE_PUSH_REACHED) != 0)
		return -1;
	return add_ids(c, &reach->issues, &reach->seen_issues,
	    store_query(c->store, QUERY_ISSUES_OF_CALLER, caller, from_us, to_us));
}

/* Those who may have used what the event issued. */
static int
follow_issue(struct closure *c, struct closure_reach *reach, int64_t issue)
{
	reach->keys.count = 0;
	if (add_ids(c, &reach->keys, NULL,
		store_query(c->store, QUERY_KEYS_OF_ISSUE, issue, 0, 0)) != 0)
		return -1;
	for (size_t i = 0; i < reach->keys.count; i++)
		if (add_ids(c, &reach->callers, &reach->seen_callers,
			store_query(c->store, QUERY_CALLERS_OF_KEY, reach->keys.rows[i], 0, 0)) !=
		    0)
			return -1;
	return 0;
}

static int
follow_all(struct closure *c, struct closure_reach *reach)
{
	while (reach->callers.next < reach->callers.count ||
	    reach->issues.next < reach->issues.count) {
		while (reach->callers.next < reach->callers.count)
			if (follow_caller(c, reach, reach->callers.rows[reach->callers.next++],
				INT64_MIN, INT64_MAX) != 0)
				return -1;
		while (reach->issues.next < reach->issues.count)
			if (follow_issue(c, reach, reach->issues.rows[reach->issues.next++]) != 0)
				return -1;
	}
	return 0;
}

static int
add_mentioned(struct closure *c, struct closure_reach *reach, struct span name)
{
	int64_t mark = store_mark_lower(name);

	return add_ids(c, &reach->callers, &reach->seen_callers,
		   store_query(c->store, QUERY_CALLERS_MENTIONING, mark, 0, 0)) != 0
	    ? -1
	    : add_ids(c, &reach->issues, &reach->seen_issues,
		  store_query(c->store, QUERY_ISSUES_MENTIONING, mark, 0, 0));
}

/* Users are asked for by their names too, and known by their ids. */
static int
add_users(struct closure *c, struct closure_reach *reach, const struct identity_store *users)
{
	int64_t mark = store_mark_lower(c->question->identity);

	for (size_t i = 0; users != NULL && i < users->count; i++) {
		const struct identity_user *u = &users->users[i];

		if ((store_mark_lower(u->user_name) == mark || store_mark_lower(u->email) == mark ||
			store_mark_lower(u->display_name) == mark) &&
		    add_mentioned(c, reach, u->user_id) != 0)
			return -1;
	}
	return 0;
}

int
closure_reach_begin(struct closure *c, const struct identity_store *users)
{
	struct span identity = c->question->identity;
	struct closure_reach *reach;

	if (identity.len == 0)
		return 0;
	c->reach = reach = calloc(1, sizeof(*reach));
	if (reach == NULL)
		return store_fail_memory(c->store);
	if (add_mentioned(c, reach, identity) != 0 || add_users(c, reach, users) != 0 ||
	    closure_add_pushes(c,
		store_query(
		    c->store, QUERY_PUSHES_FROM_ADDRESS, store_mark_address(identity), 0, 0),
		CLOSURE_PUSH_REACHED) != 0)
		return -1;
	return follow_all(c, reach);
}

/* Whether the close can be the login's end, as ledger_logins.c has it. */
static int
can_end(struct closure *c, const struct closure_login *login, const struct closure_login *close,
    bool *can)
{
	struct store_login open, end;
	struct span named;

	*can = false;
	if (close->session != login->session || close->kind != LOGIN_RECORD_CLOSE)
		return 0;
	if (closure_read_login(c, login->body, &open) != 0 ||
	    closure_read_login(c, close->body, &end) != 0)
		return -1;
	named = end.record.host.instance_id;
	*can = span_eq(open.record.id, end.record.id) &&
	    (named.len == 0 || open.record.host.instance_id.len == 0 ||
		span_eq(named, open.record.host.instance_id));
	return 0;
}

/* When the login had ended at the latest. */
static int
find_end(struct closure *c, const struct closure_login *login, int64_t *end_us)
{
	*end_us = INT64_MAX;
	/* ends of sshd's logs do not all count */
	for (size_t i = 0; i < c->login_count && !c->has_sets; i++) {
		bool can;

		if (can_end(c, login, &c->logins[i], &can) != 0)
			return -1;
		if (can && c->logins[i].time_us < *end_us)
			*end_us = c->logins[i].time_us;
	}
	return 0;
}

static bool
ends_with(struct span text, struct span tail)
{
	return text.ptr != NULL && text.len >= tail.len &&
	    memcmp(text.ptr + text.len - tail.len, tail.ptr, tail.len) == 0;
}

/* Whether the caller's session is named after the instance, as that of its role is. */
static int
is_named_after(struct closure *c, int64_t caller, struct span instance, bool *is_named)
{
	sqlite3_stmt *row = store_query(c->store, QUERY_CALLER, caller, 0, 0);
	struct user_identity u;
	int r = row != NULL ? store_step(c->store, row) : -1;

	if (r != 1)
		return r == 0 ? store_fail_damaged(c->store) : -1;
	r = store_identity_get(store_column(row, CALLER_COLUMN_BODY), &u);
	*is_named = r == 0 && (ends_with(u.arn, instance) || ends_with(u.principal_id, instance));
	(void)sqlite3_reset(row);
	return r == 0 ? 0 : store_fail_damaged(c->store);
}

int
closure_reach_login(struct closure *c, const struct closure_login *login, struct span instance)
{
	struct closure_reach *reach = c->reach;
	int64_t from_us = closure_earlier(c, login->time_us - US_PER_SECOND), to_us = 0;

	if (reach == NULL || instance.len == 0 || !c->people)
		return 0;
	reach->roles.count = 0;
	if (add_ids(c, &reach->roles, NULL,
		store_query(
		    c->store, QUERY_CALLERS_MENTIONING, store_mark_lower(instance), 0, 0)) != 0)
		return -1;
	if (reach->roles.count != 0 && find_end(c, login, &to_us) != 0)
		return -1;
	for (size_t i = 0; i < reach->roles.count; i++) {
		bool is_named = false;

		if (is_named_after(c, reach->roles.rows[i], instance, &is_named) != 0 ||
		    (is_named &&
			follow_caller(c, reach, reach->roles.rows[i], from_us, to_us) != 0))
			return -1;
	}
	return follow_all(c, reach);
}
