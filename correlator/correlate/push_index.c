/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/push_index.h"

#include <stdlib.h>

/*
 * Of a fingerprint: its earliest successful push, and the earliest one for any instance but that
 * one's. Enough to know whether it was pushed for "another instance" by some time.
 */
struct push_group {
	string_id fingerprint;
	string_id instance_id; /* of the earliest */
	int64_t earliest_us, other_us;
};

/* Fingerprints with no more entries than this are simply searched. */
#define GROUP_MIN 16

static int
compare_entries(const void *a, const void *b)
{
	const struct push_entry *x = a, *y = b;

	if (x->instance_id != y->instance_id)
		return x->instance_id < y->instance_id ? -1 : 1;
	if (x->os_user != y->os_user)
		return x->os_user < y->os_user ? -1 : 1;
	return x->push < y->push ? -1 : x->push > y->push;
}

static bool
is_indexed(const struct push *p)
{
	return p->kind == EVENT_KEY_PUSH && p->fingerprint != 0;
}

/* Sorts pushes into their fingerprints' places, which keeps them in order of time. */
static void
place_entries(struct push_index *x)
{
	const struct ledger *l = x->ledger;

	for (size_t i = 0; i < l->push_count; i++)
		if (is_indexed(&l->pushes[i]))
			x->first[l->pushes[i].fingerprint + 1]++;
	for (size_t f = 1; f < x->first_count; f++)
		x->first[f] += x->first[f - 1];
	/* first[f] is moved on to the end of f's entries, which is where f + 1 begins ... */
	for (size_t i = 0; i < l->push_count; i++) {
		const struct push *p = &l->pushes[i];

		if (is_indexed(p))
			x->entries[x->first[p->fingerprint]++] = (struct push_entry){
			    .time_us = p->time_us,
			    .instance_id = p->instance_id,
			    .os_user = p->os_user,
			    .push = (uint32_t)i,
			    .failed = p->failed,
			};
	}
	/* ... so shifting by one puts every beginning back */
	memmove(x->first + 1, x->first, (x->first_count - 1) * sizeof(*x->first));
	x->first[0] = 0;
}

static void
summarise(struct push_index *x, string_id fingerprint, struct push_group *g)
{
	struct push_range all = push_index_key(x, fingerprint);

	*g = (struct push_group){fingerprint, 0, INT64_MAX, INT64_MAX};
	for (const struct push_entry *e = all.begin; e < all.end; e++) {
		if (e->failed)
			continue;
		if (e->time_us < g->earliest_us) {
			if (g->instance_id != e->instance_id)
				g->other_us = g->earliest_us;
			g->earliest_us = e->time_us;
			g->instance_id = e->instance_id;
		} else if (e->instance_id != g->instance_id && e->time_us < g->other_us) {
			g->other_us = e->time_us;
		}
	}
}

static int
sort_and_summarise(struct push_index *x)
{
	size_t large = 0;

	for (size_t f = 0; f + 1 < x->first_count; f++) {
		size_t n = x->first[f + 1] - x->first[f];

		if (n > 1)
			qsort(x->entries + x->first[f], n, sizeof(*x->entries), compare_entries);
		large += n >= GROUP_MIN;
	}
	x->groups = calloc(large != 0 ? large : 1, sizeof(*x->groups));
	if (x->groups == NULL)
		return -1;
	for (size_t f = 0; f + 1 < x->first_count; f++)
		if (x->first[f + 1] - x->first[f] >= GROUP_MIN)
			summarise(x, (string_id)f, &x->groups[x->group_count++]);
	return 0;
}

int
push_index_build(struct push_index *x, const struct ledger *l)
{
	*x = (struct push_index){.ledger = l, .first_count = (size_t)l->pool.count + 2};
	x->first = calloc(x->first_count, sizeof(*x->first));
	x->entries = malloc((l->push_count + 1) * sizeof(*x->entries));
	if (x->first == NULL || x->entries == NULL) {
		push_index_clear(x);
		return -1;
	}
	place_entries(x);
	if (sort_and_summarise(x) != 0) {
		push_index_clear(x);
		return -1;
	}
	return 0;
}

