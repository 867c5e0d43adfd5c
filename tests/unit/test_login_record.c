/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/time_text.h"
#include "pam_module/login_record.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* The line of docs/FORMAT.md with every member. */
static const char golden[] =
    "{\"v\":1,\"kind\":\"open\",\"id\":\"0123456789abcdef0123456789abcdef\",\"seq\":17,"
    "\"time\":\"2026-11-22T06:22:40.123456Z\","
    "\"host\":{\"instance_id\":\"i-0123456789abcdef0\",\"account_id\":\"111122223333\","
    "\"region\":\"eu-central-1\",\"hostname\":\"web\",\"boot_id\":\"b\","
    "\"ips\":[\"10.0.0.5\",\"2001:db8::5\"]},"
    "\"os_user\":\"ec2-user\",\"uid\":1000,\"service\":\"sshd\",\"tty\":\"ssh\","
    "\"remote\":{\"host\":\"203.0.113.7\",\"port\":51514},"
    "\"local\":{\"ip\":\"10.0.0.5\",\"port\":22},"
    "\"auth\":[{\"method\":\"publickey\",\"key_type\":\"ssh-ed25519-cert-v01@openssh.com\","
    "\"fingerprint\":\"SHA256:f\",\"cert\":{\"key_id\":\"k\\n\",\"serial\":"
    "\"18446744073709551615\","
    "\"ca_fingerprint\":\"SHA256:c\",\"principals\":[\"a\",\"b\"]}},"
    "{\"method\":\"gssapi-with-mic\",\"info\":\"me@EXAMPLE\"}],"
    "\"sshd_pid\":1234,\"sshd_start\":567890,\"audit_session\":42,\"login_uid\":1000,"
    "\"clock\":{\"synchronized\":true,\"max_error_us\":1234},"
    "\"notes\":[\"auth_info_unterminated\"],\"truncated\":true,\"prev\":\"" ZEROS "\"}";

static void
fill(struct login_record *r)
{
	login_record_init(r, LOGIN_RECORD_OPEN);
	r->id = SPAN("0123456789abcdef0123456789abcdef");
	r->seq = 17;
	assert_true(time_parse(SPAN("2026-11-22T06:22:40.123456Z"), &r->time_us));
	r->host.instance_id = SPAN("i-0123456789abcdef0");
	r->host.account_id = SPAN("111122223333");
	r->host.region = SPAN("eu-central-1");
	r->host.hostname = SPAN("web");
	r->host.boot_id = SPAN("b");
	r->host.ips[0] = SPAN("10.0.0.5");
	r->host.ips[1] = SPAN("2001:db8::5");
	r->host.ip_count = 2;
	r->os_user = SPAN("ec2-user");
	r->uid = 1000;
	r->service = SPAN("sshd");
	r->tty = SPAN("ssh");
	r->remote_host = SPAN("203.0.113.7");
	r->remote_port = 51514;
	r->local_ip = SPAN("10.0.0.5");
	r->local_port = 22;
	r->auth[0].method = SPAN("publickey");
	r->auth[0].key_type = SPAN("ssh-ed25519-cert-v01@openssh.com");
	r->auth[0].fingerprint = SPAN("SHA256:f");
	r->auth[0].has_cert = true;
	r->auth[0].cert.key_id = SPAN("k\n");
	r->auth[0].cert.serial = UINT64_MAX;
	r->auth[0].cert.ca_fingerprint = SPAN("SHA256:c");
	r->auth[0].cert.principals[0] = SPAN("a");
	r->auth[0].cert.principals[1] = SPAN("b");
	r->auth[0].cert.principal_count = 2;
	r->auth[1].method = SPAN("gssapi-with-mic");
	r->auth[1].info = SPAN("me@EXAMPLE");
	r->auth_count = 2;
	r->sshd_pid = 1234;
	r->sshd_start = 567890;
	r->audit_session = 42;
	r->login_uid = 1000;
	r->has_clock = r->clock_synchronized = true;
	r->clock_max_error_us = 1234;
	assert_true(login_record_note(r, "auth_info_unterminated"));
	assert_true(login_record_note(r, "auth_info_unterminated")); /* once */
	r->truncated = true;
	memcpy(r->prev, ZEROS, sizeof(r->prev));
}

static void
test_write_golden(void **state)
{
	struct login_record r;
	struct buf out;

	(void)state;
	fill(&r);
	buf_init(&out, 1 << 20);
	assert_int_equal(login_record_write(&r, &out), 0);
	assert_span(buf_span(&out), golden);
	buf_clear(&out);
}

