/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/string_pool.h"

static void
test_absent_and_empty(void **state)
{
	struct string_pool p;
	string_id empty;
	bool added = true;

	(void)state;
	string_pool_init(&p);
	assert_int_equal(string_pool_find(&p, SPAN("x")), 0);
	assert_int_equal(string_pool_add(&p, SPAN_NONE, &added), 0);
	assert_false(added);
	assert_null(string_pool_get(&p, 0));
	assert_null(string_pool_get(&p, 12345));
	empty = string_pool_add(&p, SPAN(""), &added);
	assert_true(added);
	assert_int_not_equal(empty, 0);
	assert_string_equal(string_pool_get(&p, empty), "");
	assert_int_equal(string_pool_find(&p, SPAN("")), empty);
	string_pool_clear(&p);
	assert_int_equal(string_pool_find(&p, SPAN("")), 0);
	string_pool_clear(&p);
}

/* Equal strings have equal numbers, different ones different, through every growth. */
static void
test_many(void **state)
{
	enum { COUNT = 100000 };
	string_id *ids = calloc(COUNT, sizeof(*ids));
	const char **places = calloc(COUNT, sizeof(*places));
	struct string_pool p;
	char text[32];
	bool added;

	(void)state;
	string_pool_init(&p);
	for (int i = 0; i < COUNT; i++) {
		int n = snprintf(text, sizeof(text), "%0*d", i % 17, i);

		ids[i] = string_pool_add(&p, (struct span){text, (size_t)n}, &added);
		assert_true(added);
		places[i] = string_pool_get(&p, ids[i]);
	}
	for (int i = 0; i < COUNT; i++) {
		int n = snprintf(text, sizeof(text), "%0*d", i % 17, i);

		assert_int_equal(string_pool_find(&p, (struct span){text, (size_t)n}), ids[i]);
		assert_int_equal(
		    string_pool_add(&p, (struct span){text, (size_t)n}, &added), ids[i]);
		assert_false(added);
		assert_ptr_equal(string_pool_get(&p, ids[i]), places[i]);
		assert_string_equal(places[i], text);
	}
	assert_int_equal(p.count, COUNT + 1);
	string_pool_clear(&p);
	free(ids);
	free(places);
}

static void
test_any_bytes(void **state)
{
	static const struct span strings[] = {
	    SPAN("a"),
	    SPAN("a\0"),
	    SPAN("a\0\0"),
	    SPAN("\0"),
	    SPAN("\0\0"),
	    SPAN("\xff"),
	    SPAN("12345678"),
	    SPAN("12345678\0"),
	    SPAN("1234567"),
	    SPAN("\n"),
	};
	struct string_pool p;

	(void)state;
	string_pool_init(&p);
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		assert_int_equal(string_pool_add(&p, strings[i], NULL), i + 1);
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		assert_true(span_eq(string_pool_span(&p, (string_id)(i + 1)), strings[i]));
	string_pool_clear(&p);
}

static void
test_long_strings(void **state)
{
	struct string_pool p;
	struct buf b;

	(void)state;
	string_pool_init(&p);
	buf_init(&b, 1 << 22);
	assert_true(buf_reserve(&b, 1 << 21));
	memset(b.ptr, 'x', 1 << 21);
	for (size_t len = 1000; len <= 1 << 21; len *= 2) {
		string_id id = string_pool_add(&p, (struct span){b.ptr, len}, NULL);

		assert_int_equal(string_pool_span(&p, id).len, len);
		assert_int_equal(strlen(string_pool_get(&p, id)), len);
	}
	assert_true(p.bytes >= 1 << 21);
	buf_clear(&b);
	string_pool_clear(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_absent_and_empty),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_any_bytes),
	    cmocka_unit_test(test_long_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
