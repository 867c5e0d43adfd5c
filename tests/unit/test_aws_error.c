/* SPDX-License-Identifier: Apache-2.0 */
/* What AWS says when it refuses, and what is said of that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "correlator/aws/aws_error.h"

#define XML       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NAMESPACE "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""

static void
read_answer(struct aws_error *e, const char *head, const char *text)
{
	struct aws_http_call http;

	aws_error_init(e);
	aws_http_call_init(&http);
	http.text.max = 1 << 20;
	buf_puts(&http.head, head);
	buf_puts(&http.text, text);
	aws_error_read(e, &http);
	aws_http_call_clear(&http);
}

static void
assert_buf(const struct buf *b, const char *expected)
{
	assert_int_equal(b->len, strlen(expected));
	assert_memory_equal(buf_span(b).ptr, expected, b->len);
}

static void
test_read(void **state)
{
	static const struct {
		const char *head, *text;
		const char *code, *message, *request_id, *region;
	} rows[] = {
	    {"x-amz-request-id: 4442587FB7D0A2F9\nx-amz-id-2: Uuag1LuByRx9e6j/+=\n",
		XML "<Error><Code>AccessDenied</Code><Message>Access Denied</Message>"
		    "<RequestId>4442587FB7D0A2F9</RequestId><HostId>Uuag</HostId></Error>",
		"AccessDenied", "Access Denied", "4442587FB7D0A2F9, Uuag1LuByRx9e6j/+=", ""},
	    {"",
		XML "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'x' is "
		    "wrong</Message><Region>eu-central-1</Region><RequestId>R1</RequestId></Error>",
		"AuthorizationHeaderMalformed", "the region 'x' is wrong", "R1", "eu-central-1"},
	    {"x-amz-bucket-region: us-west-2\n", "", "", "", "", "us-west-2"},
	    {"x-amz-bucket-region: us-west-2.evil.example\n", "", "", "", "", "us-west-2"},
	    {"x-amzn-requestid: aa-bb\n",
		"<ErrorResponse " NAMESPACE "><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
		"<Message>The token &lt;is&gt; "
		"expired</Message></Error><RequestId>cc-dd</RequestId>"
		"</ErrorResponse>",
		"ExpiredToken", "The token <is> expired", "aa-bb", ""},
	    {"x-amzn-requestid: aa-bb\n",
		"{\"__type\":\"com.amazonaws.cloudtrail.v20131101#InvalidNextTokenException\","
		"\"message\":\"a \\u0022token\\u0022\"}",
		"InvalidNextTokenException", "a \"token\"", "aa-bb", ""},
	    {"x-amzn-errortype: ThrottlingException:http://internal.amazon.com/coral/\n",
		"{\"Message\":\"Rate exceeded\"}", "ThrottlingException", "Rate exceeded", "", ""},
	    {"x-amzn-errortype: One\n", "{\"__type\":\"Two\",\"code\":\"Three\"}", "Two", "", "",
		""},
	    {"", "  \n{\"code\":\"Four\",\"message\":null}", "Four", "", "", ""},
	    /* the canonical request, and the session token in it, follow the first line */
	    {"",
		"{\"__type\":\"InvalidSignatureException\",\"message\":\"does not match\\n\\nThe "
		"Canonical String should have been\\nx-amz-security-token:SECRET\"}",
		"InvalidSignatureException", "does not match", "", ""},
	    /* what is none of this */
	    {"", "<html><body>502 Bad Gateway</body></html>", "", "", "", ""},
	    {"", "<Error><Code>Half", "", "", "", ""},
	    {"", "<!DOCTYPE a [<!ENTITY b \"c\">]><Error><Code>&b;</Code></Error>", "", "", "", ""},
	    {"", "{\"__type\":[1]}", "", "", "", ""},
	    {"", "{", "", "", "", ""},
	    {"", "no", "", "", "", ""},
	    {"x-amz-request-id: \x1b[31m\n", "<Error><Code>Bad\x7f</Code></Error>", "Bad", "", "",
		""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aws_error e;

		read_answer(&e, rows[i].head, rows[i].text);
		assert_string_equal(e.code, rows[i].code);
		assert_string_equal(e.region, rows[i].region);
		assert_buf(&e.message, rows[i].message);
		assert_buf(&e.request_id, rows[i].request_id);
		aws_error_clear(&e);
	}
}

