/* SPDX-License-Identifier: Apache-2.0 */
/* Objects: where they are, which there are, getting and putting them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "correlator/aws/s3.h"
#include "correlator/aws/s3_page.h"
#include "tests/unit/aws_client_fixture.h"

#define PAGE(text)                                                                                 \
	"<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/"            \
	"2006-03-01/\">" text "</ListBucketResult>"
#define OBJECT(key)                                                                                \
	"<Contents><Key>" key "</Key><LastModified>2026-11-22T06:22:40.000Z</LastModified><ETag>"  \
	"&quot;0123abcd&quot;</ETag><Size>12</Size></Contents>"
#define PREFIX(key) "<CommonPrefixes><Prefix>" key "</Prefix></CommonPrefixes>"
#define URL         "<EncodingType>url</EncodingType>"
#define MORE(token)                                                                                \
	"<IsTruncated>true</IsTruncated><NextContinuationToken>" token "</NextContinuationToken>"

static void
test_uri(void **state)
{
	static const struct {
		const char *text, *bucket, *key;
	} rows[] = {
	    {"s3://trail", "trail", ""},
	    {"s3://trail/", "trail", ""},
	    {"s3://my.trail-1/AWSLogs/a b%20/+", "my.trail-1", "AWSLogs/a b%20/+"},
	    {"s3://trail//x/../y?z#1", "trail", "/x/../y?z#1"},
	    {"s3://abc/\xc3\xa9", "abc", "\xc3\xa9"},
	    {"s3://", NULL, NULL},
	    {"s3:///key", NULL, NULL},
	    {"s3://ab/key", NULL, NULL},
	    {"s3://Trail/key", NULL, NULL},
	    {"s3://-trail/key", NULL, NULL},
	    {"s3://trail./key", NULL, NULL},
	    {"s3://tr_ail/key", NULL, NULL},
	    {"s3://trail@evil.example/key", NULL, NULL},
	    {"s3://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/k", NULL, NULL},
	    {"https://trail/key", NULL, NULL},
	    {"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct s3_uri uri;

		assert_int_equal(s3_uri_parse(rows[i].text, &uri), rows[i].bucket != NULL ? 0 : -2);
		if (rows[i].bucket != NULL) {
			assert_string_equal(uri.bucket, rows[i].bucket);
			assert_string_equal(uri.key, rows[i].key);
		}
		s3_uri_clear(&uri);
		assert_null(uri.bucket);
	}
}

/* Pages ------------------------------------------------------------------------------------------
 */

