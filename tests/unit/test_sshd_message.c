/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "correlator/syslog/sshd_message.h"

#define FP    "SHA256:r0jjAatH+rPa97KMRB4yEkCq0GlcmkYyacWqmoyiTwI"
#define OTHER "SHA256:AAAAAatH+rPa97KMRB4yEkCq0GlcmkYyacWqmoyiTwI"
#define CA    "SHA256:CCCCAatH+rPa97KMRB4yEkCq0GlcmkYyacWqmoyiTwI"
#define FROM  " from 203.0.113.7 port 51514 ssh2"
#define EVIL  " from 198.51.100.1 port 22 ssh2"

/* What a field should be; NULL: absent. */
static void
expect(const char *message, const char *field, struct span got, const char *wanted)
{
	if (wanted == NULL ? got.ptr != NULL : !span_is(got, wanted))
		fail_msg("%s: %s is '%.*s', not '%s'", message, field, (int)got.len,
		    got.ptr != NULL ? got.ptr : "(absent)", wanted != NULL ? wanted : "(absent)");
}

struct login_case {
	const char *message;
	enum sshd_message_kind kind;
	const char *method, *user, *address;
	int port;
	const char *key_type, *fingerprint, *cert_id, *cert_serial, *ca, *info;
};

static void
check_logins(const struct login_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct login_case *c = &cases[i];
		struct sshd_message m;

		sshd_message_parse(SPAN("sshd"), span_of(c->message), &m);
		if (m.kind != c->kind)
			fail_msg("%s: kind %d", c->message, m.kind);
		expect(c->message, "method", m.method, c->method);
		expect(c->message, "user", m.user, c->user);
		expect(c->message, "address", m.address, c->address);
		expect(c->message, "key type", m.key_type, c->key_type);
		expect(c->message, "fingerprint", m.fingerprint, c->fingerprint);
		expect(c->message, "id", m.cert_id, c->cert_id);
		expect(c->message, "serial", m.cert_serial, c->cert_serial);
		expect(c->message, "authority", m.ca_fingerprint, c->ca);
		expect(c->message, "info", m.info, c->info);
		assert_int_equal(m.port, c->port);
	}
}

#define CHECK(cases) check_logins(cases, sizeof(cases) / sizeof((cases)[0]))

static void
test_accepted(void **state)
{
	static const struct login_case cases[] = {
	    {"Accepted publickey for ec2-user" FROM ": ED25519 " FP, SSHD_ACCEPTED, "publickey",
		"ec2-user", "203.0.113.7", 51514, "ED25519", FP, NULL, NULL, NULL, NULL},
	    {"Accepted publickey for a from 2001:db8::1 port 1 ssh2: RSA " FP, SSHD_ACCEPTED,
		"publickey", "a", "2001:db8::1", 1, "RSA", FP, NULL, NULL, NULL, NULL},
	    {"Accepted publickey for a from fe80::1%eth0 port 1 ssh2: ECDSA-SK " FP, SSHD_ACCEPTED,
		"publickey", "a", "fe80::1%eth0", 1, "ECDSA-SK", FP, NULL, NULL, NULL, NULL},
	    {"Accepted publickey for a from UNKNOWN port 65535 ssh2: RSA " FP, SSHD_ACCEPTED,
		"publickey", "a", NULL, 65535, "RSA", FP, NULL, NULL, NULL, NULL},
	    {"Accepted password for root" FROM, SSHD_ACCEPTED, "password", "root", "203.0.113.7",
		51514, NULL, NULL, NULL, NULL, NULL, NULL},
	    {"Accepted keyboard-interactive/pam for a" FROM, SSHD_ACCEPTED,
		"keyboard-interactive/pam", "a", "203.0.113.7", 51514, NULL, NULL, NULL, NULL, NULL,
		NULL},
	    {"Accepted gssapi-with-mic for a" FROM ": alice@EXAMPLE.COM", SSHD_ACCEPTED,
		"gssapi-with-mic", "a", "203.0.113.7", 51514, NULL, NULL, NULL, NULL, NULL,
		"alice@EXAMPLE.COM"},
	    {"Partial publickey for a" FROM ": ED25519 " FP, SSHD_PARTIAL, "publickey", "a",
		"203.0.113.7", 51514, "ED25519", FP, NULL, NULL, NULL, NULL},
	    {"Accepted publickey for a" FROM ": ED25519-CERT " FP
	     " ID alice (serial 7) CA ED25519 " CA,
		SSHD_ACCEPTED, "publickey", "a", "203.0.113.7", 51514, "ED25519-CERT", FP, "alice",
		"7", CA, NULL},
	    {"Accepted publickey for a" FROM ": RSA-CERT ID alice (serial 7) CA RSA " CA,
		SSHD_ACCEPTED, "publickey", "a", "203.0.113.7", 51514, "RSA-CERT", NULL, "alice",
		"7", CA, NULL},
	    {"Accepted hostbased for a" FROM ": ED25519 " FP
	     ", client user \"bob\", client host \"h\"",
		SSHD_ACCEPTED, "hostbased", "a", "203.0.113.7", 51514, "ED25519", FP, NULL, NULL,
		NULL, "client user \"bob\", client host \"h\""},
	    /* not comparable, so shown and no more */
	    {"Accepted publickey for a" FROM
	     ": RSA MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
		SSHD_ACCEPTED, "publickey", "a", "203.0.113.7", 51514, "RSA", NULL, NULL, NULL,
		NULL, "MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"},
	    {"Accepted publickey for a" FROM ": ED25519 " FP ", new words", SSHD_ACCEPTED,
		"publickey", "a", "203.0.113.7", 51514, "ED25519", FP, NULL, NULL, NULL, NULL},
	    {"Accepted publickey for a" FROM, SSHD_ACCEPTED, "publickey", "a", "203.0.113.7", 51514,
		NULL, NULL, NULL, NULL, NULL, NULL},
	    {"Accepted password for DOM\\\\john smith" FROM, SSHD_ACCEPTED, "password",
		"DOM\\\\john smith", "203.0.113.7", 51514, NULL, NULL, NULL, NULL, NULL, NULL},
	    {"message repeated 2 times: [ Accepted password for root" FROM "]", SSHD_ACCEPTED,
		"password", "root", "203.0.113.7", 51514, NULL, NULL, NULL, NULL, NULL, NULL},
	};

	(void)state;
	CHECK(cases);
}

