/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "correlator/syslog/instance_map.h"

static void
test_find(void **state)
{
	static const char text[] = "# fleet\n"
				   "web-1 i-0123456789abcdef0 111122223333 eu-central-1\n"
				   "\n"
				   "\tDB.example.com\ti-0123456789abcdef1  # the other\r\n"
				   "/srv/logs/ i-0aaaaaaaaaaaaaaa0\n"
				   "/srv/logs/b i-0bbbbbbbbbbbbbbb0\n"
				   "./here/c.log i-01234567";
	static const struct {
		const char *path, *host, *instance;
	} cases[] = {
	    {"auth.log", "web-1", "i-0123456789abcdef0"},
	    {"auth.log", "WEB-1", "i-0123456789abcdef0"},
	    {"auth.log", "web-1.example.com", "i-0123456789abcdef0"},
	    {"auth.log", "db.example.com", "i-0123456789abcdef1"},
	    {"auth.log", "db", NULL},
	    {"auth.log", "web-10", NULL},
	    {"auth.log", "", NULL},
	    {"/srv/logs/auth.log", "web-1", "i-0aaaaaaaaaaaaaaa0"},
	    {"/srv/logs/b/auth.log", "web-1", "i-0bbbbbbbbbbbbbbb0"},
	    {"/srv/logs/b", "x", "i-0bbbbbbbbbbbbbbb0"},
	    {"/srv/logs/bb", "x", "i-0aaaaaaaaaaaaaaa0"},
	    {"/srv/logs2/b", "x", NULL},
	    {"here/c.log", "x", "i-01234567"},
	    {"./here/c.log", "x", "i-01234567"},
	    {"web-1/auth.log", "x", NULL},
	};
	struct instance_map m;
	const struct instance_place_row *row;
	size_t line;

	(void)state;
	instance_map_init(&m);
	assert_int_equal(instance_map_add(&m, SPAN("late i-0cccccccccccccccccc"), &line), -1);
	assert_int_equal(instance_map_add(&m, SPAN("late i-0ccccccccccccccc0"), &line), 0);
	assert_int_equal(instance_map_add(&m, span_of(text), &line), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		row = instance_map_find(&m, span_of(cases[i].path), span_of(cases[i].host));
		if (cases[i].instance == NULL
			? row != NULL
			: row == NULL || !span_is(row->instance_id, cases[i].instance))
			fail_msg("%s %s", cases[i].path, cases[i].host);
	}
	row = instance_map_find(&m, SPAN_NONE, SPAN("web-1"));
	assert_true(span_is(row->account_id, "111122223333"));
	assert_true(span_is(row->region, "eu-central-1"));
	row = instance_map_find(&m, SPAN_NONE, SPAN("late"));
	assert_true(span_is(row->instance_id, "i-0ccccccccccccccc0"));
	assert_null(row->account_id.ptr);
	instance_map_clear(&m);
}

static void
test_wrong(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} cases[] = {
	    {"web-1", 1},
	    {"a i-01234567\nweb-1 web-2\n", 2},
	    {"web-1 i-0123456", 1},
	    {"web-1 i-0123456789abcdef01", 1},
	    {"web-1 i-0123456789ABCDEF0", 1},
	    {"web-1 i-01234567 1111", 1},
	    {"web-1 i-01234567 111122223333 EU", 1},
	    {"web-1 i-01234567 111122223333 eu-central-1 x", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct instance_map m;
		size_t line;

		instance_map_init(&m);
		assert_int_equal(instance_map_add(&m, span_of(cases[i].text), &line), -1);
		assert_int_equal(line, cases[i].line);
		assert_int_equal(m.count, 0);
		instance_map_clear(&m);
	}
}

static void
test_path(void **state)
{
	static const struct {
		const char *path, *instance;
	} cases[] = {
	    {"logs/i-0123456789abcdef0/auth.log", "i-0123456789abcdef0"},
	    {"i-0aaaaaaaaaaaaaaa0/x/i-0123456789abcdef0/auth.log", "i-0123456789abcdef0"},
	    {"i-01234567", "i-01234567"},
	    {"xi-01234567/auth.log", NULL},
	    {"i-0123456/auth.log", NULL},
	    {"i-0123456789abcdef01/auth.log", NULL},
	    {"i-01234567.log", NULL},
	    {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span found = instance_of_path(span_of(cases[i].path));

		if (cases[i].instance == NULL ? found.ptr != NULL
					      : !span_is(found, cases[i].instance))
			fail_msg("%s", cases[i].path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_wrong),
	    cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
