/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/input_test.h"

#include "common/time_text.h"
#include "correlator/events/event.h"
#include "correlator/input/document.h"
#include "pam_module/ssh_key.h"

#define BLOB        "AAAAC3NzaC1lZDI1NTE5AAAAIOtAlK45MAEWZ7MUY2QEmi3M6W+peGL3VCrc0qH54xRu"
#define KEY         "ssh-ed25519 " BLOB
#define FINGERPRINT "SHA256:xq6092IJhV+0W2wifL9mSmJHQoMb2h2KFNrpk4YEAW8"
#define TIME        "\"eventTime\":\"2026-11-22T06:22:40Z\""
#define EIC(name, more)                                                                            \
	"{\"eventSource\":\"ec2-instance-connect.amazonaws.com\",\"eventName\":\"" name "\"," TIME \
	"," more "}"
#define PUSH(more) EIC("SendSSHPublicKey", more)
#define WITH_KEY(key)                                                                              \
	PUSH("\"requestParameters\":{\"instanceId\":\"i-0123456789abcdef0\","                      \
	     "\"instanceOSUser\":\"ec2-user\",\"sSHPublicKey\":\"" key "\"}")

struct parsed {
	struct buf scratch;
	struct event e;
	enum event_error error;
};

static void
parse(struct parsed *p, struct span record)
{
	buf_init(&p->scratch, 3 * record.len + 1);
	p->error = event_parse(record, &p->scratch, &p->e);
}

static void
parsed_clear(struct parsed *p)
{
	buf_clear(&p->scratch);
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *source, *name;
		enum event_kind kind;
	} cases[] = {
	    {"ec2-instance-connect.amazonaws.com", "SendSSHPublicKey", EVENT_KEY_PUSH},
	    {"ec2-instance-connect.amazonaws.com", "SendSSHPublicKey ", EVENT_KEY_PUSH},
	    {"ec2-instance-connect.amazonaws.com", "\\tSendSSHPublicKey\\n", EVENT_KEY_PUSH},
	    {" ec2-instance-connect.amazonaws.com ", "SendSSHPublicKey", EVENT_KEY_PUSH},
	    {"ec2\\u002dinstance-connect.amazonaws.com", "SendSSHPublicKe\\u0079", EVENT_KEY_PUSH},
	    {"ec2-instance-connect.amazonaws.com.cn", "SendSSHPublicKey", EVENT_KEY_PUSH},
	    {"ec2-instance-connect.amazonaws.com", "SendSerialConsoleSSHPublicKey",
		EVENT_SERIAL_PUSH},
	    {"ec2-instance-connect.amazonaws.com", "OpenTunnel", EVENT_TUNNEL},
	    {"ec2-instance-connect.amazonaws.com", "SendSSHPublicKey2", EVENT_OTHER},
	    {"ec2-instance-connect.amazonaws.com", "SendSSHPublic", EVENT_OTHER},
	    {"ec2-instance-connect.amazonaws.com", "Send SSHPublicKey", EVENT_OTHER},
	    {"ec2-instance-connect.amazonaws.com", "", EVENT_OTHER},
	    {"", "SendSSHPublicKey", EVENT_OTHER},
	    {"ec2.amazonaws.com", "SendSSHPublicKey", EVENT_OTHER},
	    {"my-ec2-instance-connect.amazonaws.com", "SendSSHPublicKey", EVENT_OTHER},
	    {"ec2-instance-connect.amazonaws.com", NULL, EVENT_OTHER},
	    {NULL, "SendSSHPublicKey", EVENT_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record_header h = {
		    .event_source = span_of(cases[i].source),
		    .event_name = span_of(cases[i].name),
		};

		if (event_kind_of(&h) != cases[i].kind)
			fail_msg("%s %s", cases[i].source, cases[i].name);
	}
}

