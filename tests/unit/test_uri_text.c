/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/uri_text.h"

static void
assert_text(const struct buf *b, struct span expect)
{
	if (!span_eq(buf_span(b), expect))
		fail_msg("%.*s, not %.*s", (int)b->len, b->ptr, (int)expect.len, expect.ptr);
}

static void
test_encode(void **state)
{
	static const struct {
		struct span text;
		bool keep_slash;
		struct span encoded;
	} cases[] = {
	    {SPAN(""), false, SPAN("")},
	    {SPAN("AZaz09-._~"), false, SPAN("AZaz09-._~")},
	    {SPAN("/a b"), false, SPAN("%2Fa%20b")},
	    {SPAN("/a b"), true, SPAN("/a%20b")},
	    {SPAN("%41+*"), true, SPAN("%2541%2B%2A")},
	    {SPAN("\0\n\x7f\x80\xff"), false, SPAN("%00%0A%7F%80%FF")},
	    {SPAN("@[`{"), false, SPAN("%40%5B%60%7B")}, /* what stands beside the letters */
	    {SPAN("\u00e9"), false, SPAN("%C3%A9")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 256);
		uri_text_encode(&out, cases[i].text, cases[i].keep_slash);
		assert_text(&out, cases[i].encoded);
		buf_clear(&out);
	}
}

static void
test_decode(void **state)
{
	static const struct {
		struct span text;
		bool plus_is_space;
		struct span decoded;
	} cases[] = {
	    {SPAN(""), true, SPAN("")},
	    {SPAN("a+b%2Bc"), true, SPAN("a b+c")},
	    {SPAN("a+b%2bc"), false, SPAN("a+b+c")},
	    {SPAN("%00%ff%FF"), false, SPAN("\0\xff\xff")},
	    {SPAN("%25%34%31"), false, SPAN("%41")}, /* once, not twice */
	    {SPAN("%"), false, SPAN("%")},
	    {SPAN("%4"), false, SPAN("%4")},
	    {SPAN("%4g%g4%%41"), false, SPAN("%4g%g4%A")},
	    {SPAN("%+1%1+"), true, SPAN("% 1%1 ")},
	    {SPAN("\xc3\xa9"), false, SPAN("\xc3\xa9")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 256);
		uri_text_decode(&out, cases[i].text, cases[i].plus_is_space);
		assert_text(&out, cases[i].decoded);
		buf_clear(&out);
	}
}

/* Every byte, there and back. */
static void
test_round(void **state)
{
	char bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (int keep_slash = 0; keep_slash <= 1; keep_slash++) {
		struct buf encoded, decoded;

		buf_init(&encoded, 1024);
		buf_init(&decoded, 1024);
		uri_text_encode(&encoded, (struct span){bytes, sizeof(bytes)}, keep_slash != 0);
		uri_text_decode(&decoded, buf_span(&encoded), true);
		assert_text(&decoded, (struct span){bytes, sizeof(bytes)});
		buf_clear(&encoded);
		buf_clear(&decoded);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_encode),
	    cmocka_unit_test(test_decode),
	    cmocka_unit_test(test_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