static void
test_pages(void **state)
{
	static const struct {
		const char *xml;
		int result;
		const char *keys; /* one a line; common prefixes with a "=" in front */
	} rows[] = {
	    {PAGE(""), 0, ""},
	    {PAGE(OBJECT("a") OBJECT("b")), 0, "a\nb\n"},
	    {PAGE(URL OBJECT("a+b%2Bc%20d%25/%C3%A9")), 0, "a b+c d%/\xc3\xa9\n"},
	    /* wherever it says so; and without that names are as they are */
	    {PAGE(OBJECT("a%2B") URL), 0, "a+\n"},
	    {PAGE(OBJECT("a+%2B&amp;&lt;")), 0, "a+%2B&<\n"},
	    {PAGE(URL OBJECT("%01%0A%FF")), 0, "\x01\n\xff\n"},
	    {PAGE(OBJECT("b") OBJECT("d") PREFIX("a/") PREFIX("c/")), 0, "=a/\nb\n=c/\nd\n"},
	    /* by bytes, decoded */
	    {PAGE(URL OBJECT("a%20") OBJECT("a%2B") OBJECT("a-") OBJECT("a%7E")), 0,
		"a \na+\na-\na~\n"},
	    {PAGE(OBJECT("b") OBJECT("a")), -2, NULL},
	    {PAGE(OBJECT("a") OBJECT("a")), -2, NULL},
	    {PAGE(URL OBJECT("a%FF") OBJECT("a%7F")), -2, NULL},
	    {PAGE(PREFIX("b/") PREFIX("a/")), -2, NULL},
	    {PAGE(URL OBJECT("a%00b")), -2, NULL},
	    {PAGE(OBJECT("")), -2, NULL},
	    {PAGE("<Contents><Key>a</Key></Contents>"), -2, NULL},
	    {PAGE("<Contents><Size>1</Size></Contents>"), -2, NULL},
	    {PAGE("<Contents><Key>a</Key><Size>-1</Size></Contents>"), -2, NULL},
	    {PAGE("<Contents><Key>a</Key><Size>99999999999999999999</Size></Contents>"), -2, NULL},
	    {PAGE("<IsTruncated>true</IsTruncated>"), -2, NULL},
	    {PAGE(OBJECT("a") "<Contents>"), -2, NULL},
	    {"<Error><Code>x</Code></Error>", -2, NULL},
	    {"", -2, NULL},
	    {"{}", -2, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct s3_page p;
		struct buf keys;

		s3_page_init(&p);
		buf_init(&keys, 1000);
		assert_int_equal(s3_page_read(&p, span_of(rows[i].xml)), rows[i].result);
		if (rows[i].result != 0)
			assert_non_null(p.why);
		for (size_t j = 0; rows[i].result == 0 && j < p.count; j++) {
			buf_puts(&keys, p.rows[j].is_prefix ? "=" : "");
			buf_put_span(&keys, s3_page_key(&p, &p.rows[j]));
			buf_putc(&keys, '\n');
		}
		if (rows[i].result == 0)
			assert_string_equal(buf_cstr(&keys), rows[i].keys);
		buf_clear(&keys);
		s3_page_clear(&p);
	}
}

static void
test_row(void **state)
{
	struct s3_page p;

	(void)state;
	s3_page_init(&p);
	assert_int_equal(
	    s3_page_read(&p,
		span_of(PAGE(MORE("tok") OBJECT(
		    "a") "<Contents><Key>b</Key><Size>999999999999999999</Size><ETag>\"a&#10;b\""
			 "</ETag><LastModified>soon</LastModified></Contents>"))),
	    0);
	assert_true(p.truncated);
	assert_buf(&p.token, "tok");
	assert_int_equal(p.rows[0].size, 12);
	assert_int_equal(p.rows[0].changed_us, INT64_C(1795328560) * US_PER_SECOND);
	assert_string_equal(p.text.ptr + p.rows[0].etag, "0123abcd");
	/* what would break out of a header is no tag */
	assert_int_equal(p.rows[1].etag_len, 0);
	assert_int_equal(p.rows[1].changed_us, 0);
	assert_int_equal(p.rows[1].size, INT64_C(999999999999999999));
	s3_page_clear(&p);
}

/* Listings ---------------------------------------------------------------------------------------
 */

struct seen {
	struct buf keys;
	size_t stop_at, count, done;
};

static int
see(void *ctx, const struct s3_object *object, bool is_prefix)
{
	struct seen *s = ctx;

	assert_int_equal(object->key.ptr[object->key.len], '\0');
	buf_puts(&s->keys, is_prefix ? "=" : "");
	buf_put_span(&s->keys, object->key);
	buf_putc(&s->keys, ' ');
	return ++s->count == s->stop_at ? 7 : 0;
}

static void
see_done(struct s3_list *l)
{
	struct seen *s = l->done_ctx;

	s->done++;
}

static char *
answer_of(const char *page)
{
	char *text = NULL;

	assert_true(
	    asprintf(&text, OK_HEAD "Content-Length: %zu\r\n\r\n%s", strlen(page), page) > 0);
	return text;
}

#define PAGES_MAX 4

struct listing {
	const char *pages[PAGES_MAX];
	const char *prefix, *start_after, *delimiter;
	size_t stop_at;
	int result;
	const char *keys, *says;
	size_t requests;
};

static void
list(const struct listing *row, struct bed *b, char **texts)
{
	struct nasty_answer script[PAGES_MAX] = {{0}};
	struct seen seen = {.stop_at = row->stop_at};
	struct s3_list l;
	size_t n = 0;

	for (; n < PAGES_MAX && row->pages[n] != NULL; n++) {
		texts[n] = answer_of(row->pages[n]);
		script[n] = (struct nasty_answer){texts[n], NASTY_KEEP, 0};
	}
	bed_init(b, script, n);
	buf_init(&seen.keys, 10000);
	s3_list_init(&l);
	l.bucket = "trail";
	l.prefix = row->prefix != NULL ? row->prefix : "";
	l.start_after = row->start_after;
	l.delimiter = row->delimiter;
	l.found = see;
	l.ctx = &seen;
	l.done = see_done;
	l.done_ctx = &seen;
	assert_int_equal(s3_list_start(b->client, &l), 0);
	for (int i = 0; i < 5000 && seen.done == 0; i++)
		aws_client_step(b->client, 1000);
	assert_int_equal(seen.done, 1);
	assert_int_equal(l.result, row->result);
	assert_string_equal(buf_cstr(&seen.keys), row->keys);
	assert_int_equal(b->server.count, row->requests);
	if (row->says != NULL)
		assert_has(&l.error, row->says);
	buf_clear(&seen.keys);
	s3_list_clear(&l);
}

static const struct listing listings[] = {
    {.pages = {PAGE(OBJECT("a") OBJECT("b"))}, .keys = "a b ", .requests = 1},
    {.pages = {PAGE(OBJECT("a") MORE("t1")), PAGE(MORE("t2")), PAGE(OBJECT("b"))},
	.keys = "a b ",
	.requests = 3},
    {.pages = {PAGE(OBJECT("p/a") PREFIX("p/b/"))},
	.prefix = "p/",
	.delimiter = "/",
	.keys = "p/a =p/b/ ",
	.requests = 1},
    {.pages = {PAGE(OBJECT("a") OBJECT("b") MORE("t1")), PAGE(OBJECT("c"))},
	.stop_at = 2,
	.result = 7,
	.keys = "a b ",
	.requests = 1},
    /* a common prefix of what lies behind */
    {.pages = {PAGE(PREFIX("2026/") PREFIX("2027/"))},
	.start_after = "2026/11/22",
	.delimiter = "/",
	.keys = "=2026/ =2027/ ",
	.requests = 1},
    /* what no server should say */
    {.pages = {PAGE(OBJECT("a") MORE("t1")), PAGE(OBJECT("b") MORE("t1"))},
	.result = -1,
	.keys = "a b ",
	.says = "goes round in circles",
	.requests = 2},
    {.pages = {PAGE(OBJECT("a") OBJECT("b") MORE("t1")), PAGE(OBJECT("b") MORE("t2"))},
	.result = -1,
	.keys = "a b ",
	.says = "not in order",
	.requests = 2},
    {.pages = {PAGE(OBJECT("p/a") OBJECT("q"))},
	.prefix = "p/",
	.result = -1,
	.keys = "p/a ",
	.says = "does not begin",
	.requests = 1},
    {.pages = {PAGE(OBJECT("b"))},
	.start_after = "b",
	.result = -1,
	.keys = "",
	.says = "begins before",
	.requests = 1},
    {.pages = {PAGE(OBJECT("a")) "<"},
	.result = -1,
	.keys = "",
	.says = "it is not XML",
	.requests = 1},
    {.pages = {"<html></html>"},
	.result = -1,
	.keys = "",
	.says = "s3 ListObjectsV2 of bucket trail: the server's list cannot be used: it is no "
		"listing",
	.requests = 1},
};

static void
test_listings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {
		char *texts[PAGES_MAX] = {NULL};
		struct bed b;

		list(&listings[i], &b, texts);
		assert_non_null(strstr(b.server.requests[0], "GET /trail/?"));
		assert_non_null(strstr(b.server.requests[0], "encoding-type=url"));
		assert_non_null(strstr(b.server.requests[0], "list-type=2"));
		if (listings[i].requests > 1)
			assert_non_null(strstr(b.server.requests[1], "?continuation-token=t1&"));
		if (listings[i].start_after != NULL)
			assert_non_null(strstr(b.server.requests[0], "&start-after="));
		bed_clear(&b);
		for (size_t j = 0; j < PAGES_MAX; j++)
			free(texts[j]);
	}
}

