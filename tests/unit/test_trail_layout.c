/* SPDX-License-Identifier: Apache-2.0 */
/* How keys are laid out in a bucket, and which of them matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/calendar.h"
#include "common/time_text.h"
#include "correlator/remote/trail_layout.h"

#define TRAIL  "AWSLogs/111122223333/CloudTrail/us-east-1/"
#define ORG    "org trail/AWSLogs/o-abcde12345/111122223333/CloudTrail/eu-central-1/"
#define LOGINS "fleet/logins/111122223333/us-east-1/"

static void
test_places(void **state)
{
	static const struct {
		const char *folder;
		enum trail_level level;
		bool is_logins;
		size_t region_len;
	} cases[] = {
	    {"", TRAIL_OUTSIDE, false, 0},
	    {"a/b/c/", TRAIL_OUTSIDE, false, 0},
	    {"awslogs/", TRAIL_OUTSIDE, false, 0},
	    {"AWSLogs", TRAIL_OUTSIDE, false, 0}, /* its folder may be called AWSLogs-old */
	    {"AWSLogs/", TRAIL_ROOT, false, 0},
	    {"AWSLogs/1111", TRAIL_ROOT, false, 0},
	    {"AWSLogs/o-abcde12345/", TRAIL_ORG, false, 0},
	    {"AWSLogs/o-abc/", TRAIL_UNKNOWN, false, 0},
	    {"AWSLogs/o-ABCDE12345/", TRAIL_UNKNOWN, false, 0},
	    {"AWSLogs/111122223333/", TRAIL_ACCOUNT, false, 0},
	    {"AWSLogs/11112222333/", TRAIL_UNKNOWN, false, 0},
	    {"AWSLogs/111122223333/CloudTrail/", TRAIL_SERVICE, false, 0},
	    {"AWSLogs/111122223333/CloudTrail-Digest/", TRAIL_UNUSED, false, 0},
	    {"AWSLogs/111122223333/CloudTrail-Insight/us-east-1/2026/", TRAIL_UNUSED, false, 0},
	    {"AWSLogs/o-abcde12345/111122223333/Config/", TRAIL_UNUSED, false, 0},
	    {"AWSLogs/111122223333/CloudTrail/us-", TRAIL_SERVICE, false, 0},
	    {TRAIL, TRAIL_REGION, false, sizeof(TRAIL) - 1},
	    {TRAIL "2026/11/", TRAIL_REGION, false, sizeof(TRAIL) - 1},
	    {ORG "2026/11/22/x.json.gz", TRAIL_REGION, false, sizeof(ORG) - 1},
	    {"AWSLogs/111122223333/CloudTrail/US EAST/", TRAIL_UNKNOWN, false, 0},
	    {"logins/", TRAIL_ROOT, true, 0},
	    {"logins/other/", TRAIL_OUTSIDE, false, 0},
	    {"logins/AWSLogs/111122223333/", TRAIL_ACCOUNT, false, 0},
	    {"logins/logins/111122223333/", TRAIL_SERVICE, true, 0},
	    {LOGINS, TRAIL_REGION, true, sizeof(LOGINS) - 1},
	    {"//AWSLogs//", TRAIL_UNKNOWN, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trail_place p = trail_place_of(span_of(cases[i].folder));

		if (p.level != cases[i].level)
			print_error("%s: %d\n", cases[i].folder, (int)p.level);
		assert_int_equal(p.level, cases[i].level);
		assert_int_equal(p.is_logins, cases[i].is_logins);
		assert_int_equal(p.region_len, cases[i].region_len);
	}
}

