/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/safe_text.h"

struct shown {
	struct span text;
	const char *safe;
	size_t columns;
};

static const struct shown table[] = {
    {SPAN(""), "", 0}, {SPAN("user/alice"), "user/alice", 10}, {SPAN("a\\b"), "a\\b", 3},
    {SPAN("\x1b[31m"), "\\x1b[31m", 8}, {SPAN("a\0b"), "a\\x00b", 6},
    {SPAN("a\nb\tc\rd\x7f"), "a\\x0ab\\x09c\\x0dd\\x7f", 20},
    {SPAN("\xc2\x9b"
	  "31m"),
	"\\u{9b}31m", 9}, /* C1 CSI */
    {SPAN("\xe2\x80\xae"
	  "exe.txt"),
	"\\u{202e}exe.txt", 15},                   /* right-to-left override */
    {SPAN("\xe2\x81\xa6x"), "\\u{2066}x", 9},      /* isolate */
    {SPAN("\xe2\x80\x8b"), "\\u{200b}", 8},        /* zero-width space */
    {SPAN("\xef\xbb\xbf"), "\\u{feff}", 8},        /* byte order mark */
    {SPAN("\xf3\xa0\x81\x81"), "\\u{e0041}", 9},   /* tag letter */
    {SPAN("\xff\xc0\xaf"), "\\xff\\xc0\\xaf", 12}, /* not UTF-8 */
    {SPAN("\xed\xa0\x80"), "\\xed\\xa0\\x80", 12}, /* a surrogate */
    {SPAN("\xe2\x82"), "\\xe2\\x82", 8},           /* cut off */
    {SPAN("J\xc3\xb6rg"), "J\xc3\xb6rg", 4},
    {SPAN("\xe6\x97\xa5\xe6\x9c\xac"), "\xe6\x97\xa5\xe6\x9c\xac", 4}, /* wide */
    {SPAN("e\xcc\x81"), "e\xcc\x81", 1},                               /* combining */
};

static void
test_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf out;

		buf_init(&out, 1000);
		safe_text_put(&out, table[i].text);
		assert_string_equal(buf_cstr(&out), table[i].safe);
		assert_int_equal(safe_text_width(table[i].text), table[i].columns);
		buf_clear(&out);
	}
}

static void
test_fit(void **state)
{
	static const struct {
		struct span text;
		size_t columns, used;
		const char *end_cut, *start_cut;
	} cases[] = {
	    {SPAN("abcdef"), 6, 6, "abcdef", "abcdef"},
	    {SPAN("abcdef"), 5, 5, "abcd\xe2\x80\xa6",
		"\xe2\x80\xa6"
		"cdef"},
	    {SPAN("abcdef"), 1, 1, "\xe2\x80\xa6", "\xe2\x80\xa6"},
	    {SPAN("abcdef"), 0, 0, "", ""},
	    {SPAN("ab\x1b"
		  "cd"),
		7, 7, "ab\\x1b\xe2\x80\xa6", "\xe2\x80\xa6\\x1bcd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 1000);
		assert_int_equal(
		    safe_text_put_fit(&out, cases[i].text, cases[i].columns, false), cases[i].used);
		assert_string_equal(buf_cstr(&out), cases[i].end_cut);
		buf_reset(&out);
		assert_int_equal(
		    safe_text_put_fit(&out, cases[i].text, cases[i].columns, true), cases[i].used);
		assert_string_equal(buf_cstr(&out), cases[i].start_cut);
		buf_clear(&out);
	}
}

/* An escape is kept whole or left out: half of one would be somebody else's text. */
static void
test_fit_keeps_escapes_whole(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(safe_text_put_fit(&out,
			     SPAN("ab\x1b"
				  "cd"),
			     5, false),
	    3);
	assert_string_equal(buf_cstr(&out), "ab\xe2\x80\xa6");
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shown),
	    cmocka_unit_test(test_fit),
	    cmocka_unit_test(test_fit_keeps_escapes_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
