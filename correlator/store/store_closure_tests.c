/* SPDX-License-Identifier: Apache-2.0 */
/* The pushes that an explanation of a login shows: match_explain.c, of which this takes in what it
 * can choose, and some more. */
#include <stdlib.h>

#include "common/array.h"
#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"

/* Several lines that tell of one login may each be the one that counts. */
#define GROUPED_TIMES 4

struct test {
	int64_t off_us;
	uint32_t push; /* in closure.pushes */
	uint8_t close; /* how many equalities hold */
};

struct test_list {
	struct test *rows;
	size_t count, cap;
	struct store_numbers events; /* of those that were counted */
};

static int
compare_tests(const void *a, const void *b)
{
	const struct test *x = a, *y = b;

	if (x->close != y->close)
		return y->close - x->close;
	return (x->off_us > y->off_us) - (x->off_us < y->off_us);
}

/* 0 within the window of that step. */
static int64_t
distance(const struct closure *c, const struct login_record *r, size_t step, int64_t time_us)
{
	const struct login login = {
	    .time_us = r->time_us,
	    .clock_max_error_us = r->has_clock ? r->clock_max_error_us : 0,
	    .auth_count = (uint32_t)r->auth_count,
	};
	int64_t from_us, to_us;

	match_window(c->match, &login, (uint32_t)step, &from_us, &to_us);
	return time_us < from_us ? from_us - time_us : time_us > to_us ? time_us - to_us : 0;
}

static int
list_key(struct closure *c, const struct closure_login *row, const struct login_record *r,
    size_t step, struct test_list *list)
{
	int64_t key = store_mark(r->auth[step].fingerprint);

	for (size_t i = 0; i < c->push_count && key != 0; i++) {
		const struct closure_push *push = &c->pushes[i];
		struct event e;

		if (push->key != key)
			continue;
		if (closure_read_event(c, push->body, &e) != 0)
			return -1;
		if (!array_grow((void **)&list->rows, list->count, &list->cap, sizeof(*list->rows)))
			return store_fail_memory(c->store);
		list->rows[list->count++] = (struct test){
		    .off_us = distance(c, r, step, push->time_us),
		    .push = (uint32_t)i,
		    .close = (uint8_t)(2 + (push->instance == row->instance) +
			span_eq(e.os_user, r->os_user)),
		};
	}
	return 0;
}

/* Whether it takes a place among those shown: not when it is there already, or replaced. */
static int
takes_place(struct closure *c, struct test_list *list, const struct closure_push *push, bool *takes)
{
	bool replaced = false;

	*takes = true;
	if (push->event == 0)
		return 0;
	if (store_numbers_add(&list->events, push->event, 0, takes) == NULL)
		return store_fail_memory(c->store);
	if (*takes && c->has_push_addenda &&
	    store_query_any(c->store, QUERY_PUSHES_REPLACING, push->event, &replaced) != 0)
		return -1;
	*takes = *takes && !replaced;
	return 0;
}

/* The first of the list, up to max that count, and all that are as near as the last of them. */
static int
show_nearest(struct closure *c, struct test_list *list, size_t max)
{
	size_t shown = 0;

	if (list->count != 0)
		qsort(list->rows, list->count, sizeof(*list->rows), compare_tests);
	for (size_t i = 0; i < list->count; i++) {
		const struct test *t = &list->rows[i];
		bool takes;

		if (shown >= max && compare_tests(t, t - 1) != 0)
			break;
		if (closure_raise_push(c, t->push, CLOSURE_PUSH_SHOWN) != 0 ||
		    takes_place(c, list, &c->pushes[t->push], &takes) != 0)
			return -1;
		shown += takes;
	}
	return 0;
}

int
closure_add_tests(
    struct closure *c, const struct closure_login *row, const struct login_record *r, bool grouped)
{
	struct test_list list = {0};
	int64_t from_us, to_us;
	int result = 0;

	for (size_t i = 0; i < r->auth_count && result == 0; i++)
		result = list_key(c, row, r, i, &list);
	if (result == 0)
		result = show_nearest(c, &list, MATCH_TESTS_MAX * (grouped ? GROUPED_TIMES : 1));
	free(list.rows);
	store_numbers_clear(&list.events);
	/* other keys for the instance in the window */
	closure_window(c, r, grouped, &from_us, &to_us);
	if (result == 0 && row->instance != 0)
		result = closure_add_pushes(c,
		    store_query(c->store, QUERY_PUSHES_OF_INSTANCE, row->instance, from_us, to_us),
		    CLOSURE_PUSH_SHOWN);
	return result;
}
