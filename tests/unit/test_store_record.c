/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of rows: what goes in comes out, member by member, and bytes that are none are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "correlator/store/store_mark.h"
#include "correlator/store/store_mention.h"
#include "correlator/store/store_record.h"

#define MARK_INSTANCE ((int64_t)UINT64_C(0x8e910924afcfe033))
#define MARK_ALICE    ((int64_t)UINT64_C(0x23e8b6aa1380934c))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define EVENT(member)   offsetof(struct event, member)
#define USER(member)    offsetof(struct user_identity, member)
#define LOGIN(member)   offsetof(struct login_record, member)

static const size_t event_texts[] = {EVENT(event_id), EVENT(request_id), EVENT(shared_event_id),
    EVENT(account_id), EVENT(region), EVENT(source_ip), EVENT(user_agent), EVENT(error_code),
    EVENT(error_message), EVENT(original_event_id), EVENT(instance_id), EVENT(os_user),
    EVENT(key_error), EVENT(endpoint_id), EVENT(private_ip), EVENT(remote_port), EVENT(serial_port),
    EVENT(issued_key_id), EVENT(issued_principal_id), EVENT(issued_arn), EVENT(role_arn),
    EVENT(session_name), EVENT(mfa_serial), EVENT(session_source_identity), EVENT(tags),
    EVENT(tag_name), EVENT(subject), EVENT(subject_type), EVENT(issuer), EVENT(name_qualifier),
    EVENT(provider), EVENT(set_account), EVENT(set_name), EVENT(switch_from), EVENT(minted_session),
    EVENT(mfa_used), EVENT(key_type)};

static const size_t identity_texts[] = {USER(type), USER(principal_id), USER(arn), USER(account_id),
    USER(access_key_id), USER(user_name), USER(invoked_by), USER(identity_provider),
    USER(credential_id), USER(on_behalf_of_user), USER(on_behalf_of_store), USER(issuer_type),
    USER(issuer_arn), USER(issuer_user_name), USER(issuer_principal_id), USER(creation_date),
    USER(mfa), USER(source_identity), USER(sign_in_session_arn), USER(ec2_role_delivery),
    USER(assumed_root)};

static const size_t login_texts[] = {LOGIN(id), LOGIN(host.instance_id), LOGIN(host.account_id),
    LOGIN(host.region), LOGIN(host.hostname), LOGIN(host.boot_id), LOGIN(os_user), LOGIN(service),
    LOGIN(tty), LOGIN(remote_host), LOGIN(local_ip), LOGIN(receipt_entry), LOGIN(receipt_signer),
    LOGIN(receipt_error), LOGIN(signer_sha256), LOGIN(signer.chain)};

/* Texts that differ from each other, in memory that lives as long as the test. */
struct texts {
	char room[512][24];
	size_t count;
};

static struct span
next_text(struct texts *t)
{
	int len;

	assert_true(t->count < COUNT_OF(t->room));
	len = snprintf(t->room[t->count], sizeof(t->room[0]), "text %zu", t->count);
	return (struct span){t->room[t->count++], (size_t)len};
}

static struct span *
text_at(const void *record, size_t offset)
{
	return (struct span *)(uintptr_t)((const char *)record + offset);
}

static void
assert_text(struct span a, struct span b)
{
	assert_int_equal(a.ptr == NULL, b.ptr == NULL);
	assert_true(span_eq(a, b));
}

static void
assert_texts(const void *a, const void *b, const size_t *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_text(*text_at(a, offsets[i]), *text_at(b, offsets[i]));
}

static void
fill_texts(struct texts *t, void *record, const size_t *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*text_at(record, offsets[i]) = next_text(t);
}

/* Any type's get, to try bytes on. */
typedef int try_get(struct span body);

/* Every part of a body but the whole of it is refused; every bit of it can be another one. */
static void
assert_damage_is_survived(struct span body, try_get *get)
{
	char *copy = malloc(body.len);

	assert_non_null(copy);
	for (size_t len = 0; len < body.len; len++) {
		/* a copy of just so many bytes: reading behind them shows */
		char *part = malloc(len + 1);

		assert_non_null(part);
		memcpy(part, body.ptr, len);
		assert_int_not_equal(get((struct span){part, len}), 0);
		free(part);
	}
	for (size_t bit = 0; bit < 8 * body.len; bit++) {
		memcpy(copy, body.ptr, body.len);
		copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
		(void)get((struct span){copy, body.len});
	}
	free(copy);
}

