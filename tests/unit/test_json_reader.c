/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/json_reader.h"

static const struct {
	const char *text;
	enum json_error error;
} value_cases[] = {
    {"null", JSON_OK},
    {" true ", JSON_OK},
    {"false", JSON_OK},
    {"0", JSON_OK},
    {"-0", JSON_OK},
    {"-12.5e+10", JSON_OK},
    {"1E2", JSON_OK},
    {"\"\"", JSON_OK},
    {"\"a\\\"b\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"", JSON_OK},
    {"\"\x7f\xff\xfe\"", JSON_OK}, /* mended by json_unescape */
    {"[]", JSON_OK},
    {"[ ]", JSON_OK},
    {"{}", JSON_OK},
    {"{ }", JSON_OK},
    {"[1,[2,{\"a\":[]}],\"x\"]", JSON_OK},
    {"\t{\r\n\"a\" : 1 , \"b\" : {} }\n", JSON_OK},
    {"", JSON_ERROR_TRUNCATED},
    {"  ", JSON_ERROR_TRUNCATED},
    {"nul", JSON_ERROR_TRUNCATED},
    {"nulx", JSON_ERROR_SYNTAX},
    {"True", JSON_ERROR_SYNTAX},
    {"+1", JSON_ERROR_SYNTAX},
    {"01", JSON_ERROR_SYNTAX},
    {"-01", JSON_ERROR_SYNTAX},
    {"-", JSON_ERROR_TRUNCATED},
    {"1.", JSON_ERROR_TRUNCATED},
    {"1.x", JSON_ERROR_SYNTAX},
    {"1e", JSON_ERROR_TRUNCATED},
    {"1e+x", JSON_ERROR_SYNTAX},
    {".5", JSON_ERROR_SYNTAX},
    {"NaN", JSON_ERROR_SYNTAX},
    {"'a'", JSON_ERROR_SYNTAX},
    {"\"a", JSON_ERROR_TRUNCATED},
    {"\"a\\", JSON_ERROR_TRUNCATED},
    {"\"\\u12", JSON_ERROR_TRUNCATED},
    {"\"\\u12g4\"", JSON_ERROR_SYNTAX},
    {"\"\\x41\"", JSON_ERROR_SYNTAX},
    {"\"a\nb\"", JSON_ERROR_SYNTAX},
    {"\"a\tb\"", JSON_ERROR_SYNTAX},
    {"\"a\x1f\"", JSON_ERROR_SYNTAX},
    {"[", JSON_ERROR_TRUNCATED},
    {"[1", JSON_ERROR_TRUNCATED},
    {"[1,", JSON_ERROR_TRUNCATED},
    {"[1,]", JSON_ERROR_SYNTAX},
    {"[,1]", JSON_ERROR_SYNTAX},
    {"[1 2]", JSON_ERROR_SYNTAX},
    {"[1}", JSON_ERROR_SYNTAX},
    {"]", JSON_ERROR_SYNTAX},
    {"{", JSON_ERROR_TRUNCATED},
    {"{\"a\"", JSON_ERROR_TRUNCATED},
    {"{\"a\":", JSON_ERROR_TRUNCATED},
    {"{\"a\":1", JSON_ERROR_TRUNCATED},
    {"{\"a\":1,", JSON_ERROR_TRUNCATED},
    {"{\"a\":1,}", JSON_ERROR_SYNTAX},
    {"{,\"a\":1}", JSON_ERROR_SYNTAX},
    {"{\"a\" 1}", JSON_ERROR_SYNTAX},
    {"{a:1}", JSON_ERROR_SYNTAX},
    {"{1:1}", JSON_ERROR_SYNTAX},
    {"{\"a\":1 \"b\":2}", JSON_ERROR_SYNTAX},
    {"{\"a\":1]", JSON_ERROR_SYNTAX},
    {"/* c */1", JSON_ERROR_SYNTAX},
};

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(value_cases) / sizeof(value_cases[0]); i++) {
		size_t len = strlen(value_cases[i].text);
		char *exact = malloc(len + 1); /* reading over the end is seen by the sanitizer */
		struct json_reader r;
		struct span value;

		memcpy(exact, value_cases[i].text, len);
		exact = realloc(exact, len != 0 ? len : 1);
		json_reader_init(&r, (struct span){exact, len});
		value = json_skip(&r);
		if (r.error != value_cases[i].error)
			fail_msg("%s: %s", value_cases[i].text, json_error_text(r.error));
		assert_true((value.ptr != NULL) == (r.error == JSON_OK));
		if (r.error != JSON_OK)
			assert_int_equal(json_peek(&r), JSON_NONE);
		free(exact);
	}
}