static void
test_not_logins(void **state)
{
	static const char *const messages[] = {
	    "Failed password for root" FROM,
	    "Failed password for invalid user Accepted publickey for root" FROM,
	    "Postponed publickey for a" FROM " [preauth]",
	    "Invalid user Accepted publickey for root from 203.0.113.7 port 1",
	    "Accepted publickey for a",
	    "Accepted publickey for a from host port 22 ssh2",
	    "Accepted publickey for a from 203.0.113.7 port 99999 ssh2",
	    "Accepted publickey for a from 203.0.113.7 port 22 ssh1",
	    "Accepted publickey for a from 203.0.113.777 port 22 ssh2",
	    "Accepted",
	    "Accepted ",
	    "Accepted key RSA " FP " found at /home/a/.ssh/authorized_keys:1",
	    "Server listening on 0.0.0.0 port 22.",
	    "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct sshd_message m;

		sshd_message_parse(SPAN("sshd"), span_of(messages[i]), &m);
		if (m.kind != SSHD_OTHER || m.user.ptr != NULL)
			fail_msg("%s: kind %d", messages[i], m.kind);
	}
}

/* Names that were made to look like the middle of a line. */
static void
test_hostile(void **state)
{
	static const struct login_case cases[] = {
	    /* in the user's name */
	    {"Accepted publickey for root" EVIL ": ED25519 " OTHER FROM ": ED25519 " FP,
		SSHD_ACCEPTED, "publickey", "root" EVIL ": ED25519 " OTHER, "203.0.113.7", 51514,
		"ED25519", FP, NULL, NULL, NULL, NULL},
	    {"Accepted password for root" EVIL FROM, SSHD_ACCEPTED, "password", "root" EVIL,
		"203.0.113.7", 51514, NULL, NULL, NULL, NULL, NULL, NULL},
	    {"Accepted publickey for root" EVIL ": ED25519 " OTHER ", x" FROM ": ED25519 " FP,
		SSHD_ACCEPTED, "publickey", "root" EVIL ": ED25519 " OTHER ", x", "203.0.113.7",
		51514, "ED25519", FP, NULL, NULL, NULL, NULL},
	    {"Accepted publickey for root" EVIL ": ED25519 " OTHER FROM, SSHD_ACCEPTED, "publickey",
		"root" EVIL ": ED25519 " OTHER, "203.0.113.7", 51514, NULL, NULL, NULL, NULL, NULL,
		NULL},
	    /* in a certificate's id */
	    {"Accepted publickey for a" FROM ": ED25519-CERT " FP " ID x" EVIL ": ED25519 " OTHER
	     " (serial 1) CA ED25519 " CA,
		SSHD_ACCEPTED, "publickey", "a", "203.0.113.7", 51514, "ED25519-CERT", FP,
		"x" EVIL ": ED25519 " OTHER, "1", CA, NULL},
	    {"Accepted publickey for a" FROM ": ED25519-CERT " FP " ID x (serial 9) CA RSA " OTHER
	     " (serial 1) CA ED25519 " CA,
		SSHD_ACCEPTED, "publickey", "a", "203.0.113.7", 51514, "ED25519-CERT", FP,
		"x (serial 9) CA RSA " OTHER, "1", CA, NULL},
	    /* of a line that sshd cut where it suits the id's author */
	    {"Accepted publickey for a" FROM ": ED25519-CERT " FP " ID x" EVIL ": ED25519 " OTHER,
		SSHD_ACCEPTED, "publickey", "a", "203.0.113.7", 51514, "ED25519-CERT", FP,
		"x" EVIL ": ED25519 " OTHER, NULL, NULL, NULL},
	    /* in what a trusted client host calls its user */
	    {"Accepted hostbased for a" FROM ": ED25519 " FP ", client user \"x" EVIL
	     ": ED25519 " OTHER "\", client host \"h\"",
		SSHD_ACCEPTED, "hostbased", "a", "203.0.113.7", 51514, "ED25519", FP, NULL, NULL,
		NULL, "client user \"x" EVIL ": ED25519 " OTHER "\", client host \"h\""},
	    {"Accepted gssapi-with-mic for a" FROM ": x" EVIL, SSHD_ACCEPTED, "gssapi-with-mic",
		"a", "203.0.113.7", 51514, NULL, NULL, NULL, NULL, NULL, "x" EVIL},
	    /* a fingerprint that is too long is none */
	    {"Accepted publickey for a" FROM ": ED25519 " FP "A", SSHD_ACCEPTED, "publickey", "a",
		"203.0.113.7", 51514, "ED25519", NULL, NULL, NULL, NULL, FP "A"},
	};

	(void)state;
	CHECK(cases);
}

