/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_record.h"

#include <stddef.h>

#include "common/json_reader.h"
#include "common/time_text.h"

/*
 * The members of each object, as tables: where a value goes by its type. Members that are not in a
 * table are passed over. The tables are in the order of docs/FORMAT.md, so that a line in that
 * order is found without searching.
 */
enum member_type {
	MEMBER_STRING, /* -> struct span */
	MEMBER_NUMBER, /* not negative -> int64_t */
	MEMBER_BOOL,
	MEMBER_STRINGS, /* -> struct span [max], and their count at count_at */
	MEMBER_OBJECT,  /* its members by the table `inner`, into the same struct */
	MEMBER_SPECIAL, /* read_special */
};

struct member {
	const char *name;
	enum member_type type;
	unsigned char name_len;
	unsigned char max;
	size_t at, count_at;
	const struct member *inner;
};

#define NAMED(n) .name = (n), .name_len = sizeof(n) - 1
#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}
#define FIELD(n, t, s, f)                                                                          \
	{                                                                                          \
		NAMED(n), .type = (t), .at = offsetof(struct s, f)                                 \
	}
#define LIST(n, s, f, c, m)                                                                        \
	{                                                                                          \
		NAMED(n), .type = MEMBER_STRINGS, .max = (m), .at = offsetof(struct s, f),         \
			  .count_at = offsetof(struct s, c)                                        \
	}
#define OBJECT(n, table)                                                                           \
	{                                                                                          \
		NAMED(n), .type = MEMBER_OBJECT, .inner = (table)                                  \
	}
#define SPECIAL(n, what)                                                                           \
	{                                                                                          \
		NAMED(n), .type = MEMBER_SPECIAL, .at = (what)                                     \
	}

/* Members that need more than their value's type says. */
enum special {
	SPECIAL_VERSION,
	SPECIAL_KIND,
	SPECIAL_SEQ,
	SPECIAL_TIME,
	SPECIAL_AUTH,
	SPECIAL_CERT,
	SPECIAL_SERIAL,
	SPECIAL_CLOCK,
	SPECIAL_OCSP,
	SPECIAL_PREV,
};

static const struct member host_members[] = {
    FIELD("instance_id", MEMBER_STRING, login_record, host.instance_id),
    FIELD("account_id", MEMBER_STRING, login_record, host.account_id),
    FIELD("region", MEMBER_STRING, login_record, host.region),
    FIELD("hostname", MEMBER_STRING, login_record, host.hostname),
    FIELD("boot_id", MEMBER_STRING, login_record, host.boot_id),
    LIST("ips", login_record, host.ips, host.ip_count, LOGIN_RECORD_IPS_MAX),
    END,
};

static const struct member remote_members[] = {
    FIELD("host", MEMBER_STRING, login_record, remote_host),
    FIELD("port", MEMBER_NUMBER, login_record, remote_port),
    END,
};

static const struct member local_members[] = {
    FIELD("ip", MEMBER_STRING, login_record, local_ip),
    FIELD("port", MEMBER_NUMBER, login_record, local_port),
    END,
};

static const struct member clock_members[] = {
    FIELD("synchronized", MEMBER_BOOL, login_record, clock_synchronized),
    FIELD("max_error_us", MEMBER_NUMBER, login_record, clock_max_error_us),
    END,
};

static const struct member record_members[] = {
    SPECIAL("v", SPECIAL_VERSION),
    SPECIAL("kind", SPECIAL_KIND),
    FIELD("id", MEMBER_STRING, login_record, id),
    SPECIAL("seq", SPECIAL_SEQ),
    SPECIAL("time", SPECIAL_TIME),
    OBJECT("host", host_members),
    FIELD("os_user", MEMBER_STRING, login_record, os_user),
    FIELD("uid", MEMBER_NUMBER, login_record, uid),
    FIELD("service", MEMBER_STRING, login_record, service),
    FIELD("tty", MEMBER_STRING, login_record, tty),
    OBJECT("remote", remote_members),
    OBJECT("local", local_members),
    SPECIAL("auth", SPECIAL_AUTH),
    FIELD("sshd_pid", MEMBER_NUMBER, login_record, sshd_pid),
    FIELD("sshd_start", MEMBER_NUMBER, login_record, sshd_start),
    FIELD("audit_session", MEMBER_NUMBER, login_record, audit_session),
    FIELD("login_uid", MEMBER_NUMBER, login_record, login_uid),
    SPECIAL("clock", SPECIAL_CLOCK),
    LIST("notes", login_record, notes, note_count, LOGIN_RECORD_NOTES_MAX),
    FIELD("entry", MEMBER_STRING, login_record, receipt_entry),
    FIELD("signer", MEMBER_STRING, login_record, receipt_signer),
    FIELD("error", MEMBER_STRING, login_record, receipt_error),
    FIELD("sha256", MEMBER_STRING, login_record, signer_sha256),
    FIELD("chain", MEMBER_STRING, login_record, signer.chain),
    SPECIAL("ocsp", SPECIAL_OCSP),
    FIELD("truncated", MEMBER_BOOL, login_record, truncated),
    SPECIAL("prev", SPECIAL_PREV),
    END,
};

