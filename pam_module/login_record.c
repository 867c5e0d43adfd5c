/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_record.h"

#include <stdio.h>

#include "common/json_writer.h"

/* Names are compared, so they are cut late: longer than any genuine one. */
#define NAME_MAX_LEN 64

/* How much of the free text is kept; each line is tried by one after the other until it fits. */
struct cut {
	size_t bytes; /* of a string */
	size_t names; /* of a certificate's principals */
};

static const struct cut cuts[] = {
    {SIZE_MAX, LOGIN_RECORD_NAMES_MAX},
    {1024, LOGIN_RECORD_NAMES_MAX},
    {256, LOGIN_RECORD_NAMES_MAX},
    {48, 8},
    {8, 1},
};

/* One attempt at a line. */
struct line {
	struct json_writer json;
	const struct cut *cut;
	bool truncated;
};

void
login_record_init(struct login_record *r, enum login_record_kind kind)
{
	*r = (struct login_record){
	    .kind = kind,
	    .version = LOGIN_RECORD_VERSION,
	    .uid = -1,
	    .remote_port = -1,
	    .local_port = -1,
	    .sshd_pid = -1,
	    .sshd_start = -1,
	    .audit_session = -1,
	    .login_uid = -1,
	};
}

bool
login_record_note(struct login_record *r, const char *note)
{
	for (size_t i = 0; i < r->note_count; i++)
		if (span_is(r->notes[i], note))
			return true;
	if (r->note_count == LOGIN_RECORD_NOTES_MAX)
		return false;
	r->notes[r->note_count++] = span_of(note);
	return true;
}

static const char *
kind_name(enum login_record_kind kind)
{
	switch (kind) {
	case LOGIN_RECORD_OPEN: return "open";
	case LOGIN_RECORD_CLOSE: return "close";
	case LOGIN_RECORD_RECEIPT: return "receipt";
	case LOGIN_RECORD_SIGNER: return "signer";
	case LOGIN_RECORD_ROTATE: return "rotate";
	case LOGIN_RECORD_SEAL: return "seal";
	case LOGIN_RECORD_OTHER: break;
	}
	return NULL;
}

/* A string of at most max bytes, cut between two characters. */
static void
put_bounded(struct line *l, const char *key, struct span value, size_t max)
{
	if (value.len > max) {
		l->truncated = true;
		while (max != 0 && ((unsigned char)value.ptr[max] & 0xc0) == 0x80)
			max--;
		value.len = max;
	}
	json_put_span(&l->json, key, value);
}

static void
put_name(struct line *l, const char *key, struct span value)
{
	put_bounded(l, key, value, l->cut->bytes < NAME_MAX_LEN ? NAME_MAX_LEN : l->cut->bytes);
}

static void
put_text(struct line *l, const char *key, struct span value)
{
	put_bounded(l, key, value, l->cut->bytes);
}

static void
put_number(struct line *l, const char *key, int64_t value)
{
	if (value >= 0)
		json_put_int(&l->json, key, value);
}

static void
put_list(struct line *l, const char *key, const struct span *list, size_t count)
{
	if (count == 0)
		return;
	json_array_begin(&l->json, key);
	for (size_t i = 0; i < count; i++)
		put_text(l, NULL, list[i]);
	json_array_end(&l->json);
}

static void
put_host(struct line *l, const struct login_record *r)
{
	json_object_begin(&l->json, "host");
	put_name(l, "instance_id", r->host.instance_id);
	put_name(l, "account_id", r->host.account_id);
	put_name(l, "region", r->host.region);
	put_text(l, "hostname", r->host.hostname);
	put_name(l, "boot_id", r->host.boot_id);
	put_list(l, "ips", r->host.ips, r->host.ip_count);
	json_object_end(&l->json);
}

static void
put_endpoint(struct line *l, const char *key, const char *name, struct span host, int64_t port)
{
	if (host.ptr == NULL)
		return;
	json_object_begin(&l->json, key);
	put_name(l, name, host);
	put_number(l, "port", port);
	json_object_end(&l->json);
}

static void
put_cert(struct line *l, const struct login_cert *cert)
{
	size_t count = cert->principal_count;
	char serial[24];

	if (count > l->cut->names) {
		count = l->cut->names;
		l->truncated = true;
	}
	(void)snprintf(serial, sizeof(serial), "%llu", (unsigned long long)cert->serial);
	json_object_begin(&l->json, "cert");
	put_text(l, "key_id", cert->key_id);
	json_put_string(&l->json, "serial", serial);
	put_name(l, "ca_fingerprint", cert->ca_fingerprint);
	put_list(l, "principals", cert->principals, count);
	json_object_end(&l->json);
}