static void
test_read_golden(void **state)
{
	struct buf scratch, out;
	struct login_record r;

	(void)state;
	buf_init(&scratch, 1 << 20);
	buf_init(&out, 1 << 20);
	assert_int_equal(login_record_read(span_of(golden), &scratch, &r), 0);
	assert_int_equal(r.kind, LOGIN_RECORD_OPEN);
	assert_int_equal(r.auth_count, 2);
	assert_span(r.auth[0].cert.key_id, "k\n");
	assert_true(r.auth[0].cert.serial == UINT64_MAX);
	assert_span(r.auth[1].cert.key_id, NULL);
	assert_false(r.auth[1].has_cert);
	assert_int_equal(r.remote_port, 51514);
	assert_int_equal(login_record_write(&r, &out), 0); /* every member came back */
	assert_span(buf_span(&out), golden);
	buf_clear(&scratch);
	buf_clear(&out);
}

static void
test_write_least(void **state)
{
	static const struct {
		enum login_record_kind kind;
		const char *line;
	} cases[] = {
	    {LOGIN_RECORD_OPEN,
		"{\"v\":1,\"kind\":\"open\",\"seq\":0,\"time\":\"1970-01-01T00:00:00.000000Z\","
		"\"host\":{}}"},
	    {LOGIN_RECORD_CLOSE,
		"{\"v\":1,\"kind\":\"close\",\"seq\":0,\"time\":\"1970-01-01T00:00:00.000000Z\"}"},
	    {LOGIN_RECORD_RECEIPT,
		"{\"v\":1,\"kind\":\"receipt\",\"seq\":0,\"time\":\"1970-01-01T00:00:00."
		"000000Z\"}"},
	    {LOGIN_RECORD_SIGNER,
		"{\"v\":1,\"kind\":\"signer\",\"seq\":0,\"time\":\"1970-01-01T00:00:00.000000Z\"}"},
	    {LOGIN_RECORD_ROTATE,
		"{\"v\":1,\"kind\":\"rotate\",\"seq\":0,\"time\":\"1970-01-01T00:00:00.000000Z\","
		"\"host\":{}}"},
	    {LOGIN_RECORD_SEAL,
		"{\"v\":1,\"kind\":\"seal\",\"seq\":0,\"time\":\"1970-01-01T00:00:00.000000Z\","
		"\"host\":{}}"},
	};
	struct login_record r;
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		login_record_init(&r, cases[i].kind);
		assert_int_equal(login_record_write(&r, &out), 0);
		assert_span(buf_span(&out), cases[i].line);
	}
	login_record_init(&r, LOGIN_RECORD_OTHER);
	assert_int_equal(login_record_write(&r, &out), -1);
	assert_span(buf_span(&out), cases[sizeof(cases) / sizeof(cases[0]) - 1].line);
	buf_clear(&out);
}

/* Every string as long and as costly to escape as can be: the line stays within its bound, and what
 * makes the record a record survives. */
static void
test_bounded(void **state)
{
	static const size_t lengths[] = {100, 1000, 20000, 1000000};
	struct login_record r, again;
	struct buf out, scratch;
	char *text = malloc(1000000);
	struct span s;

	(void)state;
	assert_non_null(text);
	memset(text, 1, 1000000);
	buf_init(&out, 1 << 20);
	buf_init(&scratch, 1 << 20);
	for (size_t n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
		fill(&r);
		r.truncated = false;
		s = (struct span){text, lengths[n]};
		r.host.hostname = r.host.account_id = r.host.region = r.host.boot_id = s;
		r.service = r.tty = r.remote_host = r.local_ip = s;
		r.auth_count = LOGIN_RECORD_AUTH_MAX;
		for (size_t i = 0; i < LOGIN_RECORD_AUTH_MAX; i++) {
			r.auth[i] = r.auth[0];
			r.auth[i].method = r.auth[i].key_type = r.auth[i].info = s;
			r.auth[i].cert.key_id = s;
			r.auth[i].cert.principal_count = LOGIN_RECORD_NAMES_MAX;
			for (size_t j = 0; j < LOGIN_RECORD_NAMES_MAX; j++)
				r.auth[i].cert.principals[j] = s;
		}
		buf_reset(&out);
		buf_reset(&scratch);
		assert_int_equal(login_record_write(&r, &out), 0);
		assert_true(out.len <= LOGIN_RECORD_MAX);
		assert_int_equal(login_record_read(buf_span(&out), &scratch, &again), 0);
		assert_true(again.truncated);
		assert_int_equal(again.auth_count, LOGIN_RECORD_AUTH_MAX);
		assert_span(again.auth[15].fingerprint, "SHA256:f");
		assert_span(again.host.instance_id, "i-0123456789abcdef0");
		assert_span(again.os_user, "ec2-user");
	}
	buf_clear(&out);
	buf_clear(&scratch);
	free(text);
}

