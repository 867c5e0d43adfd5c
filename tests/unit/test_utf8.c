/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/utf8.h"

static void
test_round_trip(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		char bytes[4];
		uint32_t back = 0;
		size_t n = utf8_encode(code, bytes),
		       expected = code < 0x80 ? 1
		    : code < 0x800            ? 2
		    : code < 0x10000          ? 3
					      : 4;

		assert_int_equal(n, expected);
		if (code >= 0xd800 && code <= 0xdfff) {
			assert_int_equal(utf8_decode(bytes, n, &back), 0);
			continue;
		}
		assert_int_equal(utf8_decode(bytes, n, &back), n);
		assert_int_equal(back, code);
		for (size_t cut = 1; cut < n; cut++)
			assert_int_equal(utf8_decode(bytes, cut, &back), 0);
	}
}

static void
test_refused(void **state)
{
	static const struct span cases[] = {
	    SPAN("\x80"),
	    SPAN("\xbf"),
	    SPAN("\xc0\x80"),
	    SPAN("\xc1\xbf"),
	    SPAN("\xc2\x41"),
	    SPAN("\xc2\xc2"),
	    SPAN("\xe0\x80\x80"),
	    SPAN("\xe0\x9f\xbf"),
	    SPAN("\xed\xa0\x80"),
	    SPAN("\xed\xbf\xbf"),
	    SPAN("\xe2\x82\x41"),
	    SPAN("\xf0\x80\x80\x80"),
	    SPAN("\xf0\x8f\xbf\xbf"),
	    SPAN("\xf4\x90\x80\x80"),
	    SPAN("\xf5\x80\x80\x80"),
	    SPAN("\xf8\x88\x80\x80\x80"),
	    SPAN("\xfe"),
	    SPAN("\xff"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t code;

		if (utf8_decode(cases[i].ptr, cases[i].len, &code) != 0)
			fail_msg("case %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
