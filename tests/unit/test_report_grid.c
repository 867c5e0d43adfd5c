/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "correlator/report/grid.h"

static const struct grid_cell row[] = {
    {SPAN("one"), INK_PLAIN},
    {SPAN("i-0123456789abcdef0"), INK_PLAIN},
    {SPAN("a rather long \x1b text"), INK_BAD},
};

/* The row as a grid of that width prints it; caller frees. */
static char *
print_row(size_t width, bool color)
{
	struct grid grid = {
	    .count = 3,
	    .columns =
		{
		    {.title = "A"},
		    {.title = "B", .least = 8, .rank = 2, .keep_end = true},
		    {.title = "C", .least = 10, .rank = 1},
		},
	};
	struct style style = {.color = color, .width = width};
	struct output o;
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	assert_non_null(stream);
	output_init_stream(&o, stream, "memory");
	grid_measure(&grid, row);
	grid_fit(&grid, &style);
	grid_put(&grid, &o, &style, row);
	assert_int_equal(output_close(&o), 0);
	(void)fclose(stream);
	return text;
}

static void
test_widths(void **state)
{
	static const struct {
		size_t width;
		const char *line;
	} cases[] = {
	    {0, "one  i-0123456789abcdef0  a rather long \\x1b text\n"},
	    {100, "one  i-0123456789abcdef0  a rather long \\x1b text\n"},
	    {43, "one  i-0123456789abcdef0  a rather long \xe2\x80\xa6\n"},
	    {30,
		"one  \xe2\x80\xa6"
		"56789abcdef0  a rather \xe2\x80\xa6\n"},
	    {10,
		"one  \xe2\x80\xa6"
		"abcdef0  a rather \xe2\x80\xa6\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = print_row(cases[i].width, false);

		assert_string_equal(text, cases[i].line);
		free(text);
	}
}

/* A column that may be left out goes as a whole. */
static void
test_left_out(void **state)
{
	struct grid grid = {.count = 2, .columns = {{.title = "A"}, {.title = "B", .rank = 1}}};
	struct style style = {.width = 10};
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);
	struct output o;

	(void)state;
	assert_non_null(stream);
	output_init_stream(&o, stream, "memory");
	grid_measure(&grid, row);
	grid_fit(&grid, &style);
	grid_put(&grid, &o, &style, row);
	assert_int_equal(output_close(&o), 0);
	(void)fclose(stream);
	assert_string_equal(text, "one\n");
	free(text);
}

static void
test_color(void **state)
{
	char *text = print_row(0, true);

	(void)state;
	assert_string_equal(
	    text, "one  i-0123456789abcdef0  \033[1;31ma rather long \\x1b text\033[0m\n");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_widths),
	    cmocka_unit_test(test_left_out),
	    cmocka_unit_test(test_color),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
