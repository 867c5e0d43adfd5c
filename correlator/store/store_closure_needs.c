/* SPDX-License-Identifier: Apache-2.0 */
/* Which issuing events a ledger of the whole store would have: from the event on to whom it helps.
 */
#include <stdlib.h>

#include "common/array.h"
#include "correlator/store/store_closure.h"

/* Whoever is followed further than this is taken to be needed. */
#define FOLLOWED_MAX 4096

struct id_list {
	int64_t *rows;
	size_t count, cap;
};

struct need_search {
	struct closure *closure;
	struct store_numbers seen; /* callers */
	struct id_list callers;    /* the same, in the order in which they were met */
	struct id_list found;      /* of the query at hand */
	bool needed;
};

/* The ids that a query gives. */
static int
list_ids(struct need_search *n, struct id_list *ids, enum store_query query, int64_t of)
{
	struct store *s = n->closure->store;
	sqlite3_stmt *rows = store_query(s, query, of, INT64_MIN, INT64_MAX);
	int r = -1;

	while (rows != NULL && (r = store_step(s, rows)) == 1) {
		if (!array_grow((void **)&ids->rows, ids->count, &ids->cap, sizeof(*ids->rows)))
			return store_fail_memory(s);
		ids->rows[ids->count++] = sqlite3_column_int64(rows, 0);
	}
	return r;
}

/* Adds those who ask for one of the event's keys. */
static int
follow_issue(struct need_search *n, int64_t issue)
{
	size_t first = n->callers.count, kept = first;

	n->found.count = 0;
	if (list_ids(n, &n->found, QUERY_KEYS_OF_ISSUE, issue) != 0)
		return -1;
	for (size_t i = 0; i < n->found.count; i++)
		if (list_ids(n, &n->callers, QUERY_CALLERS_OF_KEY, n->found.rows[i]) != 0)
			return -1;
	for (size_t i = first; i < n->callers.count; i++) {
		bool added = false;

		if (store_numbers_add(&n->seen, n->callers.rows[i], 0, &added) == NULL)
			return store_fail_memory(n->closure->store);
		if (added)
			n->callers.rows[kept++] = n->callers.rows[i];
	}
	n->callers.count = kept;
	return 0;
}

static int
has_pushes(struct need_search *n, int64_t caller)
{
	struct store *s = n->closure->store;
	sqlite3_stmt *row = store_query(s, QUERY_CALLER, caller, 0, 0);
	int r = row != NULL ? store_step(s, row) : -1;

	if (r != 1)
		return r == 0 ? store_fail_damaged(s) : -1;
	n->needed = sqlite3_column_int64(row, CALLER_COLUMN_FIRST) <=
	    sqlite3_column_int64(row, CALLER_COLUMN_LAST);
	(void)sqlite3_reset(row);
	return 0;
}

static int
follow_caller(struct need_search *n, int64_t caller)
{
	struct id_list issues = {0};
	int r = has_pushes(n, caller);

	if (r == 0 && !n->needed)
		r = list_ids(n, &issues, QUERY_ISSUES_OF_CALLER, caller);
	for (size_t i = 0; i < issues.count && r == 0 && !n->needed; i++) {
		r = follow_issue(n, issues.rows[i]);
		n->needed = n->callers.count > FOLLOWED_MAX || i > FOLLOWED_MAX;
	}
	free(issues.rows);
	return r;
}

int
closure_is_needed(struct closure *c, int64_t issue, bool *needed)
{
	struct need_search n = {.closure = c};
	int r = follow_issue(&n, issue);

	for (size_t i = 0; i < n.callers.count && r == 0 && !n.needed; i++)
		r = follow_caller(&n, n.callers.rows[i]);
	*needed = n.needed;
	store_numbers_clear(&n.seen);
	free(n.callers.rows);
	free(n.found.rows);
	return r;
}