static void
test_steps(void **state)
{
	static const struct {
		const char *folder;
		enum trail_step events, logins;
	} cases[] = {
	    {"a/", TRAIL_LOOK, TRAIL_LOOK},
	    {"AWSLogs/", TRAIL_LOOK, TRAIL_LEAVE},
	    {"AWSLogs/o-abcde12345/", TRAIL_LOOK, TRAIL_LEAVE},
	    {"AWSLogs/111122223333/", TRAIL_LOOK, TRAIL_LEAVE},
	    {"AWSLogs/111122223333/CloudTrail/", TRAIL_LOOK, TRAIL_LEAVE},
	    {"AWSLogs/111122223333/CloudTrail-Digest/", TRAIL_LEAVE, TRAIL_LEAVE},
	    {"AWSLogs/111122223333/CloudTrail-Aggregated/", TRAIL_LEAVE, TRAIL_LEAVE},
	    {"AWSLogs/backup/", TRAIL_TAKE_ALL, TRAIL_LEAVE},
	    {TRAIL, TRAIL_TAKE_DAYS, TRAIL_LEAVE},
	    {"logins/", TRAIL_LOOK, TRAIL_LOOK},
	    {"logins/111122223333/", TRAIL_LEAVE, TRAIL_LOOK},
	    {LOGINS, TRAIL_LEAVE, TRAIL_TAKE_DAYS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trail_place p = trail_place_of(span_of(cases[i].folder));

		assert_int_equal(trail_step_of(&p, INPUT_EVENTS), cases[i].events);
		assert_int_equal(trail_step_of(&p, INPUT_LOGINS), cases[i].logins);
	}
}

static int64_t
time_at(const char *text)
{
	int64_t us = 0;

	assert_true(time_parse(span_of(text), &us));
	return us;
}

static void
assert_bound(bool has, int64_t day, const char *want)
{
	int64_t us;

	assert_int_equal(has, want != NULL);
	if (want == NULL)
		return;
	us = time_at(want);
	assert_int_equal(day, us / US_PER_DAY);
}

/* Delivery is later than the event, and credentials are issued up to 36 hours before their use. */
static void
test_days(void **state)
{
	static const struct {
		const char *from, *to;
		int64_t late_hours;
		const char *first, *last;
	} cases[] = {
	    {NULL, NULL, 24, NULL, NULL},
	    {"2026-03-02T00:00:00Z", NULL, 24, "2026-02-28T00:00:00Z", NULL},
	    {"2026-03-02T23:59:59Z", NULL, 24, "2026-02-28T00:00:00Z", NULL},
	    {NULL, "2026-03-02T23:59:59Z", 24, NULL, "2026-03-03T00:00:00Z"},
	    {NULL, "2026-03-03T00:00:00Z", 24, NULL, "2026-03-04T00:00:00Z"},
	    {NULL, "2026-03-02T23:59:59Z", 0, NULL, "2026-03-02T00:00:00Z"},
	    {NULL, "2026-03-02T12:00:00Z", 72, NULL, "2026-03-05T00:00:00Z"},
	    /* what may be delivered still has no end */
	    {NULL, "2026-03-09T12:00:00Z", 24, NULL, NULL},
	    {NULL, "2026-03-11T00:00:00Z", 0, NULL, NULL},
	};
	const int64_t now = time_at("2026-03-10T06:00:00Z");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t from = cases[i].from != NULL ? time_at(cases[i].from) : INT64_MIN;
		int64_t to = cases[i].to != NULL ? time_at(cases[i].to) : INT64_MAX;
		struct trail_days d =
		    trail_days_of_events(from, to, cases[i].late_hours * US_PER_HOUR, now);

		assert_bound(d.has_first, d.first, cases[i].first);
		assert_bound(d.has_last, d.last, cases[i].last);
	}
}

/* A part of a login log is in the folder of its last record, and may be shipped at any time later.
 */
static void
test_days_of_logins(void **state)
{
	int64_t from = time_at("2026-03-09T12:00:00Z");
	struct trail_days all = trail_days_of_logins(INT64_MIN, true);
	struct trail_days stay = trail_days_of_logins(from, true);
	struct trail_days part = trail_days_of_logins(from, false);

	(void)state;
	assert_false(all.has_first || all.has_last || stay.has_last || part.has_last);
	assert_bound(stay.has_first, stay.first, "2026-03-02T00:00:00Z");
	assert_bound(part.has_first, part.first, "2026-03-08T00:00:00Z");
}

