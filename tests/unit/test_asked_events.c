/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of APIs, and what their answers say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/events/event.h"
#include "correlator/remote/caller_account.h"
#include "correlator/remote/log_events.h"
#include "correlator/remote/log_page.h"
#include "correlator/remote/lookup_page.h"

static int64_t
at(const char *text)
{
	int64_t us = 0;

	assert_true(time_parse(span_of(text), &us));
	return us;
}

/* Whatever the correlator has a use for is asked for, and nothing else. */
static void
test_names(void **state)
{
	static const char *const sources[] = {"ec2-instance-connect.amazonaws.com",
	    "sts.amazonaws.com", "sso.amazonaws.com", "signin.amazonaws.com"};
	const char *name;
	size_t count = 0;

	(void)state;
	assert_string_equal(asked_event_name(0), "SendSSHPublicKey");
	for (; (name = asked_event_name(count)) != NULL; count++) {
		enum event_kind kind = EVENT_OTHER;

		for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
			struct record_header header = {
			    .event_source = span_of(sources[i]), .event_name = span_of(name)};

			if (event_kind_of(&header) != EVENT_OTHER)
				kind = event_kind_of(&header);
		}
		if (kind == EVENT_OTHER)
			fail_msg("of no use: %s", name);
		assert_int_equal(kind == EVENT_ISSUE, count >= ASKED_EVENTS_CONNECT);
	}
	assert_int_equal(count, ASKED_EVENTS_CONNECT + ISSUE_KINDS - 1);
	assert_int_equal(ASKED_EVENTS_CONNECT, EVENT_ISSUE - EVENT_OTHER - 1);
}

static void
test_spans(void **state)
{
	static const struct {
		const char *from, *to; /* of the logins; NULL: not given */
		bool is_issue, whole_days;
		const char *asked_from, *asked_to;
	} cases[] = {
	    {NULL, NULL, false, false, "2026-08-25T12:00:00Z", "2026-11-23T12:00:00Z"},
	    {NULL, NULL, true, true, "2026-08-26T00:00:00Z", "2026-11-23T12:00:00Z"},
	    {"2026-11-20T06:00:00Z", NULL, false, false, "2026-10-21T06:00:00Z",
		"2026-11-23T12:00:00Z"},
	    {"2026-11-20T06:00:00Z", "2026-11-21T06:00:00Z", true, false, "2026-11-17T06:00:00Z",
		"2026-11-21T07:00:00Z"},
	    {"2026-11-20T06:00:00Z", "2026-11-21T06:00:00Z", true, true, "2026-11-18T00:00:00Z",
		"2026-11-21T07:00:00Z"},
	    {"2026-09-01T00:00:00Z", "2026-11-23T11:30:00Z", false, false, "2026-08-25T12:00:00Z",
		"2026-11-23T12:00:00Z"},
	    {"2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", false, false, "2026-08-25T12:00:00Z",
		"2026-08-25T12:00:00Z"},
	    {"2027-01-01T00:00:00Z", NULL, true, false, "2026-11-23T12:00:00Z",
		"2026-11-23T12:00:00Z"},
	};
	char text[TIME_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct asked_events a = {
		    .from_us = cases[i].from != NULL ? at(cases[i].from) : INT64_MIN,
		    .to_us = cases[i].to != NULL ? at(cases[i].to) : INT64_MAX,
		    .now_us = at("2026-11-23T12:00:00Z"),
		    .whole_days = cases[i].whole_days,
		};
		struct asked_span s =
		    asked_events_span(&a, cases[i].is_issue, at("2026-08-25T12:00:00Z"));

		assert_string_equal(time_format(text, s.from_us, 0), cases[i].asked_from);
		assert_string_equal(time_format(text, s.to_us, 0), cases[i].asked_to);
	}
}

static void
test_lookup_asks(void **state)
{
	const struct asked_span span = {at("2026-11-20T06:00:00.5Z"), at("2026-11-21T06:00:00.5Z")};
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	lookup_page_ask(&out, "SendSSHPublicKey", span, SPAN_NONE);
	assert_string_equal(buf_cstr(&out),
	    "{\"LookupAttributes\":[{\"AttributeKey\":\"EventName\",\"AttributeValue\":"
	    "\"SendSSHPublicKey\"}],\"StartTime\":1795154400,\"EndTime\":1795240801,"
	    "\"MaxResults\":50}");
	buf_reset(&out);
	lookup_page_ask(&out, "OpenTunnel", span, SPAN("a\"b"));
	assert_non_null(strstr(buf_cstr(&out), ",\"MaxResults\":50,\"NextToken\":\"a\\\"b\"}"));
	buf_clear(&out);
}

static void
test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
	    {"1795330526", 1795330526000000},
	    {"1795330526.0", 1795330526000000},
	    {"1.795330526E9", 1795330526000000},
	    {"1.795330526e+9", 1795330526000000},
	    {"0", 0},
	    {"-1", INT64_MIN},
	    {"1e300", INT64_MIN},
	    {"", INT64_MIN},
	    {"nan", INT64_MIN},
	    {"1795330526x", INT64_MIN},
	    {"00000000000000000000000000000000000000000001", INT64_MIN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(lookup_page_time(span_of(cases[i].text)), cases[i].us);
}

