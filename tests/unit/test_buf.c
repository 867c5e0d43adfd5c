/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

static void
test_grows_to_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (int i = 0; i < 1000; i++)
		buf_putc(&b, (char)i);
	assert_int_equal(b.len, 1000);
	assert_true(b.cap <= 1000);
	assert_false(b.failed);
	buf_putc(&b, 'x');
	assert_true(b.failed);
	assert_int_equal(b.len, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(b.ptr[i], (char)i);
	buf_clear(&b);
	assert_null(b.ptr);
	assert_int_equal(b.max, 1000);
	assert_false(b.failed);
}

/* A write that does not fit writes nothing, nor does any after it, until the reset. */
static void
test_failure_sticks(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	buf_puts(&b, "12345");
	buf_puts(&b, "6789");
	assert_true(b.failed);
	buf_puts(&b, "6");
	buf_put_u64(&b, 6);
	buf_put_hex(&b, "6", 1);
	buf_printf(&b, "%d", 6);
	assert_span(buf_span(&b), "12345");
	assert_null(buf_cstr(&b));
	buf_reset(&b);
	buf_puts(&b, "1234567");
	assert_string_equal(buf_cstr(&b), "1234567");
	assert_int_equal(b.len, 7);
	buf_clear(&b);
}

static void
test_writers(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	assert_span(buf_span(&b), "");
	assert_non_null(buf_span(&b).ptr);
	buf_put(&b, NULL, 0);
	buf_put_span(&b, SPAN_NONE);
	buf_put_u64(&b, 0);
	buf_putc(&b, ' ');
	buf_put_u64(&b, UINT64_MAX);
	buf_putc(&b, ' ');
	buf_put_hex(&b, "\x00\x7f\xff", 3);
	buf_printf(&b, " %s %d", "text", -7);
	assert_string_equal(buf_cstr(&b), "0 18446744073709551615 007fff text -7");
	buf_truncate(&b, 1);
	assert_string_equal(buf_cstr(&b), "0");
	buf_truncate(&b, 100);
	assert_int_equal(b.len, 1);
	buf_clear(&b);
}

static void
test_reserve(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	assert_true(buf_reserve(&b, 99999));
	assert_int_equal(b.len, 0);
	assert_true(b.cap >= 99999 && b.cap <= 100000);
	buf_putc(&b, 'x');
	assert_true(buf_reserve(&b, 99999));
	assert_false(buf_reserve(&b, 100000));
	buf_reset(&b);
	assert_false(buf_reserve(&b, SIZE_MAX));
	buf_clear(&b);
	buf_init(&b, 0);
	assert_true(buf_reserve(&b, 0));
	assert_false(buf_reserve(&b, 1));
	buf_clear(&b);
}

static void
test_counts(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (unsigned n = 0; n < 3; n++) {
		buf_put_count(&b, n, "file");
		buf_putc(&b, ',');
	}
	assert_string_equal(buf_cstr(&b), "0 files,1 file,2 files,");
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_grows_to_its_maximum),
	    cmocka_unit_test(test_failure_sticks),
	    cmocka_unit_test(test_writers),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_reserve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
