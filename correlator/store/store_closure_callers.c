/* SPDX-License-Identifier: Apache-2.0 */
/* What the chain of a caller rests on. */
#include <stdlib.h>

#include "common/array.h"
#include "correlator/people/caller_kind.h"
#include "correlator/people/issue_asks.h"
#include "correlator/people/people.h"
#include "correlator/store/store_closure.h"

static const struct caller *
caller_at(const struct closure *c, uint32_t caller)
{
	return &c->ledger->callers[c->callers[caller].row];
}

int
closure_add_role(struct closure *c, uint32_t caller, int64_t time_us, bool *is_instance)
{
	struct span instance;

	*is_instance =
	    caller_is_instance(c->ledger, caller_at(c, caller), &instance) && instance.ptr != NULL;
	return *is_instance ? closure_add_present(c, instance, time_us) : 0;
}

/* Adds the issuing events of these rows that somebody's chain needs. */
static int
add_needed(struct closure *c, sqlite3_stmt *rows)
{
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		int64_t id = sqlite3_column_int64(rows, 0);
		bool needed;
		uint32_t at;

		if (store_numbers_find(&c->issue_rows, id) != NULL)
			continue;
		if (closure_is_needed(c, id, &needed) != 0 ||
		    (needed && closure_add_issue(c, id, &at) != 0))
			return -1;
	}
	return r;
}

/* An addendum counts where the store as a whole would have it for somebody's chain. */
static int
add_replacing(struct closure *c, const struct closure_issue *issue)
{
	if (!c->has_issue_addenda || issue->event == 0)
		return 0;
	return add_needed(c, store_query(c->store, QUERY_ISSUES_REPLACING, issue->event, 0, 0));
}

/* An event that may have issued what a caller used, that many hops away from a push. */
static int
meet_issue(struct closure *c, int64_t id, unsigned depth, uint32_t *at)
{
	struct closure_issue issue;
	bool is_instance;

	if (closure_add_issue(c, id, at) != 0)
		return -1;
	issue = c->issues[*at];
	if (closure_add_role(c, issue.caller, issue.time_us, &is_instance) != 0 ||
	    add_replacing(c, &issue) != 0)
		return -1;
	/* as many rounds as reading files makes (gather_issues.c) */
	return depth <= CHAIN_HOPS_MAX ? closure_want_chain(c, issue.caller, depth) : 0;
}

/* Whether the event issued another key than the caller used. */
static int
look_at_key(struct closure *c, uint32_t caller, uint32_t issue, bool *other)
{
	struct span key = string_pool_span(&c->ledger->pool, caller_at(c, caller)->access_key_id);
	struct event e;

	if (closure_read_event(c, c->issues[issue].body, &e) != 0)
		return -1;
	if (e.issued_key_id.len != 0 && key.len != 0 && !span_eq(e.issued_key_id, key))
		*other = true;
	return 0;
}

static int
add_asked(struct closure *c, uint32_t caller, uint64_t key, bool *other)
{
	sqlite3_stmt *rows = store_query(c->store, QUERY_ISSUES_OF_KEY, (int64_t)key, 0, 0);
	unsigned depth = c->callers[caller].depth + 1u;
	uint32_t at;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1)
		if (meet_issue(c, sqlite3_column_int64(rows, 0), depth, &at) != 0 ||
		    look_at_key(c, caller, at, other) != 0)
			return -1;
	return r;
}

/* The caller's own issuing events that others need: with them it is seen at more times, and
 * perhaps in the console. */
static int
add_uses(struct closure *c, uint32_t caller)
{
	return add_needed(c,
	    store_query(
		c->store, QUERY_ISSUES_OF_CALLER, c->callers[caller].id, INT64_MIN, INT64_MAX));
}

/* Whether chain.c looks at the times of all that the caller did, or at the console. */
static bool
depends_on_uses(const struct closure *c, uint32_t at, bool other_key)
{
	const struct ledger *l = c->ledger;
	const struct caller *caller = caller_at(c, at);

	if (issue_asks_grow(l, caller))
		return true;
	return other_key && !caller->from_console && caller->sign_in_session_arn == 0;
}

int
closure_close_caller(struct closure *c, uint32_t at)
{
	struct issue_need_list asks = {0};
	bool other_key = false;
	int r = 0;

	if (issue_asks_add(&asks, c->ledger, caller_at(c, at)) != 0)
		r = store_fail_memory(c->store);
	for (size_t i = 0; i < asks.count && r == 0; i++)
		r = add_asked(c, at, asks.rows[i].key, &other_key);
	if (r == 0 && depends_on_uses(c, at, other_key))
		r = add_uses(c, at);
	free(asks.rows);
	return r;
}
