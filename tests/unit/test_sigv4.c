/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases of the signature test suite that AWS publishes: its requests, and the signatures that
 * botocore's signer makes of them, which are the published ones. Paths: the suite's get-utf8 and
 * get-space encode them once, as S3 does; both ways are here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/aws/sigv4.h"

#define SECRET     "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define EMPTY      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define FORM       "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"
#define UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define TOKEN                                                                                      \
	"AQoDYXdzEPT//////////"                                                                    \
	"wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfp"                    \
	"SPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"                                                  \
	"kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDY"                                    \
	"wT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"  \
	"scqKm"                                                                                    \
	"lzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="

/* 2015-08-30T12:36:00Z */
#define TIME_US (INT64_C(1440938160) * US_PER_SECOND)

struct text_pair {
	const char *name, *value;
};

struct suite_case {
	const char *name, *method, *path;
	struct text_pair query[2], headers[4]; /* beside host and date */
	const char *payload;                   /* NULL: empty */
	bool is_s3;
	const char *signature;
};

static const struct suite_case suite[] = {
    {.name = "get-vanilla",
	.path = "/",
	.signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "no path",
	.path = "",
	.signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "get-vanilla-empty-query-key",
	.path = "/",
	.query = {{"Param1", "value1"}},
	.signature = "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
    {.name = "get-vanilla-query-order-key",
	.path = "/",
	.query = {{"Param1", "value2"}, {"Param1", "Value1"}},
	.signature = "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"},
    {.name = "get-vanilla-query-order-key-case",
	.path = "/",
	.query = {{"Param2", "value2"}, {"Param1", "value1"}},
	.signature = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {.name = "get-vanilla-query-order-value",
	.path = "/",
	.query = {{"Param1", "value2"}, {"Param1", "value1"}},
	.signature = "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
    {.name = "get-vanilla-query-unreserved",
	.path = "/",
	.query = {{UNRESERVED, UNRESERVED}},
	.signature = "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {.name = "get-vanilla-utf8-query",
	.path = "/",
	.query = {{"\u1234", "bar"}},
	.signature = "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {.name = "get-unreserved",
	.path = "/" UNRESERVED,
	.signature = "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {.name = "get-utf8",
	.path = "/\u1234",
	.is_s3 = true,
	.signature = "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {.name = "get-utf8, encoded twice",
	.path = "/\u1234",
	.signature = "697b34846207a3f72246f99d74ae1ee4fe54f44bb06730c58a0d339eb079596d"},
    {.name = "get-header-key-duplicate",
	.path = "/",
	.headers = {{"My-Header1", "value2"}, {"my-header1", "value2"}, {"My-Header1", "value1"}},
	.signature = "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {.name = "get-header-value-multiline",
	.path = "/",
	.headers = {{"My-Header1", "value1\n  value2\n     value3"}},
	.signature = "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd"},
    {.name = "get-header-value-order",
	.path = "/",
	.headers = {{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"My-Header1", "value3"},
	    {"My-Header1", "value2"}},
	.signature = "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {.name = "get-header-value-trim",
	.path = "/",
	.headers = {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
	.signature = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {.name = "get-relative",
	.path = "/example/..",
	.signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "get-relative-relative",
	.path = "/example1/example2/../..",
	.signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "above the root",
	.path = "/../../x/../..",
	.signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "get-slash",
	.path = "//",
	.signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "get-slash-dot-slash",
	.path = "/./",
	.signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "get-slash-pointless-dot",
	.path = "/./example",
	.signature = "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
    {.name = "get-slashes",
	.path = "//example//",
	.signature = "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {.name = "get-space",
	.path = "/example space/",
	.is_s3 = true,
	.signature = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {.name = "get-space, encoded twice",
	.path = "/example space/",
	.signature = "446b817944c553435b35e813c261ff4e161fff982d1bacdef1c87f6785dd1662"},
    {.name = "post-header-key-sort",
	.method = "POST",
	.path = "/",
	.headers = {{"My-Header1", "value1"}},
	.signature = "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {.name = "post-header-value-case",
	.method = "POST",
	.path = "/",
	.headers = {{"My-Header1", "VALUE1"}},
	.signature = "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {.name = "post-sts-header-before",
	.method = "POST",
	.path = "/",
	.headers = {{"X-Amz-Security-Token", TOKEN}},
	.signature = "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
    {.name = "post-vanilla",
	.method = "POST",
	.path = "/",
	.signature = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {.name = "post-vanilla-query",
	.method = "POST",
	.path = "/",
	.query = {{"Param1", "value1"}},
	.signature = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {.name = "post-x-www-form-urlencoded",
	.method = "POST",
	.path = "/",
	.headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
	.payload = FORM,
	.signature = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {.name = "post-x-www-form-urlencoded-parameters",
	.method = "POST",
	.path = "/",
	.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf8"}},
	.payload = FORM,
	.signature = "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
};

static size_t
fill(struct sigv4_pair *out, const struct text_pair *pairs, size_t max)
{
	size_t n = 0;

	for (; n < max && pairs[n].name != NULL; n++)
		out[n] = (struct sigv4_pair){span_of(pairs[n].name), span_of(pairs[n].value)};
	return n;
}

static int
sign_case(const struct suite_case *c, struct sigv4_result *r)
{
	struct sigv4_pair query[2],
	    headers[6] = {
		{SPAN("Host"), SPAN("example.amazonaws.com")},
		{SPAN("X-Amz-Date"), SPAN("20150830T123600Z")},
	    };
	const struct sigv4_signer signer = {
	    SPAN("AKIDEXAMPLE"), SPAN(SECRET), SPAN("us-east-1"), SPAN("service"), TIME_US};
	const struct sigv4_request request = {
	    .method = span_of(c->method != NULL ? c->method : "GET"),
	    .path = span_of(c->path),
	    .query = query,
	    .query_count = fill(query, c->query, 2),
	    .headers = headers,
	    .header_count = 2 + fill(headers + 2, c->headers, 4),
	    .payload_hash = span_of(c->payload != NULL ? c->payload : EMPTY),
	    .is_s3 = c->is_s3,
	};

	return sigv4_sign(&request, &signer, r);
}

static void
assert_text(const struct buf *b, const char *expect)
{
	if (!span_is(buf_span(b), expect))
		fail_msg("%.*s\nnot\n%s", (int)b->len, b->ptr, expect);
}

static void
test_suite(void **state)
{
	struct sigv4_result r;

	(void)state;
	sigv4_result_init(&r);
	for (size_t i = 0; i < sizeof(suite) / sizeof(suite[0]); i++) {
		assert_int_equal(sign_case(&suite[i], &r), 0);
		if (strcmp(r.signature, suite[i].signature) != 0)
			fail_msg("%s: %s\n%.*s", suite[i].name, r.signature, (int)r.canonical.len,
			    r.canonical.ptr);
	}
	sigv4_result_clear(&r);
}

/* Each step as it is published. */
static void
test_steps(void **state)
{
	struct sigv4_result r;

	(void)state;
	sigv4_result_init(&r);
	assert_int_equal(sign_case(&suite[0], &r), 0);
	assert_text(&r.canonical,
	    "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
	    "host;x-amz-date\n" EMPTY);
	assert_text(&r.to_sign,
	    "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
	    "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63");
	assert_text(&r.authorization,
	    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
	    "SignedHeaders=host;x-amz-date, "
	    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	sigv4_result_clear(&r);
	assert_string_equal(r.signature, "");
	assert_null(r.canonical.ptr);
}

static void
test_date(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} cases[] = {
	    {0, "19700101T000000Z"},
	    {TIME_US, "20150830T123600Z"},
	    {TIME_US + 999999, "20150830T123600Z"},
	    {INT64_C(951782399) * US_PER_SECOND, "20000228T235959Z"},
	    {INT64_C(951782400) * US_PER_SECOND, "20000229T000000Z"},
	    {-1, "19700101T000000Z"},
	    {INT64_MIN, "19700101T000000Z"},
	    {INT64_MAX, "99991231T235959Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[SIGV4_DATE_LEN + 1];

		sigv4_date(cases[i].us, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void
test_query(void **state)
{
	static const struct {
		struct sigv4_pair pairs[4];
		size_t count;
		const char *text;
	} cases[] = {
	    {{{SPAN_NONE, SPAN_NONE}}, 0, ""},
	    {{{SPAN(""), SPAN("")}}, 1, "="},
	    {{{SPAN("a"), SPAN_NONE}}, 1, "a="},
	    /* by the name, not by "name=value": "-" and digits stand before "=" */
	    {{{SPAN("a-"), SPAN("1")}, {SPAN("a"), SPAN("2")}, {SPAN("a0"), SPAN("3")}}, 3,
		"a=2&a-=1&a0=3"},
	    /* by the encoded name: %XX stands before letters */
	    {{{SPAN("b"), SPAN("1")}, {SPAN("~"), SPAN("2")}, {SPAN("\xff"), SPAN("3")},
		 {SPAN("/"), SPAN("4")}},
		4, "%2F=4&%FF=3&b=1&~=2"},
	    {{{SPAN("x"), SPAN("b")}, {SPAN("x"), SPAN("")}, {SPAN("x"), SPAN("a b")},
		 {SPAN("x"), SPAN("a+b")}},
		4, "x=&x=a%20b&x=a%2Bb&x=b"},
	    {{{SPAN("n\0l"), SPAN("&=%\n")}}, 1, "n%00l=%26%3D%25%0A"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 1024);
		assert_int_equal(sigv4_put_query(&out, cases[i].pairs, cases[i].count), 0);
		assert_text(&out, cases[i].text);
		buf_clear(&out);
	}
}

static void
test_path(void **state)
{
	static const struct {
		struct span path;
		const char *text;
	} cases[] = {
	    {SPAN(""), "/"},
	    {SPAN("/"), "/"},
	    {SPAN("/a//b/../c/./"), "/a//b/../c/./"},
	    {SPAN("/a b+c%20=&?#"), "/a%20b%2Bc%2520%3D%26%3F%23"},
	    {SPAN("/\x00\xff"), "/%00%FF"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 1024);
		sigv4_put_path(&out, cases[i].path);
		assert_text(&out, cases[i].text);
		buf_clear(&out);
	}
}

/* What is too large is refused, and does not spoil what comes after it. */
static void
test_too_large(void **state)
{
	const size_t len = (size_t)2 << 20;
	char *text = malloc(len + 1);
	struct suite_case c = suite[0];
	struct sigv4_result r;

	(void)state;
	assert_non_null(text);
	memset(text, '/', len);
	text[len] = '\0';
	sigv4_result_init(&r);
	for (int i = 0; i < 4; i++) {
		c = suite[0];
		if (i == 0)
			c.path = text;
		if (i == 1)
			c.query[0] = (struct text_pair){text, ""};
		if (i == 2)
			c.headers[0] = (struct text_pair){"x", text};
		if (i == 3)
			c.headers[0] = (struct text_pair){text, "x"};
		assert_int_equal(sign_case(&c, &r), -1);
		assert_int_equal(sign_case(&suite[0], &r), 0);
		assert_string_equal(r.signature, suite[0].signature);
	}
	sigv4_result_clear(&r);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_suite),
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_date),
	    cmocka_unit_test(test_query),
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
