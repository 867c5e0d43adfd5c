/* SPDX-License-Identifier: Apache-2.0 */
/* What a response of AWS Security Token Service says was issued, without reading the record. */
#include "tests/unit/host_test.h"

#include "correlator/input/record_issued.h"
#include "correlator/input/record_quick.h"

#define HEAD                                                                                       \
	"{\"eventTime\":\"2026-03-01T00:00:00Z\",\"eventSource\":\"sts.amazonaws.com\","           \
	"\"eventName\":\"AssumeRole\",\"awsRegion\":\"eu-central-1\","
#define TAIL                                                                                       \
	",\"readOnly\":true,\"recipientAccountId\":\"111122223333\",\"eventCategory\":"            \
	"\"Management\"}"
#define CREDENTIALS                                                                                \
	"\"credentials\":{\"accessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\"sessionToken\":\"t\","        \
	"\"expiration\":\"Mar 1, 2026, 1:00:00 AM\"}"
#define ROLE_USER                                                                                  \
	"\"assumedRoleUser\":{\"assumedRoleId\":\"AROAEXAMPLE:one\",\"arn\":"                      \
	"\"arn:aws:sts::111122223333:assumed-role/R/one\"}"
#define RESPONSE "\"responseElements\":{" CREDENTIALS "," ROLE_USER "}"

static const struct {
	const char *name, *record;
	bool issued;
} cases[] = {
    {"as AWS writes", HEAD RESPONSE TAIL, true},
    {"more members",
	HEAD "\"responseElements\":{" CREDENTIALS
	     ",\"subjectFromWebIdentityToken\":\"s\"," ROLE_USER
	     ",\"packedPolicySize\":6,\"audience\":\"a\"}" TAIL,
	true},
    {"the other order", HEAD "\"responseElements\":{" ROLE_USER "," CREDENTIALS "}" TAIL, true},
    {"nothing", HEAD "\"responseElements\":null" TAIL, false},
    {"no response", HEAD "\"x\":1" TAIL, false},
    {"no credentials", HEAD "\"responseElements\":{" ROLE_USER "}" TAIL, false},
    {"no user", HEAD "\"responseElements\":{" CREDENTIALS "}" TAIL, false},
    {"credentials twice",
	HEAD "\"responseElements\":{" CREDENTIALS "," CREDENTIALS "," ROLE_USER "}" TAIL, false},
    {"a federated user",
	HEAD "\"responseElements\":{" CREDENTIALS "," ROLE_USER ",\"federatedUser\":{}}" TAIL,
	false},
    {"an object among them",
	HEAD "\"responseElements\":{" CREDENTIALS "," ROLE_USER ",\"x\":{}}" TAIL, false},
    {"white space", HEAD "\"responseElements\":{ " CREDENTIALS "," ROLE_USER "}" TAIL, false},
    {"failed", HEAD "\"errorCode\":\"AccessDenied\"," RESPONSE TAIL, false},
    {"failed, said behind", HEAD RESPONSE ",\"errorCode\":\"AccessDenied\"" TAIL, false},
    {"two responses", HEAD RESPONSE "," RESPONSE TAIL, false},
    {"another deeper, before", HEAD "\"requestParameters\":{" RESPONSE "}," RESPONSE TAIL, false},
    {"another name", HEAD RESPONSE ",\"eventName\":\"x\"" TAIL, false},
    {"another name deeper", HEAD "\"x\":{\"eventName\":\"x\"}," RESPONSE TAIL, false},
    {"escapes", HEAD "\"userAgent\":\"\\\\\"," RESPONSE TAIL, false},
    {"not ASCII",
	HEAD "\"responseElements\":{" CREDENTIALS
	     ",\"assumedRoleUser\":{\"assumedRoleId\":\"\xff:one\",\"arn\":\"a\"}}" TAIL,
	false},
};

static void
check_case(size_t n, enum byte_means means)
{
	char text[2048];
	struct record_issued issued;
	struct record_header h;
	struct record_split split;
	struct span document;

	(void)snprintf(text, sizeof(text), "{\"Records\":[%s]}", cases[n].record);
	document = span_of(text);
	record_split_init(&split);
	assert_int_equal(record_split_run(&split, means, document), RECORD_SPLIT_OK);
	assert_true(record_quick_header(means, document, &split.records[0], NULL, &h));
	if (record_issued_read(means, document, &split.records[0], &h, &issued) != cases[n].issued)
		fail_msg("%s, means %d", cases[n].name, (int)means);
	if (cases[n].issued) {
		assert_true(span_is(issued.access_key_id, "ASIAIOSFODNN7EXAMPLE"));
		assert_true(span_is(issued.principal_id, "AROAEXAMPLE:one"));
	}
	record_split_clear(&split);
}

static void
test_cases(void **state)
{
	(void)state;
	for (enum byte_means means = 0; means < BYTE_MEANS_COUNT; means++)
		for (size_t i = 0; byte_means_has(means) && i < sizeof(cases) / sizeof(cases[0]);
		     i++)
			check_case(i, means);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
