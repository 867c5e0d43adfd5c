/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match.h"

#include <stdlib.h>

#include "common/array.h"

/* Whether the push is one of those that explain the login. */
static bool
is_match(const struct ledger *l, const struct login *login, uint32_t push)
{
	uint32_t low = 0, high = login->match_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t at = l->login_pushes[login->match_first + middle];

		if (at == push)
			return true;
		if (at < push)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Tests one push against one step of the login's authentication. */
static struct match_test
test_push(const struct ledger *l, const struct match_options *o, const struct login *login,
    uint32_t step, uint32_t push)
{
	const struct push *p = &l->pushes[push];
	struct match_test t = {
	    .push = push,
	    .step = step,
	    .same_instance = login->instance_id != 0 && p->instance_id == login->instance_id,
	    .same_user = login->os_user != 0 && p->os_user == login->os_user,
	    .same_key = p->fingerprint == l->auth[login->auth_first + step].fingerprint,
	    .succeeded = !p->failed,
	};

	match_window(o, login, step, &t.window_from_us, &t.window_to_us);
	if (p->time_us < t.window_from_us)
		t.off_us = p->time_us - t.window_from_us;
	else if (p->time_us > t.window_to_us)
		t.off_us = p->time_us - t.window_to_us;
	t.has_request = login->receipt_confirmed || login->notice_confirmed;
	t.by_notice = t.has_request && !login->receipt_confirmed;
	t.same_request = t.has_request && is_match(l, login, push);
	t.explains = t.same_instance && t.same_user && t.same_key && t.succeeded && t.off_us == 0 &&
	    (!t.has_request || t.same_request);
	return t;
}

/* Worth showing: the key itself, or another one for the same user of the instance in the window. */
static bool
is_near(const struct match_test *t)
{
	return t->same_key || (t->same_instance && t->same_user && t->off_us == 0);
}

static int64_t
distance(const struct match_test *t)
{
	return t->off_us < 0 ? -t->off_us : t->off_us;
}

/* How many of the equalities hold: what nearly matched stands before what has only the key. */
static int
closeness(const struct match_test *t)
{
	return 4 * t->explains + 2 * t->same_key + t->same_instance + t->same_user;
}

static int
compare_tests(const void *a, const void *b)
{
	const struct match_test *x = a, *y = b;

	if (closeness(x) != closeness(y))
		return closeness(y) - closeness(x);
	if (distance(x) != distance(y))
		return distance(x) < distance(y) ? -1 : 1;
	return x->push < y->push ? -1 : x->push > y->push;
}

size_t
match_explain(const struct ledger *l, const struct match_options *o, const struct login *login,
    struct match_test *tests, size_t max, size_t *more)
{
	struct match_test *near = NULL;
	size_t count = 0, cap = 0;

	for (size_t i = 0; i < l->push_count; i++) {
		struct match_test best = {.push = UINT32_MAX};

		for (uint32_t step = 0; step < login->auth_count; step++) {
			struct match_test t;

			if (l->pushes[i].kind != EVENT_KEY_PUSH ||
			    !l->auth[login->auth_first + step].pushable)
				continue;
			t = test_push(l, o, login, step, (uint32_t)i);
			if (is_near(&t) &&
			    (best.push == UINT32_MAX || compare_tests(&t, &best) < 0))
				best = t;
		}
		if (best.push == UINT32_MAX)
			continue;
		if (!array_grow((void **)&near, count, &cap, sizeof(*near)))
			break;
		near[count++] = best;
	}
	if (count != 0)
		qsort(near, count, sizeof(*near), compare_tests);
	*more = count > max ? count - max : 0;
	count = count < max ? count : max;
	for (size_t i = 0; i < count; i++)
		tests[i] = near[i];
	free(near);
	return count;
}
