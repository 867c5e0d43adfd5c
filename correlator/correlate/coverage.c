/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/time_text.h"

/* So many records that write, and none that reads, are no chance. */
#define WRITE_ONLY_RECORDS_MIN 20

/* So many days that came late are not looked at. */
#define DAYS_LATE_MAX 64

void
coverage_init(struct coverage *c)
{
	*c = (struct coverage){0};
}

void
coverage_clear(struct coverage *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->rows[i].days);
	free(c->rows);
	free(c->slots);
	coverage_init(c);
}

/* The slot of that account and region: theirs, or the free one where they would go. */
static size_t
find_slot(const struct coverage *c, string_id account_id, string_id region)
{
	uint64_t hash = ((uint64_t)account_id << 32 | region) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (c->slot_count - 1);

	while (c->slots[at] != 0 &&
	    (c->rows[c->slots[at] - 1].account_id != account_id ||
		c->rows[c->slots[at] - 1].region != region))
		at = (at + 1) & (c->slot_count - 1);
	return at;
}

/* Keeps the slots at most half full. */
static bool
grow_slots(struct coverage *c)
{
	size_t more = c->slot_count != 0 ? c->slot_count * 2 : 64;
	uint32_t *slots;

	if (c->count < c->slot_count / 2)
		return true;
	slots = calloc(more, sizeof(*slots));
	if (slots == NULL)
		return false;
	free(c->slots);
	c->slots = slots;
	c->slot_count = more;
	for (size_t i = 0; i < c->count; i++)
		c->slots[find_slot(c, c->rows[i].account_id, c->rows[i].region)] = (uint32_t)i + 1;
	return true;
}

static bool
is_row(const struct coverage *c, size_t i, string_id account_id, string_id region)
{
	return i < c->count && c->rows[i].account_id == account_id && c->rows[i].region == region;
}

/* The row of that account and region, added when it is new; NULL without memory. */
static struct coverage_row *
find_row(struct coverage *c, string_id account_id, string_id region)
{
	size_t slot;

	if (is_row(c, c->last, account_id, region)) /* most often the same as last time */
		return &c->rows[c->last];
	if (!grow_slots(c) || !array_grow((void **)&c->rows, c->count, &c->cap, sizeof(*c->rows)))
		return NULL;
	slot = find_slot(c, account_id, region);
	if (c->slots[slot] != 0) {
		c->last = c->slots[slot] - 1;
		return &c->rows[c->last];
	}
	c->last = c->count++;
	c->slots[slot] = (uint32_t)c->count;
	c->rows[c->last] = (struct coverage_row){
	    .account_id = account_id,
	    .region = region,
	    .first_us = INT64_MAX,
	    .newest_us = INT64_MIN,
	};
	return &c->rows[c->last];
}