static void
test_absent_text(void **state)
{
	struct json_reader r;

	(void)state;
	json_reader_init(&r, SPAN_NONE);
	assert_int_equal(json_peek(&r), JSON_NONE);
	assert_null(json_skip(&r).ptr);
	assert_int_equal(json_offset(&r), 0);
}

static void
test_depth(void **state)
{
	static const struct {
		int depth;
		enum json_error error;
	} cases[] = {{JSON_DEPTH_MAX, JSON_OK}, {JSON_DEPTH_MAX + 1, JSON_ERROR_DEPTH},
	    {100000, JSON_ERROR_DEPTH}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct json_reader r;
		struct buf b;

		buf_init(&b, 1 << 20);
		for (int d = 0; d < cases[i].depth; d++)
			buf_puts(&b, d % 2 == 0 ? "[" : "{\"a\":");
		buf_puts(&b, "1");
		for (int d = cases[i].depth - 1; d >= 0; d--)
			buf_puts(&b, d % 2 == 0 ? "]" : "}");
		json_reader_init(&r, buf_span(&b));
		(void)json_skip(&r);
		assert_int_equal(r.error, cases[i].error);
		buf_clear(&b);
	}
}

static void
test_walk(void **state)
{
	static const char text[] =
	    " {\"a\":[1,\"x\\n\",{}], \"b\":{\"c\":true},\"d\":-5,\"e\":null,"
	    "\"f\":\"s\"} ";
	struct json_reader r;
	struct span key;
	int64_t n = 0;
	bool yes = false;
	int members = 0, elements = 0;

	(void)state;
	json_reader_init(&r, span_of(text));
	assert_int_equal(json_peek(&r), JSON_OBJECT);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key); members++) {
		if (json_key_is(key, "a")) {
			for (json_enter(&r, JSON_ARRAY); json_next_element(&r); elements++)
				assert_span(json_skip(&r),
				    elements == 0       ? "1"
					: elements == 1 ? "\"x\\n\""
							: "{}");
		} else if (json_key_is(key, "b")) {
			json_enter(&r, JSON_OBJECT);
			assert_true(json_next_member(&r, &key));
			assert_span(key, "c");
			assert_true(json_read_bool(&r, &yes) && yes);
			assert_false(json_next_member(&r, &key));
		} else if (json_key_is(key, "d")) {
			assert_true(json_read_int(&r, &n) && n == -5);
		} else if (json_key_is(key, "e")) {
			assert_span(json_read_string(&r), NULL);
		} else {
			assert_span(json_read_string(&r), "s");
		}
	}
	assert_int_equal(r.error, JSON_OK);
	assert_int_equal(members, 5);
	assert_int_equal(elements, 3);
	assert_int_equal(r.depth, 0);
	assert_int_equal(json_peek(&r), JSON_NONE);
}

static void
test_error_sticks(void **state)
{
	struct json_reader r;
	struct span key;

	(void)state;
	json_reader_init(&r, SPAN("{\"a\":1 x \"b\":2}"));
	json_enter(&r, JSON_OBJECT);
	assert_true(json_next_member(&r, &key));
	(void)json_skip(&r);
	assert_false(json_next_member(&r, &key));
	assert_int_equal(r.error, JSON_ERROR_SYNTAX);
	assert_int_equal(json_offset(&r), 7);
	assert_false(json_next_member(&r, &key));
	assert_false(json_next_element(&r));
	assert_span(json_read_string(&r), NULL);
	json_reader_init(&r, SPAN("[1]"));
	json_enter(&r, JSON_OBJECT);
	assert_int_equal(r.error, JSON_ERROR_SYNTAX);
	assert_false(json_next_member(&r, &key));
}

static void
test_integers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
	    {"0", true, 0},
	    {"-0", true, 0},
	    {"42", true, 42},
	    {"9223372036854775807", true, INT64_MAX},
	    {"-9223372036854775808", true, INT64_MIN},
	    {"9223372036854775808", false, 0},
	    {"-9223372036854775809", false, 0},
	    {"99999999999999999999999999", false, 0},
	    {"1.0", false, 0},
	    {"1e3", false, 0},
	    {"\"1\"", false, 0},
	    {"null", false, 0},
	    {"[1]", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_reader r;
		int64_t n = 0;

		json_reader_init(&r, span_of(cases[i].text));
		if (json_read_int(&r, &n) != cases[i].ok || n != cases[i].value)
			fail_msg("%s", cases[i].text);
		assert_int_equal(r.error, JSON_OK);
		assert_true(r.at == r.end);
	}
}

#define BAD "\xef\xbf\xbd"

