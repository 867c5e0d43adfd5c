/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of records of logins. */
#include "correlator/store/store_record.h"
#include "correlator/store/store_record_walk.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define LOGIN(member)   offsetof(struct login_record, member)
#define AUTH(member)    offsetof(struct login_auth, member)

static const size_t login_texts[] = {LOGIN(id), LOGIN(host.instance_id), LOGIN(host.account_id),
    LOGIN(host.region), LOGIN(host.hostname), LOGIN(host.boot_id), LOGIN(os_user), LOGIN(service),
    LOGIN(tty), LOGIN(remote_host), LOGIN(local_ip)};

/* Only receipts and signers have them. */
static const size_t receipt_texts[] = {LOGIN(receipt_entry), LOGIN(receipt_signer),
    LOGIN(receipt_error), LOGIN(signer_sha256), LOGIN(signer.chain)};

static const size_t auth_texts[] = {AUTH(method), AUTH(key_type), AUTH(fingerprint), AUTH(info)};

static void
walk_list(struct store_walk *w, struct span *texts, size_t *count, size_t max)
{
	store_walk_count(w, count, max);
	for (size_t i = 0; i < *count; i++)
		store_walk_text(w, &texts[i]);
}

static void
walk_cert(struct store_walk *w, struct login_cert *c)
{
	store_walk_text(w, &c->key_id);
	store_walk_text(w, &c->ca_fingerprint);
	store_walk_number(w, &c->serial);
	walk_list(w, c->principals, &c->principal_count, LOGIN_RECORD_NAMES_MAX);
}

static void
walk_auth(struct store_walk *w, struct login_record *r)
{
	store_walk_count(w, &r->auth_count, LOGIN_RECORD_AUTH_MAX);
	for (size_t i = 0; i < r->auth_count; i++) {
		struct login_auth *a = &r->auth[i];
		bool *const flags[] = {&a->has_cert};

		store_walk_texts(w, a, auth_texts, COUNT_OF(auth_texts));
		store_walk_flags(w, flags, 1);
		if (a->has_cert)
			walk_cert(w, &a->cert);
	}
}

static void
walk_numbers(struct store_walk *w, struct login_record *r)
{
	int64_t *const numbers[] = {&r->time_us, &r->uid, &r->remote_port, &r->local_port,
	    &r->sshd_pid, &r->sshd_start, &r->audit_session, &r->login_uid, &r->clock_max_error_us};
	int64_t version = r->version;

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		store_walk_signed(w, numbers[i]);
	store_walk_number(w, &r->seq);
	store_walk_signed(w, &version);
	if (version < INT32_MIN || version > INT32_MAX)
		w->bad = true;
	else
		r->version = (int)version;
}

static void
walk_receipt(struct store_walk *w, struct login_record *r)
{
	store_walk_texts(w, r, receipt_texts, COUNT_OF(receipt_texts));
	store_walk_count(w, &r->signer.staple_count, RECEIPT_STAPLES_MAX);
	for (size_t i = 0; i < r->signer.staple_count; i++) {
		store_walk_text(w, &r->signer.staples[i].name);
		store_walk_text(w, &r->signer.staples[i].response);
	}
}

static bool
has_receipt(const struct login_record *r)
{
	return r->receipt_entry.ptr != NULL || r->receipt_signer.ptr != NULL ||
	    r->receipt_error.ptr != NULL || r->signer_sha256.ptr != NULL ||
	    r->signer.chain.ptr != NULL || r->signer.staple_count != 0;
}

/* What stands before the texts: kind, source, flags, and the numbers, each a number of its own. */
#define NUMBERS_BEFORE_TEXTS 14

static void
walk_login(struct store_walk *w, struct store_login *l)
{
	struct login_record *r = &l->record;
	uint64_t kind = (uint64_t)r->kind, source = l->source;
	bool receipt = w->out != NULL && has_receipt(r);
	bool *const flags[] = {
	    &l->by_journal, &r->has_clock, &r->clock_synchronized, &r->truncated, &receipt};

	store_walk_number(w, &kind);
	store_walk_number(w, &source);
	if (kind > LOGIN_RECORD_OTHER || source > LOGIN_SOURCE_SYSLOG)
		w->bad = true;
	if (w->bad)
		return;
	r->kind = (enum login_record_kind)kind;
	l->source = (uint8_t)source;
	store_walk_flags(w, flags, COUNT_OF(flags));
	walk_numbers(w, r);
	store_walk_texts(w, r, login_texts, COUNT_OF(login_texts));
	walk_list(w, r->host.ips, &r->host.ip_count, LOGIN_RECORD_IPS_MAX);
	walk_auth(w, r);
	walk_list(w, r->notes, &r->note_count, LOGIN_RECORD_NOTES_MAX);
	if (receipt)
		walk_receipt(w, r);
	if (has_receipt(r) != receipt)
		w->bad = true;
}

int
store_login_put(const struct store_login *r, struct buf *out)
{
	struct store_walk w = {.out = out};

	/* a walk that writes changes nothing, and a copy is 12 KiB */
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	walk_login(&w, (struct store_login *)(uintptr_t)r);
	return store_walk_end(&w);
}

int
store_login_get(struct span body, struct store_login *r)
{
	struct store_walk w = {.in = body};

	memset(r, 0, sizeof(*r));
	walk_login(&w, r);
	return store_walk_end(&w);
}

int
store_login_get_id(struct span body, struct span *id)
{
	struct store_walk w = {.in = body};
	uint64_t number;

	for (size_t i = 0; i < NUMBERS_BEFORE_TEXTS; i++)
		store_walk_number(&w, &number);
	store_walk_text(&w, id);
	return w.bad ? -1 : 0;
}
