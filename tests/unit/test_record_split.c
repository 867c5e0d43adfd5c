/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "correlator/input/record_split.h"

#define SOURCE "\"eventSource\":\"s\""

struct split_case {
	const char *name, *document;
	const char *records; /* what stands in them, a | behind each; NULL: another form */
};

static const struct split_case cases[] = {
    {"nothing", "", NULL},
    {"an object", "{}", NULL},
    {"no records", "{\"Records\":[]}", ""},
    {"white space", " {\n\"Records\" :\t[ \r\n ] } \n", ""},
    {"one", "{\"Records\":[{}]}", "{}|"},
    {"two", "{\"Records\":[{\"a\":1},{\"b\":[{}]}]}", "{\"a\":1}|{\"b\":[{}]}|"},
    {"pretty", "{\n \"Records\": [\n  {\n  \"a\": 1 } ,\n {}\n ]\n}\n", "{\n  \"a\": 1 }|{}|"},
    {"brackets in strings", "{\"Records\":[{\"a\":\"}]{[\"},{\"}\":\"]\"}]}",
	"{\"a\":\"}]{[\"}|{\"}\":\"]\"}|"},
    {"escaped quotes", "{\"Records\":[{\"a\":\"\\\"},{\\\\\"},{\"b\":\"\\\\\\\"}\"}]}",
	"{\"a\":\"\\\"},{\\\\\"}|{\"b\":\"\\\\\\\"}\"}|"},
    {"another member before", "{\"x\":1,\"Records\":[{}]}", NULL},
    {"another member behind", "{\"Records\":[{}],\"x\":1}", NULL},
    {"text behind", "{\"Records\":[{}]} x", NULL},
    {"a second document", "{\"Records\":[{}]}\n{\"Records\":[{}]}", NULL},
    {"a bare array", "[{}]", NULL},
    {"lower case", "{\"records\":[{}]}", NULL},
    {"an escaped key", "{\"\\u0052ecords\":[{}]}", NULL},
    {"a number among them", "{\"Records\":[{},1,{}]}", NULL},
    {"a string among them", "{\"Records\":[{},\"{}\",{}]}", NULL},
    {"an array among them", "{\"Records\":[{},[{}]]}", NULL},
    {"no comma", "{\"Records\":[{} {}]}", NULL},
    {"two commas", "{\"Records\":[{},,{}]}", NULL},
    {"a comma first", "{\"Records\":[,{}]}", NULL},
    {"a comma last", "{\"Records\":[{},]}", NULL},
    {"a record closed as an array", "{\"Records\":[{]]}", NULL},
    {"a list closed as an object", "{\"Records\":[{}}}", NULL},
    {"cut in the list", "{\"Records\":[{},", NULL},
    {"cut in a record", "{\"Records\":[{\"a\":", NULL},
    {"cut in a string", "{\"Records\":[{\"a\":\"b", NULL},
    {"cut behind the list", "{\"Records\":[{}]", NULL},
    {"too many brackets", "{\"Records\":[{}]}}", NULL},
};

static void
check_case(const struct split_case *c, enum byte_means means, size_t blanks)
{
	static char text[512], got[512];
	struct record_split split;
	enum record_split_result result;
	char *end = got;

	/* blanks in front move the places where blocks begin */
	memset(text, ' ', blanks);
	memcpy(text + blanks, c->document, strlen(c->document) + 1);
	record_split_init(&split);
	result = record_split_run(&split, means, span_of(text));
	if ((result == RECORD_SPLIT_OK) != (c->records != NULL))
		fail_msg("%s, %zu blanks, means %d: result %d", c->name, blanks, (int)means,
		    (int)result);
	*end = '\0';
	for (size_t i = 0; c->records != NULL && i < split.count; i++)
		end += snprintf(end, sizeof(got) - (size_t)(end - got), "%.*s|",
		    (int)split.records[i].len, text + split.records[i].start);
	if (c->records != NULL && strcmp(got, c->records) != 0)
		fail_msg("%s, %zu blanks, means %d: %s", c->name, blanks, (int)means, got);
	record_split_clear(&split);
}

