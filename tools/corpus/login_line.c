/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/login_line.h"

#define NAME_LEN 64
#define CA_SEED  4242

/* The text that the record's spans point to. */
struct line_text {
	char session[SESSION_TEXT_LEN], instance[INSTANCE_ID_LEN], boot_id[UUID_TEXT_LEN];
	char hostname[NAME_LEN], ip[NAME_LEN], remote[NAME_LEN];
	char fingerprints[LOGIN_STEPS_MAX][SSH_FINGERPRINT_TEXT_LEN];
	char ca[SSH_FINGERPRINT_TEXT_LEN];
};

static const char *const method_names[] = {
    [METHOD_PUBLICKEY] = "publickey",
    [METHOD_CERTIFICATE] = "publickey",
    [METHOD_HOSTBASED] = "hostbased",
    [METHOD_PASSWORD] = "password",
    [METHOD_KEYBOARD] = "keyboard-interactive/pam",
    [METHOD_GSSAPI] = "gssapi-with-mic",
};

static void
fill_host(
    const struct world *w, const struct login_event *e, struct line_text *t, struct login_record *r)
{
	const struct world_row *row = &w->rows[e->instance.row];

	r->host.instance_id = span_of(instance_id(e->instance, t->instance));
	if (e->instance.class != INSTANCE_BARE) {
		r->host.account_id = span_of(row->account);
		r->host.region = span_of(row->region);
	}
	snprintf(
	    t->ip, sizeof(t->ip), "10.0.%u.%u", e->instance.row, e->instance.number % 250u + 4);
	snprintf(t->hostname, sizeof(t->hostname), "ip-10-0-%u-%u", e->instance.row,
	    e->instance.number % 250u + 4);
	r->host.hostname = span_of(t->hostname);
	r->host.boot_id = span_of(
	    uuid_text((UINT64_C(1) << 20) + world_instance_index(w, e->instance), t->boot_id));
	r->host.ips[0] = span_of(t->ip);
	r->host.ip_count = 1;
}

static void
fill_connection(const struct login_event *e, struct line_text *t, struct login_record *r)
{
	struct random random = {e->session};

	snprintf(
	    t->remote, sizeof(t->remote), "203.0.113.%u", (unsigned)random_below(&random, 254) + 1);
	r->remote_host = e->hostile != 0 ? span_of(world_hostile(e->hostile)) : span_of(t->remote);
	r->remote_port = random_between(&random, 1024, 65535);
	r->local_ip = span_of(t->ip);
	r->local_port = 22;
	r->sshd_pid = random_between(&random, 300, 4194304);
	r->sshd_start = random_between(&random, 10000, 1000000000);
	r->audit_session = random_between(&random, 1, 1000000);
	r->login_uid = r->uid;
}

static void
fill_cert(const struct login_event *e, struct line_text *t, struct login_cert *cert)
{
	const struct key ca = {CA_SEED, KEY_ED25519};

	cert->key_id =
	    e->hostile != 0 ? span_of(world_hostile(e->hostile)) : SPAN("alice@example.com");
	cert->serial = e->session >> 32;
	cert->ca_fingerprint = span_of(key_fingerprint(ca, t->ca));
	cert->principals[0] = span_of(world_user(e->user));
	cert->principal_count = 1;
}

static void
fill_step(const struct login_event *e, size_t i, struct line_text *t, struct login_record *r)
{
	const struct login_step *step = &e->steps[i];
	struct login_auth *auth = &r->auth[i];

	auth->method = span_of(method_names[step->method]);
	switch (step->method) {
	case METHOD_CERTIFICATE:
		auth->has_cert = true;
		fill_cert(e, t, &auth->cert);
		auth->key_type = span_of(key_cert_type_name(step->key.type));
		break;
	case METHOD_PUBLICKEY:
	case METHOD_HOSTBASED: auth->key_type = span_of(key_type_name(step->key.type)); break;
	case METHOD_GSSAPI: auth->info = SPAN("alice@EXAMPLE.COM"); return;
	default: return;
	}
	auth->fingerprint = span_of(key_fingerprint(step->key, t->fingerprints[i]));
}

static void
fill_open(
    const struct world *w, const struct login_event *e, struct line_text *t, struct login_record *r)
{
	fill_host(w, e, t, r);
	r->os_user = span_of(world_user(e->user));
	r->uid = e->user == 2 ? 0 : 1000 + e->user;
	r->service = SPAN("sshd");
	r->tty = SPAN("ssh");
	fill_connection(e, t, r);
	for (size_t i = 0; i < e->step_count; i++)
		fill_step(e, i, t, r);
	r->auth_count = e->step_count;
	if (e->max_error_us >= 0) {
		r->has_clock = true;
		r->clock_synchronized = e->max_error_us < 16 * US_PER_SECOND;
		r->clock_max_error_us = e->max_error_us;
	}
}

int
login_line_put(const struct world *w, const struct login_event *e, uint64_t seq,
    const char prev[static SHA256_HEX_LEN + 1], struct buf *out)
{
	struct login_record r;
	struct line_text t;

	login_record_init(&r, e->is_close ? LOGIN_RECORD_CLOSE : LOGIN_RECORD_OPEN);
	r.id = span_of(login_session(e->session, t.session));
	r.seq = seq;
	r.time_us = e->time.time_us;
	memcpy(r.prev, prev, sizeof(r.prev));
	if (!e->is_close)
		fill_open(w, e, &t, &r);
	return login_record_write(&r, out);
}
