/* SPDX-License-Identifier: Apache-2.0 */
/* Where requests go. Some hundred cases are compared with botocore by
 * tests/integration/aws_config.sh. */
#include "tests/unit/aws_test.h"

#include "common/uri_text.h"
#include "correlator/aws/aws_endpoint.h"

#define CONFIG                                                                                     \
	"[default]\n[profile own]\nendpoint_url = http://profile.example\n"                        \
	"[profile services]\nservices = v\nendpoint_url = http://profile.example\n"                \
	"[services v]\ns3 =\n  endpoint_url = http://s3.example/base\n"                            \
	"cloudwatch_logs =\n  endpoint_url = http://logs.example\n"                                \
	"[profile lost]\nservices = none\n"

struct endpoint_case {
	enum aws_service service;
	const char *region, *bucket;
	struct aws_settings settings; /* profile: "default" when NULL */
	const char *variables[2][2];
	const char *url, *signed_for; /* or a sentence that begins like url, and NULL */
};

/* The URL is its parts. */
static void
assert_parts(struct aws_endpoint *e)
{
	struct buf url;

	buf_init(&url, 4096);
	buf_puts(&url, span_starts(buf_span(&e->url), "https:") ? "https://" : "http://");
	buf_put_span(&url, buf_span(&e->host));
	uri_text_encode(&url, buf_span(&e->base_path), true);
	aws_assert_text(buf_cstr(&e->url), buf_cstr(&url));
	buf_clear(&url);
}

static void
resolve(const struct aws_config *config, const struct endpoint_case *c)
{
	struct aws_settings s = c->settings;
	struct aws_endpoint e;
	struct buf error;
	int r;

	aws_endpoint_init(&e);
	buf_init(&error, 4096);
	s.config = config;
	s.profile = (char *)(uintptr_t)(s.profile != NULL ? s.profile : "default");
	for (size_t i = 0; i < 2 && c->variables[i][0] != NULL; i++)
		(void)setenv(c->variables[i][0], c->variables[i][1], 1);
	r = aws_endpoint_resolve(&e, &s, c->service, c->region, c->bucket, &error);
	for (size_t i = 0; i < 2 && c->variables[i][0] != NULL; i++)
		(void)unsetenv(c->variables[i][0]);
	if (c->signed_for != NULL) {
		aws_assert_text(r == 0 ? buf_cstr(&e.url) : buf_cstr(&error), c->url);
		aws_assert_text(buf_cstr(&e.region), c->signed_for);
		assert_parts(&e);
	} else if (r != -1 || strncmp(buf_cstr(&error), c->url, strlen(c->url)) != 0) {
		fail_msg("%s%s, not %s", buf_cstr(&e.url), buf_cstr(&error), c->url);
	}
	aws_endpoint_clear(&e);
	buf_clear(&error);
}

static void
check_cases(const struct endpoint_case *cases, size_t count)
{
	struct aws_home home;
	struct aws_config *config;

	aws_home_make(&home);
	config = aws_home_load(&home, CONFIG, NULL);
	for (size_t i = 0; i < count; i++)
		resolve(config, &cases[i]);
	aws_config_free(config);
	aws_home_remove(&home);
}

#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))
#define TEXT(literal)      ((char *)(uintptr_t)(literal))

