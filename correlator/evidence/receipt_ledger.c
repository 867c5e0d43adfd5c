/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/evidence/receipt_ledger.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/base64.h"
#include "correlator/correlate/ledger_index.h"

static int
add_receipt(struct ledger *l, const struct login_record *r)
{
	struct receipts *rs = &l->receipts;
	bool failed = false;

	if (!array_grow((void **)&rs->rows, rs->count, &rs->cap, sizeof(*rs->rows)))
		return -1;
	rs->rows[rs->count++] = (struct receipt){
	    .session = ledger_keep(l, r->id, &failed),
	    .entry = ledger_keep(l, r->receipt_entry, &failed),
	    .signer = ledger_keep(l, r->receipt_signer, &failed),
	    .error = ledger_keep(l, r->receipt_error, &failed),
	    .time_us = r->time_us,
	    .expires_us = -1,
	    .login = UINT32_MAX,
	    .check = RECEIPT_ERROR,
	};
	return failed ? -1 : 0;
}

/* Hosts repeat their signers: one row for each different one. */
static int
signer_is_new(struct ledger *l, const struct login_record *r, bool *new)
{
	struct buf content;
	int result = -1;

	buf_init(&content, RECEIPT_CHAIN_MAX + RECEIPT_STAPLES_MAX * (RECEIPT_STAPLE_MAX + 256));
	buf_put_span(&content, r->signer_sha256);
	buf_putc(&content, '\n');
	buf_put_span(&content, r->signer.chain);
	for (size_t i = 0; i < r->signer.staple_count; i++) {
		buf_putc(&content, '\n');
		buf_put_span(&content, r->signer.staples[i].name);
		buf_putc(&content, ':');
		buf_put_span(&content, r->signer.staples[i].response);
	}
	*new = false; /* larger than a signer may be: none that could verify anything */
	if (content.failed || string_pool_add(&l->pool, buf_span(&content), new) != UINT32_MAX)
		result = 0;
	buf_clear(&content);
	return result;
}

static int
add_signer(struct ledger *l, const struct login_record *r)
{
	struct receipts *rs = &l->receipts;
	struct receipt_signer_row row = {.time_us = r->time_us, .good_from = INT64_MAX};
	bool failed = false, new;

	row.good_to = INT64_MIN;
	if (signer_is_new(l, r, &new) != 0)
		return -1;
	if (!new)
		return 0;
	if (!array_grow(
		(void **)&rs->signers, rs->signer_count, &rs->signer_cap, sizeof(*rs->signers)))
		return -1;
	row.sha256 = ledger_keep(l, r->signer_sha256, &failed);
	row.chain = ledger_keep(l, r->signer.chain, &failed);
	for (size_t i = 0; i < r->signer.staple_count; i++) {
		row.staples[i].name = ledger_keep(l, r->signer.staples[i].name, &failed);
		row.staples[i].response = ledger_keep(l, r->signer.staples[i].response, &failed);
	}
	row.staple_count = r->signer.staple_count;
	rs->signers[rs->signer_count++] = row;
	return failed ? -1 : 0;
}

int
receipt_ledger_add(struct ledger *l, const struct login_record *r)
{
	if (r->kind == LOGIN_RECORD_SIGNER) {
		l->counts.signers++;
		return add_signer(l, r);
	}
	l->counts.receipts++;
	return add_receipt(l, r);
}

/* What the entry says, unchecked. */
static int
read_entry(struct ledger *l, struct receipt *row)
{
	struct receipt_entry e;
	bool failed = false;
	struct buf text;

	row->state = row->entry != 0 ? RECEIPT_STATE_UNREADABLE : RECEIPT_STATE_NOTE;
	buf_init(&text, RECEIPT_ENTRY_MAX);
	if (row->entry != 0 && base64_decode(string_pool_span(&l->pool, row->entry), &text) &&
	    receipt_entry_parse(buf_span(&text), &e) == RECEIPT_ENTRY_OK) {
		row->state = RECEIPT_STATE_UNVERIFIED;
		row->request_id = ledger_keep(l, e.request, &failed);
		row->caller = ledger_keep(l, e.caller, &failed);
		row->instance_id = ledger_keep(l, e.instance, &failed);
		row->expires_us = e.expires_us;
	}
	buf_clear(&text);
	return failed ? -1 : 0;
}

