/* SPDX-License-Identifier: Apache-2.0 */
/* Where issuing events lie: every entry is found, and what has no room is known by its times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "correlator/people/issue_index.h"

/* An event with `count` keys from `key` on, `distance` apart. */
static struct issue_keys
keys_from(uint64_t key, uint64_t distance, size_t count, int64_t time_us)
{
	struct issue_keys keys = {
	    .count = count, .time_us = time_us, .first_us = time_us, .last_us = time_us};

	for (size_t i = 0; i < count; i++)
		keys.keys[i] = key + i * distance;
	return keys;
}

static void
add(struct issue_index *x, uint32_t file, uint32_t place, uint64_t key, size_t count, int64_t at)
{
	struct issue_keys keys = keys_from(key, 1, count, at);

	assert_int_equal(issue_index_add(x, file, place, &keys), 0);
}

static void
test_every_place_is_found(void **state)
{
	struct issue_places found = {0};
	struct issue_index x;

	(void)state;
	issue_index_init(&x, 100);
	add(&x, 0, 10, 7, 1, 1);
	add(&x, 0, 20, 5, 2, 1);
	add(&x, 3, 30, 6, 2, 1);
	add(&x, 4, ISSUE_PLACE_UNKNOWN, 6, 1, 1);
	issue_index_finish(&x);
	assert_int_equal(issue_index_find(&x, 6, &found), 0);
	assert_int_equal(found.count, 3);
	assert_int_equal(found.rows[0].file, 0);
	assert_int_equal(found.rows[0].place, 20);
	assert_int_equal(found.rows[1].file, 3);
	assert_int_equal(found.rows[1].place, 30);
	assert_int_equal(found.rows[2].file, 4);
	assert_int_equal(found.rows[2].place, ISSUE_PLACE_UNKNOWN);
	assert_int_equal(issue_index_find(&x, 8, &found), 0);
	assert_int_equal(issue_index_find(&x, UINT64_MAX, &found), 0);
	assert_int_equal(found.count, 3);
	assert_int_equal(x.wide_count, 0);
	free(found.rows);
	issue_index_clear(&x);
}

/* Keys that are spread, crowded at one end, and all the same; with the lists, and without memory
 * for them. */
static void
test_many(void **state)
{
	static const uint64_t factors[] = {UINT64_C(0x9e3779b97f4a7c15), 1, 0};
	const uint32_t count = 5000;

	(void)state;
	for (size_t f = 0; f < 2 * sizeof(factors) / sizeof(factors[0]); f++) {
		const uint64_t factor = factors[f / 2];
		struct issue_places found = {0};
		struct issue_index x;

		issue_index_init(&x, count);
		for (uint32_t i = 0; i < count; i++)
			add(&x, i / 100, i, i * factor, 1, i);
		assert_int_equal(x.count, count);
		if (f % 2 == 0)
			issue_index_finish(&x);
		assert_true((x.heads != NULL) == (f % 2 == 0));
		for (uint32_t i = 0; i < count; i += factor != 0 ? 1 : count) {
			found.count = 0;
			assert_int_equal(issue_index_find(&x, i * factor, &found), 0);
			assert_int_equal(found.count, factor != 0 ? 1 : count);
			for (uint32_t k = 0; k < found.count; k++) {
				assert_int_equal(found.rows[k].place, i + k);
				assert_int_equal(found.rows[k].file, (i + k) / 100);
			}
		}
		free(found.rows);
		issue_index_clear(&x);
	}
}

/* Beyond the cap a file is known by its times alone; one that is partly in the entries too. */
static void
test_cap(void **state)
{
	struct issue_places found = {0};
	struct issue_index x;

	(void)state;
	issue_index_init(&x, 3);
	add(&x, 0, 1, 1, 2, 100);
	add(&x, 0, 2, 5, 2, 300); /* both keys or none */
	add(&x, 0, 3, 5, 2, 200);
	add(&x, 1, 1, 7, 0, 999); /* issued nothing */
	add(&x, 2, 1, 8, 4, 50);
	issue_index_finish(&x);
	assert_true(x.count <= 3);
	assert_int_equal(issue_index_find(&x, 1, &found), 0);
	assert_int_equal(found.count, 1);
	assert_int_equal(x.wide_count, 2);
	assert_int_equal(x.wide[0].file, 0);
	assert_int_equal(x.wide[0].first_us, 200);
	assert_int_equal(x.wide[0].last_us, 300);
	assert_int_equal(x.wide[1].file, 2);
	assert_int_equal(x.wide[1].first_us, 50);
	assert_int_equal(x.wide[1].last_us, 50);
	free(found.rows);
	issue_index_clear(&x);
}

static void
test_no_room_at_all(void **state)
{
	struct issue_keys console = keys_from(9, 1, 1, 400);
	struct issue_index x;

	(void)state;
	issue_index_init(&x, 0);
	console.first_us = 20; /* its session is older than it */
	assert_int_equal(issue_index_add(&x, 2, 9, &console), 0);
	issue_index_finish(&x);
	assert_int_equal(x.count, 0);
	assert_int_equal(x.wide_count, 1);
	assert_int_equal(x.wide[0].first_us, 20);
	assert_int_equal(x.wide[0].last_us, 400);
	issue_index_clear(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_place_is_found),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_cap),
	    cmocka_unit_test(test_no_room_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