/* Puts "TIME TEXT;" for each item. */
static int
put_item(void *ctx, int64_t time_us, struct span item)
{
	struct buf *out = ctx;

	if (span_starts(item, "{\"stop\":1"))
		return -3;
	buf_printf(out, "%lld ", (long long)(time_us == INT64_MIN ? -1 : time_us / US_PER_SECOND));
	buf_put_span(out, item);
	buf_putc(out, ';');
	return 0;
}

struct answer {
	const char *text;
	int result;
	const char *items, *token;
};

typedef int page_read(struct span text, int (*item)(void *ctx, int64_t time_us, struct span item),
    void *ctx, struct buf *token);

static void
check_answers(page_read *read, const struct answer *cases, size_t count)
{
	struct buf items, token;

	buf_init(&items, 4096);
	buf_init(&token, 16);
	for (size_t i = 0; i < count; i++) {
		buf_reset(&items);
		buf_reset(&token);
		if (read(span_of(cases[i].text), put_item, &items, &token) != cases[i].result)
			fail_msg("another result: %s", cases[i].text);
		assert_string_equal(buf_cstr(&items), cases[i].items);
		if (cases[i].token == NULL)
			assert_true(token.failed);
		else
			assert_string_equal(buf_cstr(&token), cases[i].token);
	}
	buf_clear(&items);
	buf_clear(&token);
}

#define RECORD "\"CloudTrailEvent\":\"{\\\"a\\\":1}\""

static void
test_lookup_answers(void **state)
{
	static const struct answer cases[] = {
	    {"{\"Events\":[]}", 0, "", ""},
	    {"{\"Events\":[{\"EventTime\":5," RECORD "},{" RECORD "}],\"NextToken\":\"t\\u0041\"}",
		0, "5 {\"EventTime\":5," RECORD "};-1 {" RECORD "};", "tA"},
	    {"{\"NextToken\":\"x\",\"Events\":[{" RECORD ",\"EventTime\":1.5E1}],\"More\":{}}", 0,
		"15 {" RECORD ",\"EventTime\":1.5E1};", "x"},
	    {"{\"Events\":[],\"NextToken\":null}", 0, "", ""},
	    {"{\"Events\":[{" RECORD ",\"EventTime\":\"5\"}]}", 0,
		"-1 {" RECORD ",\"EventTime\":\"5\"};", ""},
	    {"{\"Events\":[],\"NextToken\":\"0123456789abcdef+\"}", 0, "", NULL},
	    {"{\"Events\":[{\"stop\":1," RECORD "},{" RECORD "}]}", -3, "", ""},
	    /* what can be read is told */
	    {"{\"Events\":[1,{" RECORD "}],\"NextToken\":\"x\"}", -2, "-1 {" RECORD "};", ""},
	    {"{\"Events\":[{" RECORD "},null]}", -2, "-1 {" RECORD "};", ""},
	    {"{\"Events\":[{" RECORD "},{}]}", -2, "-1 {" RECORD "};", ""},
	    {"{\"Events\":[{\"CloudTrailEvent\":null}]}", -2, "", ""},
	    {"{\"Events\":[{\"CloudTrailEvent\":{}}]}", -2, "", ""},
	    {"{\"Events\":[{\"CloudTrailEvent\":\"\"}]}", -2, "", ""},
	    {"{\"Events\":[{\"CloudTrailEvent\":\"[1]\"}]}", -2, "", ""},
	    {"{\"Events\":[{\"CloudTrailEvent\":\"{\\\"a\\\":\"}]}", -2, "", ""},
	    {"{\"Events\":[{" RECORD "},{\"b\":", -2, "-1 {" RECORD "};", ""},
	    {"{\"Events\":[{" RECORD "}],\"NextToken\":5}", -2, "-1 {" RECORD "};", ""},
	    {"{\"Events\":[],\"NextToken\":[]}", -2, "", ""},
	    {"{\"NextToken\":\"x\"}", -2, "", ""},
	    {"{\"Events\":{}}", -2, "", ""},
	    {"[]", -2, "", ""},
	    {"", -2, "", ""},
	    {"<html>", -2, "", ""},
	};

	(void)state;
	check_answers(lookup_page_read, cases, sizeof(cases) / sizeof(cases[0]));
}