static void
test_unescape(void **state)
{
	static const struct {
		const char *raw, *text;
	} cases[] = {
	    {"", ""},
	    {"plain", "plain"},
	    {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
	    {"\\u0041\\u00e9\\u20ac", "A\xc3\xa9\xe2\x82\xac"},
	    {"\\uD83D\\uDE00", "\xf0\x9f\x98\x80"},
	    {"\\ud83d", BAD},
	    {"\\ud83dx", BAD "x"},
	    {"\\ud83d\\u0041", BAD "A"},
	    {"\\ude00\\ud83d", BAD BAD},
	    {"\\ud83d\\ud83d\\ude00", BAD "\xf0\x9f\x98\x80"},
	    {"\\u0000", BAD},
	    {"a\xff"
	     "b",
		"a" BAD "b"},
	    {"\xc3\xa9", "\xc3\xa9"},
	    {"\xc3", BAD},
	    {"\xed\xa0\x80", BAD BAD BAD},
	    {"\xf4\x90\x80\x80", BAD BAD BAD BAD},
	    {"\\u001b[31m", "\x1b[31m"},
	};
	struct buf scratch;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span raw = span_of(cases[i].raw), text;

		buf_init(&scratch, 3 * raw.len + 2);
		buf_puts(&scratch, "x");
		(void)buf_reserve(&scratch, 3 * raw.len);
		text = json_unescape(raw, &scratch);
		if (!span_is(text, cases[i].text))
			fail_msg("%s", cases[i].raw);
		assert_int_equal(scratch.ptr[0], 'x');
		buf_clear(&scratch);
	}
	buf_init(&scratch, 2);
	assert_span(json_unescape(SPAN_NONE, &scratch), NULL);
	assert_span(json_unescape(SPAN("\\n\\n\\n"), &scratch), NULL); /* no room */
	buf_clear(&scratch);
}

static void
test_keys(void **state)
{
	static const struct {
		const char *raw, *name;
		bool equal;
	} cases[] = {
	    {"eventName", "eventName", true},
	    {"eventname", "eventName", false},
	    {"eventNam", "eventName", false},
	    {"eventNames", "eventName", false},
	    {"event\\u004eame", "eventName", true},
	    {"\\u0065\\u0076\\u0065nt", "event", true},
	    {"event\\u004e", "eventName", false},
	    {"event\\u004eameX", "eventName", false},
	    {"\\/", "/", true},
	    {"", "", true},
	    {"\\u0000", "", false},
	    {"\\u00e9", "\xc3\xa9", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (json_key_is(span_of(cases[i].raw), cases[i].name) != cases[i].equal)
			fail_msg("%s %s", cases[i].raw, cases[i].name);
}

static void
test_read_text(void **state)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
	    {"\"a\\tb\"", "a\tb"},
	    {"\"\"", ""},
	    {" 12.5 ", "12.5"},
	    {"true", "true"},
	    {"false", "false"},
	    {"null", NULL},
	    {"{\"a\":1}", NULL},
	    {"[1]", NULL},
	    {"", NULL},
	    {"\"a", NULL},
	};
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1024);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_reader r;

		json_reader_init(&r, span_of(cases[i].json));
		assert_span(json_read_text(&r, &scratch), cases[i].text);
	}
	buf_clear(&scratch);
}

/* Runs of every length, so that whatever steps over several bytes at once meets every remainder. */
static void
test_lengths(void **state)
{
	static const char ends[] = {'"', '\\', '\n', '\x01', '\x1f', '\0', '\t'};
	char text[128];

	(void)state;
	for (size_t len = 0; len < 70; len++) {
		for (size_t e = 0; e < sizeof(ends); e++) {
			struct json_reader r;
			struct span inside;

			text[0] = '"';
			memset(text + 1, 0x80 + (int)len, len);
			text[len + 1] = ends[e];
			text[len + 2] = '"';
			text[len + 3] = '"';
			json_reader_init(&r, (struct span){text, len + 4});
			inside = json_read_string(&r);
			if (ends[e] == '"')
				assert_int_equal(inside.len, len);
			else if (ends[e] == '\\')
				assert_int_equal(inside.len, len + 2);
			else
				assert_int_equal(r.error, JSON_ERROR_SYNTAX);
			if (r.error != JSON_OK)
				assert_int_equal(json_offset(&r), len + 1);
		}
		memset(text, ' ', len);
		text[len] = '7';
		{
			struct json_reader r;

			json_reader_init(&r, (struct span){text, len + 1});
			assert_int_equal(json_peek(&r), JSON_NUMBER);
			assert_int_equal(json_offset(&r), len);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_absent_text),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_walk),
	    cmocka_unit_test(test_error_sticks),
	    cmocka_unit_test(test_integers),
	    cmocka_unit_test(test_unescape),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_read_text),
	    cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
