/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "correlator/input/record_quick.h"

#define ROW                                                                                        \
	"\"eventTime\":\"2026-03-01T00:00:00Z\",\"eventSource\":\"ec2.amazonaws.com\","            \
	"\"eventName\":\"DescribeInstances\",\"awsRegion\":\"eu-central-1\""
#define BEFORE "{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"Root\"},"
#define BEHIND                                                                                     \
	",\"readOnly\":true,\"recipientAccountId\":\"111122223333\",\"eventCategory\":"            \
	"\"Management\"}"

static const struct {
	const char *name, *record;
	bool quick, once;
} cases[] = {
    {"as AWS writes", BEFORE ROW BEHIND, true, true},
    {"escapes elsewhere", BEFORE ROW ",\"userAgent\":\"a \\\"b\\\" c\"" BEHIND, true, true},
    {"another name deeper", BEFORE ROW ",\"requestParameters\":{\"eventName\":\"x\"}" BEHIND, true,
	false},
    {"the name again", BEFORE ROW ",\"eventName\":\"SendSSHPublicKey\"" BEHIND, true, false},
    {"the source again", BEFORE ROW ",\"eventSource\":\"sts.amazonaws.com\"" BEHIND, false, true},
    {"a source deeper", BEFORE "\"x\":{\"eventSource\":\"y\"}," ROW BEHIND, true, true},
    {"letters spelled",
	BEFORE ROW ",\"event\\u0053ource\":\"ec2-instance-connect.amazonaws.com\"" BEHIND, false,
	true},
    {"white space",
	"{\"eventTime\": \"2026-03-01T00:00:00Z\", \"eventSource\": \"ec2.amazonaws.com\"}", false,
	false},
    {"another order",
	"{\"eventSource\":\"ec2.amazonaws.com\",\"eventTime\":\"2026-03-01T00:00:00Z\"}", false,
	false},
    {"no account", BEFORE ROW ",\"readOnly\":true}", false, true},
    {"two accounts: the last one counts", BEFORE ROW ",\"recipientAccountId\":\"1\"" BEHIND, true,
	true},
    {"no readOnly", BEFORE ROW ",\"recipientAccountId\":\"1\"}", false, true},
    {"readOnly as text", BEFORE ROW ",\"readOnly\":\"true\",\"recipientAccountId\":\"1\"}", false,
	true},
    {"source deeper alone", BEFORE "\"x\":{" ROW "}" BEHIND, false, true},
};

static void
check_case(size_t n, enum byte_means means)
{
	char text[1024];
	struct record_header h;
	struct record_split split;
	struct span document;
	bool quick;

	(void)snprintf(text, sizeof(text), "{\"Records\":[{},%s]}", cases[n].record);
	document = span_of(text);
	record_split_init(&split);
	assert_int_equal(record_split_run(&split, means, document), RECORD_SPLIT_OK);
	assert_int_equal(split.count, 2);
	quick = record_quick_header(means, document, &split.records[1], NULL, &h);
	if (quick != cases[n].quick ||
	    record_quick_is_named_once(means, document, &split.records[1]) != cases[n].once)
		fail_msg("%s, means %d", cases[n].name, (int)means);
	if (quick) {
		assert_true(span_is(h.event_time, "2026-03-01T00:00:00Z"));
		assert_true(span_is(h.event_source, "ec2.amazonaws.com"));
		assert_true(span_is(h.event_name, "DescribeInstances"));
		assert_true(span_is(h.aws_region, "eu-central-1"));
		assert_true(span_is(h.recipient_account_id, "111122223333"));
		assert_true(span_is(h.read_only, "true"));
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
