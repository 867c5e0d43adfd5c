/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "correlator/report/csv.h"

static void
test_cells(void **state)
{
	static const struct {
		struct span text;
		const char *cell;
	} cases[] = {
	    {{NULL, 0}, ""},
	    {SPAN(""), ""},
	    {SPAN("plain"), "plain"},
	    {SPAN("a,b"), "\"a,b\""},
	    {SPAN("say \"so\""), "\"say \"\"so\"\"\""},
	    {SPAN("\""), "\"\"\"\""},
	    {SPAN("=1+1"), "\"'=1+1\""},
	    {SPAN("+1"), "\"'+1\""},
	    {SPAN("-1"), "\"'-1\""},
	    {SPAN("@SUM(A1)"), "\"'@SUM(A1)\""},
	    {SPAN("  =1"), "\"'  =1\""},
	    {SPAN("\t=1"), "\"'\\x09=1\""},
	    {SPAN("\r=1"), "\"'\\x0d=1\""},
	    {SPAN("\xef\xbc\x9d"
		  "1"),
		"\"'\xef\xbc\x9d"
		"1\""}, /* full-width = */
	    {SPAN("a=1"), "a=1"},
	    {SPAN("two\nlines"), "two\\x0alines"},
	    {SPAN("=\"\x1b"), "\"'=\"\"\\x1b\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 1000);
		csv_put_cell(&out, cases[i].text);
		assert_string_equal(buf_cstr(&out), cases[i].cell);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
