/* SPDX-License-Identifier: Apache-2.0 */
/* Which receipts AWS signed, and which of them are about their login. */
#include <string.h>

#include "common/base64.h"
#include "common/time_text.h"
#include "correlator/evidence/receipt_ledger.h"
#include "pam_module/ssh_key.h"

/* Forms of one signer that are tried, nearest in time first: a log may name any number of them. */
#define TRIED_BEFORE 8
#define TRIED_AFTER  4
/* A signer that is good is likely to be so for a while: asked of once, not for every login. */
#define AHEAD_US (6 * US_PER_HOUR)
/* AWS's clock, against the second of the push: early is what the window's skew does not explain. */
#define EARLY_US (5 * US_PER_SECOND)

struct checker {
	struct ledger *ledger;
	const struct match_options *options;
	struct receipt_trust *trust;
};

static struct receipt_signer
signer_of(const struct ledger *l, const struct receipt_signer_row *row)
{
	struct receipt_signer signer = {.chain = string_pool_span(&l->pool, row->chain)};

	for (size_t i = 0; i < row->staple_count; i++) {
		signer.staples[i].name = string_pool_span(&l->pool, row->staples[i].name);
		signer.staples[i].response = string_pool_span(&l->pool, row->staples[i].response);
	}
	signer.staple_count = row->staple_count;
	return signer;
}

/* Whether the signer was AWS's at that time, remembering what was found. */
static enum receipt_check
check_signer(
    const struct checker *c, struct receipt_signer_row *row, string_id region, int64_t time_us)
{
	struct receipt_signer signer = signer_of(c->ledger, row);
	struct span name = string_pool_span(&c->ledger->pool, region);
	enum receipt_check r;

	if (row->region == region && time_us >= row->good_from && time_us <= row->good_to)
		return RECEIPT_VALID;
	r = receipt_verify_signer(c->trust, &signer, name, time_us, NULL);
	if (r != RECEIPT_VALID)
		return r;
	if (row->region != region || row->good_from > row->good_to) {
		row->region = region;
		row->good_from = row->good_to = time_us;
	}
	row->good_from = time_us < row->good_from ? time_us : row->good_from;
	row->good_to = time_us > row->good_to ? time_us : row->good_to;
	if (receipt_verify_signer(c->trust, &signer, name, row->good_to + AHEAD_US, NULL) ==
	    RECEIPT_VALID)
		row->good_to += AHEAD_US;
	return RECEIPT_VALID;
}

/* The first signer row behind those of that name and up to that time. */
static size_t
find_signer(const struct receipts *rs, string_id sha256, int64_t time_us)
{
	size_t low = 0, high = rs->signer_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct receipt_signer_row *row = &rs->signers[middle];

		if (row->sha256 < sha256 || (row->sha256 == sha256 && row->time_us <= time_us))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The signature by one form of the signer. The name is only what it is called: the certificates
 * count. */
static enum receipt_check
check_by(
    const struct checker *c, size_t at, const struct receipt *row, const struct receipt_entry *e)
{
	const struct login *login = &c->ledger->logins[row->login];
	struct receipt_signer_row *signer_row = &c->ledger->receipts.signers[at];
	struct receipt_signer signer = signer_of(c->ledger, signer_row);
	enum receipt_check r = receipt_verify_signature(&signer, e);

	return r == RECEIPT_VALID ? check_signer(c, signer_row, login->region, login->time_us) : r;
}

static enum receipt_check
check_signature(const struct checker *c, const struct receipt *row, const struct receipt_entry *e)
{
	const struct receipts *rs = &c->ledger->receipts;
	enum receipt_check r = RECEIPT_NO_SIGNER;
	size_t middle, at;

	if (row->signer == 0)
		return r;
	middle = find_signer(rs, row->signer, row->time_us);
	for (at = middle; at > 0 && middle - at < TRIED_BEFORE && r != RECEIPT_VALID &&
	     rs->signers[at - 1].sha256 == row->signer;
	     at--)
		r = check_by(c, at - 1, row, e);
	for (at = middle; at < rs->signer_count && at - middle < TRIED_AFTER &&
	     r != RECEIPT_VALID && rs->signers[at].sha256 == row->signer;
	     at++)
		r = check_by(c, at, row, e);
	return r;
}

/* Whether it is about this login: by any step of its authentication. */
static enum receipt_check
check_fit(const struct checker *c, const struct receipt *row, const struct receipt_entry *e)
{
	const struct ledger *l = c->ledger;
	const struct login *login = &l->logins[row->login];
	enum receipt_check r = RECEIPT_OTHER_KEY;

	for (uint32_t step = 0; step < login->auth_count; step++) {
		const struct auth_step *auth = &l->auth[login->auth_first + step];
		uint8_t fingerprint[SHA256_LEN];
		int64_t from_us, to_us;

		if (!auth->pushable || r == RECEIPT_VALID ||
		    !ssh_fingerprint_parse(
			string_pool_span(&l->pool, auth->fingerprint), fingerprint) ||
		    memcmp(fingerprint, e->fingerprint, sizeof(fingerprint)) != 0)
			continue;
		match_window(c->options, login, step, &from_us, &to_us);
		r = receipt_fit(e, string_pool_span(&l->pool, login->instance_id), fingerprint,
		    login->time_us, to_us - login->time_us + EARLY_US,
		    login->time_us - RECEIPT_VALIDITY_US - from_us);
	}
	return r;
}

static void
check_receipt(const struct checker *c, struct receipt *row)
{
	struct receipt_entry e;
	enum receipt_check r;
	struct buf text;

	buf_init(&text, RECEIPT_ENTRY_MAX);
	if (base64_decode(string_pool_span(&c->ledger->pool, row->entry), &text) &&
	    receipt_entry_parse(buf_span(&text), &e) == RECEIPT_ENTRY_OK) {
		r = check_signature(c, row, &e);
		if (r == RECEIPT_VALID) {
			r = check_fit(c, row, &e);
			row->state =
			    r == RECEIPT_VALID ? RECEIPT_STATE_VERIFIED : RECEIPT_STATE_REPLAYED;
		}
		row->check = (uint8_t)r;
	}
	buf_clear(&text);
}

void
receipt_ledger_check(struct ledger *l, const struct match_options *o, struct receipt_trust *trust)
{
	const struct checker c = {l, o, trust};

	for (size_t i = 0; i < l->receipts.count; i++)
		if (l->receipts.rows[i].state == RECEIPT_STATE_UNVERIFIED)
			check_receipt(&c, &l->receipts.rows[i]);
}