/* Pages without a key and without an end. */
static void
test_empty_pages(void **state)
{
	static const char *const pages[] = {PAGE(MORE("t1")), PAGE(MORE("t2"))};
	struct nasty_answer script[2];
	char *texts[2] = {answer_of(pages[0]), answer_of(pages[1])};
	struct seen seen = {0};
	struct s3_list l;
	struct bed b;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		script[i] = (struct nasty_answer){texts[i], NASTY_KEEP, 0};
	BED_INIT(&b, script);
	s3_list_init(&l);
	l.bucket = "trail";
	l.found = see;
	l.ctx = &seen;
	l.done = see_done;
	l.done_ctx = &seen;
	assert_int_equal(s3_list_start(b.client, &l), 0);
	for (int i = 0; i < 5000 && seen.done == 0; i++)
		aws_client_step(b.client, 1000);
	assert_int_equal(l.result, -1);
	assert_has(&l.error, "goes round in circles");
	assert_int_equal(b.server.count, 3);
	/* with a token of its own each time */
	assert_int_equal(s3_list_start(b.client, &l), 0);
	l.empty_pages = 1000;
	while (seen.done == 1)
		aws_client_step(b.client, 1000);
	assert_int_equal(l.result, -1);
	assert_int_equal(b.server.count, 4);
	/* begun again, and left */
	assert_int_equal(s3_list_start(b.client, &l), 0);
	aws_client_step(b.client, 0);
	s3_list_cancel(&l);
	s3_list_clear(&l);
	assert_int_equal(seen.done, 2);
	bed_clear(&b);
	free(texts[0]);
	free(texts[1]);
}