static int
try_event(struct span body)
{
	struct event e;

	return store_event_get(body, &e);
}

static void
check_event(struct event *e)
{
	struct event got;
	struct buf body;

	buf_init(&body, 1u << 16);
	assert_int_equal(store_event_put(e, &body), 0);
	assert_int_equal(store_event_get(buf_span(&body), &got), 0);
	assert_texts(&got, e, event_texts, COUNT_OF(event_texts));
	assert_int_equal(got.kind, e->kind);
	assert_int_equal(got.issue, e->issue);
	assert_int_equal(got.time_us, e->time_us);
	assert_int_equal(got.failed, e->failed);
	assert_int_equal(got.from_console, e->from_console);
	assert_int_equal(got.supersedes, e->supersedes);
	assert_int_equal(got.has_fingerprint, e->has_fingerprint);
	if (e->has_fingerprint)
		assert_memory_equal(got.fingerprint, e->fingerprint, sizeof(got.fingerprint));
	if (e->key_type.ptr != NULL)
		assert_ptr_equal(got.key_type.ptr, got.key_type_text);
	assert_damage_is_survived(buf_span(&body), try_event);
	buf_clear(&body);
}

static void
test_event(void **state)
{
	struct texts t = {.count = 0};
	struct event e = {.kind = EVENT_OTHER};

	(void)state;
	check_event(&e); /* everything absent */
	e = (struct event){.kind = EVENT_ISSUE, .issue = ISSUE_OAUTH_TOKEN, .time_us = INT64_MIN};
	fill_texts(&t, &e, event_texts, COUNT_OF(event_texts));
	e.failed = e.supersedes = e.has_fingerprint = true;
	for (size_t i = 0; i < sizeof(e.fingerprint); i++)
		e.fingerprint[i] = (uint8_t)(200 - i);
	check_event(&e);
	/* one group of members, an empty text, each flag by itself */
	e = (struct event){.kind = EVENT_TUNNEL, .time_us = INT64_MAX, .from_console = true};
	e.private_ip = SPAN("10.0.0.1");
	e.user_agent = SPAN("");
	check_event(&e);
}

static void
test_event_key_type(void **state)
{
	char longest[64], longer[65];
	struct event e = {.kind = EVENT_KEY_PUSH}, got;
	struct buf body;

	(void)state;
	memset(longest, 'k', sizeof(longest));
	memset(longer, 'k', sizeof(longer));
	buf_init(&body, 4096);
	e.key_type = (struct span){longest, sizeof(longest)};
	check_event(&e);
	e.key_type = (struct span){longer, sizeof(longer)};
	assert_int_equal(store_event_put(&e, &body), -1);
	e.key_type = SPAN_NONE;
	e.key_text = SPAN("ssh-ed25519 AAAA");
	buf_reset(&body);
	assert_int_equal(store_event_put(&e, &body), 0);
	assert_int_equal(store_event_get(buf_span(&body), &got), 0);
	assert_null(got.key_text.ptr);
	buf_clear(&body);
}

static void
test_put_says_when_there_is_no_room(void **state)
{
	struct event e = {.event_id = SPAN("a text that is too long")};
	struct buf body;

	(void)state;
	buf_init(&body, 8);
	assert_int_equal(store_event_put(&e, &body), -1);
	buf_clear(&body);
}

static int
try_identity(struct span body)
{
	struct user_identity u;

	return store_identity_get(body, &u);
}

