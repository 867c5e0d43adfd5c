/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/time_sort.h"

#include <stdlib.h>
#include <string.h>

/* The widest row that is sorted: a login is some 200 bytes. */
#define ROW_MAX 1024

struct sort_key {
	int64_t time_us;
	size_t row;
};

struct sorting {
	char *rows;
	size_t row_size;
	int (*compare)(const void *a, const void *b, void *ctx);
	void *ctx;
};

static int
compare_keys(const void *a, const void *b, void *ctx)
{
	const struct sort_key *x = a, *y = b;
	const struct sorting *s = ctx;
	int by_rest;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	by_rest =
	    s->compare(s->rows + x->row * s->row_size, s->rows + y->row * s->row_size, s->ctx);
	return by_rest != 0 ? by_rest : (x->row > y->row) - (x->row < y->row);
}

/* Puts every row where its key stands, following the cycles of the permutation. */
static void
move_rows(const struct sorting *s, struct sort_key *keys, size_t count)
{
	char spare[ROW_MAX];

	for (size_t first = 0; first < count; first++) {
		size_t to = first, from = keys[first].row;

		if (from == first)
			continue;
		memcpy(spare, s->rows + first * s->row_size, s->row_size);
		while (from != first) {
			memcpy(
			    s->rows + to * s->row_size, s->rows + from * s->row_size, s->row_size);
			keys[to].row = to;
			to = from;
			from = keys[to].row;
		}
		memcpy(s->rows + to * s->row_size, spare, s->row_size);
		keys[to].row = to;
	}
}

int
time_sort(void *rows, size_t count, size_t row_size,
    int (*compare)(const void *a, const void *b, void *ctx), void *ctx)
{
	struct sorting s = {rows, row_size, compare, ctx};
	struct sort_key *keys;

	if (count < 2)
		return 0;
	if (row_size > ROW_MAX)
		return -1;
	keys = malloc(count * sizeof(*keys));
	if (keys == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		memcpy(&keys[i].time_us, s.rows + i * row_size, sizeof(keys[i].time_us));
		keys[i].row = i;
	}
	qsort_r(keys, count, sizeof(*keys), compare_keys, &s);
	move_rows(&s, keys, count);
	free(keys);
	return 0;
}
