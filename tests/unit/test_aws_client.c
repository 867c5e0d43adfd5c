/* SPDX-License-Identifier: Apache-2.0 */
/* Signed requests to a server that throttles, breaks off, sends elsewhere, and lives in another
 * time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/aws_client_fixture.h"

#define SLOW_DOWN                                                                                  \
	"HTTP/1.1 503 Slow Down\r\nContent-Length: 35\r\n\r\n<Error><Code>SlowDown</Code></Error>"
#define DENIED                                                                                     \
	"HTTP/1.1 403 Forbidden\r\nx-amz-request-id: R1\r\nContent-Length: 39\r\n\r\n"             \
	"<Error><Code>AccessDenied</Code></Error>"
#define EXPIRED                                                                                    \
	"HTTP/1.1 400 Bad Request\r\nContent-Length: "                                             \
	"39\r\n\r\n<Error><Code>ExpiredToken</Code></Error>"
#define SKEWED(date)                                                                               \
	"HTTP/1.1 403 Forbidden\r\nDate: " date "\r\nContent-Length: 47\r\n\r\n"                   \
	"<Error><Code>RequestTimeTooSkewed</Code></Error>"

static void
test_signed(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 0}};
	static const struct sigv4_pair query[] = {{SPAN("b"), SPAN("1 2")}, {SPAN("a"), SPAN("/")}};
	static const struct sigv4_pair headers[] = {{SPAN("range"), SPAN("bytes=0-4")}};
	struct aws_client_counts counts;
	struct bed b;
	char *value;

	(void)state;
	BED_INIT(&b, script);
	b.request.query = query;
	b.request.query_count = 2;
	b.request.headers = headers;
	b.request.header_count = 1;
	assert_int_equal(aws_client_do(b.client, &b.request), 0);
	assert_true(b.request.ok);
	assert_int_equal(b.request.status, 200);
	assert_buf(&b.request.http.text, "hello");
	assert_ptr_equal(
	    strstr(b.server.requests[0], "GET /trail/a%20key?a=%2F&b=1%202 HTTP/1.1\r\n"),
	    b.server.requests[0]);
	assert_sent(&b, 0, "x-amz-security-token", "token-0");
	assert_sent(&b, 0, "range", "bytes=0-4");
	assert_sent(&b, 0, "x-amz-content-sha256",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	value = sent_header(&b, 0, "authorization");
	assert_non_null(value);
	assert_ptr_equal(strstr(value, "AWS4-HMAC-SHA256 Credential=" ID "/"), value);
	assert_non_null(strstr(value, "/eu-central-1/s3/aws4_request"));
	assert_non_null(strstr(value,
	    "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-security-token"));
	assert_null(strstr(b.server.requests[0], SECRET));
	free(value);
	aws_client_counts(b.client, &counts);
	assert_int_equal(counts.requests, 1);
	assert_int_equal(counts.retries, 0);
	assert_int_equal(counts.bytes, 5);
	bed_clear(&b);
}

static void
test_json(void **state)
{
	static const struct nasty_answer script[] = {
	    {"HTTP/1.1 400 Bad Request\r\nContent-Length: 32\r\n\r\n"
	     "{\"__type\":\"ThrottlingException\"}",
		NASTY_KEEP, 0},
	    {HELLO, NASTY_KEEP, 0},
	    {"HTTP/1.1 400 Bad Request\r\nx-amzn-RequestId: R2\r\nContent-Length: 54\r\n\r\n"
	     "{\"__type\":\"AccessDeniedException\",\"message\":\"not this\"}",
		NASTY_KEEP, 0},
	};
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	b.request.service = AWS_CLOUDTRAIL;
	b.request.operation = "LookupEvents";
	b.request.bucket = NULL;
	b.request.action = "cloudtrail:LookupEvents";
	b.request.resource = "*";
	b.request.body = SPAN("{\"MaxResults\":50}");
	assert_int_equal(aws_client_json(b.client, &b.request, "Trail_1.LookupEvents"), 0);
	assert_buf(&b.request.http.text, "hello");
	for (size_t i = 0; i < 2; i++) {
		assert_ptr_equal(
		    strstr(b.server.requests[i], "POST / HTTP/1.1\r\n"), b.server.requests[i]);
		assert_non_null(strstr(b.server.requests[i], "\r\n\r\n{\"MaxResults\":50}"));
		assert_sent(&b, i, "x-amz-target", "Trail_1.LookupEvents");
		assert_sent(&b, i, "content-type", "application/x-amz-json-1.1");
		assert_null(sent_header(&b, i, "x-amz-content-sha256"));
	}
	assert_int_equal(aws_client_json(b.client, &b.request, "Trail_1.LookupEvents"), -1);
	assert_string_equal(b.request.code, "AccessDeniedException");
	assert_has(&b.request.error,
	    "cloudtrail LookupEvents answered 400 AccessDeniedException (request R2): grant "
	    "cloudtrail:LookupEvents on *; it says \"not this\"");
	bed_clear(&b);
}

/* What comes of a request, by what the server answers to it, and how often it was asked. */
static void
test_repeats(void **state)
{
	static const struct nasty_answer reset[] = {
	    {OK_HEAD "Content-Length: 5\r\n\r\nhel", NASTY_RESET, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer truncated[] = {
	    {OK_HEAD "Content-Length: 5\r\n\r\nhel", NASTY_CLOSE, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer closed[] = {
	    {"", NASTY_CLOSE, 0}, {"", NASTY_CLOSE, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer broken[] = {{"HTTP/1.1 500 Oh\r\n" EMPTY, NASTY_KEEP, 0},
	    {"HTTP/1.1 502 Oh\r\n" EMPTY, NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer thrice[] = {{SLOW_DOWN, NASTY_KEEP, 0},
	    {SLOW_DOWN, NASTY_KEEP, 0}, {SLOW_DOWN, NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer never[] = {{"", NASTY_CLOSE, 0}};
	static const struct nasty_answer denied[] = {
	    {DENIED, NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer long_body[] = {
	    {OK_HEAD "Content-Length: 100000\r\n\r\n", NASTY_STALL, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer headers[] = {
	    {OK_HEAD, NASTY_HEADERS, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer drip[] = {
	    {OK_HEAD "Content-Length: 40\r\n\r\n0123456789012345678901234567890123456789",
		NASTY_DRIP, 0}};
	static const struct {
		const struct nasty_answer *script;
		size_t script_len, count;
		uint64_t throttled;
		int result;
		const char *says;
	} rows[] = {
	    {reset, 2, 2, 0, 0, NULL},
	    {truncated, 2, 2, 0, 0, NULL},
	    {closed, 3, 3, 0, 0, NULL},
	    {broken, 3, 3, 0, 0, NULL},
	    {drip, 1, 1, 0, 0, NULL},
	    {thrice, 4, 3, 3, -1, "s3 GetObject answered 503 SlowDown, 3 times"},
	    {never, 1, 3, 0, -1, "s3 GetObject got no whole answer from 127.0.0.1:"},
	    {denied, 2, 1, 0, -1, "(request R1): grant s3:GetObject on arn:aws:s3:::trail/a key"},
	    {headers, 2, 1, 0, -1, "64 KiB"},
	    {long_body, 2, 1, 0, -1, "longer than"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aws_client_counts counts;
		struct bed b;

		bed_init(&b, rows[i].script, rows[i].script_len);
		if (rows[i].script == long_body)
			b.request.body_max = 0;
		assert_int_equal(aws_client_do(b.client, &b.request), rows[i].result);
		assert_int_equal(b.server.count, rows[i].count);
		aws_client_counts(b.client, &counts);
		assert_int_equal(counts.requests, rows[i].count);
		assert_int_equal(counts.retries, rows[i].count - 1);
		assert_int_equal(counts.throttled, rows[i].throttled);
		if (rows[i].says != NULL)
			assert_has(&b.request.error, rows[i].says);
		else
			assert_int_equal(b.request.error.len, 0);
		bed_clear(&b);
	}
}

/* A body that is a little too long, where answers that are errors may be longer. */
static void
test_body_max(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 0}};
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	b.request.body_max = 4;
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_has(&b.request.error, "longer than the 4 bytes");
	b.request.body_max = 5;
	assert_int_equal(aws_client_do(b.client, &b.request), 0);
	bed_clear(&b);
}

/* The clock -------------------------------------------------------------------------------------
 */

static int64_t
sent_date_us(const struct bed *b, size_t i)
{
	char *value = sent_header(b, i, "x-amz-date");
	int64_t us = 0;

	assert_non_null(value);
	assert_true(time_parse(span_of(value), &us));
	free(value);
	return us;
}

static void
test_skew(void **state)
{
	static const struct nasty_answer script[] = {
	    {SKEWED("Sun, 22 Nov 2020 06:22:40 GMT"), NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	const int64_t server_us = INT64_C(1606026160) * US_PER_SECOND;
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	for (int i = 0; i < 2; i++)
		assert_int_equal(aws_client_do(b.client, &b.request), 0);
	assert_int_equal(b.server.count, 3);
	assert_true(sent_date_us(&b, 0) > server_us + 365 * US_PER_DAY);
	/* and what was learned is kept */
	for (size_t i = 1; i < 3; i++)
		assert_in_range(sent_date_us(&b, i) / US_PER_SECOND, server_us / US_PER_SECOND,
		    server_us / US_PER_SECOND + 10);
	bed_clear(&b);
}

/* A clock that is right, one that never is, and an answer without a time: asked once more at most.
 */
static void
test_no_skew(void **state)
{
	static const struct nasty_answer wrong[] = {
	    {SKEWED("Sun, 22 Nov 2020 06:22:40 GMT"), NASTY_KEEP, 0},
	    {SKEWED("Mon, 22 Nov 2021 06:22:40 GMT"), NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer silent[] = {
	    {SKEWED("today"), NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	char now[64], text[512];
	struct nasty_answer right[] = {{text, NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	time_t at = time(NULL);
	struct bed b;
	struct tm tm;

	(void)state;
	BED_INIT(&b, wrong);
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_int_equal(b.server.count, 2);
	assert_string_equal(b.request.code, "RequestTimeTooSkewed");
	bed_clear(&b);
	BED_INIT(&b, silent);
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_int_equal(b.server.count, 1);
	bed_clear(&b);
	assert_int_not_equal(
	    strftime(now, sizeof(now), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &tm)), 0);
	(void)snprintf(text, sizeof(text), SKEWED("%s"), now);
	BED_INIT(&b, right);
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_int_equal(b.server.count, 1);
	bed_clear(&b);
}

/* A refused HEAD says nothing but the time. */
static void
test_skew_of_head(void **state)
{
	static const struct nasty_answer script[] = {
	    {"HTTP/1.1 403 Forbidden\r\nDate: Sun, 22 Nov 2020 06:22:40 GMT\r\n"
	     "Content-Length: 200\r\n\r\n",
		NASTY_KEEP, 0},
	    {OK_HEAD EMPTY, NASTY_KEEP, 0}};
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	b.request.method = "HEAD";
	assert_int_equal(aws_client_do(b.client, &b.request), 0);
	assert_int_equal(b.server.count, 2);
	bed_clear(&b);
}

/* Credentials -----------------------------------------------------------------------------------
 */

static void
test_expired(void **state)
{
	static const struct nasty_answer once[] = {
	    {EXPIRED, NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer ever[] = {{EXPIRED, NASTY_KEEP, 0}};
	struct bed b;

	(void)state;
	BED_INIT(&b, once);
	assert_int_equal(aws_client_do(b.client, &b.request), 0);
	assert_int_equal(b.source.renewals, 1);
	assert_sent(&b, 0, "x-amz-security-token", "token-0");
	assert_sent(&b, 1, "x-amz-security-token", "token-1");
	bed_clear(&b);
	BED_INIT(&b, ever);
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_int_equal(b.server.count, 2);
	assert_int_equal(b.source.renewals, 1);
	assert_has(
	    &b.request.error, "ExpiredToken, 2 times: the credentials are those of provider test");
	bed_clear(&b);
}

static void
test_no_credentials(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 0}};
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	b.source.fails = true;
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_buf(&b.request.error, "s3 GetObject: no credentials: nobody has any");
	assert_int_equal(b.server.count, 0);
	b.source.fails = false;
	assert_int_equal(aws_client_do(b.client, &b.request), 0);
	bed_clear(&b);
}

/* Regions ---------------------------------------------------------------------------------------
 */

static void
test_regions(void **state)
{
	static const struct {
		const char *method;
		struct nasty_answer answer;
	} rows[] = {
	    {"GET",
		{"HTTP/1.1 301 Moved Permanently\r\nx-amz-bucket-region: us-west-2\r\n"
		 "Location: http://127.0.0.1:1/\r\n" EMPTY,
		    NASTY_KEEP, 0}},
	    {"GET",
		{"HTTP/1.1 307 Temporary Redirect\r\nx-amz-bucket-region: us-west-2\r\n" EMPTY,
		    NASTY_KEEP, 0}},
	    {"GET",
		{"HTTP/1.1 400 Bad Request\r\nContent-Length: 81\r\n\r\n<Error><Code>Authorization"
		 "HeaderMalformed</Code><Region>us-west-2</Region></Error>\n",
		    NASTY_KEEP, 0}},
	    {"HEAD",
		{"HTTP/1.1 400 Bad Request\r\nx-amz-bucket-region: us-west-2\r\n" EMPTY, NASTY_KEEP,
		    0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct nasty_answer script[] = {
		    rows[i].answer, {OK_HEAD EMPTY, NASTY_KEEP, 0}};
		struct bed b;
		char *value;

		BED_INIT(&b, script);
		b.request.method = rows[i].method;
		for (int j = 0; j < 2; j++)
			assert_int_equal(aws_client_do(b.client, &b.request), 0);
		b.request.bucket = "another";
		assert_int_equal(aws_client_do(b.client, &b.request), 0);
		assert_int_equal(b.server.count, 4);
		for (size_t j = 0; j < 4; j++) {
			value = sent_header(&b, j, "authorization");
			assert_non_null(strstr(
			    value, j == 1 || j == 2 ? "/us-west-2/s3/" : "/eu-central-1/s3/"));
			free(value);
		}
		assert_int_equal(b.source.renewals, 0);
		bed_clear(&b);
	}
}

/* From one region to the next and back, and nowhere. */
static void
test_regions_without_end(void **state)
{
	static const struct nasty_answer circle[] = {
	    {"HTTP/1.1 301 Moved\r\nx-amz-bucket-region: us-west-2\r\n" EMPTY, NASTY_KEEP, 0},
	    {"HTTP/1.1 301 Moved\r\nx-amz-bucket-region: us-west-1\r\n" EMPTY, NASTY_KEEP, 0},
	    {HELLO, NASTY_KEEP, 0}};
	static const struct nasty_answer same[] = {
	    {"HTTP/1.1 301 Moved\r\nx-amz-bucket-region: eu-central-1\r\n" EMPTY, NASTY_KEEP, 0},
	    {HELLO, NASTY_KEEP, 0}};
	struct bed b;

	(void)state;
	BED_INIT(&b, circle);
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_int_equal(b.server.count, 2);
	assert_int_equal(b.request.status, 301);
	bed_clear(&b);
	BED_INIT(&b, same);
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_int_equal(b.server.count, 1);
	bed_clear(&b);
}

static void
test_partition_of_advice(void **state)
{
	static const struct nasty_answer script[] = {{DENIED, NASTY_KEEP, 0}};
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	b.request.region = "cn-north-1";
	assert_int_equal(aws_client_do(b.client, &b.request), -1);
	assert_has(&b.request.error, "grant s3:GetObject on arn:aws-cn:s3:::trail/a key");
	bed_clear(&b);
}

/* Many at once ----------------------------------------------------------------------------------
 */

#define REQUESTS 30

struct crowd {
	struct aws_client *client;
	struct aws_request requests[REQUESTS];
	size_t done, ok;
	size_t again;
};

static void
crowd_done(struct aws_request *r)
{
	struct crowd *c = r->ctx;

	c->done++;
	c->ok += r->ok;
	if (c->again != 0) {
		c->again--;
		assert_int_equal(aws_client_start(c->client, r), 0);
	}
}

static void
crowd_start(struct crowd *c, const struct bed *b)
{
	*c = (struct crowd){.client = b->client};
	for (size_t i = 0; i < REQUESTS; i++) {
		aws_request_init(&c->requests[i]);
		c->requests[i].service = AWS_S3;
		c->requests[i].operation = "GetObject";
		c->requests[i].bucket = "trail";
		c->requests[i].body_max = 1000;
		c->requests[i].done = crowd_done;
		c->requests[i].ctx = c;
		assert_int_equal(aws_client_start(b->client, &c->requests[i]), 0);
	}
}

static void
crowd_clear(struct crowd *c)
{
	for (size_t i = 0; i < REQUESTS; i++)
		aws_request_clear(&c->requests[i]);
}

static void
crowd_run(struct crowd *c, size_t done)
{
	for (int i = 0; i < 2000 && c->done < done; i++)
		aws_client_step(c->client, 1000);
	assert_int_equal(c->done, done);
}

/* Some of them fail at first; who waits for a repeat holds up nobody. */
static void
test_many(void **state)
{
	static const struct nasty_answer script[] = {{SLOW_DOWN, NASTY_KEEP, 0},
	    {"", NASTY_RESET, 0}, {EXPIRED, NASTY_KEEP, 0}, {EXPIRED, NASTY_KEEP, 0},
	    {HELLO, NASTY_KEEP, 1}};
	struct crowd c;
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	crowd_start(&c, &b);
	c.again = 10;
	crowd_run(&c, REQUESTS + 10);
	assert_int_equal(c.ok, REQUESTS + 10);
	/* both that were refused had the same credentials: renewed once */
	assert_int_equal(b.source.renewals, 1);
	crowd_clear(&c);
	bed_clear(&b);
}

static void
test_waiting_holds_up_nobody(void **state)
{
	static const struct nasty_answer script[] = {
	    {SLOW_DOWN, NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	struct aws_client_counts counts;
	struct crowd c;
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	aws_client_scale_delays(b.client, 1e6);
	crowd_start(&c, &b);
	crowd_run(&c, REQUESTS - 1);
	assert_int_equal(c.ok, REQUESTS - 1);
	/* one is left, which waits for long */
	aws_client_counts(b.client, &counts);
	assert_int_equal(counts.throttled, 1);
	assert_true(counts.waited_us > 0);
	for (size_t i = 0; i < REQUESTS; i++)
		if (c.requests[i].flight != NULL)
			aws_client_cancel(b.client, &c.requests[i]);
	for (size_t i = 0; i < REQUESTS; i++)
		assert_null(c.requests[i].flight);
	aws_client_step(b.client, 0);
	assert_int_equal(c.done, REQUESTS - 1);
	crowd_clear(&c);
	bed_clear(&b);
}

static void
test_cancelled(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 5}};
	struct crowd c;
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	crowd_start(&c, &b);
	for (size_t i = 0; i < 10; i++)
		aws_client_cancel(b.client, &c.requests[i]);
	aws_client_step(b.client, 0);
	for (size_t i = 10; i < 20; i++)
		aws_client_cancel(b.client, &c.requests[i]);
	crowd_run(&c, 10);
	crowd_clear(&c);
	/* freed under way */
	crowd_start(&c, &b);
	aws_client_step(b.client, 0);
	crowd_clear(&c);
	bed_clear(&b);
}

static void
test_adaptive(void **state)
{
	static const struct nasty_answer script[] = {
	    {SLOW_DOWN, NASTY_KEEP, 0}, {HELLO, NASTY_KEEP, 0}};
	struct aws_client_counts counts;
	struct crowd c;
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	b.settings.retry_mode = AWS_RETRY_ADAPTIVE;
	assert_int_equal(aws_client_do(b.client, &b.request), 0);
	aws_client_counts(b.client, &counts);
	assert_int_equal(counts.throttled, 1);
	assert_true(b.client->quota.rate > 0);
	/* the rest has to wait for its turn, and comes to it */
	b.client->quota.rate = 200;
	b.client->quota.rate_before = 1000;
	crowd_start(&c, &b);
	crowd_run(&c, REQUESTS);
	assert_int_equal(c.ok, REQUESTS);
	crowd_clear(&c);
	bed_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_signed),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_repeats),
	    cmocka_unit_test(test_body_max),
	    cmocka_unit_test(test_skew),
	    cmocka_unit_test(test_no_skew),
	    cmocka_unit_test(test_skew_of_head),
	    cmocka_unit_test(test_expired),
	    cmocka_unit_test(test_no_credentials),
	    cmocka_unit_test(test_regions),
	    cmocka_unit_test(test_regions_without_end),
	    cmocka_unit_test(test_partition_of_advice),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_waiting_holds_up_nobody),
	    cmocka_unit_test(test_cancelled),
	    cmocka_unit_test(test_adaptive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
