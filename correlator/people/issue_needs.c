/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/issue_needs.h"

#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "correlator/people/issue_asks.h"

void
issue_needs_init(struct issue_needs *n)
{
	*n = (struct issue_needs){0};
}

void
issue_needs_clear(struct issue_needs *n)
{
	free(n->round.rows);
	free(n->asked.rows);
	free(n->undated);
	issue_needs_init(n);
}

/* By key, the widest time first. */
static int
compare_needs(const void *a, const void *b)
{
	const struct issue_need *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->from_us > y->from_us) - (x->from_us < y->from_us);
}

static void
widen(struct issue_need *need, const struct issue_need *by)
{
	if (by->from_us < need->from_us)
		need->from_us = by->from_us;
	if (by->to_us > need->to_us)
		need->to_us = by->to_us;
}

/* Sorts; each key once, with the time of all who asked. */
static void
unite(struct issue_need_list *list)
{
	size_t kept = 0;

	if (list->count != 0)
		qsort(list->rows, list->count, sizeof(*list->rows), compare_needs);
	for (size_t i = 0; i < list->count; i++) {
		if (kept != 0 && list->rows[kept - 1].key == list->rows[i].key)
			widen(&list->rows[kept - 1], &list->rows[i]);
		else
			list->rows[kept++] = list->rows[i];
	}
	list->count = kept;
}

static const struct issue_need *
need_find(const struct issue_need_list *list, uint64_t key)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->rows[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->rows[low].key == key ? &list->rows[low] : NULL;
}

/* Drops of the round what was asked for before. */
static void
drop_asked(struct issue_needs *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->round.count; i++) {
		const struct issue_need *need = &n->round.rows[i];
		const struct issue_need *before = need_find(&n->asked, need->key);

		if (before == NULL || need->from_us < before->from_us ||
		    need->to_us > before->to_us)
			n->round.rows[kept++] = *need;
	}
	n->round.count = kept;
}

/* Adds the last round to what was asked for, and begins a new one. */
static int
close_round(struct issue_needs *n)
{
	struct issue_need_list *asked = &n->asked;

	for (size_t i = 0; i < n->round.count; i++) {
		if (!array_grow(
			(void **)&asked->rows, asked->count, &asked->cap, sizeof(*asked->rows)))
			return -1;
		asked->rows[asked->count++] = n->round.rows[i];
	}
	unite(asked);
	n->round.count = 0;
	return 0;
}

int
issue_needs_round(struct issue_needs *n, const struct ledger *l)
{
	if (close_round(n) != 0)
		return -1;
	for (size_t i = 0; i < n->undated_count; i++)
		if (issue_asks_add(&n->round, l, &l->callers[n->undated[i]]) != 0)
			return -1;
	for (; n->callers_done < l->caller_count; n->callers_done++) {
		const struct caller *c = &l->callers[n->callers_done];

		if (issue_asks_add(&n->round, l, c) != 0)
			return -1;
		if (!issue_asks_grow(l, c))
			continue;
		if (!array_grow((void **)&n->undated, n->undated_count, &n->undated_cap,
			sizeof(*n->undated)))
			return -1;
		n->undated[n->undated_count++] = (uint32_t)n->callers_done;
	}
	unite(&n->round);
	drop_asked(n);
	return 0;
}

bool
issue_needs_any(const struct issue_needs *n, const struct issue_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		if (need_find(&n->round, keys->keys[i]) != NULL)
			return true;
	return false;
}

static int
compare_from(const void *a, const void *b)
{
	const struct issue_need *x = a, *y = b;

	return (x->from_us > y->from_us) - (x->from_us < y->from_us);
}

/* The round's times, those that touch as one, in order. -1 without memory. */
static int
times_of(const struct issue_needs *n, struct issue_need_list *times)
{
	size_t kept = 0;

	times->rows = malloc(n->round.count * sizeof(*times->rows));
	if (times->rows == NULL)
		return -1;
	memcpy(times->rows, n->round.rows, n->round.count * sizeof(*times->rows));
	qsort(times->rows, n->round.count, sizeof(*times->rows), compare_from);
	for (size_t i = 0; i < n->round.count; i++) {
		if (kept != 0 && times->rows[i].from_us <= times->rows[kept - 1].to_us)
			widen(&times->rows[kept - 1], &times->rows[i]);
		else
			times->rows[kept++] = times->rows[i];
	}
	times->count = kept;
	return 0;
}

/* True when the file has events at a time that is asked for. */
static bool
file_overlaps(const struct issue_need_list *times, const struct issue_file *file)
{
	size_t low = 0, high = times->count;

	while (low < high) { /* the first that ends at or behind the file's beginning */
		size_t middle = low + (high - low) / 2;

		if (times->rows[middle].to_us < file->first_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low < times->count && times->rows[low].from_us <= file->last_us;
}

/* Adds the files whose events the index does not know one by one. */
static int
add_wide(const struct issue_needs *n, const struct issue_index *x, struct issue_places *places)
{
	struct issue_need_list times = {0};
	int r = -1;

	if (x->wide_count == 0 || n->round.count == 0)
		return 0;
	if (times_of(n, &times) != 0)
		goto out;
	for (size_t i = 0; i < x->wide_count; i++) {
		if (!file_overlaps(&times, &x->wide[i]))
			continue;
		if (!array_grow(
			(void **)&places->rows, places->count, &places->cap, sizeof(*places->rows)))
			goto out;
		places->rows[places->count++] =
		    (struct issue_place){x->wide[i].file, ISSUE_PLACE_UNKNOWN};
	}
	r = 0;
out:
	free(times.rows);
	return r;
}

/* By file, those to look through as a whole first. */
static int
compare_places(const void *a, const void *b)
{
	const struct issue_place *x = a, *y = b;
	uint32_t xp = x->place + 1, yp = y->place + 1;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return (xp > yp) - (xp < yp);
}

int
issue_needs_places(
    const struct issue_needs *n, const struct issue_index *x, struct issue_places *places)
{
	size_t kept = 0;

	places->count = 0;
	for (size_t i = 0; i < n->round.count; i++)
		if (issue_index_find(x, n->round.rows[i].key, places) != 0)
			return -1;
	if (add_wide(n, x, places) != 0)
		return -1;
	if (places->count != 0)
		qsort(places->rows, places->count, sizeof(*places->rows), compare_places);
	for (size_t i = 0; i < places->count; i++) {
		const struct issue_place *at = &places->rows[i],
					 *last = kept != 0 ? &places->rows[kept - 1] : NULL;

		if (last == NULL || at->file != last->file ||
		    (last->place != ISSUE_PLACE_UNKNOWN && at->place != last->place))
			places->rows[kept++] = *at;
	}
	places->count = kept;
	return 0;
}