static void
test_cases(void **state)
{
	(void)state;
	for (enum byte_means means = 0; means < BYTE_MEANS_COUNT; means++)
		for (size_t i = 0; byte_means_has(means) && i < sizeof(cases) / sizeof(cases[0]);
		     i++)
			for (size_t blanks = 0; blanks < 2 * 64; blanks++)
				check_case(&cases[i], means, blanks);
}

struct source_case {
	const char *name, *record;
	unsigned source, sources;
	bool escapes;
};

static const struct source_case sources[] = {
    {"none", "{\"a\":1}", 0, 0, false},
    {"its own", "{" SOURCE "}", 1, 1, false},
    {"behind others", "{\"a\":{\"b\":2}," SOURCE "}", 13, 1, false},
    {"only deeper", "{\"a\":{" SOURCE "}}", 0, 0, false},
    {"its own and deeper", "{\"a\":{" SOURCE "}," SOURCE "}", 25, 1, false},
    {"twice", "{" SOURCE "," SOURCE "}", 19, 2, false},
    {"in a string", "{\"a\":\"\\\"eventSource\\\":1\"}", 0, 0, true},
    {"another key of its letters", "{\"eventSourceX\":1}", 0, 0, false},
    {"escaped", "{\"event\\u0053ource\":\"s\"}", 0, 0, true},
    {"escapes elsewhere", "{\"a\":\"\\\\\"," SOURCE "}", 10, 1, true},
};

static void
check_source(const struct source_case *c, enum byte_means means, size_t blanks)
{
	char text[512];
	struct record_split split;

	(void)snprintf(text, sizeof(text), "{\"Records\":[{\"x\":\"\\\\\"},%*s%s]}", (int)blanks,
	    "", c->record);
	record_split_init(&split);
	assert_int_equal(record_split_run(&split, means, span_of(text)), RECORD_SPLIT_OK);
	assert_int_equal(split.count, 2);
	if (split.records[1].source != c->source || split.records[1].sources != c->sources ||
	    split.records[1].escapes != c->escapes)
		fail_msg("%s, %zu blanks, means %d: at %u, %u times, escapes %d", c->name, blanks,
		    (int)means, split.records[1].source, split.records[1].sources,
		    split.records[1].escapes);
	record_split_clear(&split);
}

static void
test_sources(void **state)
{
	(void)state;
	for (enum byte_means means = 0; means < BYTE_MEANS_COUNT; means++)
		for (size_t i = 0;
		     byte_means_has(means) && i < sizeof(sources) / sizeof(sources[0]); i++)
			for (size_t blanks = 0; blanks < 2 * 64; blanks++)
				check_source(&sources[i], means, blanks);
}

static void
test_search(void **state)
{
	static const struct byte_pattern pattern = {"needle", 6, 0, 5};
	char text[300];

	(void)state;
	for (enum byte_means means = 0; means < BYTE_MEANS_COUNT; means++) {
		for (size_t at = 0; byte_means_has(means) && at + 6 <= sizeof(text); at++) {
			struct span whole = {text, sizeof(text)};

			memset(text, 'n', sizeof(text));
			memcpy(text, "needl", 5);
			memcpy(text + at, "needle", 6);
			assert_int_equal(byte_search(means, whole, 0, &pattern), at);
			assert_int_equal(byte_search(means, whole, at, &pattern), at);
			assert_int_equal(byte_search(means, whole, at + 1, &pattern), sizeof(text));
			assert_int_equal(
			    byte_search(means, (struct span){text, at + 5}, 0, &pattern), at + 5);
		}
	}
	assert_int_equal(byte_search(byte_means_best(), SPAN_NONE, 0, &pattern), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_sources),
	    cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