static void
test_day_read(void **state)
{
	static const struct {
		const char *text;
		int64_t day; /* -1: none */
	} cases[] = {
	    {"1970/01/01/", 0},
	    {"2026/11/22/x", 20779},
	    {"2024/02/29/", 19782},
	    {"2026/02/29/", -1},
	    {"2026/13/01/", -1},
	    {"2026/00/01/", -1},
	    {"2026/01/00/", -1},
	    {"1969/12/31/", -1},
	    {"2026/1/1/abc", -1},
	    {"2026/11/22", -1},
	    {"2026-11-22/", -1},
	    {"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t day = -1;

		assert_int_equal(trail_day_read(span_of(cases[i].text), &day), cases[i].day >= 0);
		assert_int_equal(day, cases[i].day);
	}
}

static void
test_day_put(void **state)
{
	struct buf b;
	int64_t day;

	(void)state;
	buf_init(&b, 256);
	for (int64_t d = 0; d < 40000; d += 7) {
		buf_reset(&b);
		trail_put_day(&b, SPAN("r/"), d);
		assert_true(trail_day_read(span_from(buf_span(&b), 2), &day));
		assert_int_equal(day, d);
	}
	buf_reset(&b);
	trail_put_day(&b, SPAN(""), -5); /* two days before the first */
	assert_string_equal(buf_cstr(&b), "1970/01/01/");
	buf_clear(&b);
}

static void
test_wants(void **state)
{
	static const struct {
		const char *key;
		enum trail_want events, logins;
	} cases[] = {
	    {TRAIL "2026/11/20/x.json.gz", TRAIL_WANTED, TRAIL_OTHER_KIND},
	    {TRAIL "2026/11/22/x", TRAIL_WANTED, TRAIL_OTHER_KIND},
	    {TRAIL "2026/11/19/x", TRAIL_OTHER_DAY, TRAIL_OTHER_KIND},
	    {TRAIL "2026/11/23/x", TRAIL_OTHER_DAY, TRAIL_OTHER_KIND},
	    {TRAIL "notes.txt", TRAIL_OTHER_DAY, TRAIL_OTHER_KIND},
	    {ORG "2026/11/21/x y+z.json.gz", TRAIL_WANTED, TRAIL_OTHER_KIND},
	    {"AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/21/x", TRAIL_OTHER_KIND,
		TRAIL_OTHER_KIND},
	    {LOGINS "2026/11/21/i-0_x.jsonl.gz", TRAIL_OTHER_KIND, TRAIL_WANTED},
	    {LOGINS "2026/11/19/i-0_x.jsonl.gz", TRAIL_OTHER_KIND, TRAIL_OTHER_DAY},
	    {"copies/x.json", TRAIL_WANTED, TRAIL_WANTED},
	    /* CloudTrail's own names tell when they were delivered, wherever they are */
	    {"copies/111122223333_CloudTrail_us-east-1_20261121T0105Z_abcdefghij123456.json.gz",
		TRAIL_WANTED, TRAIL_WANTED},
	    {"copies/111122223333_CloudTrail_us-east-1_20261119T0105Z_abcdefghij123456.json.gz",
		TRAIL_OTHER_DAY, TRAIL_WANTED},
	    {"111122223333_CloudTrail_us-east-1_20261123T0105Z_abcdefghij123456.json.gz",
		TRAIL_OTHER_DAY, TRAIL_WANTED},
	};
	const struct trail_days days = {
	    true, true, calendar_days(2026, 11, 20), calendar_days(2026, 11, 22)};
	const struct trail_days all = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span key = span_of(cases[i].key);
		enum trail_want events = cases[i].events, logins = cases[i].logins;

		assert_int_equal(trail_want_of(key, INPUT_EVENTS, &days), events);
		assert_int_equal(trail_want_of(key, INPUT_LOGINS, &days), logins);
		assert_int_equal(trail_want_of(key, INPUT_EVENTS, &all),
		    events == TRAIL_OTHER_DAY ? TRAIL_WANTED : events);
		assert_int_equal(trail_want_of(key, INPUT_LOGINS, &all),
		    logins == TRAIL_OTHER_DAY ? TRAIL_WANTED : logins);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_days),
	    cmocka_unit_test(test_days_of_logins),
	    cmocka_unit_test(test_day_read),
	    cmocka_unit_test(test_day_put),
	    cmocka_unit_test(test_wants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