static void
test_log_answers(void **state)
{
	static const struct answer cases[] = {
	    {"{\"events\":[],\"searchedLogStreams\":[]}", 0, "", ""},
	    {"{\"events\":[{\"timestamp\":5000,\"message\":\"{\\\"a\\\":\\\"\\\\u00e4\\\"}\"},"
	     "{\"message\":\"two\\nlines\\r\\n\"}],\"nextToken\":\"x\"}",
		0, "5 {\"a\":\"\\u00e4\"};-1 two lines  ;", "x"},
	    {"{\"events\":[{\"timestamp\":-5,\"message\":\"a\"},{\"timestamp\":9e9,\"message\":"
	     "\"b\"},"
	     "{\"timestamp\":7},{\"message\":\"\"},{\"message\":7},[],8]}",
		0, "-1 a;-1 b;", ""},
	    {"{\"events\":[{\"message\":\"{\\\"stop\\\":1}\"},{\"message\":\"a\"}]}", -3, "", ""},
	    {"{\"events\":[{\"message\":\"a\"},{\"message\":\"b", -2, "-1 a;", ""},
	    {"{\"message\":\"Rate exceeded\"}", -2, "", ""},
	    {"{\"events\":[{\"message\":\"a\"}],\"nextToken\":7}", -2, "-1 a;", ""},
	    {"{\"events\":\"\"}", -2, "", ""},
	    {"nothing", -2, "", ""},
	};

	(void)state;
	check_answers(log_page_read, cases, sizeof(cases) / sizeof(cases[0]));
}

static void
test_log_asks(void **state)
{
	const struct asked_span span = {1500, 1700};
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	log_page_ask(&out, "trail", span, false, SPAN("t"));
	assert_string_equal(buf_cstr(&out),
	    "{\"logGroupName\":\"trail\",\"startTime\":1,\"endTime\":2,\"filterPattern\":"
	    "\"{ ($.eventName = \\\"SendSSHPublicKey\\\") || ($.eventName = "
	    "\\\"SendSerialConsoleSSHPublicKey\\\") || ($.eventName = \\\"OpenTunnel\\\") }\","
	    "\"limit\":10000,\"nextToken\":\"t\"}");
	buf_reset(&out);
	log_page_ask(
	    &out, "arn:aws:logs:us-east-1:111122223333:log-group:a", span, true, SPAN_NONE);
	assert_non_null(strstr(buf_cstr(&out),
	    "{\"logGroupIdentifier\":\"arn:aws:logs:us-east-1:111122223333:log-group:a\","));
	assert_non_null(strstr(out.ptr, "($.eventName = \\\"CreateOAuth2Token\\\") }\""));
	buf_reset(&out);
	log_page_put_filter(&out, true);
	assert_true(out.len <= 1024); /* of the API */
	buf_clear(&out);
}

static void
test_group_arns(void **state)
{
	static const struct {
		const char *text, *region, *account, *name; /* region NULL: no such ARN */
	} cases[] = {
	    {"arn:aws:logs:us-east-1:111122223333:log-group:trail", "us-east-1", "111122223333",
		"trail"},
	    {"arn:aws-cn:logs:cn-north-1:111122223333:log-group:/a/b.c:*", "cn-north-1",
		"111122223333", "/a/b.c"},
	    {"arn:aws:logs:us-east-1:111122223333:log-group:trail:log-stream:x", NULL, NULL, NULL},
	    {"arn:aws:logs:us-east-1:111122223333:log-group:", NULL, NULL, NULL},
	    {"arn:aws:logs:us-east-1::log-group:trail", NULL, NULL, NULL},
	    {"arn:aws:logs::111122223333:log-group:trail", NULL, NULL, NULL},
	    {"arn:aws:s3:::bucket", NULL, NULL, NULL},
	    {"trail", NULL, NULL, NULL},
	    {"", NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct log_group_arn arn;
		bool is_arn = log_group_arn_parse(cases[i].text, &arn);

		if (is_arn != (cases[i].region != NULL))
			fail_msg("misread: %s", cases[i].text);
		if (!is_arn)
			continue;
		assert_true(span_is(arn.region, cases[i].region));
		assert_true(span_is(arn.account_id, cases[i].account));
		assert_true(span_is(arn.name, cases[i].name));
	}
}

#define IDENTITY(inside)                                                                           \
	"<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"          \
	"<GetCallerIdentityResult><Arn>x</Arn>" inside                                             \
	"</GetCallerIdentityResult></GetCallerIdentityResponse>"

static void
test_accounts(void **state)
{
	static const struct {
		const char *xml;
		const char *account; /* "": none */
	} cases[] = {
	    {IDENTITY("<Account>111122223333</Account>"), "111122223333"},
	    {IDENTITY("<Account>11112222333</Account>"), ""},
	    {IDENTITY("<Account>../../222233</Account>"), ""},
	    {IDENTITY("<Other><Account>111122223333</Account></Other>"), ""},
	    {IDENTITY(""), ""},
	    {"<Account>111122223333</Account>", ""},
	    {"{\"Account\":\"111122223333\"}", ""},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char account[CALLER_ACCOUNT_LEN + 1];
		int r = caller_account_read(span_of(cases[i].xml), account);

		assert_string_equal(account, cases[i].account);
		assert_int_equal(r, cases[i].account[0] != '\0' ? 0 : -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_spans),
	    cmocka_unit_test(test_lookup_asks),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_lookup_answers),
	    cmocka_unit_test(test_log_answers),
	    cmocka_unit_test(test_log_asks),
	    cmocka_unit_test(test_group_arns),
	    cmocka_unit_test(test_accounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