static void
test_identity(void **state)
{
	struct texts t = {.count = 0};
	struct user_identity u = {.arn = SPAN("")}, got;
	struct buf body;

	(void)state;
	/* no text of the struct is left out here */
	assert_int_equal(sizeof(u), COUNT_OF(identity_texts) * sizeof(struct span));
	buf_init(&body, 4096);
	assert_int_equal(store_identity_put(&u, &body), 0);
	assert_int_equal(store_identity_get(buf_span(&body), &got), 0);
	assert_texts(&got, &u, identity_texts, COUNT_OF(identity_texts));
	fill_texts(&t, &u, identity_texts, COUNT_OF(identity_texts));
	buf_reset(&body);
	assert_int_equal(store_identity_put(&u, &body), 0);
	assert_int_equal(store_identity_get(buf_span(&body), &got), 0);
	assert_texts(&got, &u, identity_texts, COUNT_OF(identity_texts));
	assert_damage_is_survived(buf_span(&body), try_identity);
	buf_clear(&body);
}

static int
try_login(struct span body)
{
	struct store_login r;

	return store_login_get(body, &r);
}

static void
fill_auth(struct texts *t, struct login_auth *a, bool cert)
{
	a->method = next_text(t);
	a->key_type = next_text(t);
	a->fingerprint = next_text(t);
	a->info = next_text(t);
	a->has_cert = cert;
	if (!cert)
		return;
	a->cert.key_id = next_text(t);
	a->cert.ca_fingerprint = next_text(t);
	a->cert.serial = UINT64_MAX;
	for (size_t i = 0; i < LOGIN_RECORD_NAMES_MAX; i++)
		a->cert.principals[i] = next_text(t);
	a->cert.principal_count = LOGIN_RECORD_NAMES_MAX;
}

static void
fill_login(struct texts *t, struct store_login *l)
{
	struct login_record *r = &l->record;

	login_record_init(r, LOGIN_RECORD_SIGNER);
	fill_texts(t, r, login_texts, COUNT_OF(login_texts));
	l->source = LOGIN_SOURCE_SYSLOG;
	l->by_journal = true;
	r->seq = UINT64_MAX;
	r->time_us = INT64_MAX;
	r->uid = 1;
	r->remote_port = 2;
	r->local_port = 3;
	r->sshd_pid = 4;
	r->sshd_start = 5;
	r->audit_session = 6;
	r->login_uid = INT64_MIN;
	r->clock_max_error_us = 7;
	r->has_clock = r->clock_synchronized = r->truncated = true;
	for (size_t i = 0; i < LOGIN_RECORD_IPS_MAX; i++)
		r->host.ips[r->host.ip_count++] = next_text(t);
	for (size_t i = 0; i < LOGIN_RECORD_AUTH_MAX; i++)
		fill_auth(t, &r->auth[r->auth_count++], i % 2 == 0);
	for (size_t i = 0; i < LOGIN_RECORD_NOTES_MAX; i++)
		r->notes[r->note_count++] = next_text(t);
	for (size_t i = 0; i < RECEIPT_STAPLES_MAX; i++) {
		r->signer.staples[i].name = next_text(t);
		r->signer.staples[i].response = next_text(t);
		r->signer.staple_count++;
	}
}

static void
assert_list(const struct span *a, const struct span *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_text(a[i], b[i]);
}

static void
assert_auth(const struct login_auth *a, const struct login_auth *b)
{
	assert_text(a->method, b->method);
	assert_text(a->key_type, b->key_type);
	assert_text(a->fingerprint, b->fingerprint);
	assert_text(a->info, b->info);
	assert_int_equal(a->has_cert, b->has_cert);
	assert_text(a->cert.key_id, b->cert.key_id);
	assert_text(a->cert.ca_fingerprint, b->cert.ca_fingerprint);
	assert_int_equal(a->cert.serial, b->cert.serial);
	assert_int_equal(a->cert.principal_count, b->cert.principal_count);
	assert_list(a->cert.principals, b->cert.principals, a->cert.principal_count);
}

