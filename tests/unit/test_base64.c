/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/base64.h"

/* RFC 4648 section 10, and what a lenient decoder would let through. */
static void
test_decode(void **state)
{
	static const struct {
		struct span text;
		const char *bytes; /* NULL: refused */
	} cases[] = {
	    {SPAN("Zg=="), "f"},
	    {SPAN("Zm8="), "fo"},
	    {SPAN("Zm9v"), "foo"},
	    {SPAN("Zm9vYg=="), "foob"},
	    {SPAN("Zm9vYmE="), "fooba"},
	    {SPAN("Zm9vYmFy"), "foobar"},
	    {SPAN("+/+/"), "\xfb\xff\xbf"},
	    {SPAN(""), NULL},
	    {SPAN("Z"), NULL},
	    {SPAN("Zg"), NULL},
	    {SPAN("Zg="), NULL},
	    {SPAN("Zg==="), NULL},
	    {SPAN("===="), NULL},
	    {SPAN("Z==="), NULL},
	    {SPAN("Zg==Zg=="), NULL},
	    {SPAN("Z=g="), NULL},
	    {SPAN("Zm9v\n"), NULL},
	    {SPAN(" Zm9"), NULL},
	    {SPAN("Zm 9"), NULL},
	    {SPAN("Zm9v\nZg="), NULL},
	    {SPAN("-_-_"), NULL},
	    {SPAN("Zm9\0"), NULL},
	    {SPAN("Zm9\xff"), NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;
		bool ok;

		buf_init(&out, 64);
		buf_puts(&out, ">");
		ok = base64_decode(cases[i].text, &out);
		assert_int_equal(out.ptr[0], '>');
		if (ok != (cases[i].bytes != NULL) ||
		    (ok ? !span_is(span_from(buf_span(&out), 1), cases[i].bytes) : out.len != 1))
			fail_msg("%.*s", (int)cases[i].text.len, cases[i].text.ptr);
		buf_clear(&out);
	}
}

static void
test_decode_without_room(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 5);
	assert_false(base64_decode(SPAN("Zm9vYmFy"), &out));
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

static void
test_round_trip(void **state)
{
	unsigned char bytes[300];
	struct buf text, back;

	(void)state;
	buf_init(&text, 1024);
	buf_init(&back, 1024);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + 13);
	for (size_t len = 1; len <= sizeof(bytes); len++) {
		buf_reset(&text);
		buf_reset(&back);
		base64_encode(bytes, len, true, &text);
		assert_int_equal(text.len, (len + 2) / 3 * 4);
		assert_true(base64_decode(buf_span(&text), &back));
		assert_int_equal(back.len, len);
		assert_memory_equal(back.ptr, bytes, len);
		buf_reset(&text);
		base64_encode(bytes, len, false, &text);
		assert_int_equal(text.len, (len * 4 + 2) / 3);
		assert_null(memchr(text.ptr, '=', text.len));
	}
	buf_reset(&text);
	base64_encode("", 0, true, &text);
	assert_int_equal(text.len, 0);
	buf_clear(&text);
	buf_clear(&back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decode),
	    cmocka_unit_test(test_decode_without_room),
	    cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
