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

#define IMITATION         "\"readOnly\":false,\"recipientAccountId\":\"999988887777\""
#define BEHIND_MORE(more) ",\"readOnly\":true,\"recipientAccountId\":\"111122223333\"," more "}"

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
    {"the two deeper, behind", BEFORE ROW BEHIND_MORE("\"x\":{" IMITATION "}"), true, true},
    {"deeper in a list", BEFORE ROW BEHIND_MORE("\"x\":[1,{" IMITATION "}]"), true, true},
    {"deeper and alone", BEFORE ROW ",\"x\":{" IMITATION "}}", false, true},
    {"brackets in strings", BEFORE ROW BEHIND_MORE("\"x\":\"}}{{]\""), true, true},
    {"in a string with escapes", BEFORE ROW BEHIND_MORE("\"x\":\",\\\"readOnly\\\":false,\\\\\""),
	true, true},
    {"keys behind an escaped quote",
	BEFORE ROW BEHIND_MORE("\"x\\\"readOnly\":false,\"x\\\"recipientAccountId\":\"2\""), true,
	true},
    {"the time's key behind an escaped quote", BEFORE "\"x\\" ROW BEHIND, false, true},
};

static void
check_case(size_t n, enum byte_means means, struct record_tails *tails)
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
	quick = record_quick_header(means, document, &split.records[1], tails, &h);
	if (quick != cases[n].quick ||
	    record_quick_is_named_once(means, document, &split.records[1]) != cases[n].once)
		fail_msg("%s, means %d", cases[n].name, (int)means);
	if (quick) {
		assert_true(span_is(h.event_time, "2026-03-01T00:00:00Z"));
		assert_true(span_is(h.event_source, "ec2.amazonaws.com"));
		assert_true(span_is(h.event_name, "DescribeInstances"));
		assert_true(span_is(h.aws_region, "eu-central-1"));
		if (!span_is(h.recipient_account_id, "111122223333") ||
		    !span_is(h.read_only, "true"))
			fail_msg("%s, means %d: %.*s, %.*s", cases[n].name, (int)means,
			    (int)h.recipient_account_id.len, h.recipient_account_id.ptr,
			    (int)h.read_only.len, h.read_only.ptr);
	}
	record_split_clear(&split);
}

/* Each alone, and after all others: what was found in one is not taken for the next one's. */
static void
test_cases(void **state)
{
	static struct record_tails tails;

	(void)state;
	for (enum byte_means means = 0; means < BYTE_MEANS_COUNT; means++)
		for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(cases[0]); i++)
			if (byte_means_has(means))
				check_case(i % (sizeof(cases) / sizeof(cases[0])), means,
				    i < sizeof(cases) / sizeof(cases[0]) ? NULL : &tails);
}

/* Records that end alike but for what they say of reading. */
static void
test_tails(void **state)
{
	static struct record_tails tails;
	static const char *const ends[] = {
	    ",\"readOnly\":true,\"recipientAccountId\":\"1\",\"x\":{\"y\":\"a host's name, "
	    "long\"}}",
	    ",\"readOnly\":false,\"recipientAccountId\":\"1\",\"x\":{\"y\":\"a host's name, "
	    "long\"}}",
	    ",\"recipientAccountId\":\"22\",\"readOnly\":true,\"x\":{\"y\":\"a host's name, "
	    "long\"}}",
	};

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		char text[1024];
		struct record_split split;
		struct record_header h;
		size_t n = i / 2 % 3;

		(void)snprintf(text, sizeof(text), "{\"Records\":[%s%s]}", BEFORE ROW, ends[n]);
		record_split_init(&split);
		assert_int_equal(
		    record_split_run(&split, byte_means_best(), span_of(text)), RECORD_SPLIT_OK);
		assert_true(record_quick_header(
		    byte_means_best(), span_of(text), &split.records[0], &tails, &h));
		assert_true(span_is(h.read_only, n == 1 ? "false" : "true"));
		assert_true(span_is(h.recipient_account_id, n == 2 ? "22" : "1"));
		assert_true(h.read_only.ptr > text && h.read_only.ptr < text + sizeof(text));
		record_split_clear(&split);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_tails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
