/* SPDX-License-Identifier: Apache-2.0 */
/* Days of coverage, in whatever order they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "common/time_text.h"
#include "correlator/correlate/coverage.h"

#define DAYS 1000

/* By day: the hours that were noted. */
struct diary {
	uint32_t hours[DAYS];
};

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void
note(struct coverage *c, struct diary *d, unsigned day, unsigned hour)
{
	d->hours[day] |= 1u << hour;
	assert_int_equal(coverage_add(c, 1, 2, day * US_PER_DAY + hour * US_PER_HOUR, false), 0);
}

static void
assert_days(const struct coverage_row *row, const struct diary *d)
{
	size_t at = 0;

	for (unsigned day = 0; day < DAYS; day++) {
		if (d->hours[day] == 0)
			continue;
		assert_true(at < row->day_count);
		assert_int_equal(row->days[at].day, day);
		assert_int_equal(row->days[at++].hours, d->hours[day]);
	}
	assert_int_equal(at, row->day_count);
}

static void
test_any_order(void **state)
{
	static const unsigned counts[] = {1, 2, 63, 64, 65, 66, 200, 5000};

	(void)state;
	for (uint32_t seed = 0; seed < 80; seed++) {
		uint32_t random = seed;
		struct diary diary = {{0}};
		struct coverage c;

		coverage_init(&c);
		for (unsigned i = 0; i < counts[seed % 8]; i++)
			note(&c, &diary, next_random(&random) % (seed < 40 ? DAYS : 5),
			    next_random(&random) % 24);
		coverage_order(&c);
		assert_days(&c.rows[0], &diary);
		note(&c, &diary, 0, 7); /* more of it */
		coverage_order(&c);
		assert_days(&c.rows[0], &diary);
		coverage_clear(&c);
	}
}

static void
test_rows_are_merged(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 40; seed++) {
		uint32_t random = seed;
		struct diary diary = {{0}};
		struct coverage all, part;

		coverage_init(&all);
		for (unsigned parts = 0; parts < 20; parts++) {
			unsigned from = next_random(&random) % DAYS;
			unsigned count = next_random(&random) % (seed % 2 == 0 ? 3 : 90);

			coverage_init(&part);
			note(&part, &diary, from, parts);
			for (unsigned i = 0; i < count; i++)
				note(&part, &diary, (from + next_random(&random) % 100) % DAYS, 3);
			coverage_order(&part);
			assert_int_equal(coverage_add_row(&all, 1, 2, &part.rows[0]), 0);
			assert_days(&all.rows[0], &diary);
			coverage_clear(&part);
		}
		coverage_clear(&all);
	}
}

/* Each before all others. Looking at every day for every other one would take minutes. */
static void
test_backwards(void **state)
{
	const int32_t count = 1000000;
	struct coverage c;
	clock_t began = clock();

	(void)state;
	coverage_init(&c);
	for (int32_t day = count; day-- > 0;)
		assert_int_equal(coverage_add(&c, 1, 2, day * US_PER_DAY, false), 0);
	coverage_order(&c);
	assert_int_equal(c.rows[0].day_count, count);
	for (int32_t day = 0; day < count; day++)
		assert_int_equal(c.rows[0].days[day].day, day);
	coverage_clear(&c);
	assert_true((clock() - began) / CLOCKS_PER_SEC < 20);
}

/* What was asked for and given is covered, records or none. */
static void
test_spans(void **state)
{
	static const struct {
		double from_days, to_days;
		enum coverage_state judged;
	} cases[] = {
	    {100.5, 100.6, COVERAGE_FULL},
	    {100.5, 139.9, COVERAGE_FULL},
	    {100.4, 100.6, COVERAGE_NONE},
	    {120, 140, COVERAGE_FULL},
	    {120, 140.01, COVERAGE_PENDING},
	    {120, 149, COVERAGE_PENDING},
	    {90, 91, COVERAGE_NONE},
	};
	struct string_pool pool;
	struct coverage c;

	(void)state;
	string_pool_init(&pool);
	coverage_init(&c);
	assert_int_equal(
	    coverage_add_span(&c, 1, 2, 100 * US_PER_DAY + US_PER_DAY / 2, 140 * US_PER_DAY, 0), 0);
	coverage_finish(&c, &pool);
	assert_int_equal(c.rows[0].day_count, 41);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    coverage_judge(&c, 1, 2, (int64_t)(cases[i].from_days * US_PER_DAY),
			(int64_t)(cases[i].to_days * US_PER_DAY)),
		    cases[i].judged);
	assert_int_equal(
	    coverage_judge(&c, 1, 3, 120 * US_PER_DAY, 121 * US_PER_DAY), COVERAGE_NONE);
	assert_int_equal(coverage_complete_until(&c, &c.rows[0]), 140 * US_PER_DAY);
	assert_false(coverage_is_write_only(&c, 1));
	coverage_clear(&c);
	string_pool_clear(&pool);
}

/* Between two spans nothing is known. */
static void
test_spans_apart(void **state)
{
	struct string_pool pool;
	struct coverage c;

	(void)state;
	string_pool_init(&pool);
	coverage_init(&c);
	assert_int_equal(coverage_add_span(&c, 1, 2, 20 * US_PER_DAY, 30 * US_PER_DAY, 7), 0);
	assert_int_equal(coverage_add_span(&c, 1, 2, 10 * US_PER_DAY, 15 * US_PER_DAY, 5), 0);
	coverage_finish(&c, &pool);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.rows[0].records, 12);
	assert_int_equal(coverage_judge(&c, 1, 2, 12 * US_PER_DAY, 13 * US_PER_DAY), COVERAGE_FULL);
	assert_int_equal(coverage_judge(&c, 1, 2, 17 * US_PER_DAY, 18 * US_PER_DAY), COVERAGE_NONE);
	assert_int_equal(coverage_judge(&c, 1, 2, 21 * US_PER_DAY, 29 * US_PER_DAY), COVERAGE_FULL);
	coverage_clear(&c);
	string_pool_clear(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_any_order),
	    cmocka_unit_test(test_rows_are_merged),
	    cmocka_unit_test(test_backwards),
	    cmocka_unit_test(test_spans),
	    cmocka_unit_test(test_spans_apart),
	};

	return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