void
push_index_clear(struct push_index *x)
{
	free(x->first);
	free(x->entries);
	free(x->groups);
	*x = (struct push_index){0};
}

struct push_range
push_index_key(const struct push_index *x, string_id fingerprint)
{
	if (fingerprint == 0 || (size_t)fingerprint + 1 >= x->first_count)
		return (struct push_range){x->entries, x->entries};
	return (struct push_range){
	    x->entries + x->first[fingerprint], x->entries + x->first[fingerprint + 1]};
}

static struct push_entry
entry_at(string_id instance_id, string_id os_user, uint32_t push)
{
	return (struct push_entry){.instance_id = instance_id, .os_user = os_user, .push = push};
}

/* The first entry of the range that is not before the given one. */
static const struct push_entry *
lower_bound(struct push_range range, struct push_entry at)
{
	const struct push_entry *low = range.begin, *high = range.end;

	while (low < high) {
		const struct push_entry *middle = low + (high - low) / 2;

		if (compare_entries(middle, &at) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct push_range
push_range_instance(struct push_range range, string_id instance_id)
{
	return (struct push_range){lower_bound(range, entry_at(instance_id, 0, 0)),
	    lower_bound(range, entry_at(instance_id, UINT32_MAX, UINT32_MAX))};
}

struct push_range
push_range_user(struct push_range instance, string_id os_user)
{
	if (instance.begin == instance.end)
		return instance;
	return (struct push_range){
	    lower_bound(instance, entry_at(instance.begin->instance_id, os_user, 0)),
	    lower_bound(instance, entry_at(instance.begin->instance_id, os_user, UINT32_MAX))};
}

/* The first entry of a user's range whose push is not before the time. */
static const struct push_entry *
time_bound(struct push_range user, int64_t time_us)
{
	const struct push_entry *low = user.begin, *high = user.end;

	while (low < high) {
		const struct push_entry *middle = low + (high - low) / 2;

		if (middle->time_us < time_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct push_range
push_range_time(struct push_range user, int64_t from_us, int64_t to_us)
{
	return (struct push_range){time_bound(user, from_us), time_bound(user, to_us + 1)};
}

static bool
succeeded_by(struct push_range range, int64_t until_us)
{
	for (const struct push_entry *e = range.begin; e < range.end; e++) {
		if (!e->failed && e->time_us <= until_us)
			return true;
	}
	return false;
}

static int
compare_group(const void *fingerprint, const void *group)
{
	string_id a = *(const string_id *)fingerprint;
	string_id b = ((const struct push_group *)group)->fingerprint;

	return a < b ? -1 : a > b;
}

bool
push_index_other_instance(
    const struct push_index *x, string_id fingerprint, string_id instance_id, int64_t until_us)
{
	struct push_range all = push_index_key(x, fingerprint);
	struct push_range mine = push_range_instance(all, instance_id);
	const struct push_group *g;

	if (all.end - all.begin < GROUP_MIN)
		return succeeded_by((struct push_range){all.begin, mine.begin}, until_us) ||
		    succeeded_by((struct push_range){mine.end, all.end}, until_us);
	g = bsearch(&fingerprint, x->groups, x->group_count, sizeof(*g), compare_group);
	return g != NULL &&
	    (g->instance_id != instance_id ? g->earliest_us : g->other_us) <= until_us;
}

bool
push_index_other_user(const struct push_index *x, string_id fingerprint, string_id instance_id,
    string_id os_user, int64_t until_us)
{
	struct push_range all = push_range_instance(push_index_key(x, fingerprint), instance_id);
	struct push_range mine = push_range_user(all, os_user);

	return succeeded_by((struct push_range){all.begin, mine.begin}, until_us) ||
	    succeeded_by((struct push_range){mine.end, all.end}, until_us);
}
