/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/time_text.h"
#include "correlator/scan/same_hour.h"

#define TIME    "2026-03-01T05:59:40Z"
#define ACCOUNT "111122223333"
#define REGION  "eu-central-1"

static const struct {
	const char *name, *time, *account, *region;
	bool same;
} cases[] = {
    {"the same", TIME, ACCOUNT, REGION, true},
    {"another second", "2026-03-01T05:00:00Z", ACCOUNT, REGION, true},
    {"the hour's last", "2026-03-01T05:59:59Z", ACCOUNT, REGION, true},
    {"another hour", "2026-03-01T06:00:00Z", ACCOUNT, REGION, false},
    {"another day", "2026-03-02T05:59:40Z", ACCOUNT, REGION, false},
    {"a leap second", "2026-03-01T05:59:60Z", ACCOUNT, REGION, false},
    {"no minute", "2026-03-01T05:60:00Z", ACCOUNT, REGION, false},
    {"no digit", "2026-03-01T05:5/:00Z", ACCOUNT, REGION, false},
    {"no digit, above", "2026-03-01T05:00:0:Z", ACCOUNT, REGION, false},
    {"another zone", "2026-03-01T05:59:40+", ACCOUNT, REGION, false},
    {"longer", "2026-03-01T05:59:40Zx", ACCOUNT, REGION, false},
    {"another account", TIME, "111122223334", REGION, false},
    {"another account, first digit", TIME, "211122223333", REGION, false},
    {"a shorter account", TIME, "11112222333", REGION, false},
    {"another region", TIME, ACCOUNT, "eu-central-2", false},
    {"another region, middle letter", TIME, ACCOUNT, "eu-cEntral-1", false},
    {"a short region", TIME, ACCOUNT, "x", false},
};

static struct record_header
header_of(const char *time, const char *account, const char *region)
{
	return (struct record_header){
	    .event_time = span_of(time),
	    .recipient_account_id = span_of(account),
	    .aws_region = span_of(region),
	};
}

static void
note(struct same_hour *s, const char *time, const char *account, const char *region)
{
	struct record_header h = header_of(time, account, region);
	int64_t time_us;

	assert_true(time_parse(h.event_time, &time_us));
	same_hour_note(s, &h, time_us);
}

static bool
is_same(const struct same_hour *s, const char *time, const char *account, const char *region)
{
	struct record_header h = header_of(time, account, region);
	int64_t time_us, parsed_us;

	if (!same_hour_is(s, &h, &time_us))
		return false;
	assert_true(time_parse(h.event_time, &parsed_us));
	assert_int_equal(time_us, parsed_us);
	return true;
}

static void
test_cases(void **state)
{
	struct same_hour s = {0};

	(void)state;
	assert_false(is_same(&s, TIME, ACCOUNT, REGION));
	note(&s, TIME, ACCOUNT, REGION);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (is_same(&s, cases[i].time, cases[i].account, cases[i].region) != cases[i].same)
			fail_msg("%s", cases[i].name);
	same_hour_forget(&s);
	assert_false(is_same(&s, TIME, ACCOUNT, REGION));
}

/* Short and long names, and what is not noted. */
static void
test_notes(void **state)
{
	static const char *const regions[] = {"x", "eastern", "westerns", "a-region-of-16-b",
	    "a-region-of-17-bb", "a-region-with-a-name-of-32-bytes"};
	struct same_hour s = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		note(&s, TIME, ACCOUNT, regions[i]);
		assert_true(is_same(&s, TIME, ACCOUNT, regions[i]));
	}
	note(&s, TIME, ACCOUNT, "a-region-with-a-name-of-33-bytes-");
	assert_false(is_same(&s, TIME, ACCOUNT, "a-region-with-a-name-of-33-bytes-"));
	note(&s, TIME, "", REGION);
	assert_false(is_same(&s, TIME, "", REGION));
	note(&s, TIME, ACCOUNT, "\\u0065u");
	assert_false(is_same(&s, TIME, ACCOUNT, "\\u0065u"));
	note(&s, "2026-03-01T05:59:60Z", ACCOUNT, REGION);
	assert_false(is_same(&s, TIME, ACCOUNT, REGION));
	note(&s, "2026-03-01T05:59:40.5Z", ACCOUNT, REGION);
	assert_false(is_same(&s, TIME, ACCOUNT, REGION));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
