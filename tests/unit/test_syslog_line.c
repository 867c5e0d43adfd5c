/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/syslog/syslog_line.h"

static int64_t
at(const char *text)
{
	int64_t us = -1;

	assert_true(time_parse(span_of(text), &us));
	return us;
}

static void
expect(const char *line, const char *field, struct span got, const char *wanted)
{
	if (wanted == NULL ? got.ptr != NULL : !span_is(got, wanted))
		fail_msg("%s: %s is '%.*s'", line, field, (int)got.len,
		    got.ptr != NULL ? got.ptr : "(absent)");
}

static void
test_lines(void **state)
{
	static const struct {
		const char *text;
		enum syslog_stamp_kind stamp;
		const char *time, *host, *tag;
		int pid;
		const char *message;
	} cases[] = {
	    {"Nov 22 06:22:40 web-1 sshd[123]: hello", STAMP_NO_YEAR, "1972-11-22T06:22:40Z",
		"web-1", "sshd", 123, "hello"},
	    {"Nov  2 06:22:40 web-1 sshd[123]: hello", STAMP_NO_YEAR, "1972-11-02T06:22:40Z",
		"web-1", "sshd", 123, "hello"},
	    {"Feb 29 23:59:59.123456 h sshd: x", STAMP_NO_YEAR, "1972-02-29T23:59:59.123456Z", "h",
		"sshd", -1, "x"},
	    {"<86>Nov 22 06:22:40 h sshd[1]: x\r", STAMP_NO_YEAR, "1972-11-22T06:22:40Z", "h",
		"sshd", 1, "x"},
	    {"2026-11-22T06:22:40.123456+00:00 h sshd[1]: x", STAMP_ABSOLUTE,
		"2026-11-22T06:22:40.123456Z", "h", "sshd", 1, "x"},
	    {"2026-11-22T06:22:40+01:00 h sshd[1]: x", STAMP_ABSOLUTE, "2026-11-22T05:22:40Z", "h",
		"sshd", 1, "x"},
	    {"2026-11-22T06:22:40Z h sshd[1]: x", STAMP_ABSOLUTE, "2026-11-22T06:22:40Z", "h",
		"sshd", 1, "x"},
	    {"2026-11-22T06:22:40-0330 h sshd[1]: x", STAMP_ABSOLUTE, "2026-11-22T09:52:40Z", "h",
		"sshd", 1, "x"},
	    {"2026-11-22T06:22:40.000123+0000 h sshd-session[1]: x", STAMP_ABSOLUTE,
		"2026-11-22T06:22:40.000123Z", "h", "sshd-session", 1, "x"},
	    {"2026-11-22T06:22:40 h sshd[1]: x", STAMP_NO_ZONE, "2026-11-22T06:22:40Z", "h", "sshd",
		1, "x"},
	    {"Sun 2026-11-22 06:22:40 UTC h sshd[1]: x", STAMP_ABSOLUTE, "2026-11-22T06:22:40Z",
		"h", "sshd", 1, "x"},
	    {"Sun 2026-11-22 06:22:40.5 GMT h sshd[1]: x", STAMP_ABSOLUTE, "2026-11-22T06:22:40.5Z",
		"h", "sshd", 1, "x"},
	    {"Sun 2026-11-22 06:22:40 CET h sshd[1]: x", STAMP_NO_ZONE, "2026-11-22T06:22:40Z", "h",
		"sshd", 1, "x"},
	    {"Sun 2026-11-22 06:22:40 +03 h sshd[1]: x", STAMP_NO_ZONE, "2026-11-22T06:22:40Z", "h",
		"sshd", 1, "x"},
	    {"1795328560.123456 h sshd[1]: x", STAMP_ABSOLUTE, "2026-11-22T06:22:40.123456Z", "h",
		"sshd", 1, "x"},
	    {"<86>1 2026-11-22T06:22:40.003Z h sshd 123 - - hello", STAMP_ABSOLUTE,
		"2026-11-22T06:22:40.003Z", "h", "sshd", 123, "hello"},
	    {"<86>1 2026-11-22T06:22:40Z h sshd - - [a b=\"]\\\"\"][c] \xef\xbb\xbfhello",
		STAMP_ABSOLUTE, "2026-11-22T06:22:40Z", "h", "sshd", -1, "hello"},
	    {"Nov 22 06:22:40 h last message repeated 2 times", STAMP_NO_YEAR,
		"1972-11-22T06:22:40Z", "h", NULL, -1, "last message repeated 2 times"},
	    {"Nov 22 06:22:40 h su: sshd[1]: Accepted", STAMP_NO_YEAR, "1972-11-22T06:22:40Z", "h",
		"su", -1, "sshd[1]: Accepted"},
	    {"Nov 22 06:22:40 h sshd[x]: y", STAMP_NO_YEAR, "1972-11-22T06:22:40Z", "h", "sshd", -1,
		"y"},
	    {"Nov 22 06:22:40 h sshd[1: y", STAMP_NO_YEAR, "1972-11-22T06:22:40Z", "h", NULL, -1,
		"sshd[1: y"},
	    {"Nov 22 06:22:40 h ", STAMP_NO_YEAR, "1972-11-22T06:22:40Z", "h", NULL, -1, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct syslog_line line;

		if (!syslog_line_parse(span_of(cases[i].text), &line))
			fail_msg("not read: %s", cases[i].text);
		if (line.stamp != cases[i].stamp || line.time_us != at(cases[i].time))
			fail_msg("%s: %d %lld", cases[i].text, line.stamp, (long long)line.time_us);
		expect(cases[i].text, "host", line.host, cases[i].host);
		expect(cases[i].text, "tag", line.tag, cases[i].tag);
		expect(cases[i].text, "message", line.message, cases[i].message);
		assert_int_equal(line.pid, cases[i].pid);
		assert_int_equal(line.uid, -1);
		assert_false(line.is_journal);
		assert_true(syslog_text_is(span_of(cases[i].text)));
	}
}

static void
test_not_lines(void **state)
{
	static const char *const texts[] = {"", " ", "hello", "Nov 22 06:22:40", "Nov 22 06:22:40 ",
	    "Nov 31 06:22:40 h sshd[1]: x", "Feb 30 06:22:40 h x", "nov 22 06:22:40 h x",
	    "Nov 22 24:22:40 h x", "Nov 22 06:22 h x", "Nov 22 06:22:40Z h x",
	    "Nov 222 06:22:40 h x", "2026-13-22T06:22:40Z h x", "2026-11-22T06:22Z h x",
	    "2026-11-22 06:22:40 h x", "Sun 2026-11-22 06:22:40 h sshd[1]: x",
	    "Son 2026-11-22 06:22:40 UTC h x", "1795328560 h sshd[1]: x", "1795328560.12345x h x",
	    "<86>1 2026-11-22T06:22:40Z h sshd", "<86>1 2026-11-22T06:22:40Z h sshd - - [a",
	    "-- Boot 1234 --", "{\"a\":1}", "type=USER_LOGIN msg=audit(1795328560.123:42): x"};
	struct syslog_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (syslog_line_parse(span_of(texts[i]), &line))
			fail_msg("read: %s", texts[i]);
		assert_false(syslog_text_is(span_of(texts[i])));
	}
	assert_true(syslog_text_is(SPAN("-- Logs begin --\nNov 22 06:22:40 h x\n")));
}

