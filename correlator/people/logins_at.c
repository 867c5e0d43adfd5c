/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/logins_at.h"

#include <stdlib.h>

#include "common/time_text.h"

static int
compare_stays(const void *a, const void *b)
{
	const struct login_stay *x = a, *y = b;

	if (x->instance_id != y->instance_id)
		return x->instance_id < y->instance_id ? -1 : 1;
	if (x->from_us != y->from_us)
		return x->from_us < y->from_us ? -1 : 1;
	return (x->login > y->login) - (x->login < y->login);
}

/* Ends what nothing closed where the next boot begins; the stays are of one instance, by time. */
static void
close_by_boot(struct login_stay *stays, size_t count, const struct ledger *l)
{
	string_id boot = 0; /* of the stays behind this one */
	int64_t boot_us = INT64_MAX,
		next = INT64_MAX; /* when it and its next one were first seen */

	for (size_t i = count; i-- > 0;) {
		string_id own = l->logins[stays[i].login].boot_id;

		if (own == 0)
			continue;
		if (own != boot) {
			next = boot_us;
			boot = own;
		}
		boot_us = stays[i].from_us;
		if (stays[i].to_us == INT64_MAX && next != INT64_MAX)
			stays[i].to_us = next;
	}
}

/* The stays of a range are a tree, its root in the middle: gives each node its subtree's last_us.
 * As deep as the logarithm of their count. */
static int64_t
tree_build(struct login_stay *stays, size_t count)
{
	size_t middle = count / 2;
	int64_t last, side;

	if (count == 0)
		return INT64_MIN;
	last = stays[middle].to_us;
	side = tree_build(stays, middle);
	last = side > last ? side : last;
	side = tree_build(stays + middle + 1, count - middle - 1);
	last = side > last ? side : last;
	stays[middle].last_us = last;
	return last;
}

/* How many stays from here on are of the same instance. */
static size_t
run_length(const struct logins_at *x, size_t at)
{
	size_t end = at;

	while (end < x->count && x->stays[end].instance_id == x->stays[at].instance_id)
		end++;
	return end - at;
}

int
logins_at_build(struct logins_at *x, const struct ledger *l)
{
	size_t run;

	*x = (struct logins_at){0};
	x->stays = calloc(l->login_count + 1, sizeof(*x->stays));
	if (x->stays == NULL)
		return -1;
	for (size_t i = 0; i < l->login_count; i++) {
		const struct login *login = &l->logins[i];

		if (login->instance_id != 0)
			x->stays[x->count++] = (struct login_stay){
			    .instance_id = login->instance_id,
			    .login = (uint32_t)i,
			    .from_us = login->time_us,
			    .to_us = login->closed_us != LOGIN_TIME_UNKNOWN ? login->closed_us
									    : INT64_MAX,
			};
	}
	if (x->count != 0)
		qsort(x->stays, x->count, sizeof(*x->stays), compare_stays);
	for (size_t i = 0; i < x->count; i += run) {
		run = run_length(x, i);
		close_by_boot(x->stays + i, run, l);
		(void)tree_build(x->stays + i, run);
	}
	return 0;
}

void
logins_at_clear(struct logins_at *x)
{
	free(x->stays);
	*x = (struct logins_at){0};
}

struct search {
	int64_t from_us, to_us; /* open at any time of this */
	uint32_t *logins;
	size_t count;
	bool more;
};

/* In order, leaving out subtrees that ended before; as deep as the logarithm of their count. */
static void
tree_search(const struct login_stay *stays, size_t count, struct search *s)
{
	size_t middle = count / 2;

	if (count == 0 || s->more || stays[middle].last_us < s->from_us)
		return;
	tree_search(stays, middle, s);
	if (stays[middle].from_us > s->to_us || s->more)
		return;
	if (stays[middle].to_us >= s->from_us) {
		if (s->count == LOGINS_AT_MAX) {
			s->more = true;
			return;
		}
		s->logins[s->count++] = stays[middle].login;
	}
	tree_search(stays + middle + 1, count - middle - 1, s);
}

size_t
logins_at_find(const struct logins_at *x, string_id instance_id, int64_t time_us,
    uint32_t logins[static LOGINS_AT_MAX], bool *more)
{
	struct search s = {.from_us = time_us, .to_us = time_us + US_PER_SECOND - 1};
	size_t low = 0, high = x->count, end;

	s.logins = logins;
	*more = false;
	if (instance_id == 0)
		return 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->stays[middle].instance_id < instance_id)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = x->count, high = low; high < end;) {
		size_t middle = high + (end - high) / 2;

		if (x->stays[middle].instance_id <= instance_id)
			high = middle + 1;
		else
			end = middle;
	}
	tree_search(x->stays + low, high - low, &s);
	*more = s.more;
	return s.count;
}
