/* SPDX-License-Identifier: Apache-2.0 */
/* From files to the ledger: who may say what, and that everything is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "correlator/correlate/match.h"
#include "correlator/gather.h"
#include "correlator/input/document.h"

#define PUSH(id)                                                                                   \
	"{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":"       \
	"\"AIDACKCEVSQ6C2EXAMPLE\",\"arn\":\"arn:aws:iam::111122223333:user/alice\"},"             \
	"\"eventTime\":\"2026-11-22T06:22:40Z\",\"eventSource\":"                                  \
	"\"ec2-instance-connect.amazonaws.com\",\"eventName\":\"SendSSHPublicKey\","               \
	"\"awsRegion\":\"eu-central-1\",\"requestParameters\":{\"instanceId\":"                    \
	"\"i-0123456789abcdef0\",\"instanceOSUser\":\"ec2-user\",\"sSHPublicKey\":\"x\"},"         \
	"\"eventID\":\"" id "\",\"recipientAccountId\":\"111122223333\"}"
#define OTHER                                                                                      \
	"{\"eventTime\":\"2026-11-22T06:25:00Z\",\"eventSource\":\"ec2.amazonaws.com\","           \
	"\"eventName\":\"DescribeInstances\",\"awsRegion\":\"eu-central-1\","                      \
	"\"recipientAccountId\":\"111122223333\"}"
#define LOGIN                                                                                      \
	"{\"v\":1,\"kind\":\"open\",\"id\":\"00000000000000000000000000000001\",\"seq\":1,"        \
	"\"time\":\"2026-11-22T06:22:45.000000Z\",\"os_user\":\"ec2-user\",\"prev\":"              \
	"\"0000000000000000000000000000000000000000000000000000000000000000\"}"

struct gathering {
	char path[64], diagnostics[4096];
	struct ledger ledger;
	struct input_list inputs;
	struct diagnostics said;
};

static void
gathering_open(struct gathering *g)
{
	*g = (struct gathering){.path = "/tmp/test_gather_XXXXXX"};
	assert_non_null(mkdtemp(g->path));
	assert_int_equal(ledger_init(&g->ledger), 0);
	input_list_init(&g->inputs);
	g->said.stream = fmemopen(g->diagnostics, sizeof(g->diagnostics), "w");
	assert_non_null(g->said.stream);
}

static void
add(struct gathering *g, const char *name, const char *text, enum input_role role)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", g->path, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(input_list_add(&g->inputs, path, role, &g->said), 0);
}

static void
gather(struct gathering *g)
{
	struct match_options options;

	match_options_default(&options);
	assert_int_equal(gather_inputs(&g->ledger, &g->inputs, DOCUMENT_INFLATE_MAX, &g->said), 0);
	assert_int_equal(match_run(&g->ledger, &options), 0);
	assert_null(match_check_invariants(&g->ledger));
	(void)fflush(g->said.stream);
}

static void
gathering_close(struct gathering *g)
{
	for (size_t i = 0; i < g->inputs.count; i++)
		assert_int_equal(unlink(g->inputs.files[i].path), 0);
	assert_int_equal(rmdir(g->path), 0);
	(void)fclose(g->said.stream);
	input_list_clear(&g->inputs);
	ledger_clear(&g->ledger);
}

static void
test_everything_is_counted(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "trail.json", "{\"Records\":[" PUSH("a") "," OTHER "," PUSH("a") "]}",
	    INPUT_EVENTS);
	add(&g, "more.jsonl", PUSH("b") "\n" OTHER "\n{\"eventName\":\n" OTHER "\n", INPUT_EVENTS);
	add(&g, "logins.jsonl", LOGIN "\n{\"v\":1,\"kind\":\"op\n" LOGIN "\n", INPUT_LOGINS);
	gather(&g);
	assert_int_equal(g.ledger.counts.files, 3);
	assert_int_equal(g.ledger.counts.pushes, 2);
	assert_int_equal(g.ledger.counts.duplicates, 1);
	assert_int_equal(g.ledger.counts.skipped, 3);
	assert_int_equal(g.ledger.counts.malformed, 1);
	assert_int_equal(g.ledger.counts.records, 7);
	assert_int_equal(g.ledger.counts.opens, 1);
	assert_int_equal(g.ledger.counts.login_duplicates, 1);
	assert_int_equal(g.ledger.counts.login_malformed, 1);
	assert_int_equal(g.ledger.counts.keys_unparsed, 2);
	assert_int_equal(g.ledger.coverage.count, 1);
	assert_int_equal(g.said.errors, 2);
	assert_non_null(strstr(g.diagnostics, "more.jsonl"));
	assert_non_null(strstr(g.diagnostics, "logins.jsonl"));
	gathering_close(&g);
}

/* A host must not be able to write CloudTrail beside its own logins. */
static void
test_roles(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "a", LOGIN "\n" PUSH("a") "\n", INPUT_LOGINS);
	add(&g, "b", PUSH("b") "\n" LOGIN "\n", INPUT_EVENTS);
	gather(&g);
	assert_int_equal(g.ledger.counts.pushes, 1);
	assert_int_equal(g.ledger.counts.opens, 1);
	assert_int_equal(g.ledger.counts.events_among_logins, 1);
	assert_int_equal(g.ledger.counts.logins_among_events, 1);
	assert_string_equal(ledger_text(&g.ledger, g.ledger.pushes[0].event_id), "b");
	assert_int_equal(g.said.warnings, 2);
	gathering_close(&g);
}

static void
test_file_names_cover(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "111122223333_CloudTrail_eu-central-1_20261122T0900Z_abcdefghijklmnop.json",
	    "{\"Records\":[" OTHER "]}", INPUT_EVENTS);
	gather(&g);
	assert_int_equal(g.ledger.coverage.count, 1);
	assert_true(coverage_complete_until(&g.ledger.coverage, &g.ledger.coverage.rows[0]) ==
	    INT64_C(1795337100) * 1000000); /* 2026-11-22T08:45:00Z */
	gathering_close(&g);
}

static void
test_record_without_time_is_named(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "a",
	    "{\"eventSource\":\"ec2-instance-connect.amazonaws.com\","
	    "\"eventName\":\"SendSSHPublicKey\"}",
	    INPUT_EVENTS);
	gather(&g);
	assert_int_equal(g.ledger.counts.malformed, 1);
	assert_int_equal(g.said.errors, 1);
	assert_non_null(strstr(g.diagnostics, "SendSSHPublicKey"));
	gathering_close(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everything_is_counted),
	    cmocka_unit_test(test_roles),
	    cmocka_unit_test(test_file_names_cover),
	    cmocka_unit_test(test_record_without_time_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