static void
assert_login(const struct store_login *a, const struct store_login *b)
{
	const struct login_record *x = &a->record, *y = &b->record;
	const int64_t numbers[][2] = {{x->uid, y->uid}, {x->remote_port, y->remote_port},
	    {x->local_port, y->local_port}, {x->sshd_pid, y->sshd_pid},
	    {x->sshd_start, y->sshd_start}, {x->audit_session, y->audit_session},
	    {x->login_uid, y->login_uid}, {x->clock_max_error_us, y->clock_max_error_us},
	    {x->time_us, y->time_us}, {(int64_t)x->seq, (int64_t)y->seq}, {x->version, y->version},
	    {x->kind, y->kind}, {x->has_clock, y->has_clock}, {x->truncated, y->truncated},
	    {x->clock_synchronized, y->clock_synchronized}, {a->source, b->source},
	    {a->by_journal, b->by_journal}, {(int64_t)x->host.ip_count, (int64_t)y->host.ip_count},
	    {(int64_t)x->auth_count, (int64_t)y->auth_count},
	    {(int64_t)x->note_count, (int64_t)y->note_count},
	    {(int64_t)x->signer.staple_count, (int64_t)y->signer.staple_count}};

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		assert_int_equal(numbers[i][0], numbers[i][1]);
	assert_texts(x, y, login_texts, COUNT_OF(login_texts));
	assert_list(x->host.ips, y->host.ips, x->host.ip_count);
	assert_list(x->notes, y->notes, x->note_count);
	for (size_t i = 0; i < x->auth_count; i++)
		assert_auth(&x->auth[i], &y->auth[i]);
	for (size_t i = 0; i < x->signer.staple_count; i++) {
		assert_text(x->signer.staples[i].name, y->signer.staples[i].name);
		assert_text(x->signer.staples[i].response, y->signer.staples[i].response);
	}
}

static void
test_login(void **state)
{
	struct texts *t = calloc(1, sizeof(*t));
	struct store_login *l = calloc(1, sizeof(*l)), *got = calloc(1, sizeof(*got));
	struct buf body;

	(void)state;
	assert_true(t != NULL && l != NULL && got != NULL);
	buf_init(&body, 1u << 16);
	login_record_init(&l->record, LOGIN_RECORD_CLOSE);
	assert_int_equal(store_login_put(l, &body), 0);
	assert_int_equal(store_login_get(buf_span(&body), got), 0);
	assert_login(got, l);
	fill_login(t, l);
	buf_reset(&body);
	assert_int_equal(store_login_put(l, &body), 0);
	assert_int_equal(store_login_get(buf_span(&body), got), 0);
	assert_login(got, l);
	assert_damage_is_survived(buf_span(&body), try_login);
	buf_clear(&body);
	free(t);
	free(l);
	free(got);
}

static int
try_notice(struct span body)
{
	struct key_notice_text n;

	return store_notice_get(body, &n);
}

static void
test_notice(void **state)
{
	const struct key_notice_text n = {
	    .time_us = -1,
	    .instance_id = SPAN("i-0123456789abcdef0"),
	    .hostname = SPAN("web-1"),
	    .boot_id = SPAN("b"),
	    .fingerprint = SPAN("SHA256:x"),
	    .request_id = SPAN("r"),
	    .principal = SPAN("p"),
	    .unproven = true,
	};
	struct key_notice_text got;
	struct buf body;

	(void)state;
	buf_init(&body, 4096);
	assert_int_equal(store_notice_put(&n, &body), 0);
	assert_int_equal(store_notice_get(buf_span(&body), &got), 0);
	assert_int_equal(got.time_us, -1);
	assert_text(got.instance_id, n.instance_id);
	assert_text(got.hostname, n.hostname);
	assert_text(got.boot_id, n.boot_id);
	assert_text(got.fingerprint, n.fingerprint);
	assert_text(got.request_id, n.request_id);
	assert_text(got.principal, n.principal);
	assert_true(got.unproven && !got.provided && !got.proven);
	assert_damage_is_survived(buf_span(&body), try_notice);
	buf_clear(&body);
}

/* Every number that reading counts stands before those that match_run sets. */
static void
test_counts(void **state)
{
	struct ledger_counts c = {0}, got, twice = {0};
	uint64_t *numbers = (uint64_t *)(void *)&c;
	size_t count = offsetof(struct ledger_counts, receipt_states) / sizeof(*numbers);
	struct buf body;

	(void)state;
	for (size_t i = 0; i < count; i++)
		numbers[i] = 1000 + i;
	buf_init(&body, 1u << 16);
	assert_int_equal(store_counts_put(&c, &body), 0);
	assert_int_equal(store_counts_get(buf_span(&body), &got), 0);
	assert_memory_equal(&got, &c, sizeof(c));
	store_counts_add(&twice, &c);
	store_counts_add(&twice, &c);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(((uint64_t *)(void *)&twice)[i], 2 * (1000 + i));
	buf_clear(&body);
}