struct session_login {
	string_id session;
	uint32_t login;
};

static int
compare_sessions(const void *a, const void *b)
{
	const struct session_login *x = a, *y = b;

	if (x->session != y->session)
		return x->session < y->session ? -1 : 1;
	return x->login < y->login ? -1 : x->login > y->login;
}

/* The first login of the session; UINT32_MAX when there is none. */
static uint32_t
find_login(const struct session_login *sessions, size_t count, string_id session)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sessions[middle].session < session)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && session != 0 && sessions[low].session == session ? sessions[low].login
									       : UINT32_MAX;
}

static int
find_logins(struct ledger *l)
{
	struct session_login *sessions = malloc((l->login_count + 1) * sizeof(*sessions));

	if (sessions == NULL)
		return -1;
	for (size_t i = 0; i < l->login_count; i++)
		sessions[i] = (struct session_login){l->logins[i].session, (uint32_t)i};
	if (l->login_count != 0)
		qsort(sessions, l->login_count, sizeof(*sessions), compare_sessions);
	for (size_t i = 0; i < l->receipts.count; i++) {
		struct receipt *row = &l->receipts.rows[i];

		row->login = find_login(sessions, l->login_count, row->session);
		if (row->login == UINT32_MAX)
			row->state = RECEIPT_STATE_ORPHAN;
	}
	free(sessions);
	return 0;
}

static int
compare_receipts(const void *a, const void *b, void *ledger)
{
	const struct receipt *x = a, *y = b;
	int r;

	if (x->login != y->login)
		return x->login < y->login ? -1 : 1;
	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	r = ledger_compare_texts(ledger, x->entry, y->entry);
	if (r == 0)
		r = ledger_compare_texts(ledger, x->signer, y->signer);
	if (r == 0)
		r = ledger_compare_texts(ledger, x->error, y->error);
	return r != 0 ? r : ledger_compare_texts(ledger, x->session, y->session);
}

static int
compare_signers(const void *a, const void *b)
{
	const struct receipt_signer_row *x = a, *y = b;

	if (x->sha256 != y->sha256)
		return x->sha256 < y->sha256 ? -1 : 1;
	return (x->time_us > y->time_us) - (x->time_us < y->time_us);
}

/* The same log may be given twice. */
static void
drop_duplicates(struct ledger *l)
{
	struct receipts *rs = &l->receipts;
	size_t kept = 0;

	for (size_t i = 0; i < rs->count; i++) {
		if (kept != 0 && compare_receipts(&rs->rows[i], &rs->rows[kept - 1], l) == 0) {
			l->counts.receipts--;
			l->counts.login_duplicates++;
			continue;
		}
		rs->rows[kept++] = rs->rows[i];
	}
	rs->count = kept;
}

int
receipt_ledger_link(struct ledger *l)
{
	struct receipts *rs = &l->receipts;

	if (rs->signer_count != 0)
		qsort(rs->signers, rs->signer_count, sizeof(*rs->signers), compare_signers);
	if (rs->count == 0)
		return 0;
	for (size_t i = 0; i < rs->count; i++)
		if (read_entry(l, &rs->rows[i]) != 0)
			return -1;
	if (find_logins(l) != 0)
		return -1;
	qsort_r(rs->rows, rs->count, sizeof(*rs->rows), compare_receipts, l);
	drop_duplicates(l);
	for (size_t i = 0; i < rs->count; i++) {
		struct login *login;

		if (rs->rows[i].login == UINT32_MAX)
			break;
		login = &l->logins[rs->rows[i].login];
		if (login->receipt_count++ == 0)
			login->receipt_first = (uint32_t)i;
	}
	return 0;
}

void
receipt_ledger_count(struct ledger *l)
{
	for (size_t i = 0; i < l->receipts.count; i++)
		l->counts.receipt_states[l->receipts.rows[i].state]++;
}
