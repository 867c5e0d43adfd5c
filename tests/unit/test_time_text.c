/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include <time.h>

#include "common/time_text.h"

#define S US_PER_SECOND

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t us;
	} cases[] = {
	    {"1970-01-01T00:00:00Z", true, 0},
	    {"2026-11-22T06:22:40Z", true, 1795328560 * S},
	    {"2026-11-22t06:22:40z", true, 1795328560 * S},
	    {"2026-11-22 06:22:40", true, 1795328560 * S},
	    {"2026-11-22T06:22:40.5Z", true, 1795328560 * S + 500000},
	    {"2026-11-22T06:22:40,123456Z", true, 1795328560 * S + 123456},
	    {"2026-11-22T06:22:40.1234569Z", true, 1795328560 * S + 123456},
	    {"2025-01-13 19:58:59.000000000", true, 1736798339 * S},
	    {"2026-11-22T07:22:40+01:00", true, 1795328560 * S},
	    {"2026-11-22T07:22:40+0100", true, 1795328560 * S},
	    {"2026-11-21T22:22:40-08:00", true, 1795328560 * S},
	    {"2022-02-08 09:23:37+11:00", true, 1644272617 * S},
	    {"2026-11-22T06:22Z", true, 1795328520 * S},
	    {"20131102T010628Z", true, 1383354388 * S},
	    {"2024-02-29T00:00:00Z", true, 1709164800 * S},
	    {"2000-02-29T00:00:00Z", true, 951782400 * S},
	    {"2016-12-31T23:59:60Z", true, 1483228799 * S},
	    {"9999-12-31T23:59:59.999999Z", true, 253402300799 * S + 999999},
	    {"2023-02-29T00:00:00Z", false, 0},
	    {"2100-02-29T00:00:00Z", false, 0},
	    {"1969-12-31T23:59:59Z", false, 0},
	    {"1970-01-01T00:00:00+01:00", false, 0},
	    {"9999-12-31T23:59:59-00:01", false, 0},
	    {"10000-01-01T00:00:00Z", false, 0},
	    {"2026-13-01T00:00:00Z", false, 0},
	    {"2026-00-01T00:00:00Z", false, 0},
	    {"2026-01-32T00:00:00Z", false, 0},
	    {"2026-01-00T00:00:00Z", false, 0},
	    {"2026-01-01T24:00:00Z", false, 0},
	    {"2026-01-01T00:60:00Z", false, 0},
	    {"2026-01-01T00:00:61Z", false, 0},
	    {"2026-01-01T00:00:00.Z", false, 0},
	    {"2026-01-01T00:00:00+1:00", false, 0},
	    {"2026-01-01T00:00:00+24:00", false, 0},
	    {"2026-01-01T00:00:00Zx", false, 0},
	    {"2026-01-01T00:00:00 Z", false, 0},
	    {" 2026-01-01T00:00:00Z", false, 0},
	    {"2026-1-01T00:00:00Z", false, 0},
	    {"2026-01-01", false, 0},
	    {"20260101", false, 0},
	    {"2026-01-01T", false, 0},
	    {"2026-01-01T00", false, 0},
	    {"-2h", false, 0},
	    {"now", false, 0},
	    {"", false, 0},
	    {"T", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t us = 7;

		if (time_parse(span_of(cases[i].text), &us) != cases[i].ok ||
		    us != (cases[i].ok ? cases[i].us : 7))
			fail_msg("%s: %lld", cases[i].text, (long long)us);
	}
	assert_false(time_parse(SPAN_NONE, &(int64_t){0}));
	assert_false(time_parse(SPAN("2026-11-22T06:22:40Z\0"), &(int64_t){0}));
}

/* 2026-11-22T06:22:40Z is a Sunday morning; in the zone of the test it is 02:22:40. */
#define NOW (1795328560 * S)

