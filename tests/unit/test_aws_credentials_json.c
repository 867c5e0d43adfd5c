/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/time_text.h"
#include "correlator/aws/credentials_json.h"
#include "correlator/aws/credentials_sts.h"

#define ID     "AKIAIOSFODNN7EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define KEYS   "\"AccessKeyId\":\"" ID "\",\"SecretAccessKey\":\"" SECRET "\""
#define TIME   "2026-11-23T01:02:03Z"

static const struct credentials_json_form process = {.token = "SessionToken", .has_version = true};
static const struct credentials_json_form endpoint = {.token = "Token", .is_temporary = true};

struct json_case {
	const struct credentials_json_form *form;
	const char *text;
	const char *token; /* expected; NULL: none */
	const char *account;
	const char *wrong; /* what why holds; NULL: it is read */
};

static void
check(const struct json_case *k)
{
	struct aws_credentials c;
	struct buf why;
	int r;

	buf_init(&why, 512);
	r = credentials_json_read(span_of(k->text), k->form, &c, &why);
	assert_non_null(buf_cstr(&why));
	if (k->wrong != NULL) {
		if (r != -1 || strstr(why.ptr, k->wrong) == NULL)
			fail_msg("%s: %d, %s", k->text, r, why.ptr);
		assert_null(strstr(why.ptr, "wJalr"));
		assert_null(c.access_key_id);
		assert_null(c.secret_access_key);
		assert_null(c.session_token);
	} else {
		if (r != 0)
			fail_msg("%s: %s", k->text, why.ptr);
		assert_string_equal(c.access_key_id, ID);
		assert_string_equal(c.secret_access_key, SECRET);
		assert_true((c.session_token == NULL) == (k->token == NULL));
		if (k->token != NULL)
			assert_string_equal(c.session_token, k->token);
		assert_true((c.account_id == NULL) == (k->account == NULL));
		if (k->account != NULL)
			assert_string_equal(c.account_id, k->account);
	}
	aws_credentials_clear(&c);
	buf_clear(&why);
}