/* What a later version counts is passed over; what is cut off is not taken. */
static void
test_counts_of_other_versions(void **state)
{
	static const struct {
		const char *body;
		size_t len;
		int r;
	} cases[] = {
	    {"", 0, 0},
	    {"\x06"
	     "files\x07"
	     "\x06"
	     "later\x01",
		14, 0},
	    {"\x06"
	     "later\x01"
	     "\x06"
	     "files\x07",
		14, 0},
	    {"\x06"
	     "files",
		6, -1},
	    {"\x06"
	     "files\x80",
		7, -1},
	    {"\x06"
	     "files\x87\x00",
		8, -1}, /* 7, but longer than need be */
	};
	struct ledger_counts c;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int r = store_counts_get((struct span){cases[i].body, cases[i].len}, &c);

		assert_int_equal(r, cases[i].r);
		if (r == 0 && cases[i].len != 0)
			assert_int_equal(c.files, 7);
	}
}

static int
try_coverage(struct span body)
{
	struct string_pool pool;
	struct coverage c;
	int r;

	string_pool_init(&pool);
	coverage_init(&c);
	r = store_coverage_get(body, &c, &pool);
	coverage_clear(&c);
	string_pool_clear(&pool);
	return body.len != 0 ? r : -1; /* of no rows: what others are cut down to */
}

#define T0      INT64_C(1792000000000000)
#define HOUR_US (INT64_C(3600) * 1000000)

static void
fill_coverage(struct coverage *c, struct string_pool *pool)
{
	string_id account = string_pool_add(pool, SPAN("111122223333"), NULL),
		  region = string_pool_add(pool, SPAN("us-east-1"), NULL);

	for (int i = 0; i < 40; i++)
		assert_int_equal(
		    coverage_add(c, account, region, T0 + i * i * HOUR_US, i % 2 == 0), 0);
	coverage_add_access(c, true);
	coverage_add_access(c, false);
	assert_int_equal(coverage_add(c, 0, region, T0, false), 0);
}

static void
test_coverage(void **state)
{
	struct string_pool pool, other;
	struct coverage c, got;
	struct buf body;

	(void)state;
	string_pool_init(&pool);
	string_pool_init(&other);
	coverage_init(&c);
	coverage_init(&got);
	buf_init(&body, 1u << 16);
	fill_coverage(&c, &pool);
	assert_int_equal(store_coverage_put(&c, &pool, &body), 0);
	(void)string_pool_add(&other, SPAN("numbers differ"), NULL);
	/* twice: what is there is added to */
	for (int i = 0; i < 2; i++)
		assert_int_equal(store_coverage_get(buf_span(&body), &got, &other), 0);
	assert_int_equal(got.count, c.count);
	for (size_t i = 0; i < c.count; i++) {
		const struct coverage_row *a = &c.rows[i], *b = &got.rows[i];

		assert_text(string_pool_span(&pool, a->account_id),
		    string_pool_span(&other, b->account_id));
		assert_text(
		    string_pool_span(&pool, a->region), string_pool_span(&other, b->region));
		assert_int_equal(b->records, 2 * a->records);
		assert_int_equal(b->reads, 2 * a->reads);
		assert_int_equal(b->writes, 2 * a->writes);
		assert_int_equal(b->first_us, a->first_us);
		assert_int_equal(b->newest_us, a->newest_us);
		assert_int_equal(b->day_count, a->day_count);
		for (size_t k = 0; k < a->day_count; k++) {
			assert_int_equal(a->days[k].day, b->days[k].day);
			assert_int_equal(a->days[k].hours, b->days[k].hours);
		}
	}
	buf_truncate(&body, body.len); /* the second row ends where the body does */
	coverage_clear(&c);
	coverage_init(&c);
	assert_int_equal(coverage_add(&c, 0, 0, T0, false), 0);
	buf_reset(&body);
	assert_int_equal(store_coverage_put(&c, &pool, &body), 0);
	assert_damage_is_survived(buf_span(&body), try_coverage);
	coverage_clear(&c);
	coverage_clear(&got);
	string_pool_clear(&pool);
	string_pool_clear(&other);
	buf_clear(&body);
}