static void
test_listing_denied(void **state)
{
	static const struct nasty_answer script[] = {
	    {"HTTP/1.1 403 Forbidden\r\nx-amz-request-id: R1\r\nContent-Length: 40\r\n\r\n"
	     "<Error><Code>AccessDenied</Code></Error>",
		NASTY_KEEP, 0}};
	struct seen seen = {0};
	struct s3_list l;
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	s3_list_init(&l);
	l.bucket = "trail";
	l.found = see;
	l.done = see_done;
	l.done_ctx = &seen;
	assert_int_equal(s3_list_start(b.client, &l), 0);
	while (seen.done == 0)
		aws_client_step(b.client, 1000);
	assert_int_equal(l.result, -1);
	assert_buf(&l.error,
	    "s3 ListObjectsV2 answered 403 AccessDenied (request R1): grant s3:ListBucket on "
	    "arn:aws:s3:::trail");
	s3_list_clear(&l);
	bed_clear(&b);
}

/* Getting -----------------------------------------------------------------------------------------
 */

#define PART(range, text)                                                                          \
	"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " range                              \
	"\r\nContent-Length: 5\r\n\r\n" text

static void
test_get(void **state)
{
	static const struct {
		uint64_t from, len;
		const char *etag, *range, *match, *answer, *part;
	} rows[] = {
	    {0, 0, NULL, NULL, NULL, HELLO, "hello"},
	    {0, 0, "abc-1", NULL, "\"abc-1\"", HELLO, "hello"},
	    {5, 5, "abc", "bytes=5-9", "\"abc\"", PART("5-9/99", "hello"), "hello"},
	    {5, 0, "", "bytes=5-", NULL, PART("5-9/10", "hello"), "hello"},
	    {0, 5, NULL, "bytes=0-4", NULL, PART("0-4/99", "hello"), "hello"},
	    /* a server that does not know of parts */
	    {1, 3, NULL, "bytes=1-3", NULL, HELLO, "ell"},
	    {3, 100, NULL, "bytes=3-102", NULL, HELLO, "lo"},
	    {9, 1, NULL, "bytes=9-9", NULL, HELLO, ""},
	    /* one that sends another part */
	    {5, 5, NULL, "bytes=5-9", NULL, PART("50-54/99", "hello"), NULL},
	    {5, 5, NULL, "bytes=5-9", NULL, "HTTP/1.1 206 P\r\nContent-Length: 5\r\n\r\nhello",
		NULL},
	    {0, 0, NULL, NULL, NULL, "HTTP/1.1 404 No\r\n" EMPTY, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct nasty_answer script[] = {{rows[i].answer, NASTY_KEEP, 0}};
		struct s3_get g;
		struct span part;
		struct bed b;

		BED_INIT(&b, script);
		s3_get_init(&g);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(s3_get_prepare(&g, "trail", "a+b/c d", rows[i].from,
					     rows[i].len, rows[i].etag, 1000),
			    0);
			(void)aws_client_do(b.client, &g.request);
		}
		assert_non_null(
		    strstr(b.server.requests[1], "GET /trail/a%2Bb/c%20d HTTP/1.1\r\n"));
		if (rows[i].range != NULL)
			assert_sent(&b, 1, "range", rows[i].range);
		else
			assert_null(sent_header(&b, 1, "range"));
		if (rows[i].match != NULL)
			assert_sent(&b, 1, "if-match", rows[i].match);
		else
			assert_null(sent_header(&b, 1, "if-match"));
		part = s3_get_part(&g);
		if (rows[i].part != NULL)
			assert_true(span_is(part, rows[i].part));
		else
			assert_null(part.ptr);
		s3_get_clear(&g);
		bed_clear(&b);
	}
}

/* Putting -----------------------------------------------------------------------------------------
 */