static void
test_read(void **state)
{
	static const struct json_case cases[] = {
	    {&process, "{\"Version\":1," KEYS "}", NULL, NULL, NULL},
	    {&process, " {" KEYS ", \"Version\": 1, \"Other\": [{}]} \n", NULL, NULL, NULL},
	    {&process,
		"{\"Version\":1," KEYS ",\"SessionToken\":\"t/+=\",\"Expiration\":\"" TIME "\"}",
		"t/+=", NULL, NULL},
	    {&process,
		"{\"Version\":1," KEYS ",\"SessionToken\":null,\"Expiration\":null,\"AccountId\":"
		"\"111122223333\"}",
		NULL, "111122223333", NULL},
	    {&process, "{\"Version\":1," KEYS ",\"AccountId\":\"11112222333\"}", NULL, NULL, NULL},
	    {&process, "{\"Version\":2,\"Version\":1,\"AccessKeyId\":\"x\"," KEYS "}", NULL, NULL,
		NULL},
	    {&process,
		"{\"Version\":1,\"Token\":\"no\",\"\\u0041ccessKeyId\":\"AKIAIOSFODNN7EXAMPL"
		"\\u0045\",\"SecretAccessKey\":\"wJalrXUtnFEMI\\/K7MDENG\\/bPxRfiCYEXAMPLEKEY\"}",
		NULL, NULL, NULL},
	    {&endpoint,
		"{\"Code\":\"Success\"," KEYS ",\"Token\":\"t\",\"Expiration\":\"" TIME "\"}", "t",
		NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

static void
test_refused(void **state)
{
	static const struct json_case cases[] = {
	    {&process, "", NULL, NULL, "not a JSON object"},
	    {&process, "[]", NULL, NULL, "not a JSON object"},
	    {&process, "{\"Version\":1," KEYS, NULL, NULL, "not a JSON object"},
	    {&process, "{\"Version\":1," KEYS "} {}", NULL, NULL, "not a JSON object"},
	    {&process, "{" KEYS "}", NULL, NULL, "Version"},
	    {&process, "{\"Version\":2," KEYS "}", NULL, NULL, "Version"},
	    {&process, "{\"Version\":\"1\"," KEYS "}", NULL, NULL, "Version"},
	    {&process, "{\"Version\":1,\"SecretAccessKey\":\"" SECRET "\"}", NULL, NULL,
		"no AccessKeyId"},
	    {&process, "{\"Version\":1,\"AccessKeyId\":\"" ID "\"}", NULL, NULL,
		"no SecretAccessKey"},
	    {&process, "{\"Version\":1,\"AccessKeyId\":7,\"SecretAccessKey\":\"" SECRET "\"}", NULL,
		NULL, "no AccessKeyId"},
	    {&process, "{\"Version\":1," KEYS ",\"AccessKeyId\":\"\"}", NULL, NULL, "is empty"},
	    {&process, "{\"Version\":1," KEYS ",\"SessionToken\":\"a\\r\\nHost: x\"}", NULL, NULL,
		"session token holds"},
	    {&process, "{\"Version\":1," KEYS ",\"AccessKeyId\":\"a\\u0000b\"}", NULL, NULL,
		"access key id holds"},
	    {&process, "{\"Version\":1," KEYS ",\"SecretAccessKey\":\"wJalr\\n\"}", NULL, NULL,
		"secret access key holds"},
	    {&process, "{\"Version\":1," KEYS ",\"Expiration\":\"soon\"}", NULL, NULL,
		"Expiration is not"},
	    {&endpoint, "{" KEYS ",\"Token\":\"t\"}", NULL, NULL, "no Expiration"},
	    {&endpoint, "{" KEYS ",\"Expiration\":\"" TIME "\"}", NULL, NULL, "no Token"},
	    {&endpoint, "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"EC2 cannot\"}",
		NULL, NULL, "no AccessKeyId (Code: AssumeRoleUnauthorizedAccess)"},
	    {&endpoint, "{\"Code\":\"a\\u001b[31m\"}", NULL, NULL, "no AccessKeyId"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

static void
test_expiration(void **state)
{
	struct aws_credentials c, copy;
	struct buf why;
	int64_t us;

	(void)state;
	buf_init(&why, 512);
	assert_int_equal(
	    credentials_json_read(SPAN("{" KEYS ",\"Version\":1}"), &process, &c, &why), 0);
	assert_true(c.expires_us == AWS_CREDENTIALS_NEVER);
	aws_credentials_clear(&c);
	assert_int_equal(
	    credentials_json_read(
		SPAN("{" KEYS ",\"Version\":1,\"AccountId\":\"111122223333\","
		     "\"SessionToken\":\"t\",\"Expiration\":\"2026-11-23T02:02:03+01:00\"}"),
		&process, &c, &why),
	    0);
	assert_true(time_parse(SPAN(TIME), &us));
	assert_true(c.expires_us == us);
	c.provider = "process";
	assert_int_equal(aws_credentials_copy(&copy, &c), 0);
	assert_string_equal(copy.access_key_id, ID);
	assert_string_equal(copy.session_token, "t");
	assert_string_equal(copy.account_id, "111122223333");
	assert_string_equal(copy.provider, "process");
	assert_true(copy.expires_us == us);
	assert_ptr_not_equal(copy.secret_access_key, c.secret_access_key);
	aws_credentials_clear(&copy);
	aws_credentials_clear(&c);
	assert_null(c.secret_access_key);
	buf_clear(&why);
}

#define STS_KEYS "<SecretAccessKey>" SECRET "</SecretAccessKey><SessionToken>t</SessionToken>"
#define STS(inner)                                                                                 \
	"<AssumeRoleResponse "                                                                     \
	"xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>" inner             \
	"</AssumeRoleResult></AssumeRoleResponse>"

static void
test_sts(void **state)
{
	static const struct {
		const char *text, *wrong;
	} cases[] = {
	    {STS("<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn></"
		 "AssumedRoleUser>"
		 "<Credentials><AccessKeyId>" ID "</AccessKeyId>" STS_KEYS "<Expiration>" TIME
		 "</Expiration></Credentials>"),
		NULL},
	    {STS("<Credentials><AccessKeyId>" ID "</AccessKeyId>" STS_KEYS "</Credentials>"),
		"no Expiration"},
	    {STS("<Credentials><AccessKeyId>" ID "</AccessKeyId>" STS_KEYS
		 "<Expiration>soon</Expiration></Credentials>"),
		"no Expiration"},
	    {STS("<Credentials>" STS_KEYS "<Expiration>" TIME "</Expiration></Credentials>"),
		"no credentials"},
	    {STS("<Credentials><AccessKeyId>a b</AccessKeyId>" STS_KEYS "<Expiration>" TIME
		 "</Expiration></Credentials>"),
		"access key id holds"},
	    {STS(""), "no credentials"},
	    {"{}", "not XML"},
	    {"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "not XML"},
	    {"", "not XML"},
	};
	struct aws_credentials c;
	struct buf why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&why, 256);
		assert_int_equal(credentials_sts_read(span_of(cases[i].text), &c, &why),
		    cases[i].wrong != NULL ? -1 : 0);
		assert_non_null(buf_cstr(&why));
		if (cases[i].wrong != NULL)
			assert_non_null(strstr(why.ptr, cases[i].wrong));
		else {
			assert_string_equal(c.secret_access_key, SECRET);
			assert_string_equal(c.session_token, "t");
			assert_string_equal(c.account_id, "111122223333");
		}
		aws_credentials_clear(&c);
		buf_clear(&why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_expiration),
	    cmocka_unit_test(test_sts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