static void
test_push(void **state)
{
	static const char record[] = PUSH(
	    "\"eventID\":\"e1\",\"requestID\":\"r1\",\"sharedEventID\":\"s1\",\"awsRegion\":"
	    "\"eu-west-1\",\"recipientAccountId\":\"111122223333\",\"sourceIPAddress\":"
	    "\"203.0.113.7\",\"userAgent\":\"a \\u001b[31m\\\"b\\\"\",\"errorCode\":\"\","
	    "\"sessionCredentialFromConsole\":\"true\",\"userIdentity\":{\"type\":\"IAMUser\","
	    "\"arn\":\"arn:aws:iam::111122223333:user/alice\",\"accountId\":\"999\"},"
	    "\"responseElements\":{\"requestId\":\"r1\",\"success\":true},\"requestParameters\":{"
	    "\"instanceId\":\"i-0123456789abcdef0\",\"availabilityZone\":\"eu-west-1a\","
	    "\"instanceOSUser\":\"ec2-user\",\"sSHPublicKey\":\"" KEY "\"}");
	char text[SSH_FINGERPRINT_TEXT_LEN];
	struct parsed p;

	(void)state;
	parse(&p, span_of(record));
	assert_int_equal(p.error, EVENT_OK);
	assert_int_equal(p.e.kind, EVENT_KEY_PUSH);
	assert_int_equal(p.e.time_us, INT64_C(1795328560) * US_PER_SECOND);
	assert_span(p.e.event_id, "e1");
	assert_span(p.e.request_id, "r1");
	assert_span(p.e.shared_event_id, "s1");
	assert_span(p.e.account_id, "111122223333");
	assert_span(p.e.region, "eu-west-1");
	assert_span(p.e.source_ip, "203.0.113.7");
	assert_span(p.e.user_agent, "a \x1b[31m\"b\"");
	assert_false(p.e.failed);
	assert_true(p.e.from_console);
	assert_false(p.e.supersedes);
	assert_span(p.e.identity.arn, "arn:aws:iam::111122223333:user/alice");
	assert_span(p.e.instance_id, "i-0123456789abcdef0");
	assert_span(p.e.os_user, "ec2-user");
	assert_true(p.e.has_fingerprint);
	assert_string_equal(ssh_fingerprint_text(p.e.fingerprint, text), FINGERPRINT);
	assert_span(p.e.key_type, "ssh-ed25519");
	assert_span(p.e.key_error, NULL);
	parsed_clear(&p);
}

static void
test_keys(void **state)
{
	static const struct {
		const char *key;
		bool parses;
	} cases[] = {
	    {KEY, true},
	    {KEY "\\n", true},
	    {KEY " \\r\\n", true},
	    {KEY " alice@example.com", true},
	    {KEY " two words\\n", true},
	    {"  " KEY, true},
	    {"ssh-ed25519\\t" BLOB, true},
	    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOtAlK45MAEWZ7MUY2QEmi3M6W-"
	     "peGL3VCrc0qH54xRu",
		false},
	    {"---- BEGIN SSH2 PUBLIC KEY ----\\nComment: x\\n"
	     "AAAAC3NzaC1lZDI1NTE5AAAAIOtAlK45MAEWZ7MUY2QE\\nmi3M6W+peGL3VCrc0qH54xRu\\n"
	     "---- END SSH2 PUBLIC KEY ----\\n",
		true},
	    {"", false},
	    {"ssh-ed25519", false},
	    {"ssh-ed25519 XXXX", false},
	    {"ssh-rsa " BLOB, false},
	    {"\\u0000\\u0000", false},
	    {"-----BEGIN OPENSSH PRIVATE KEY-----\\nAAAA", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *record, text[SSH_FINGERPRINT_TEXT_LEN];
		struct parsed p;

		assert_true(asprintf(&record, WITH_KEY("%s"), cases[i].key) > 0);
		parse(&p, span_of(record));
		assert_int_equal(p.error, EVENT_OK);
		if (p.e.has_fingerprint != cases[i].parses ||
		    (p.e.key_error.ptr == NULL) != cases[i].parses ||
		    (p.e.key_type.ptr != NULL) != cases[i].parses)
			fail_msg("%s", cases[i].key);
		if (cases[i].parses)
			assert_string_equal(
			    ssh_fingerprint_text(p.e.fingerprint, text), FINGERPRINT);
		parsed_clear(&p);
		free(record);
	}
}

/* As AWS's guide has printed it since 2018. */
static void
test_old_spelling(void **state)
{
	static const char record[] = EIC("SendSSHPublicKey ",
	    "\"requestParameters\":{\"instanceId\":\"i-0123456789abcdef0\",\"osUser\":\"ubuntu\","
	    "\"SSHKey\":{\"publicKey\":\"" KEY "\"}},\"responseElements\":null");
	struct parsed p;

	(void)state;
	parse(&p, span_of(record));
	assert_int_equal(p.error, EVENT_OK);
	assert_int_equal(p.e.kind, EVENT_KEY_PUSH);
	assert_span(p.e.os_user, "ubuntu");
	assert_true(p.e.has_fingerprint);
	assert_false(p.e.failed);
	parsed_clear(&p);
}