static void
test_aws_hosts(void **state)
{
	static const struct endpoint_case cases[] = {
	    {AWS_S3, "eu-west-1", NULL, .url = "https://s3.eu-west-1.amazonaws.com",
		.signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc", .url = "https://abc.s3.eu-west-1.amazonaws.com",
		.signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "a.bc", .url = "https://s3.eu-west-1.amazonaws.com/a.bc",
		.signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc", .settings = {.path_style = true},
		.url = "https://s3.eu-west-1.amazonaws.com/abc", .signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc", .settings = {.s3_dual_stack = true, .fips = true},
		.url = "https://abc.s3-fips.dualstack.eu-west-1.amazonaws.com",
		.signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc", .settings = {.dual_stack = true},
		.url = "https://abc.s3.eu-west-1.amazonaws.com", .signed_for = "eu-west-1"},
	    {AWS_S3, "cn-north-1", "abc", .url = "https://abc.s3.cn-north-1.amazonaws.com.cn",
		.signed_for = "cn-north-1"},
	    {AWS_S3, "cn-north-1", "abc", .settings = {.fips = true},
		.url = "S3 has no FIPS endpoint in region cn-north-1"},
	    {AWS_CLOUDTRAIL, "us-gov-west-1", .settings = {.fips = true},
		.url = "https://cloudtrail.us-gov-west-1.amazonaws.com",
		.signed_for = "us-gov-west-1"},
	    {AWS_CLOUDWATCH_LOGS, "us-east-1", .settings = {.fips = true, .dual_stack = true},
		.url = "https://logs-fips.us-east-1.api.aws", .signed_for = "us-east-1"},
	    {AWS_STS, "us-iso-east-1", .url = "https://sts.us-iso-east-1.c2s.ic.gov",
		.signed_for = "us-iso-east-1"},
	    {AWS_STS, "fips-us-east-1", .url = "https://sts-fips.us-east-1.amazonaws.com",
		.signed_for = "us-east-1"},
	    {AWS_STS, .settings = {.region = TEXT("eu-west-1")},
		.url = "https://sts.eu-west-1.amazonaws.com", .signed_for = "eu-west-1"},
	    {AWS_STS, "us-east-2", .settings = {.region = TEXT("eu-west-1")},
		.url = "https://sts.us-east-2.amazonaws.com", .signed_for = "us-east-2"},
	    /* without a region, and with that of nowhere */
	    {AWS_S3, .bucket = "abc", .url = "https://abc.s3.us-east-1.amazonaws.com",
		.signed_for = "us-east-1"},
	    {AWS_STS, "aws-global", .url = "https://sts.us-east-1.amazonaws.com",
		.signed_for = "us-east-1"},
	    {AWS_CLOUDTRAIL,
		.url = "no region: give --region, set AWS_REGION, or a region in profile "
		       "default"},
	};

	(void)state;
	CHECK_CASES(cases);
}

static void
test_own_endpoints(void **state)
{
	static const struct endpoint_case cases[] = {
	    {AWS_S3, "eu-west-1", "abc", .settings = {.endpoint_url = TEXT("http://[::1]:9000/b/")},
		.url = "http://[::1]:9000/b/abc", .signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", NULL,
		.settings = {.endpoint_url = TEXT("HTTPS://S3.Example:443")},
		.url = "https://s3.example", .signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc",
		.settings = {.endpoint_url = TEXT("https://x.example:8443/b"),
		    .virtual_style = true},
		.url = "https://abc.x.example:8443/b", .signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc",
		.settings = {.endpoint_url = TEXT("http://127.0.0.1:1"), .virtual_style = true},
		.url = "http://127.0.0.1:1/abc", .signed_for = "eu-west-1"},
	    {AWS_STS, "eu-west-1",
		.settings = {.endpoint_url = TEXT("http://x/a+b=c"), .fips = true},
		.url = "http://x/a%2Bb%3Dc", .signed_for = "eu-west-1"},
	    /* whose word counts */
	    {AWS_STS, "eu-west-1", .settings = {.endpoint_url = TEXT("http://typed")},
		.variables = {{"AWS_ENDPOINT_URL_STS", "http://sts"}}, .url = "http://typed",
		.signed_for = "eu-west-1"},
	    {AWS_STS, "eu-west-1",
		.variables = {{"AWS_ENDPOINT_URL_STS", "http://sts"},
		    {"AWS_ENDPOINT_URL", "http://all"}},
		.url = "http://sts", .signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc", .variables = {{"AWS_ENDPOINT_URL_S3", "http://s3.own"}},
		.url = "http://s3.own/abc", .signed_for = "eu-west-1"},
	    {AWS_CLOUDTRAIL, "eu-west-1",
		.variables = {{"AWS_ENDPOINT_URL_CLOUDTRAIL", "http://ct"}}, .url = "http://ct",
		.signed_for = "eu-west-1"},
	    {AWS_CLOUDWATCH_LOGS, "eu-west-1",
		.variables = {{"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://cwl"}},
		.url = "http://cwl", .signed_for = "eu-west-1"},
	    {AWS_CLOUDTRAIL, "eu-west-1", .settings = {.profile = TEXT("own")},
		.variables = {{"AWS_ENDPOINT_URL_STS", "http://sts"},
		    {"AWS_ENDPOINT_URL", "http://all"}},
		.url = "http://all", .signed_for = "eu-west-1"},
	    {AWS_STS, "eu-west-1", .settings = {.profile = TEXT("own")},
		.variables = {{"AWS_ENDPOINT_URL_STS", ""}, {"AWS_ENDPOINT_URL", ""}},
		.url = "http://profile.example", .signed_for = "eu-west-1"},
	    {AWS_S3, "eu-west-1", "abc", .settings = {.profile = TEXT("services")},
		.url = "http://s3.example/base/abc", .signed_for = "eu-west-1"},
	    {AWS_CLOUDWATCH_LOGS, "eu-west-1", .settings = {.profile = TEXT("services")},
		.url = "http://logs.example", .signed_for = "eu-west-1"},
	    {AWS_STS, "eu-west-1", .settings = {.profile = TEXT("services")},
		.url = "http://profile.example", .signed_for = "eu-west-1"},
	    {AWS_STS, "eu-west-1", .settings = {.profile = TEXT("lost")},
		.url = "profile lost names services none, which the config file has not"},
	    /* not asked for: neither the environment's nor the profile's, but what is typed */
	    {AWS_STS, "eu-west-1",
		.settings = {.profile = TEXT("own"), .ignore_endpoint_urls = true},
		.variables = {{"AWS_ENDPOINT_URL", "http://all"}},
		.url = "https://sts.eu-west-1.amazonaws.com", .signed_for = "eu-west-1"},
	    {AWS_STS, "eu-west-1",
		.settings = {.endpoint_url = TEXT("http://typed"), .ignore_endpoint_urls = true},
		.url = "http://typed", .signed_for = "eu-west-1"},
	};

	(void)state;
	CHECK_CASES(cases);
}