static void
test_parse_typed(void **state)
{
	static const struct {
		const char *text;
		bool local, ok;
		int64_t us;
	} cases[] = {
	    {"now", false, true, NOW},
	    {"today", false, true, 1795305600 * S},
	    {"yesterday", false, true, 1795219200 * S},
	    {"today", true, true, 1795320000 * S},
	    {"yesterday", true, true, 1795233600 * S},
	    {"-30s", false, true, NOW - 30 * S},
	    {"-90m", false, true, NOW - 5400 * S},
	    {"-2h", false, true, NOW - 7200 * S},
	    {"-7d", false, true, NOW - 7 * 86400 * S},
	    {"-2w", true, true, NOW - 14 * 86400 * S},
	    {"-0s", false, true, NOW},
	    {"2026-11-22", false, true, 1795305600 * S},
	    {"2026-11-22", true, true, 1795320000 * S},
	    {"2026-11-22T06:22:40Z", true, true, NOW},
	    {"2026-11-22T02:22:40", true, true, NOW},
	    {"2026-11-22T06:22:40", false, true, NOW},
	    {"2026-11-22T06:22", false, true, NOW - 40 * S},
	    {"-", false, false, 0},
	    {"-h", false, false, 0},
	    {"-2", false, false, 0},
	    {"-2y", false, false, 0},
	    {"2h", false, false, 0},
	    {"--2h", false, false, 0},
	    {"-2.5h", false, false, 0},
	    {"-1000000000w", false, false, 0},
	    {"-9223372036854775807s", false, false, 0},
	    {"-99999999999999999999s", false, false, 0},
	    {"Now", false, false, 0},
	    {"tomorrow", false, false, 0},
	    {"2026-11-31", false, false, 0},
	    {"2026-11", false, false, 0},
	    {"", false, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t us = 7;

		if (time_parse_typed(span_of(cases[i].text), NOW, cases[i].local, &us) !=
			cases[i].ok ||
		    us != (cases[i].ok ? cases[i].us : 7))
			fail_msg("%s: %lld", cases[i].text, (long long)us);
	}
}

static void
test_format(void **state)
{
	char out[TIME_TEXT_LEN];

	(void)state;
	assert_string_equal(time_format(out, NOW + 123456, 0), "2026-11-22T06:22:40Z");
	assert_string_equal(time_format(out, NOW + 123456, 3), "2026-11-22T06:22:40.123Z");
	assert_string_equal(time_format(out, NOW + 23, 6), "2026-11-22T06:22:40.000023Z");
	assert_string_equal(time_format(out, NOW, 7), "2026-11-22T06:22:40Z");
	assert_string_equal(time_format(out, 0, 0), "1970-01-01T00:00:00Z");
	assert_string_equal(time_format(out, INT64_MIN, 0), "1970-01-01T00:00:00Z");
	assert_string_equal(time_format(out, INT64_MAX, 6), "9999-12-31T23:59:59.999999Z");
	assert_string_equal(time_format_local(out, NOW, 0), "2026-11-22T02:22:40-04:00");
	assert_string_equal(time_format_local(out, INT64_MAX, 0), "9999-12-31T19:59:59-04:00");
	assert_true(strlen(time_format_local(out, INT64_MIN, 0)) == 25);
}

static void
test_format_span(void **state)
{
	char out[TIME_TEXT_LEN];

	(void)state;
	assert_string_equal(time_format_span(out, 0), "0.000 s");
	assert_string_equal(time_format_span(out, 4250000), "4.250 s");
	assert_string_equal(time_format_span(out, -4250000), "-4.250 s");
	assert_string_equal(time_format_span(out, 59999999), "59.999 s");
	assert_string_equal(time_format_span(out, 60 * S), "1m 00s");
	assert_string_equal(time_format_span(out, 3723 * S), "1h 02m 03s");
	assert_true(strlen(time_format_span(out, INT64_MIN)) < TIME_TEXT_LEN);
}

/* Every day of a span with all kinds of leap years agrees with the C library, both ways. */
static void
test_days(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 400 * 366; day++) {
		time_t t = (time_t)(day * 86400 + 86399);
		char ours[TIME_TEXT_LEN], theirs[TIME_TEXT_LEN];
		struct tm tm;
		int64_t back;

		assert_non_null(gmtime_r(&t, &tm));
		(void)strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%SZ", &tm);
		if (strcmp(time_format(ours, t * S, 0), theirs) != 0)
			fail_msg("%s %s", ours, theirs);
		assert_true(time_parse(span_of(ours), &back) && back == t * S);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_parse_typed),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_format_span),
	    cmocka_unit_test(test_days),
	};

	(void)setenv("TZ", "XST4", 1); /* four hours west, without files of zones */
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