static const struct member auth_members[] = {
    FIELD("method", MEMBER_STRING, login_auth, method),
    FIELD("key_type", MEMBER_STRING, login_auth, key_type),
    FIELD("fingerprint", MEMBER_STRING, login_auth, fingerprint),
    FIELD("info", MEMBER_STRING, login_auth, info),
    SPECIAL("cert", SPECIAL_CERT),
    END,
};

static const struct member cert_members[] = {
    FIELD("key_id", MEMBER_STRING, login_cert, key_id),
    SPECIAL("serial", SPECIAL_SERIAL),
    FIELD("ca_fingerprint", MEMBER_STRING, login_cert, ca_fingerprint),
    LIST("principals", login_cert, principals, principal_count, LOGIN_RECORD_NAMES_MAX),
    END,
};

/* A line being read. */
struct reading {
	struct json_reader json;
	struct buf *scratch;
	struct login_record *record;
	bool dropped; /* a list had more items than its maximum */
	bool has_version, has_kind, has_seq, has_time;
};

static void read_members(struct reading *in, const struct member *table, void *into);

static struct span
read_string(struct reading *in)
{
	return json_unescape(json_read_string(&in->json), in->scratch);
}

/* Absent when negative or no integer, as login_record_init left it. */
static bool
read_number(struct reading *in, int64_t *out)
{
	int64_t n;

	if (!json_read_int(&in->json, &n) || n < 0)
		return false;
	*out = n;
	return true;
}

static void
read_strings(struct reading *in, const struct member *m, char *into)
{
	struct span *list = (struct span *)(void *)(into + m->at);
	size_t *count = (size_t *)(void *)(into + m->count_at);

	*count = 0;
	if (json_peek(&in->json) != JSON_ARRAY) {
		(void)json_skip(&in->json);
		return;
	}
	for (json_enter(&in->json, JSON_ARRAY); json_next_element(&in->json);) {
		struct span s = read_string(in);

		if (s.ptr == NULL)
			continue;
		if (*count < m->max)
			list[(*count)++] = s;
		else
			in->dropped = true;
	}
}

static void
read_auth(struct reading *in)
{
	struct login_record *r = in->record;

	r->auth_count = 0;
	if (json_peek(&in->json) != JSON_ARRAY) {
		(void)json_skip(&in->json);
		return;
	}
	for (json_enter(&in->json, JSON_ARRAY); json_next_element(&in->json);) {
		if (r->auth_count == LOGIN_RECORD_AUTH_MAX) {
			(void)json_skip(&in->json);
			in->dropped = true;
			continue;
		}
		r->auth[r->auth_count] = (struct login_auth){.has_cert = false};
		read_members(in, auth_members, &r->auth[r->auth_count++]);
	}
}

static enum login_record_kind
kind_of(struct span name)
{
	static const struct {
		const char *name;
		enum login_record_kind kind;
	} kinds[] = {
	    {"open", LOGIN_RECORD_OPEN},
	    {"close", LOGIN_RECORD_CLOSE},
	    {"receipt", LOGIN_RECORD_RECEIPT},
	    {"signer", LOGIN_RECORD_SIGNER},
	    {"rotate", LOGIN_RECORD_ROTATE},
	    {"seal", LOGIN_RECORD_SEAL},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_is(name, kinds[i].name))
			return kinds[i].kind;
	return LOGIN_RECORD_OTHER;
}

static void
read_kind(struct reading *in)
{
	struct span name = read_string(in);

	in->has_kind = name.ptr != NULL;
	in->record->kind = kind_of(name);
}

static void
read_serial(struct span text, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(text.ptr[i] - '0'), &n))
			return;
	}
	*out = n;
}

static void
read_prev(struct span text, struct login_record *r)
{
	r->prev[0] = '\0';
	if (text.len != SHA256_HEX_LEN)
		return;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return;
	}
	memcpy(r->prev, text.ptr, SHA256_HEX_LEN);
	r->prev[SHA256_HEX_LEN] = '\0';
}