/* However long the answer's parts are. */
static void
test_bounds(void **state)
{
	struct aws_error e;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_puts(&text, "{\"__type\":\"");
	for (int i = 0; i < 1000; i++)
		buf_puts(&text, "Code");
	buf_puts(&text, "\",\"message\":\"");
	for (int i = 0; i < 1000; i++)
		buf_puts(&text, "words ");
	buf_puts(&text, "\"}");
	read_answer(&e, "", buf_cstr(&text));
	assert_string_equal(e.code, "");
	assert_in_range(e.message.len, 100, 1000);
	aws_error_clear(&e);
	buf_clear(&text);
}

static void
test_denied(void **state)
{
	(void)state;
	assert_true(aws_error_is_denied(403, "AccessDenied"));
	assert_true(aws_error_is_denied(400, "AccessDeniedException"));
	assert_true(aws_error_is_denied(403, "")); /* HEAD */
	assert_false(aws_error_is_denied(403, "SignatureDoesNotMatch"));
	assert_false(aws_error_is_denied(404, ""));
}

static void
test_say(void **state)
{
	static const struct {
		const char *text;
		struct aws_error_place place;
		const char *says;
	} rows[] = {
	    {"<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>R1"
	     "</RequestId></Error>",
		{"s3", "ListObjectsV2", "s3:ListBucket", "arn:aws:s3:::trail", "environment", 403,
		    1},
		"s3 ListObjectsV2 answered 403 AccessDenied (request R1): grant s3:ListBucket on "
		"arn:aws:s3:::trail; it says \"Access Denied\""},
	    {"", {"s3", "HeadObject", "s3:GetObject", "arn:aws:s3:::trail/\x1b[31m", NULL, 403, 1},
		"s3 HeadObject answered 403: grant s3:GetObject on arn:aws:s3:::trail/\\x1b[31m"},
	    {"<Error><Code>AccessDenied</Code><Message>User: x is not authorized to perform: "
	     "kms:Decrypt</Message></Error>",
		{"s3", "GetObject", "s3:GetObject", "arn:aws:s3:::trail/*", NULL, 403, 1},
		"s3 GetObject answered 403 AccessDenied: grant kms:Decrypt on the key that the "
		"objects are encrypted with; it says \"User: x is not authorized to perform: "
		"kms:Decrypt\""},
	    {"{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}",
		{"cloudtrail", "LookupEvents", "cloudtrail:LookupEvents", NULL, NULL, 400, 1},
		"cloudtrail LookupEvents answered 400 AccessDeniedException: grant "
		"cloudtrail:LookupEvents on *; it says \"no\""},
	    {"<Error><Code>SlowDown</Code><Message>a\x1b[2Jb</Message></Error>",
		{"s3", "GetObject", "s3:GetObject", "arn:aws:s3:::trail/*", "imds", 503, 3},
		"s3 GetObject answered 503 SlowDown, 3 times"},
	    {"{\"__type\":\"ExpiredTokenException\",\"message\":\"a\\u001b[2Jb\"}",
		{"logs", "FilterLogEvents", "logs:FilterLogEvents", "*", "assume-role", 400, 2},
		"logs FilterLogEvents answered 400 ExpiredTokenException, 2 times: the credentials "
		"are those of provider assume-role; it says \"a\\x1b[2Jb\""},
	    {"", {"s3", "GetObject", NULL, NULL, NULL, 404, 1}, "s3 GetObject answered 404"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aws_error e;
		struct buf out;

		buf_init(&out, 4096);
		read_answer(&e, "", rows[i].text);
		aws_error_say(&out, &e, &rows[i].place);
		assert_string_equal(buf_cstr(&out), rows[i].says);
		aws_error_clear(&e);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_denied),
	    cmocka_unit_test(test_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
