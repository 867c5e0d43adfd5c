/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "common/time_text.h"
#include "common/time_zone.h"
#include "common/time_zone_rule.h"

static int64_t
at(const char *text)
{
	int64_t us = -1;

	assert_true(time_parse(span_of(text), &us));
	return us;
}

/* What python's zoneinfo makes of them; hours that come twice and hours that were skipped too. */
static void
test_zones(void **state)
{
	static const struct {
		const char *zone, *local, *utc;
	} cases[] = {
	    {"Europe/Berlin", "2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z"},
	    {"Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"},
	    {"Europe/Berlin", "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"},
	    {"Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"},
	    {"Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"},
	    {"Europe/Berlin", "2026-07-01T12:00:00Z", "2026-07-01T10:00:00Z"},
	    {"Europe/Berlin", "2061-07-01T12:00:00Z", "2061-07-01T10:00:00Z"},
	    {"Europe/Berlin", "2061-12-01T12:00:00Z", "2061-12-01T11:00:00Z"},
	    {"America/New_York", "2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z"},
	    {"America/New_York", "2026-03-08T02:30:00Z", "2026-03-08T07:30:00Z"},
	    {"America/New_York", "2088-07-04T00:00:00Z", "2088-07-04T04:00:00Z"},
	    {"Australia/Sydney", "2026-01-15T08:00:00Z", "2026-01-14T21:00:00Z"},
	    {"Australia/Sydney", "2055-01-15T08:00:00Z", "2055-01-14T21:00:00Z"},
	    {"Australia/Lord_Howe", "2026-04-05T01:45:00Z", "2026-04-04T14:45:00Z"},
	    {"Asia/Kolkata", "2026-11-22T11:52:40Z", "2026-11-22T06:22:40Z"},
	    {"America/St_Johns", "2026-06-01T00:00:00Z", "2026-06-01T02:30:00Z"},
	    {"Europe/Dublin", "2050-07-01T00:00:00Z", "2050-06-30T23:00:00Z"},
	    {"Europe/Dublin", "2050-01-01T00:00:00Z", "2050-01-01T00:00:00Z"},
	    {"America/Nuuk", "2050-07-01T00:00:00Z", "2050-07-01T01:00:00Z"},
	    {"Pacific/Kiritimati", "2026-01-01T00:00:00Z", "2025-12-31T10:00:00Z"},
	    {"Asia/Tokyo", "1985-05-05T05:05:05Z", "1985-05-04T20:05:05Z"},
	    {"UTC", "2026-11-22T06:22:40Z", "2026-11-22T06:22:40Z"},
	    {"Z", "2026-11-22T06:22:40Z", "2026-11-22T06:22:40Z"},
	    {"+01:00", "2026-11-22T06:22:40Z", "2026-11-22T05:22:40Z"},
	    {"-0330", "2026-11-22T06:22:40.5Z", "2026-11-22T09:52:40.5Z"},
	    {"+14", "2026-01-01T00:00:00Z", "2025-12-31T10:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct time_zone *z = time_zone_open(cases[i].zone);

		if (z == NULL)
			fail_msg("not known: %s", cases[i].zone);
		if (time_zone_to_utc(z, at(cases[i].local)) != at(cases[i].utc))
			fail_msg("%s %s is not %s", cases[i].zone, cases[i].local, cases[i].utc);
		time_zone_close(z);
	}
	assert_int_equal(time_zone_to_utc(NULL, 12345), 12345);
	time_zone_close(NULL);
}

static void
test_unknown(void **state)
{
	static const char *const names[] = {"", "Europe/Nowhere", "Europe", "../../etc/passwd",
	    "/usr/share/zoneinfo/UTC", "Europe/../UTC", "+", "+1", "+25:00", "+01:60", "+01:00x",
	    "01:00", "Europe/Berlin ", "zone.tab", "CET\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (time_zone_open(names[i]) != NULL)
			fail_msg("taken for a zone: %s", names[i]);
	}
	assert_null(time_zone_open(NULL));
}

static void
test_rules(void **state)
{
	static const char *const wrong[] = {"", "CET", "CET-1CEST", "CET-1CEST,M3.5.0",
	    "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x",
	    "<CET-1", "CET-1CEST,J0,J60", "CET-25", "CET-1:60"};
	struct time_zone_rule rule;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (time_zone_rule_parse(span_of(wrong[i]), &rule))
			fail_msg("taken for a rule: %s", wrong[i]);
	}
	assert_true(time_zone_rule_parse(SPAN("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), &rule));
	assert_int_equal(
	    time_zone_rule_offset(&rule, at("2060-03-28T01:00:00Z") / US_PER_SECOND), -3600);
	assert_int_equal(
	    time_zone_rule_offset(&rule, at("2060-03-28T00:59:59Z") / US_PER_SECOND), -7200);
	assert_true(
	    time_zone_rule_parse(SPAN("A3B,J60/0,300/0"), &rule)); /* 1 March, leap or not */
	assert_int_equal(
	    time_zone_rule_offset(&rule, at("2028-03-01T02:59:59Z") / US_PER_SECOND), -10800);
	assert_int_equal(
	    time_zone_rule_offset(&rule, at("2028-03-01T03:00:00Z") / US_PER_SECOND), -7200);
	assert_int_equal(
	    time_zone_rule_offset(&rule, at("2027-03-01T03:00:00Z") / US_PER_SECOND), -7200);
}

/* Every shortened form of a zone's file is refused or read, and no more. */
static void
test_damaged(void **state)
{
	char folder[] = "/tmp/test_time_zone.XXXXXX", path[64], bytes[8192];
	int fd = open("/usr/share/zoneinfo/Europe/Berlin", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)state;
	assert_true(n > 100);
	assert_int_equal(close(fd), 0);
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/Zone", folder);
	assert_int_equal(setenv("TZDIR", folder, 1), 0);
	for (ssize_t len = 0; len < n - 1; len += 7) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		assert_int_equal(write(fd, bytes, (size_t)len), len);
		assert_int_equal(close(fd), 0);
		if (len < n - 30 && time_zone_open("Zone") != NULL)
			fail_msg("%zd bytes of %zd taken for a zone", len, n);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(unsetenv("TZDIR"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_zones),
	    cmocka_unit_test(test_unknown),
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