static void
test_urls_refused(void **state)
{
	static const char *const urls[] = {"", "x.example", "ftp://x", "//x", "http://",
	    "http:///x", "http://user:secret@x.example", "http://x?y", "http://x#y", "http://x/?y",
	    "http://x/%41", "http://x y", "http://x\n", "http://x\r\nHost: y", "http://x\\y",
	    "http://x:", "http://x:0", "http://x:65536", "http://x:1a", "http://x:123456",
	    "http://[::1", "http://[x]", "http://[::1]y", "http://-x", "http://.x", "http://\u00e9",
	    "http://x/\x01", "http://x/\u00e9", "http://x/..%2f", "http://x,y"};

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const struct endpoint_case cases[] = {
		    {AWS_STS, "eu-west-1", .variables = {{"AWS_ENDPOINT_URL_STS", urls[i]}},
			.url = "AWS_ENDPOINT_URL_STS is not the URL of an endpoint: "},
		};

		if (urls[i][0] != '\0')
			CHECK_CASES(cases);
	}
}

/* Whatever is typed as a region or a bucket, the host is AWS's. */
static void
test_names_refused(void **state)
{
	static const char *const regions[] = {"", "-", "a-", "-a", "us-east-1/x",
	    "us-east-1@evil.example", "evil.example", "us-east-1.evil.example/", "us east",
	    "us-east-1\n", "us-east-1#", "US-EAST-1", "us-east-1?x", "us_east", "\u00e9", "fips-",
	    "-fips", "x:80", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	static const char *const buckets[] = {"", "a", "ab", "...", "a/b", "../x", "a@b", "a b",
	    "abc\n", "abc?", "abc#", "a:b", "arn:aws:s3:::x", "\u00e9\u00e9\u00e9", "a%2fb"};

	(void)state;
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		const struct endpoint_case cases[] = {
		    {AWS_S3, regions[i], "abc", .url = "\""},
		    {AWS_STS, .settings = {.region = TEXT(regions[i])}, .url = "\""},
		    {AWS_S3, regions[i], .settings = {.endpoint_url = TEXT("http://x")},
			.url = "\""},
		};

		CHECK_CASES(cases);
	}
	for (size_t i = 0; i < sizeof(buckets) / sizeof(buckets[0]); i++) {
		const struct endpoint_case cases[] = {
		    {AWS_S3, "us-east-1", buckets[i], .url = "\""},
		    {AWS_S3, "us-east-1", buckets[i],
			.settings = {.endpoint_url = TEXT("http://x")}, .url = "\""},
		};

		CHECK_CASES(cases);
	}
}

static void
test_partitions(void **state)
{
	static const char *const cases[][2] = {{"us-east-1", "aws"}, {"cn-northwest-1", "aws-cn"},
	    {"us-gov-east-1", "aws-us-gov"}, {"us-iso-west-1", "aws-iso"},
	    {"us-isob-east-1", "aws-iso-b"}, {"eu-isoe-west-1", "aws-iso-e"},
	    {"us-isof-south-1", "aws-iso-f"}, {"eusc-de-east-1", "aws-eusc"}, {"", "aws"},
	    {"moon-base-1", "aws"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(aws_partition(cases[i][0]), cases[i][1]);
	assert_string_equal(aws_service_name(AWS_S3), "s3");
	assert_string_equal(aws_service_name(AWS_STS), "sts");
	assert_string_equal(aws_service_name(AWS_CLOUDTRAIL), "cloudtrail");
	assert_string_equal(aws_service_name(AWS_CLOUDWATCH_LOGS), "logs");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_aws_hosts),
	    cmocka_unit_test(test_own_endpoints),
	    cmocka_unit_test(test_urls_refused),
	    cmocka_unit_test(test_names_refused),
	    cmocka_unit_test(test_partitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
