/* SPDX-License-Identifier: Apache-2.0 */
/* The quick way through a log file finds what reading every record in full finds. */
#include "tests/unit/gather_test.h"

#define TAIL ",\"readOnly\":true,\"recipientAccountId\":\"111122223333\"}"
#define ROW(source, name)                                                                          \
	"\"eventTime\":\"2026-11-22T06:25:00Z\",\"eventSource\":\"" source ".amazonaws.com\","     \
	"\"eventName\":\"" name "\",\"awsRegion\":\"eu-central-1\""
#define READ(source, name) "{" ROW(source, name) TAIL

static const struct {
	const char *name, *records;
	uint64_t issuing;
} cases[] = {
    {"nothing", "", 0},
    {"records of no use", READ("ec2", "DescribeInstances") "," READ("s3", "GetObject"), 0},
    {"a push among them", READ("ec2", "DescribeInstances") "," PUSH("1") "," READ("s3", "x"), 0},
    {"issuing events", NOISE "," HOP_ONE "," HOP_TWO "," HOP_THREE "," ROLE_PUSH, 4},
    {"one that failed",
	"{" ROW(
	    "sts", "AssumeRole") ",\"errorCode\":\"AccessDenied\",\"responseElements\":null" TAIL,
	1},
    {"a service of use, another call", READ("sts", "GetCallerIdentity"), 0},
    {"the name again", "{" ROW("sts", "GetCallerIdentity") ",\"eventName\":\"AssumeRole\"" TAIL, 1},
    {"the source again",
	"{" ROW("s3", "SendSSHPublicKey") ",\"eventSource\":\"ec2-instance-connect.x\"" TAIL, 0},
    {"spelled letters",
	"{" ROW("s3", "x") ",\"event\\u0053ource\":\"sts.x\",\"eventName\":\"AssumeRole\"" TAIL, 1},
    {"two responses",
	"{" ROW("sts", "AssumeRole") ",\"responseElements\":{\"credentials\":{\"accessKeyId\":"
				     "\"ASIA1\"}},\"responseElements\":{\"credentials\":"
				     "{\"accessKeyId\":\"ASIA2\"}}" TAIL,
	1},
    {"a sign-in", "{" ROW("signin", "ConsoleLogin") ",\"responseElements\":{}" TAIL, 1},
    {"records of other shapes", "{},{\"a\":1}," READ("ec2", "x"), 0},
    {"white space", "{ \"eventTime\" : \"2026-11-22T06:25:00Z\" },\n" READ("ec2", "x"), 0},
};

static void
gather_case(struct gathering *g, size_t n, bool plain)
{
	char text[16384];

	gathering_open(g);
	g->options.plain = plain;
	(void)snprintf(text, sizeof(text), "{\"Records\":[%s]}", cases[n].records);
	add(g, "a.json", text, INPUT_EVENTS);
	gather(g);
}

static void
assert_same_coverage(const struct ledger *a, const struct ledger *b)
{
	assert_int_equal(a->coverage.count, b->coverage.count);
	for (size_t i = 0; i < a->coverage.count; i++) {
		const struct coverage_row *x = &a->coverage.rows[i], *y = &b->coverage.rows[i];

		assert_int_equal(x->records, y->records);
		assert_int_equal(x->reads, y->reads);
		assert_int_equal(x->writes, y->writes);
		assert_int_equal(x->first_us, y->first_us);
		assert_int_equal(x->newest_us, y->newest_us);
		assert_int_equal(x->day_count, y->day_count);
	}
}

static void
test_ways_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gathering plain, quick;

		gather_case(&plain, i, true);
		gather_case(&quick, i, false);
		if (memcmp(&plain.ledger.counts, &quick.ledger.counts,
			sizeof(plain.ledger.counts)) != 0 ||
		    quick.ledger.counts.issuing != cases[i].issuing)
			fail_msg("%s: %llu records, %llu issuing", cases[i].name,
			    (unsigned long long)quick.ledger.counts.records,
			    (unsigned long long)quick.ledger.counts.issuing);
		assert_int_equal(plain.ledger.push_count, quick.ledger.push_count);
		assert_int_equal(plain.ledger.issue_count, quick.ledger.issue_count);
		assert_int_equal(plain.ledger.caller_count, quick.ledger.caller_count);
		assert_same_coverage(&plain.ledger, &quick.ledger);
		gathering_close(&plain);
		gathering_close(&quick);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ways_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