static void
test_ends(void **state)
{
	static const struct {
		const char *message;
		enum sshd_message_kind kind;
		const char *user, *address;
		int port;
	} cases[] = {
	    {"pam_unix(sshd:session): session closed for user a", SSHD_SESSION_CLOSED, "a", NULL,
		-1},
	    {"Disconnected from user a 203.0.113.7 port 5", SSHD_DISCONNECTED, "a", "203.0.113.7",
		5},
	    {"Disconnected from 203.0.113.7 port 5", SSHD_DISCONNECTED, NULL, "203.0.113.7", 5},
	    {"Disconnected from user x 198.51.100.1 port 9 203.0.113.7 port 5", SSHD_DISCONNECTED,
		"x 198.51.100.1 port 9", "203.0.113.7", 5},
	    {"Received disconnect from 203.0.113.7 port 5:11: disconnected by user",
		SSHD_DISCONNECTED, NULL, "203.0.113.7", 5},
	    {"Received disconnect from 203.0.113.7 port 5:11: from 198.51.100.1 port 9",
		SSHD_DISCONNECTED, NULL, "203.0.113.7", 5},
	    {"Connection closed by 203.0.113.7 port 5", SSHD_DISCONNECTED, NULL, "203.0.113.7", 5},
	    {"Connection reset by user a 203.0.113.7 port 5", SSHD_DISCONNECTED, "a", "203.0.113.7",
		5},
	    {"Connection closed by invalid user x 203.0.113.7 port 5 [preauth]", SSHD_OTHER, NULL,
		NULL, -1},
	    {"Received disconnect from 203.0.113.7 port 5:11: Bye Bye [preauth]", SSHD_OTHER, NULL,
		NULL, -1},
	    {"Disconnected from user a", SSHD_OTHER, NULL, NULL, -1},
	    {"pam_unix(sudo:session): session closed for user a", SSHD_OTHER, NULL, NULL, -1},
	    {"pam_unix(sshd:auth): session closed for user a", SSHD_OTHER, NULL, NULL, -1},
	    {"pam_unix(sshd:session): session opened for user a(uid=1) by (uid=0)", SSHD_OTHER,
		NULL, NULL, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sshd_message m;

		sshd_message_parse(SPAN("sshd-session"), span_of(cases[i].message), &m);
		if (m.kind != cases[i].kind || m.port != cases[i].port)
			fail_msg("%s: kind %d", cases[i].message, m.kind);
		expect(cases[i].message, "user", m.user, cases[i].user);
		expect(cases[i].message, "address", m.address, cases[i].address);
	}
}

static void
test_instance_connect(void **state)
{
	static const struct {
		const char *message;
		enum sshd_message_kind kind;
		const char *request, *principal;
	} cases[] = {
#define QUERYING  "Querying EC2 Instance Connect keys for matching fingerprint"
#define PROVIDING "Providing ssh key from EC2 Instance Connect with fingerprint"
#define ROLE      "arn:aws:sts::111122223333:assumed-role/Ops/alice"
	    {QUERYING ": " FP, EIC_QUERYING, NULL, NULL},
	    {QUERYING ".: " FP, EIC_QUERYING, NULL, NULL},
	    {QUERYING ": " FP ".", EIC_QUERYING, NULL, NULL},
	    {PROVIDING ": " FP, EIC_PROVIDING, NULL, NULL},
	    {PROVIDING ": " FP ", request-id: 701e876d-1027, for IAM principal: " ROLE,
		EIC_PROVIDING, "701e876d-1027", ROLE},
	    {PROVIDING ": " FP ", request-id: 701e876d-1027", EIC_PROVIDING, "701e876d-1027", NULL},
	    {PROVIDING ": " FP ", for IAM principal: " ROLE ".", EIC_PROVIDING, NULL, ROLE},
	    {QUERYING ": MD5:00", SSHD_OTHER, NULL, NULL},
	    {QUERYING ": SHA256:short", SSHD_OTHER, NULL, NULL},
	    {QUERYING ": " FP "A", SSHD_OTHER, NULL, NULL},
	    {QUERYING " of someone: " FP, SSHD_OTHER, NULL, NULL},
	    {"EC2 Instance Connect was invoked on a non-instance and will do nothing.", SSHD_OTHER,
		NULL, NULL},
	    {"Accepted password for root" FROM, SSHD_OTHER, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sshd_message m;

		sshd_message_parse(SPAN("ec2-instance-connect"), span_of(cases[i].message), &m);
		if (m.kind != cases[i].kind)
			fail_msg("%s: kind %d", cases[i].message, m.kind);
		if (m.kind == SSHD_OTHER)
			continue;
		expect(cases[i].message, "fingerprint", m.fingerprint, FP);
		expect(cases[i].message, "request", m.request_id, cases[i].request);
		expect(cases[i].message, "principal", m.principal, cases[i].principal);
	}
}

/* Each program is believed in its own words only. */
static void
test_tags(void **state)
{
	static const char *const tags[] = {
	    "", "su", "sshd2", "sshd:", "SSHD", "ec2-instance-connect", "sudo"};
	struct sshd_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		sshd_message_parse(span_of(tags[i]), SPAN("Accepted password for root" FROM), &m);
		assert_int_equal(m.kind, SSHD_OTHER);
	}
	sshd_message_parse(SPAN("sshd"), SPAN(PROVIDING ": " FP), &m);
	assert_int_equal(m.kind, SSHD_OTHER);
	sshd_message_parse(SPAN_NONE, SPAN_NONE, &m);
	assert_int_equal(m.kind, SSHD_OTHER);
	sshd_message_parse(SPAN("sshd-auth"), SPAN("Accepted password for root" FROM), &m);
	assert_int_equal(m.kind, SSHD_ACCEPTED);
	assert_false(m.repeated);
}

static void
test_decode(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
	    {"alice", "alice"},
	    {"DOM\\\\alice", "DOM\\alice"},
	    {"J\\303\\274rgen", "J\303\274rgen"},
	    {"a\\nb\\tc\\033", "a\nb\tc\033"},
	    {"a\\q\\", "a\\q\\"},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf scratch;

		buf_init(&scratch, 256);
		expect(cases[i].from, "text", sshd_message_decode(span_of(cases[i].from), &scratch),
		    cases[i].to);
		buf_clear(&scratch);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_not_logins),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_instance_connect),
	    cmocka_unit_test(test_tags),
	    cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