/* The day's place; of one that is not there, behind which of those in order it belongs. */
static size_t
day_place(const struct coverage_row *row, int32_t day)
{
	size_t low = 0, high = row->day_count - row->late;

	if (row->last < row->day_count && row->days[row->last].day == day)
		return row->last;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
compare_days(const void *a, const void *b)
{
	const struct coverage_day *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

static void
order_days(struct coverage_row *row)
{
	struct coverage_day *days = row->days;
	size_t kept = 0;

	if (row->late == 0)
		return;
	qsort(days, row->day_count, sizeof(*days), compare_days);
	for (size_t i = 1; i < row->day_count; i++) {
		if (days[i].day == days[kept].day)
			days[kept].hours |= days[i].hours;
		else
			days[++kept] = days[i];
	}
	row->day_count = kept + 1;
	row->late = row->last = 0;
}

static int
add_hours(struct coverage_row *row, int32_t day, uint32_t hours)
{
	size_t at = day_place(row, day);

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no days, no day at `at` */
	if (at < row->day_count && row->days[at].day == day) {
		row->days[at].hours |= hours;
		row->last = at;
		return 0;
	}
	if (!array_grow((void **)&row->days, row->day_count, &row->day_cap, sizeof(*row->days)))
		return -1;
	row->late += at != row->day_count;
	row->last = row->day_count++;
	row->days[row->last] = (struct coverage_day){day, hours};
	/* so often that few are there twice, so seldom that each is moved a few times */
	if (row->late > DAYS_LATE_MAX && row->late > row->day_count / 2)
		order_days(row);
	return 0;
}

/* How many of the row's days the other one does not have. */
static size_t
count_new(const struct coverage_row *row, const struct coverage_row *other)
{
	size_t count = 0;

	for (size_t i = 0; i < row->day_count; i++) {
		size_t at = day_place(other, row->days[i].day);

		count += at == other->day_count || other->days[at].day != row->days[i].day;
	}
	return count;
}

/* What is last goes to its new place first. */
static int
merge_days(struct coverage_row *row, const struct coverage_row *from)
{
	size_t i, k = from->day_count, to;

	order_days(row);
	i = row->day_count;
	to = i + count_new(from, row);
	while (row->day_cap < to)
		if (!array_grow(
			(void **)&row->days, row->day_cap, &row->day_cap, sizeof(*row->days)))
			return -1;
	row->day_count = to;
	while (k != 0) {
		const struct coverage_day *day = &from->days[k - 1];

		to--;
		if (i != 0 && row->days[i - 1].day >= day->day)
			row->days[to] = row->days[--i];
		else
			row->days[to] = (struct coverage_day){.day = day->day};
		if (row->days[to].day == day->day) {
			row->days[to].hours |= day->hours;
			k--;
		}
	}
	return 0;
}

static int
add_hour(struct coverage_row *row, int64_t time_us)
{
	return add_hours(
	    row, (int32_t)(time_us / US_PER_DAY), 1u << (time_us % US_PER_DAY / US_PER_HOUR));
}

int
coverage_add(
    struct coverage *c, string_id account_id, string_id region, int64_t time_us, bool is_file)
{
	struct coverage_row *row = find_row(c, account_id, region);

	if (row == NULL || add_hour(row, time_us) != 0)
		return -1;
	if (!is_file) {
		row->records++;
		if (time_us < row->first_us)
			row->first_us = time_us;
	}
	if (time_us > row->newest_us)
		row->newest_us = time_us;
	return 0;
}

void
coverage_add_again(struct coverage *c, int64_t time_us)
{
	struct coverage_row *row = &c->rows[c->last];

	row->records++;
	if (time_us < row->first_us)
		row->first_us = time_us;
	if (time_us > row->newest_us)
		row->newest_us = time_us;
}

int
coverage_add_row(
    struct coverage *c, string_id account_id, string_id region, const struct coverage_row *from)
{
	struct coverage_row *row = find_row(c, account_id, region);

	if (row == NULL || merge_days(row, from) != 0)
		return -1;
	row->records += from->records;
	row->reads += from->reads;
	row->writes += from->writes;
	if (from->first_us < row->first_us)
		row->first_us = from->first_us;
	if (from->newest_us > row->newest_us)
		row->newest_us = from->newest_us;
	return 0;
}

void
coverage_order(struct coverage *c)
{
	for (size_t i = 0; i < c->count; i++)
		order_days(&c->rows[i]);
}

int
coverage_add_span(struct coverage *c, string_id account_id, string_id region, int64_t from_us,
    int64_t to_us, uint64_t records)
{
	struct coverage_row *row = find_row(c, account_id, region);
	int64_t newest_us = to_us + COVERAGE_DELAY_US;

	if (row == NULL)
		return -1;
	for (int64_t hour = from_us / US_PER_HOUR; hour <= to_us / US_PER_HOUR; hour++)
		if (add_hour(row, hour * US_PER_HOUR) != 0)
			return -1;
	order_days(row);
	row->records += records;
	if (from_us < row->first_us)
		row->first_us = from_us;
	if (newest_us > row->newest_us)
		row->newest_us = newest_us;
	return 0;
}

void
coverage_add_access(struct coverage *c, bool read_only)
{
	if (c->last >= c->count)
		return;
	if (read_only)
		c->rows[c->last].reads++;
	else
		c->rows[c->last].writes++;
}

bool
coverage_is_write_only(const struct coverage *c, string_id account_id)
{
	uint64_t reads = 0, writes = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (c->rows[i].account_id != account_id)
			continue;
		reads += c->rows[i].reads;
		writes += c->rows[i].writes;
	}
	return reads == 0 && writes >= WRITE_ONLY_RECORDS_MIN;
}

static int
compare_rows(const void *a, const void *b, void *pool)
{
	const struct coverage_row *x = a, *y = b;
	const char *xa = string_pool_get(pool, x->account_id),
		   *ya = string_pool_get(pool, y->account_id);
	const char *xr = string_pool_get(pool, x->region), *yr = string_pool_get(pool, y->region);
	int by_account = strcmp(xa != NULL ? xa : "", ya != NULL ? ya : "");

	return by_account != 0 ? by_account : strcmp(xr != NULL ? xr : "", yr != NULL ? yr : "");
}

void
coverage_finish(struct coverage *c, struct string_pool *pool)
{
	coverage_order(c);
	if (c->count != 0)
		qsort_r(c->rows, c->count, sizeof(*c->rows), compare_rows, pool);
	free(c->slots);
	c->slots = NULL;
	c->slot_count = 0;
	c->last = 0;
}

int64_t
coverage_complete_until(const struct coverage *c, const struct coverage_row *row)
{
	return c->stated ? c->complete_until_us : row->newest_us - COVERAGE_DELAY_US;
}

/* The last hour with data that begins at or before time_us; -1 when there is none. */
static int64_t
hour_before(const struct coverage_row *row, int64_t time_us)
{
	int64_t hour = time_us / US_PER_HOUR;
	size_t at = day_place(row, (int32_t)(hour / 24));
	uint32_t hours;

	if (at < row->day_count && row->days[at].day == hour / 24) {
		hours = row->days[at].hours & (uint32_t)((UINT64_C(2) << hour % 24) - 1);
		if (hours != 0)
			return row->days[at].day * INT64_C(24) + 31 - __builtin_clz(hours);
	}
	if (at == 0)
		return -1;
	return row->days[at - 1].day * INT64_C(24) + 31 - __builtin_clz(row->days[at - 1].hours);
}

/* The first hour with data that ends behind time_us; -1 when there is none. */
static int64_t
hour_after(const struct coverage_row *row, int64_t time_us)
{
	int64_t hour = time_us / US_PER_HOUR;
	size_t at = day_place(row, (int32_t)(hour / 24));
	uint32_t hours;

	if (at < row->day_count && row->days[at].day == hour / 24) {
		hours = row->days[at].hours & ~((UINT32_C(1) << hour % 24) - 1);
		if (hours != 0)
			return row->days[at].day * INT64_C(24) + __builtin_ctz(hours);
		at++;
	}
	if (at == row->day_count)
		return -1;
	return row->days[at].day * INT64_C(24) + __builtin_ctz(row->days[at].hours);
}

/* True when no data surrounds the moment within the longest stretch that may be mere silence. */
static bool
in_hole(const struct coverage_row *row, int64_t time_us)
{
	int64_t before = hour_before(row, time_us), after = hour_after(row, time_us);

	if (before < 0 || after < 0)
		return false; /* outside of all data: judged by its bounds */
	return (after - before - 1) * US_PER_HOUR > COVERAGE_GAP_MAX_US;
}

static enum coverage_state
judge_row(const struct coverage *c, const struct coverage_row *row, int64_t from_us, int64_t to_us)
{
	int64_t first = c->from_stated ? c->complete_from_us : row->first_us;

	if (from_us < first)
		return COVERAGE_NONE;
	if (to_us > coverage_complete_until(c, row))
		return COVERAGE_PENDING;
	if (!c->stated && (in_hole(row, from_us) || in_hole(row, to_us)))
		return COVERAGE_NONE;
	return COVERAGE_FULL;
}

enum coverage_state
coverage_judge(const struct coverage *c, string_id account_id, string_id region, int64_t from_us,
    int64_t to_us)
{
	enum coverage_state weakest = COVERAGE_FULL;
	bool any = false;

	for (size_t i = 0; i < c->count && weakest != COVERAGE_NONE; i++) {
		const struct coverage_row *row = &c->rows[i];
		enum coverage_state state;

		if ((account_id != 0 && row->account_id != account_id) ||
		    (region != 0 && row->region != region))
			continue;
		any = true;
		state = judge_row(c, row, from_us, to_us);
		if (state > weakest)
			weakest = state;
	}
	return any ? weakest : COVERAGE_NONE;
}