static void
put_auth(struct line *l, const struct login_record *r)
{
	if (r->auth_count == 0)
		return;
	json_array_begin(&l->json, "auth");
	for (size_t i = 0; i < r->auth_count; i++) {
		const struct login_auth *auth = &r->auth[i];

		json_object_begin(&l->json, NULL);
		put_text(l, "method", auth->method);
		put_name(l, "key_type", auth->key_type);
		put_name(l, "fingerprint", auth->fingerprint);
		put_text(l, "info", auth->info);
		if (auth->has_cert)
			put_cert(l, &auth->cert);
		json_object_end(&l->json);
	}
	json_array_end(&l->json);
}

static void
put_open(struct line *l, const struct login_record *r)
{
	put_host(l, r);
	put_name(l, "os_user", r->os_user);
	put_number(l, "uid", r->uid);
	put_text(l, "service", r->service);
	put_text(l, "tty", r->tty);
	put_endpoint(l, "remote", "host", r->remote_host, r->remote_port);
	put_endpoint(l, "local", "ip", r->local_ip, r->local_port);
	put_auth(l, r);
	put_number(l, "sshd_pid", r->sshd_pid);
	put_number(l, "sshd_start", r->sshd_start);
	put_number(l, "audit_session", r->audit_session);
	put_number(l, "login_uid", r->login_uid);
	if (r->has_clock) {
		json_object_begin(&l->json, "clock");
		json_put_bool(&l->json, "synchronized", r->clock_synchronized);
		put_number(l, "max_error_us", r->clock_max_error_us);
		json_object_end(&l->json);
	}
}

static void
put_receipt(struct json_writer *w, const struct login_record *r)
{
	json_put_span(w, "entry", r->receipt_entry);
	json_put_span(w, "signer", r->receipt_signer);
	json_put_span(w, "error", r->receipt_error);
}

static void
put_signer(struct json_writer *w, const struct login_record *r)
{
	char name[RECEIPT_STAPLE_NAME + 1];

	json_put_span(w, "sha256", r->signer_sha256);
	json_put_span(w, "chain", r->signer.chain);
	if (r->signer.staple_count == 0)
		return;
	json_object_begin(w, "ocsp");
	for (size_t i = 0; i < r->signer.staple_count; i++) {
		const struct receipt_staple *staple = &r->signer.staples[i];

		(void)snprintf(name, sizeof(name), "%.*s", (int)staple->name.len, staple->name.ptr);
		json_put_span(w, name, staple->response);
	}
	json_object_end(w);
}

void
login_record_write_signer(const struct login_record *r, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	put_signer(&w, r);
}

/* One line with the strings cut as l says. */
static void
put_record(struct line *l, const struct login_record *r)
{
	json_object_begin(&l->json, NULL);
	json_put_int(&l->json, "v", r->version);
	json_put_string(&l->json, "kind", kind_name(r->kind));
	put_name(l, "id", r->id);
	json_put_int(&l->json, "seq", (int64_t)r->seq);
	json_put_time(&l->json, "time", r->time_us, 6);
	if (r->kind == LOGIN_RECORD_OPEN)
		put_open(l, r);
	else if (r->kind == LOGIN_RECORD_RECEIPT)
		put_receipt(&l->json, r);
	else if (r->kind == LOGIN_RECORD_SIGNER)
		put_signer(&l->json, r);
	else if (r->kind == LOGIN_RECORD_ROTATE || r->kind == LOGIN_RECORD_SEAL)
		put_host(l, r);
	put_list(l, "notes", r->notes, r->note_count);
	if (l->truncated)
		json_put_bool(&l->json, "truncated", true);
	if (r->prev[0] != '\0')
		json_put_string(&l->json, "prev", r->prev);
	json_object_end(&l->json);
}

int
login_record_write(const struct login_record *r, struct buf *out)
{
	size_t max = r->kind == LOGIN_RECORD_SIGNER ? LOGIN_RECORD_SIGNER_MAX : LOGIN_RECORD_MAX;
	size_t from = out->len;

	if (kind_name(r->kind) == NULL || r->seq > INT64_MAX || out->failed)
		return -1;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct line l = {.cut = &cuts[i], .truncated = r->truncated};
		struct buf attempt;

		buf_init(&attempt, max);
		json_writer_init(&l.json, &attempt);
		put_record(&l, r);
		if (!attempt.failed)
			buf_put_span(out, buf_span(&attempt));
		buf_clear(&attempt);
		if (out->len != from || out->failed)
			break;
	}
	return out->len != from && !out->failed ? 0 : -1;
}