static void
read_cert(struct reading *in, struct login_auth *auth)
{
	auth->has_cert = json_peek(&in->json) == JSON_OBJECT;
	auth->cert = (struct login_cert){.serial = 0};
	read_members(in, cert_members, &auth->cert);
}

static void
read_ocsp(struct reading *in)
{
	struct receipt_signer *signer = &in->record->signer;
	struct span name;

	signer->staple_count = 0;
	if (json_peek(&in->json) != JSON_OBJECT) {
		(void)json_skip(&in->json);
		return;
	}
	for (json_enter(&in->json, JSON_OBJECT); json_next_member(&in->json, &name);) {
		struct span response = read_string(in);

		if (response.ptr == NULL || !receipt_staple_name_ok(name))
			continue;
		if (signer->staple_count == RECEIPT_STAPLES_MAX)
			in->dropped = true;
		else
			signer->staples[signer->staple_count++] =
			    (struct receipt_staple){name, response};
	}
}

static void
read_special(struct reading *in, enum special what, void *into)
{
	struct login_record *r = in->record;
	int64_t n = -1;

	switch (what) {
	case SPECIAL_VERSION:
		in->has_version = read_number(in, &n) && n == LOGIN_RECORD_VERSION;
		break;
	case SPECIAL_KIND: read_kind(in); break;
	case SPECIAL_SEQ:
		in->has_seq = read_number(in, &n);
		r->seq = (uint64_t)n;
		break;
	case SPECIAL_TIME: in->has_time = time_parse(read_string(in), &r->time_us); break;
	case SPECIAL_AUTH: read_auth(in); break;
	case SPECIAL_CERT: read_cert(in, into); break;
	case SPECIAL_SERIAL:
		read_serial(read_string(in), &((struct login_cert *)into)->serial);
		break;
	case SPECIAL_CLOCK:
		r->has_clock = json_peek(&in->json) == JSON_OBJECT;
		read_members(in, clock_members, r);
		break;
	case SPECIAL_OCSP: read_ocsp(in); break;
	case SPECIAL_PREV: read_prev(read_string(in), r); break;
	}
}

static void
read_member(struct reading *in, const struct member *m, char *into)
{
	switch (m->type) {
	case MEMBER_STRING: *(struct span *)(void *)(into + m->at) = read_string(in); break;
	case MEMBER_NUMBER: (void)read_number(in, (int64_t *)(void *)(into + m->at)); break;
	case MEMBER_BOOL: (void)json_read_bool(&in->json, (bool *)(into + m->at)); break;
	case MEMBER_STRINGS: read_strings(in, m, into); break;
	case MEMBER_OBJECT: read_members(in, m->inner, into); break;
	case MEMBER_SPECIAL: read_special(in, (enum special)m->at, into); break;
	}
}

static bool
is_named(const struct member *m, struct span key)
{
	return m->name != NULL && key.len == m->name_len && memcmp(key.ptr, m->name, key.len) == 0;
}

static const struct member *
find_member(const struct member *table, struct span key)
{
	const struct member *m = table;

	while (m->name != NULL && !is_named(m, key))
		m++;
	return m;
}

/* The object that stands next; a value of another type is passed over. */
static void
read_members(struct reading *in, const struct member *table, void *into)
{
	const struct member *next = table;
	struct span key;

	if (json_peek(&in->json) != JSON_OBJECT) {
		(void)json_skip(&in->json);
		return;
	}
	for (json_enter(&in->json, JSON_OBJECT); json_next_member(&in->json, &key);) {
		const struct member *m = is_named(next, key) ? next : find_member(table, key);

		if (m->name == NULL) {
			(void)json_skip(&in->json);
			continue;
		}
		read_member(in, m, into);
		next = m + 1;
	}
}

int
login_record_read(struct span line, struct buf *scratch, struct login_record *r)
{
	struct reading in = {.scratch = scratch, .record = r};

	login_record_init(r, LOGIN_RECORD_OTHER);
	/* json_unescape makes at most three bytes of one; reserving now keeps the spans in place.
	 */
	if (line.ptr == NULL || line.len > SIZE_MAX / 3 || !buf_reserve(scratch, line.len * 3))
		return -1;
	json_reader_init(&in.json, line);
	if (json_peek(&in.json) != JSON_OBJECT)
		return -1;
	read_members(&in, record_members, r);
	r->truncated = r->truncated || in.dropped;
	if (in.json.error != JSON_OK || json_peek(&in.json) != JSON_NONE ||
	    in.json.at != in.json.end)
		return -1;
	if (!in.has_version || !in.has_kind || !in.has_seq || !in.has_time || r->prev[0] == '\0')
		return -1;
	return 0;
}
