/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/people_index.h"

#include <stdlib.h>

#include "common/array.h"

static int
table_add(struct index_table *t, string_id a, string_id b, const struct ledger *l, uint32_t issue)
{
	/* AWS leaves members empty "for security reasons": that is no name of anything */
	if (string_pool_span(&l->pool, a).len == 0)
		return 0;
	if (!array_grow((void **)&t->rows, t->count, &t->cap, sizeof(*t->rows)))
		return -1;
	t->rows[t->count++] = (struct index_entry){a, b, l->issues[issue].time_us, issue};
	return 0;
}

static int
compare_place(const struct index_entry *x, string_id a, string_id b, int64_t time_us)
{
	if (x->a != a)
		return x->a < a ? -1 : 1;
	if (x->b != b)
		return x->b < b ? -1 : 1;
	return (x->time_us > time_us) - (x->time_us < time_us);
}

static int
compare_entries(const void *a, const void *b)
{
	const struct index_entry *x = a, *y = b;
	int by_place = compare_place(x, y->a, y->b, y->time_us);

	return by_place != 0 ? by_place : (x->issue > y->issue) - (x->issue < y->issue);
}

static void
table_sort(struct index_table *t)
{
	if (t->count != 0)
		qsort(t->rows, t->count, sizeof(*t->rows), compare_entries);
}

/* Whose session it is: these kinds issue it to, or tell it of, the caller itself. */
static string_id
session_principal(const struct ledger *l, const struct issue *i)
{
	switch (i->kind) {
	case ISSUE_SESSION_TOKEN:
	case ISSUE_CONSOLE_LOGIN:
	case ISSUE_SWITCH_ROLE: return l->callers[i->caller].principal_id;
	default: return i->issued_principal_id;
	}
}

static string_id
sign_in_session(const struct ledger *l, const struct issue *i)
{
	if (i->kind == ISSUE_CONSOLE_LOGIN && i->minted_session == 0)
		return l->callers[i->caller].sign_in_session_arn;
	return i->kind == ISSUE_CONSOLE_LOGIN || i->kind == ISSUE_OAUTH_TOKEN ? i->minted_session
									      : 0;
}

static int
index_add(struct people_index *x, const struct ledger *l, uint32_t row)
{
	const struct issue *i = &l->issues[row];

	if (table_add(&x->keys, i->issued_key_id, 0, l, row) != 0 ||
	    table_add(&x->sign_ins, sign_in_session(l, i), 0, l, row) != 0 ||
	    table_add(&x->sessions, session_principal(l, i), 0, l, row) != 0 ||
	    table_add(&x->shared, i->shared_event_id, 0, l, row) != 0)
		return -1;
	if (i->kind != ISSUE_ROLE_CREDENTIALS && i->kind != ISSUE_FEDERATE)
		return 0;
	return table_add(&x->sets, i->set_account, i->set_name, l, row);
}

int
people_index_build(struct people_index *x, const struct ledger *l)
{
	*x = (struct people_index){0};
	for (size_t i = 0; i < l->issue_count; i++)
		if (index_add(x, l, (uint32_t)i) != 0)
			return -1;
	table_sort(&x->keys);
	table_sort(&x->sign_ins);
	table_sort(&x->sessions);
	table_sort(&x->sets);
	table_sort(&x->shared);
	return 0;
}

void
people_index_clear(struct people_index *x)
{
	free(x->keys.rows);
	free(x->sign_ins.rows);
	free(x->sessions.rows);
	free(x->sets.rows);
	free(x->shared.rows);
	*x = (struct people_index){0};
}

/* The first entry that is not before that place. */
static const struct index_entry *
lower_bound(const struct index_table *t, string_id a, string_id b, int64_t time_us)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_place(&t->rows[middle], a, b, time_us) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return t->rows + low;
}

struct index_range
people_index_find(
    const struct index_table *t, string_id a, string_id b, int64_t from_us, int64_t to_us)
{
	struct index_range r = {NULL, NULL};

	if (a == 0 || t->count == 0 || from_us > to_us)
		return r;
	r.begin = lower_bound(t, a, b, from_us);
	r.end = lower_bound(t, a, b, to_us == INT64_MAX ? to_us : to_us + 1);
	return r;
}
