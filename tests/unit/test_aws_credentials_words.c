/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "correlator/aws/credentials_words.h"

/* What Python's shlex.split gives of each; words stand between bars. */
static void
test_split(void **state)
{
	static const struct {
		const char *command, *words;
	} cases[] = {
	    {"", ""},
	    {" \t\r\n", ""},
	    {"one", "one|"},
	    {"  one  two\tthree\n", "one|two|three|"},
	    {"a 'b c' \"d e\"", "a|b c|d e|"},
	    {"a''b\"\"c", "abc|"},
	    {"'' \"\"", "||"},
	    {"a '' b", "a||b|"},
	    {"\\a \\  \\\\ \\' \\\"", "a| |\\|'|\"|"},
	    {"'\\a\\'", "\\a\\|"},
	    {"\"\\a \\\\ \\\" \\' \\$\"", "\\a \\ \" \\' \\$|"},
	    {"a\\\nb", "a\nb|"},
	    {"$HOME ~ * # $(id) `id` a;b|c&", "$HOME|~|*|#|$(id)|`id`|a;b|c&|"},
	    {"x=\"y z\"'w v'u", "x=y zw vu|"},
	    {"\"/opt/my tools/get\" --profile 'a \"b\"'", "/opt/my tools/get|--profile|a \"b\"|"},
	    {"\303\244 \v\f", "\303\244|\v\f|"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct credentials_words w;
		char text[128] = "";
		size_t len = 0;

		assert_int_equal(credentials_words_split(&w, cases[i].command), 0);
		for (int k = 0; k < w.count; k++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s|", w.words[k]);
		assert_string_equal(text, cases[i].words);
		assert_null(w.words[w.count]);
		credentials_words_clear(&w);
		assert_null(w.words);
	}
}

static void
test_not_closed(void **state)
{
	static const char *const commands[] = {"'", "\"", "\\", "a 'b", "a \"b", "a b\\", "\"a\\\"",
	    "\"a\\", "'a' \"'\" '", "a 'b\\'c'"};
	struct credentials_words w;

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(credentials_words_split(&w, commands[i]), -2);
		assert_null(w.words);
		assert_null(w.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_split),
	    cmocka_unit_test(test_not_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