static void
test_put(void **state)
{
	static const struct {
		const char *answer;
		enum s3_put_result result;
		const char *says;
	} rows[] = {
	    {OK_HEAD EMPTY, S3_PUT_DONE, ""},
	    {"HTTP/1.1 412 Precondition Failed\r\n" EMPTY, S3_PUT_EXISTS, ""},
	    {"HTTP/1.1 409 Conflict\r\n" EMPTY, S3_PUT_FAILED, "s3 PutObject answered 409"},
	    {"HTTP/1.1 403 Forbidden\r\nContent-Length: 40\r\n\r\n"
	     "<Error><Code>AccessDenied</Code></Error>",
		S3_PUT_FAILED,
		"s3 PutObject answered 403 AccessDenied: grant s3:PutObject on "
		"arn:aws:s3:::trail/logins/a b.gz"},
	};
	static const struct sigv4_pair metadata[] = {
	    {SPAN("head"), SPAN("0123")}, {SPAN("other"), SPAN("4567 89")}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct nasty_answer script[] = {{rows[i].answer, NASTY_KEEP, 0}};
		struct buf error;
		struct bed b;

		BED_INIT(&b, script);
		buf_init(&error, 4096);
		assert_int_equal(s3_put_new(b.client, "trail", "logins/a b.gz", SPAN("hello"),
				     metadata, 2, &error),
		    rows[i].result);
		assert_string_equal(buf_cstr(&error), rows[i].says);
		assert_ptr_equal(
		    strstr(b.server.requests[0], "PUT /trail/logins/a%20b.gz HTTP/1.1\r\n"),
		    b.server.requests[0]);
		assert_non_null(strstr(b.server.requests[0], "\r\n\r\nhello"));
		assert_sent(&b, 0, "if-none-match", "*");
		assert_sent(&b, 0, "content-md5", "XUFAKrxLKna5cZ2REBfFkg==");
		assert_sent(&b, 0, "x-amz-meta-head", "0123");
		assert_sent(&b, 0, "x-amz-meta-other", "4567 89");
		assert_sent(&b, 0, "x-amz-content-sha256",
		    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
		buf_clear(&error);
		bed_clear(&b);
	}
}

static void
test_put_that_cannot_be(void **state)
{
	static const struct nasty_answer script[] = {{OK_HEAD EMPTY, NASTY_KEEP, 0}};
	static const struct sigv4_pair evil[] = {{SPAN("head"), SPAN("0\r\nevil: 1")}};
	struct sigv4_pair many[64];
	struct buf error;
	struct bed b;

	(void)state;
	BED_INIT(&b, script);
	buf_init(&error, 4096);
	for (size_t i = 0; i < 64; i++)
		many[i] = (struct sigv4_pair){SPAN("n"), SPAN("v")};
	assert_int_equal(
	    s3_put_new(b.client, "trail", "k", SPAN("x"), evil, 1, &error), S3_PUT_FAILED);
	assert_int_equal(
	    s3_put_new(b.client, "trail", "k", SPAN("x"), many, 64, &error), S3_PUT_FAILED);
	assert_int_equal(b.server.count, 0);
	buf_clear(&error);
	bed_clear(&b);
}

static void
test_head(void **state)
{
	static const struct {
		const char *answer;
		int result;
		uint64_t size;
		const char *value, *says;
	} rows[] = {
	    {OK_HEAD "Content-Length: 123456789012\r\nX-Amz-Meta-Head: 0123 \r\n\r\n", 0,
		UINT64_C(123456789012), "0123", ""},
	    {OK_HEAD "Content-Length: 0\r\n\r\n", 0, 0, "", ""},
	    {"HTTP/1.1 404 Not Found\r\n" EMPTY, 1, 0, "", ""},
	    {"HTTP/1.1 403 Forbidden\r\n" EMPTY, -1, 0, "",
		"s3 HeadObject answered 403: grant s3:GetObject on arn:aws:s3:::trail/k"},
	    {OK_HEAD "Content-Length: many\r\nConnection: close\r\n\r\n", -1, 0, "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct nasty_answer script[] = {{rows[i].answer, NASTY_KEEP, 0}};
		uint64_t size = 0;
		struct buf value, error;
		struct bed b;

		BED_INIT(&b, script);
		buf_init(&value, 100);
		buf_init(&error, 4096);
		assert_int_equal(
		    s3_head(b.client, "trail", "k", &size, "head", &value, &error), rows[i].result);
		assert_int_equal(size, rows[i].size);
		if (rows[i].says != NULL) {
			assert_buf(&value, rows[i].value);
			assert_string_equal(buf_cstr(&error), rows[i].says);
		}
		assert_ptr_equal(strstr(b.server.requests[0], "HEAD /trail/k HTTP/1.1\r\n"),
		    b.server.requests[0]);
		buf_clear(&value);
		buf_clear(&error);
		bed_clear(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_uri),
	    cmocka_unit_test(test_pages),
	    cmocka_unit_test(test_row),
	    cmocka_unit_test(test_listings),
	    cmocka_unit_test(test_empty_pages),
	    cmocka_unit_test(test_listing_denied),
	    cmocka_unit_test(test_get),
	    cmocka_unit_test(test_put),
	    cmocka_unit_test(test_put_that_cannot_be),
	    cmocka_unit_test(test_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