/* A cut falls between two characters: "é" has two bytes. */
static void
test_cut_between_characters(void **state)
{
	struct login_record r, again;
	struct buf out, scratch, long_name;

	(void)state;
	buf_init(&out, 1 << 20);
	buf_init(&scratch, 1 << 20);
	buf_init(&long_name, 1 << 20);
	buf_putc(&long_name, 'x');
	while (long_name.len < 30001)
		buf_puts(&long_name, "\xc3\xa9");
	fill(&r);
	r.truncated = false;
	r.tty = buf_span(&long_name);
	assert_int_equal(login_record_write(&r, &out), 0);
	assert_int_equal(login_record_read(buf_span(&out), &scratch, &again), 0);
	assert_true(again.truncated);
	assert_int_equal(again.tty.len, 1023);
	assert_memory_equal(again.tty.ptr, long_name.ptr, 1023);
	buf_clear(&out);
	buf_clear(&scratch);
	buf_clear(&long_name);
}

#define HEAD "{\"v\":1,\"kind\":\"close\",\"seq\":1,\"time\":\"2026-11-22T06:22:40Z\""
#define PREV ",\"prev\":\"" ZEROS "\"}"

static void
test_read_refuses(void **state)
{
	static const char *const bad[] = {
	    "",
	    "null",
	    "[]",
	    "{}",
	    HEAD "}",
	    HEAD PREV "x",
	    HEAD PREV "{}",
	    HEAD ",\"prev\":\"" ZEROS "0\"}",
	    HEAD ",\"prev\":\"A000000000000000000000000000000000000000000000000000000000000000\"}",
	    "{\"v\":2,\"kind\":\"close\",\"seq\":1,\"time\":\"2026-11-22T06:22:40Z\"" PREV,
	    "{\"kind\":\"close\",\"seq\":1,\"time\":\"2026-11-22T06:22:40Z\"" PREV,
	    "{\"v\":1,\"kind\":7,\"seq\":1,\"time\":\"2026-11-22T06:22:40Z\"" PREV,
	    "{\"v\":1,\"kind\":\"close\",\"seq\":-1,\"time\":\"2026-11-22T06:22:40Z\"" PREV,
	    "{\"v\":1,\"kind\":\"close\",\"seq\":\"1\",\"time\":\"2026-11-22T06:22:40Z\"" PREV,
	    "{\"v\":1,\"kind\":\"close\",\"seq\":1,\"time\":\"yesterday\"" PREV,
	    "{\"v\":1,\"kind\":\"close\",\"seq\":1,\"time\":1" PREV,
	};
	struct login_record r;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1 << 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(login_record_read(span_of(bad[i]), &scratch, &r), -1);
	assert_int_equal(login_record_read(SPAN_NONE, &scratch, &r), -1);
	buf_clear(&scratch);
}

static void
test_read_accepts(void **state)
{
	struct login_record r;
	struct buf scratch, line;

	(void)state;
	buf_init(&scratch, 1 << 20);
	buf_init(&line, 1 << 20);
	assert_int_equal(login_record_read(SPAN(HEAD PREV), &scratch, &r), 0);
	assert_int_equal(r.kind, LOGIN_RECORD_CLOSE);
	assert_int_equal(r.uid, -1);
	assert_false(r.has_clock);
	/* Any order, spaces, unknown members, wrong types where nothing is needed. */
	assert_int_equal(
	    login_record_read(
		SPAN(" { \"later\" : {\"a\":[1]} , \"prev\":\"" ZEROS "\",\"time\":"
		     "\"2026-11-22T06:22:40Z\",\"seq\":9,\"kind\":\"se\\u0061led\",\"v\":1,"
		     "\"uid\":-5,\"auth\":7,\"host\":[],\"clock\":null,\"remote\":\"x\","
		     "\"os_user\":\"\\u001b[31m\\u0000\",\"notes\":[1,\"n\"]} "),
		&scratch, &r),
	    0);
	assert_int_equal(r.kind, LOGIN_RECORD_OTHER);
	assert_int_equal(r.uid, -1);
	assert_int_equal(r.auth_count, 0);
	assert_false(r.has_clock);
	assert_span(r.os_user, "\x1b[31m\xef\xbf\xbd");
	assert_int_equal(r.note_count, 1);
	/* More items than there is room for. */
	buf_puts(&line, HEAD ",\"auth\":[");
	for (int i = 0; i < 40; i++)
		buf_puts(&line, i == 0 ? "{\"method\":\"m\"}" : ",{\"method\":\"m\"}");
	buf_puts(&line, "]" PREV);
	assert_int_equal(login_record_read(buf_span(&line), &scratch, &r), 0);
	assert_int_equal(r.auth_count, LOGIN_RECORD_AUTH_MAX);
	assert_true(r.truncated);
	buf_clear(&scratch);
	buf_clear(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_write_golden),
	    cmocka_unit_test(test_read_golden),
	    cmocka_unit_test(test_write_least),
	    cmocka_unit_test(test_bounded),
	    cmocka_unit_test(test_cut_between_characters),
	    cmocka_unit_test(test_read_refuses),
	    cmocka_unit_test(test_read_accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
