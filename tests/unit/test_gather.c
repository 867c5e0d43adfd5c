/* SPDX-License-Identifier: Apache-2.0 */
/* From files to the ledger: who may say what, and that everything is counted. */
#include "tests/unit/gather_test.h"

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

/* sshd's own logs among the logins are put together to logins; among the events they are not
 * believed. */
static void
test_system_logs(void **state)
{
	static const char line[] =
	    "2026-11-22T06:22:45.123456+00:00 web-1 sshd[812]: Accepted publickey for ec2-user "
	    "from 203.0.113.7 port 51514 ssh2: ED25519 "
	    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n";
	static const char entry[] =
	    "{\"__REALTIME_TIMESTAMP\":\"1795328565123456\",\"_UID\":\"0\",\"_PID\":\"813\","
	    "\"_HOSTNAME\":\"web-1\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":\"Accepted "
	    "password for ec2-user from 203.0.113.7 port 51515 ssh2\"}\n";
	struct gathering g;

	(void)state;
	gathering_open(&g);
	g.options.syslog.eic_uid = -1;
	add(&g, "auth.log", line, INPUT_LOGINS);
	add(&g, "journal.json", entry, INPUT_LOGINS);
	add(&g, "z", entry, INPUT_EVENTS);
	gather(&g);
	assert_int_equal(g.ledger.counts.syslog_lines, 2);
	assert_int_equal(g.ledger.counts.syslog_logins, 2);
	assert_int_equal(g.ledger.login_count, 2);
	assert_int_equal(g.ledger.counts.login_lines, 0);
	assert_int_equal(g.ledger.counts.logins_among_events, 1);
	assert_int_equal(g.said.errors, 0);
	assert_int_equal(g.said.warnings, 1);
	gathering_close(&g);
}

static void
test_trail_without_reads(void **state)
{
	struct gathering g;
	string_id account;

	(void)state;
	for (int reads = 0; reads <= 1; reads++) {
		gathering_open(&g);
		add(&g, "a", TWENTY(WRITES), INPUT_EVENTS);
		if (reads != 0)
			add(&g, "b", HOP_ONE, INPUT_EVENTS);
		gather(&g);
		account = string_pool_find(&g.ledger.pool, SPAN("111122223333"));
		assert_int_equal(coverage_is_write_only(&g.ledger.coverage, account), reads == 0);
		gathering_close(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everything_is_counted),
	    cmocka_unit_test(test_roles),
	    cmocka_unit_test(test_file_names_cover),
	    cmocka_unit_test(test_record_without_time_is_named),
	    cmocka_unit_test(test_system_logs),
	    cmocka_unit_test(test_trail_without_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
