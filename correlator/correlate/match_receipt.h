/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_MATCH_RECEIPT_H
#define CORRELATOR_CORRELATE_MATCH_RECEIPT_H

#include "correlator/correlate/match.h"

/*
 * What a login's verified receipts say of the pushes (docs/SEMANTICS.md, "Receipts").
 */
struct request_entry {
	string_id request_id;
	uint32_t push;
};

/* The key pushes by request id; only made when there are receipts or notices. */
struct request_index {
	struct request_entry *entries;
	size_t count;
};

/* 0, or -1 without memory. */
int request_index_build(struct request_index *x, const struct ledger *l);
void request_index_clear(struct request_index *x);
/* The first entry of the request; x->count when CloudTrail has none. */
size_t request_index_find(const struct request_index *x, string_id request_id);

struct receipt_finding {
	bool confirmed;     /* found[] now has only pushes whose request a receipt names */
	bool complete;      /* and every request that a receipt names is among them */
	enum reason reason; /* REASON_RECEIPT_...: a contradiction; found[] is as it was */
};

/*
 * Judges the login's receipts against the pushes that were found to explain it, and keeps those
 * whose request a receipt names, when there are any. covered: CloudTrail has everything of the
 * login's window.
 */
struct receipt_finding match_receipts(const struct ledger *l, const struct request_index *x,
    const struct login *login, bool covered, uint32_t *found, size_t *found_count);

#endif