static void
test_failed(void **state)
{
	static const struct {
		const char *more;
		bool failed;
	} cases[] = {
	    {"\"x\":1", false},
	    {"\"errorCode\":\"AccessDenied\",\"requestParameters\":null", true},
	    {"\"errorCode\":\"AccessDenied\"", true},
	    {"\"errorCode\":\"\"", false},
	    {"\"errorCode\":null", false},
	    {"\"responseElements\":null", false},
	    {"\"responseElements\":{\"success\":false}", true},
	    {"\"responseElements\":{\"success\":\"false\"}", true},
	    {"\"responseElements\":{\"success\":true}", false},
	    {"\"responseElements\":{\"success\":null}", false},
	    {"\"responseElements\":\"success\"", false},
	    {"\"responseElements\":{\"success\":false},\"responseElements\":{}", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parsed p;
		char *record;

		assert_true(asprintf(&record, PUSH("%s"), cases[i].more) > 0);
		parse(&p, span_of(record));
		assert_int_equal(p.error, EVENT_OK);
		if (p.e.failed != cases[i].failed)
			fail_msg("%s", cases[i].more);
		assert_span(p.e.instance_id, NULL);
		assert_span(p.e.key_error, NULL);
		assert_false(p.e.has_fingerprint);
		parsed_clear(&p);
		free(record);
	}
}

static void
test_errors(void **state)
{
	static const struct {
		const char *record;
		enum event_error error;
	} cases[] = {
	    {"", EVENT_ERROR_JSON},
	    {"[]", EVENT_ERROR_JSON},
	    {"{", EVENT_ERROR_JSON},
	    {"{\"eventTime\":\"2026-11-22T06:22:40Z\"", EVENT_ERROR_JSON},
	    {"{}", EVENT_ERROR_TIME},
	    {"{\"eventTime\":null}", EVENT_ERROR_TIME},
	    {"{\"eventTime\":\"\"}", EVENT_ERROR_TIME},
	    {"{\"eventTime\":1795323760}", EVENT_ERROR_TIME},
	    {"{\"eventTime\":\"2026-02-30T00:00:00Z\"}", EVENT_ERROR_TIME},
	    {"{\"eventTime\":\"2025-01-13 19:58:59.000000000\"}", EVENT_OK},
	    {"{\"eventTime\":\"2026-11-22T06:22:40Z\"}", EVENT_OK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parsed p;

		parse(&p, span_of(cases[i].record));
		if (p.error != cases[i].error)
			fail_msg("%s: %s", cases[i].record, event_error_text(p.error));
		assert_int_equal(p.e.kind, EVENT_OTHER);
		parsed_clear(&p);
	}
}

static void
test_memory(void **state)
{
	struct span record = SPAN(PUSH("\"eventID\":\"a\\n\""));
	struct buf scratch;
	struct event e;

	(void)state;
	buf_init(&scratch, record.len);
	assert_int_equal(event_parse(record, &scratch, &e), EVENT_ERROR_MEMORY);
	buf_clear(&scratch);
}

static void
test_account_fallback(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, SPAN(PUSH("\"userIdentity\":{\"accountId\":\"111122223333\"}")));
	assert_span(p.e.account_id, "111122223333");
	parsed_clear(&p);
	parse(&p, SPAN(PUSH("\"recipientAccountId\":111122223333")));
	assert_span(p.e.account_id, "111122223333");
	parsed_clear(&p);
}

static void
test_addendum(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p,
	    SPAN(PUSH("\"addendum\":{\"reason\":\"UPDATED_DATA\",\"updatedFields\":\"x\","
		      "\"originalEventID\":\"e0\"}")));
	assert_true(p.e.supersedes);
	assert_span(p.e.original_event_id, "e0");
	parsed_clear(&p);
	parse(&p, SPAN(PUSH("\"addendum\":{\"reason\":\"DELIVERY_DELAY\"}")));
	assert_false(p.e.supersedes);
	parsed_clear(&p);
}

static void
test_serial_and_tunnel(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p,
	    SPAN(EIC("SendSerialConsoleSSHPublicKey",
		"\"requestParameters\":{\"instanceId\":\"i-0123456789abcdef0\",\"monitorMode\":"
		"false,"
		"\"sSHPublicKey\":\"" KEY "\",\"serialPort\":0}")));
	assert_int_equal(p.error, EVENT_OK);
	assert_int_equal(p.e.kind, EVENT_SERIAL_PUSH);
	assert_span(p.e.serial_port, "0");
	assert_span(p.e.instance_id, "i-0123456789abcdef0");
	assert_true(p.e.has_fingerprint);
	parsed_clear(&p);
	parse(&p,
	    SPAN(EIC("OpenTunnel",
		"\"requestParameters\":{\"instanceConnectEndpointId\":\"eice-0123456789abcdef0\","
		"\"maxTunnelDuration\":\"3600\",\"remotePort\":22,\"privateIpAddress\":\"10.0.1."
		"1\"}")));
	assert_int_equal(p.error, EVENT_OK);
	assert_int_equal(p.e.kind, EVENT_TUNNEL);
	assert_span(p.e.endpoint_id, "eice-0123456789abcdef0");
	assert_span(p.e.private_ip, "10.0.1.1");
	assert_span(p.e.remote_port, "22");
	assert_span(p.e.instance_id, NULL);
	parsed_clear(&p);
}

