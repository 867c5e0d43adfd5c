/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/syslog_ends.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/sha256.h"

void
syslog_ends_clear(struct syslog_ends *e)
{
	free(e->rows);
	*e = (struct syslog_ends){0};
}

static int
make_key(const struct syslog_process *p, bool of_connection, uint8_t key[static 16])
{
	const int64_t number = of_connection ? p->port : p->pid;
	const struct span name = of_connection ? p->address : p->user;
	const struct span parts[] = {{of_connection ? "c" : "p", 1}, {p->in_journal ? "j" : "t", 1},
	    {(const char *)&number, sizeof(number)},
	    {p->place.ptr != NULL ? p->place.ptr : "", p->place.len}, SPAN("\n"),
	    {name.ptr != NULL ? name.ptr : "", name.len}};
	uint8_t digest[SHA256_LEN];

	if (sha256_digest_list(parts, sizeof(parts) / sizeof(parts[0]), digest) != 0)
		return -1;
	memcpy(key, digest, 16);
	return 0;
}

int
syslog_ends_add(struct syslog_ends *e, const struct syslog_process *p, int64_t time_us)
{
	struct syslog_end end = {.time_us = time_us};

	if (e->count == SYSLOG_ENDS_MAX)
		return 0;
	if (make_key(p, p->user.ptr == NULL, end.key) != 0 ||
	    !array_grow((void **)&e->rows, e->count, &e->cap, sizeof(*e->rows)))
		return -1;
	e->rows[e->count++] = end;
	e->sorted = false;
	return 0;
}

static int
compare_ends(const void *a, const void *b)
{
	const struct syslog_end *x = a, *y = b;
	int order = memcmp(x->key, y->key, sizeof(x->key));

	if (order != 0)
		return order;
	return (x->time_us > y->time_us) - (x->time_us < y->time_us);
}

int64_t
syslog_ends_find(
    struct syslog_ends *e, const struct syslog_process *p, bool of_connection, int64_t from_us)
{
	struct syslog_end wanted = {.time_us = from_us};
	size_t low = 0, high = e->count;

	if (e->count == 0 || make_key(p, of_connection, wanted.key) != 0)
		return INT64_MIN;
	if (!e->sorted)
		qsort(e->rows, e->count, sizeof(*e->rows), compare_ends);
	e->sorted = true;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_ends(&e->rows[mid], &wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == e->count || memcmp(e->rows[low].key, wanted.key, sizeof(wanted.key)) != 0)
		return INT64_MIN;
	return e->rows[low].time_us;
}
