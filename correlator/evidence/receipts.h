/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVIDENCE_RECEIPTS_H
#define CORRELATOR_EVIDENCE_RECEIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/string_pool.h"
#include "pam_module/receipt_signer.h"

/*
 * The receipts of the login logs (docs/FORMAT.md, "Receipts"): what AWS says of the key of a
 * session, and who signed it. Rows hold string numbers of the ledger's pool.
 */
enum receipt_state {
	RECEIPT_STATE_NOTE,       /* no entry: why there is none */
	RECEIPT_STATE_UNREADABLE, /* not base64, or no entry */
	RECEIPT_STATE_ORPHAN,     /* of a session whose beginning is not there */
	RECEIPT_STATE_UNVERIFIED, /* it cannot be shown that AWS signed it */
	RECEIPT_STATE_REPLAYED,   /* AWS signed it, but not about this login */
	RECEIPT_STATE_VERIFIED,
	RECEIPT_STATE_COUNT,
};

struct receipt {
	string_id session, entry, signer, error; /* as recorded; entry is base64 */
	string_id request_id, caller, instance_id;
	int64_t time_us, expires_us; /* when recorded; when the key's validity ends, -1 unknown */
	uint32_t login;              /* in ledger.logins; UINT32_MAX for none */
	uint8_t state;               /* enum receipt_state */
	uint8_t check;               /* enum receipt_check: why it is not verified, or replayed */
};

/* One form of a signer: the same certificates with other responses are another row. */
struct receipt_signer_row {
	string_id sha256, chain;
	struct {
		string_id name, response;
	} staples[RECEIPT_STAPLES_MAX];
	size_t staple_count;
	int64_t time_us;            /* when first recorded */
	string_id region;           /* what is known of the checks that were made: valid in that */
	int64_t good_from, good_to; /* region at these times, and so at all between them */
};

struct receipts {
	struct receipt *rows; /* by login, time and entry after receipts_link */
	size_t count, cap;
	struct receipt_signer_row *signers; /* by sha256 and time after receipts_link */
	size_t signer_count, signer_cap;
};

void receipts_clear(struct receipts *rs);

const char *receipt_state_name(enum receipt_state state);

#endif