#define TIME "\"__REALTIME_TIMESTAMP\":\"1795328560500000\""

static void
test_journal(void **state)
{
	static const char entry[] = "{" TIME ",\"_SOURCE_REALTIME_TIMESTAMP\":\"1795328560400000\","
				    "\"_HOSTNAME\":\"web-1\",\"SYSLOG_IDENTIFIER\":\"sshd\","
				    "\"SYSLOG_PID\":\"77\",\"_PID\":\"78\",\"_UID\":\"0\","
				    "\"_AUDIT_SESSION\":\"42\",\"_BOOT_ID\":"
				    "\"0123456789abcdef0123456789abcdef\",\"PRIORITY\":\"6\","
				    "\"MESSAGE\":\"a\\tb \\u00fc\"}";
	struct syslog_line line;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1 << 16);
	assert_true(syslog_journal_parse(span_of(entry), &scratch, &line));
	assert_int_equal(line.stamp, STAMP_ABSOLUTE);
	assert_int_equal(line.time_us, INT64_C(1795328560400000));
	assert_true(span_is(line.host, "web-1") && span_is(line.tag, "sshd"));
	assert_true(span_is(line.message, "a\tb \xc3\xbc"));
	assert_true(span_is(line.boot_id, "01234567-89ab-cdef-0123-456789abcdef"));
	assert_int_equal(line.pid, 78);
	assert_int_equal(line.uid, 0);
	assert_int_equal(line.audit_session, 42);
	assert_true(line.is_journal);
	buf_clear(&scratch);
}

static void
test_journal_forms(void **state)
{
	static const struct {
		const char *entry, *message; /* NULL: refused */
		int64_t time_us;
		int uid;
	} cases[] = {
	    {"{" TIME ",\"MESSAGE\":[65,195,188,0,\"x\",999,66]}", "A\xc3\xbc B", 1795328560500000,
		-1},
	    {"{" TIME ",\"MESSAGE\":null,\"_UID\":\"1000\"}", "", 1795328560500000, 1000},
	    {"{" TIME ",\"MESSAGE\":\"x\",\"_UID\":\"-1\",\"_BOOT_ID\":\"xyz\"}", "x",
		1795328560500000, -1},
	    /* sent long before, or after, it was received: the clock was set between the two */
	    {"{" TIME ",\"MESSAGE\":\"x\",\"_SOURCE_REALTIME_TIMESTAMP\":\"1795320000000000\"}",
		"x", 1795328560500000, -1},
	    {"{" TIME ",\"MESSAGE\":\"x\",\"_SOURCE_REALTIME_TIMESTAMP\":\"1795328563500000\"}",
		"x", 1795328560500000, -1},
	    {"{" TIME ",\"MESSAGE\":\"x\",\"_SOURCE_REALTIME_TIMESTAMP\":\"y\"}", "x",
		1795328560500000, -1},
	    {"{" TIME "}", NULL, 0, 0},
	    {"{\"MESSAGE\":\"x\"}", NULL, 0, 0},
	    {"{\"__REALTIME_TIMESTAMP\":\"99999999999999999999\",\"MESSAGE\":\"x\"}", NULL, 0, 0},
	    {"{" TIME ",\"MESSAGE\":\"x\"", NULL, 0, 0},
	    {"[]", NULL, 0, 0},
	    {"", NULL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct syslog_line line;
		struct buf scratch;
		bool ok;

		buf_init(&scratch, 1 << 16);
		ok = syslog_journal_parse(span_of(cases[i].entry), &scratch, &line);
		if (ok != (cases[i].message != NULL))
			fail_msg("%s", cases[i].entry);
		if (ok) {
			expect(cases[i].entry, "message", line.message, cases[i].message);
			assert_int_equal(line.time_us, cases[i].time_us);
			assert_int_equal(line.uid, cases[i].uid);
			assert_null(line.boot_id.ptr);
		}
		buf_clear(&scratch);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_not_lines),
	    cmocka_unit_test(test_journal),
	    cmocka_unit_test(test_journal_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