/* Values of other types than AWS writes are absent or text, never an error. */
static void
test_other_types(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p,
	    SPAN(PUSH("\"eventID\":{\"a\":[1]},\"requestID\":12,\"userIdentity\":[1,2],"
		      "\"requestParameters\":{\"instanceId\":[],\"instanceOSUser\":true,"
		      "\"sSHPublicKey\":7},\"addendum\":\"x\",\"responseElements\":[]")));
	assert_int_equal(p.error, EVENT_OK);
	assert_span(p.e.event_id, NULL);
	assert_span(p.e.request_id, "12");
	assert_span(p.e.instance_id, NULL);
	assert_span(p.e.os_user, "true");
	assert_span(p.e.identity.type, NULL);
	assert_false(p.e.has_fingerprint);
	assert_non_null(p.e.key_error.ptr);
	parsed_clear(&p);
}

struct tally {
	unsigned pushes, serial, tunnels, failed, fingerprints, key_errors;
	struct buf scratch;
};

static int
tally_record(
    void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct tally *t = ctx;
	char fingerprint[SSH_FINGERPRINT_TEXT_LEN];
	enum event_kind kind = event_kind_of(header);
	struct event e;

	if (shape != RECORD_CLOUDTRAIL || kind == EVENT_OTHER || kind == EVENT_ISSUE)
		return 0;
	buf_reset(&t->scratch);
	assert_int_equal(event_parse(text, &t->scratch, &e), EVENT_OK);
	assert_int_equal(e.kind, kind);
	assert_non_null(e.event_id.ptr);
	assert_non_null(e.account_id.ptr);
	assert_non_null(e.identity.arn.ptr);
	t->pushes += e.kind == EVENT_KEY_PUSH;
	t->serial += e.kind == EVENT_SERIAL_PUSH;
	t->tunnels += e.kind == EVENT_TUNNEL;
	t->failed += e.failed;
	t->key_errors += e.key_error.ptr != NULL;
	if (e.has_fingerprint)
		t->fingerprints +=
		    strcmp(ssh_fingerprint_text(e.fingerprint, fingerprint), FINGERPRINT) == 0;
	return 0;
}

static void
tally_malformed(void *ctx, size_t offset, enum json_error error)
{
	(void)ctx;
	fail_msg("malformed at %zu: %s", offset, json_error_text(error));
}

static void
test_real_events(void **state)
{
	static const struct {
		const char *file;
		unsigned pushes, serial, tunnels, failed, fingerprints, key_errors;
	} cases[] = {
	    {"stratus-red-team/aws.lateral-movement.ec2-instance-connect.json", 3, 0, 0, 0, 3, 0},
	    {"stratus-red-team/aws.lateral-movement.ec2-serial-console-send-ssh-public-key.json", 0,
		3, 0, 0, 3, 0},
	    {"panther-analysis/aws_cloudtrail_rules.extracted.ndjson", 3, 0, 0, 1, 0, 2},
	    {"aws-docs/monitor-with-cloudtrail.block02.json", 1, 0, 0, 0, 0, 1},
	    {"aws-docs/log-ec2-instance-connect-endpoint-using-cloudtrail.block01.json", 0, 0, 1, 0,
		0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = real_data(cases[i].file);
		struct tally t = {0};
		struct record_visitor visitor = {&t, tally_record, tally_malformed};
		struct buf scratch;
		struct document d;

		buf_init(&t.scratch, 1 << 24);
		buf_init(&scratch, 1 << 24);
		assert_int_equal(document_init(&d, 1 << 24), 0);
		assert_int_equal(document_load(&d, path), DOCUMENT_OK);
		assert_int_equal(record_scan(d.text, &scratch, &visitor), 0);
		if (t.pushes != cases[i].pushes || t.serial != cases[i].serial ||
		    t.tunnels != cases[i].tunnels || t.failed != cases[i].failed ||
		    t.fingerprints != cases[i].fingerprints || t.key_errors != cases[i].key_errors)
			fail_msg("%s: %u %u %u %u %u %u", cases[i].file, t.pushes, t.serial,
			    t.tunnels, t.failed, t.fingerprints, t.key_errors);
		document_clear(&d);
		buf_clear(&scratch);
		buf_clear(&t.scratch);
		free(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_push),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_old_spelling),
	    cmocka_unit_test(test_failed),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_account_fallback),
	    cmocka_unit_test(test_addendum),
	    cmocka_unit_test(test_serial_and_tunnel),
	    cmocka_unit_test(test_other_types),
	    cmocka_unit_test(test_real_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