/* Marks are kept by stores: they must never change. */
static void
test_marks_stay(void **state)
{
	(void)state;
	assert_int_equal(store_mark(SPAN_NONE), 0);
	assert_int_equal(store_mark(SPAN("")), 0);
	assert_int_equal(store_mark(SPAN("i-0123456789abcdef0")), MARK_INSTANCE);
	assert_int_equal(store_mark_lower(SPAN("Alice@Example.com")), MARK_ALICE);
	assert_int_equal(store_mark_lower(SPAN("alice@example.com")), MARK_ALICE);
	assert_int_not_equal(store_mark(SPAN("a")), store_mark_lower(SPAN("a")));
}

static void
test_marks_of_hosts_and_addresses(void **state)
{
	static const char *const same[][2] = {
	    {"203.0.113.9", "::ffff:203.0.113.9"},
	    {"2001:db8::1", "2001:0DB8:0:0:0:0:0:1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(same); i++)
		assert_int_equal(store_mark_address(span_of(same[i][0])),
		    store_mark_address(span_of(same[i][1])));
	assert_int_equal(store_mark_address(SPAN("web-1")), store_mark(SPAN("web-1")));
	assert_int_equal(
	    store_mark_address(SPAN("203.0.113.9\0x")), store_mark_address(SPAN("203.0.113.9")));
	assert_int_equal(store_mark_address(SPAN_NONE), 0);
	assert_int_equal(
	    store_mark_host(SPAN("Web-1.example.com")), store_mark_host(SPAN("web-1")));
	assert_int_not_equal(store_mark_host(SPAN(".a")), store_mark_host(SPAN(".b")));
	assert_int_equal(store_mark_host(SPAN_NONE), 0);
}

static void
test_marks_of_sessions(void **state)
{
	(void)state;
	assert_int_equal(store_mark_session(SPAN("0123456789abcdef0123456789abcdef")),
	    INT64_MIN + 0x0123456789abcdefLL);
	assert_int_equal(store_mark_session(SPAN("8000000000000001ffffffffffffffff")), 1);
	assert_int_equal(store_mark_session(SPAN("0123ABCD")), INT64_MIN + 0x0123abcd00000000LL);
	assert_int_equal(store_mark_session(SPAN("0123abcd-x")), INT64_MIN + 0x0123abcd00000000LL);
	assert_int_not_equal(store_mark_session(SPAN("x")), store_mark_session(SPAN("y")));
	assert_int_not_equal(
	    store_mark_session(SPAN("0123abc")), store_mark_session(SPAN("0123abc00")));
}

/* 0 for all whose digits the two numbers do not tell. */
static void
test_rests_of_sessions(void **state)
{
	static const struct {
		const char *id;
		int64_t rest;
	} cases[] = {
	    {"0123456789abcdef0123456789abcdef", 0x0123456789abcdefLL},
	    {"0123456789abcdeffedcba9876543210", -0x0123456789abcdf0LL},
	    {"0123456789abcdef0000000000000000", 0},
	    {"0123456789abcdef0123456789abcdeF", 0},
	    {"0123456789abcdeF0123456789abcdef", 0},
	    {"0123456789abcdef0123456789abcde", 0},
	    {"0123456789abcdef0123456789abcdef0", 0},
	    {"g123456789abcdef0123456789abcdef", 0},
	    {"0123456789abcdef0123456789abcde ", 0},
	    {"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(store_mark_session_rest(span_of(cases[i].id)), cases[i].rest);
	assert_int_equal(store_mark_session_rest(SPAN_NONE), 0);
}

struct told {
	char text[64][256];
	size_t count;
};

static int
note_told(void *ctx, struct span text)
{
	struct told *t = ctx;

	assert_true(t->count < COUNT_OF(t->text) && text.len < sizeof(t->text[0]));
	memcpy(t->text[t->count], text.ptr, text.len);
	t->text[t->count++][text.len] = '\0';
	return 0;
}

static bool
is_told(const struct told *t, const char *text)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->text[i], text) == 0)
			return true;
	return false;
}

static void
test_mentions_of_identities(void **state)
{
	static const struct {
		struct user_identity who;
		const char *texts[8];
	} cases[] = {
	    {{.type = SPAN("AssumedRole"),
		 .principal_id = SPAN("AROAEXAMPLE:alice"),
		 .arn = SPAN("arn:aws:sts::111122223333:assumed-role/Admin/alice"),
		 .access_key_id = SPAN("ASIAEXAMPLE"),
		 .issuer_arn = SPAN("arn:aws:iam::111122223333:role/path/Admin")},
		{"AROAEXAMPLE:alice", "alice", "Admin/alice",
		    "arn:aws:sts::111122223333:assumed-role/Admin",
		    "arn:aws:sts::111122223333:assumed-role/Admin/alice", "ASIAEXAMPLE",
		    "arn:aws:iam::111122223333:role/path/Admin"}},
	    {{.type = SPAN("IAMUser"), .arn = SPAN("arn:aws:iam::111122223333:user/team/bob")},
		{"bob", "arn:aws:iam::111122223333:user/team/bob"}},
	    {{.type = SPAN("Root"), .account_id = SPAN("111122223333")}, {"root of 111122223333"}},
	    {{.type = SPAN("Root"), .principal_id = SPAN("111122223333")},
		{"root of 111122223333"}},
	    {{.type = SPAN("FederatedUser"),
		 .issuer_arn = SPAN("arn:aws:iam::111122223333:user/carol"),
		 .arn = SPAN("arn:aws:sts::111122223333:federated-user/dave")},
		{"carol", "dave"}},
	    {{.issuer_arn = SPAN("arn:aws:iam::111122223333:root")}, {"root of 111122223333"}},
	    {{.on_behalf_of_user = SPAN("u-1"),
		 .sign_in_session_arn = SPAN("arn:s"),
		 .source_identity = SPAN("eve"),
		 .user_name = SPAN("frank")},
		{"u-1", "arn:s", "eve", "frank"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct told t = {.count = 0};

		assert_int_equal(store_mentions_of_identity(&cases[i].who, note_told, &t), 0);
		for (size_t k = 0; k < 8 && cases[i].texts[k] != NULL; k++)
			if (!is_told(&t, cases[i].texts[k]))
				fail_msg("%zu: '%s' is not told", i, cases[i].texts[k]);
	}
}

static void
test_mentions_of_issues(void **state)
{
	static const char *const texts[] = {"key", "principal", "arn", "203.0.113.9", "minted",
	    "arn:aws:iam::111122223333:user/x/gina", "gina", "session", "source", "tag", "subject"};
	const struct event e = {
	    .issued_key_id = SPAN("key"),
	    .issued_principal_id = SPAN("principal"),
	    .issued_arn = SPAN("arn"),
	    .source_ip = SPAN("203.0.113.9"),
	    .minted_session = SPAN("minted"),
	    .switch_from = SPAN("arn:aws:iam::111122223333:user/x/gina"),
	    .session_name = SPAN("session"),
	    .session_source_identity = SPAN("source"),
	    .tag_name = SPAN("tag"),
	    .subject = SPAN("subject"),
	};
	struct told t = {.count = 0};

	(void)state;
	assert_int_equal(store_mentions_of_issue(&e, note_told, &t), 0);
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (!is_told(&t, texts[i]))
			fail_msg("'%s' is not told", texts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_event),
	    cmocka_unit_test(test_event_key_type),
	    cmocka_unit_test(test_put_says_when_there_is_no_room),
	    cmocka_unit_test(test_identity),
	    cmocka_unit_test(test_login),
	    cmocka_unit_test(test_notice),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_counts_of_other_versions),
	    cmocka_unit_test(test_coverage),
	    cmocka_unit_test(test_marks_stay),
	    cmocka_unit_test(test_marks_of_hosts_and_addresses),
	    cmocka_unit_test(test_marks_of_sessions),
	    cmocka_unit_test(test_rests_of_sessions),
	    cmocka_unit_test(test_mentions_of_identities),
	    cmocka_unit_test(test_mentions_of_issues),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
