/* SPDX-License-Identifier: Apache-2.0 */
/* Files to be gathered, and records to put into them. */
#ifndef TESTS_UNIT_GATHER_TEST_H
#define TESTS_UNIT_GATHER_TEST_H

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
/* A session of a role, created at that second, and the keys that it and others use. */
#define SESSION(key, name, at)                                                                     \
	"\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLE:" name           \
	"\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/R/" name "\",\"accessKeyId\":\"" key  \
	"\",\"sessionContext\":{\"attributes\":{\"creationDate\":"                                 \
	"\"2026-11-22T" at "Z\"}}},"
#define USER                                                                                       \
	"\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":\"AIDACKCEVSQ6C2EXAMPLE\","        \
	"\"arn\":"                                                                                 \
	"\"arn:aws:iam::111122223333:user/alice\",\"accessKeyId\":\"AKIAIOSFODNN7EXAMPLE\"},"
#define ASSUME_ROLE(id, caller, key, name, at)                                                     \
	"{" caller "\"eventTime\":\"2026-11-22T" at "Z\",\"eventSource\":\"sts.amazonaws.com\","   \
	"\"eventName\":\"AssumeRole\",\"awsRegion\":\"us-east-1\",\"readOnly\":true,"              \
	"\"responseElements\":{\"credentials\":{\"accessKeyId\":\"" key                            \
	"\"},\"assumedRoleUser\":{\"assumedRoleId\":\"AROAEXAMPLE:" name "\"}},\"eventID\":\"" id  \
	"\",\"recipientAccountId\":\"111122223333\"}"
#define ROLE_PUSH                                                                                  \
	"{" SESSION("ASIA3", "three",                                                              \
	    "06:03:00") "\"eventTime\":\"2026-11-22T06:22:40Z\",\"eventSource\":"                  \
			"\"ec2-instance-connect.amazonaws.com\",\"eventName\":"                    \
			"\"SendSSHPublicKey\","                                                    \
			"\"awsRegion\":\"eu-central-1\",\"requestParameters\":{\"instanceId\":"    \
			"\"i-0123456789abcdef0\",\"instanceOSUser\":\"ec2-user\"},\"eventID\":"    \
			"\"push\",\"recipientAccountId\":\"111122223333\"}"
/* alice's roles, one after the other, and what others did at the same times */
#define HOP_ONE ASSUME_ROLE("one", USER, "ASIA1", "one", "06:01:00")
#define HOP_TWO ASSUME_ROLE("two", SESSION("ASIA1", "one", "06:01:00"), "ASIA2", "two", "06:02:00")
#define HOP_THREE                                                                                  \
	ASSUME_ROLE("three", SESSION("ASIA2", "two", "06:02:00"), "ASIA3", "three", "06:03:00")
#define NOT_ASKED   ASSUME_ROLE("not-asked", USER, "ASIA9", "nine", "06:02:00")
#define NOISE       NOT_ASKED "," OTHER
#define NOISE_LINES NOT_ASKED "\n" OTHER "\n"
#define WRITES                                                                                     \
	"{\"eventTime\":\"2026-11-22T06:25:00Z\",\"eventSource\":\"ec2.amazonaws.com\","           \
	"\"eventName\":\"StartInstances\",\"awsRegion\":\"eu-central-1\",\"readOnly\":false,"      \
	"\"recipientAccountId\":\"111122223333\"}\n"
#define FIVE(x)   x x x x x
#define TWENTY(x) FIVE(x) FIVE(x) FIVE(x) FIVE(x)
#define LOGIN                                                                                      \
	"{\"v\":1,\"kind\":\"open\",\"id\":\"00000000000000000000000000000001\",\"seq\":1,"        \
	"\"time\":\"2026-11-22T06:22:45.000000Z\",\"os_user\":\"ec2-user\",\"prev\":"              \
	"\"0000000000000000000000000000000000000000000000000000000000000000\"}"

struct gathering {
	char path[64], diagnostics[4096];
	struct ledger ledger;
	struct input_list inputs;
	struct diagnostics said;
	struct gather_options options;
};

static inline void
gathering_open(struct gathering *g)
{
	*g = (struct gathering){.path = "/tmp/test_gather_XXXXXX", .options.people = true};
	assert_non_null(mkdtemp(g->path));
	assert_int_equal(ledger_init(&g->ledger), 0);
	input_list_init(&g->inputs);
	g->said.stream = fmemopen(g->diagnostics, sizeof(g->diagnostics), "w");
	assert_non_null(g->said.stream);
}

static inline void
add(struct gathering *g, const char *name, const char *text, enum input_role role)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", g->path, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(input_list_add(&g->inputs, path, role, &g->said), 0);
}

static inline void
gather(struct gathering *g)
{
	struct match_options options;

	match_options_default(&options);
	g->options.inflate_max = DOCUMENT_INFLATE_MAX;
	assert_int_equal(gather_inputs(&g->ledger, &g->inputs, &g->options, &g->said), 0);
	assert_int_equal(match_run(&g->ledger, &options), 0);
	assert_null(match_check_invariants(&g->ledger));
	(void)fflush(g->said.stream);
}

/* The event ids of the issues that were kept, in their order. */
static inline void
assert_issues(const struct gathering *g, const char *ids)
{
	char found[256] = "";
	size_t len = 0;

	for (size_t i = 0; i < g->ledger.issue_count; i++)
		len += (size_t)snprintf(found + len, sizeof(found) - len, "%s%s", i != 0 ? " " : "",
		    ledger_text(&g->ledger, g->ledger.issues[i].event_id));
	assert_string_equal(found, ids);
	assert_int_equal(g->ledger.counts.issues_kept, g->ledger.issue_count);
	assert_int_equal(g->ledger.counts.records,
	    g->ledger.counts.kept + g->ledger.counts.skipped + g->ledger.counts.malformed);
}

static inline void
gathering_close(struct gathering *g)
{
	for (size_t i = 0; i < g->inputs.count; i++)
		(void)unlink(g->inputs.files[i].path);
	assert_int_equal(rmdir(g->path), 0);
	(void)fclose(g->said.stream);
	input_list_clear(&g->inputs);
	ledger_clear(&g->ledger);
}

#endif
