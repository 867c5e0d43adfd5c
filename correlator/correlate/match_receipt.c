/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match_receipt.h"

#include <stdlib.h>

#include "correlator/evidence/caller_name.h"

static int
compare_requests(const void *a, const void *b)
{
	const struct request_entry *x = a, *y = b;

	if (x->request_id != y->request_id)
		return x->request_id < y->request_id ? -1 : 1;
	return x->push < y->push ? -1 : x->push > y->push;
}

int
request_index_build(struct request_index *x, const struct ledger *l)
{
	*x = (struct request_index){0};
	if (l->receipts.count == 0 && l->notice_count == 0)
		return 0;
	x->entries = malloc((l->push_count + 1) * sizeof(*x->entries));
	if (x->entries == NULL)
		return -1;
	for (size_t i = 0; i < l->push_count; i++)
		if (l->pushes[i].kind == EVENT_KEY_PUSH && l->pushes[i].request_id != 0)
			x->entries[x->count++] =
			    (struct request_entry){l->pushes[i].request_id, (uint32_t)i};
	if (x->count != 0)
		qsort(x->entries, x->count, sizeof(*x->entries), compare_requests);
	return 0;
}

void
request_index_clear(struct request_index *x)
{
	free(x->entries);
	*x = (struct request_index){0};
}

size_t
request_index_find(const struct request_index *x, string_id request_id)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->entries[middle].request_id < request_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->count && x->entries[low].request_id == request_id ? low : x->count;
}

enum agreement {
	AGREEMENT_NONE,   /* CloudTrail has no such request */
	AGREEMENT_CALLER, /* it has, and it may be the receipt's caller who made it */
	AGREEMENT_BROKEN, /* it was somebody else */
};

/* Conflicting records may share a request id: one that agrees is enough. */
static enum agreement
compare_with_trail(const struct ledger *l, const struct request_index *x, const struct receipt *r)
{
	enum agreement result = AGREEMENT_NONE;

	for (size_t i = request_index_find(x, r->request_id);
	     i < x->count && x->entries[i].request_id == r->request_id; i++) {
		const struct caller *caller = &l->callers[l->pushes[x->entries[i].push].caller];
		struct span arn = string_pool_span(&l->pool, caller->arn);

		if (caller_name_fits(string_pool_span(&l->pool, r->caller), arn))
			return AGREEMENT_CALLER;
		result = AGREEMENT_BROKEN;
	}
	return result;
}

static bool
is_used(const struct receipt *r)
{
	return r->state == RECEIPT_STATE_VERIFIED && r->request_id != 0;
}

/* True when one of the login's receipts names the push's request and could mean its caller. */
static bool
is_named(const struct ledger *l, const struct login *login, const struct push *push)
{
	struct span arn = string_pool_span(&l->pool, l->callers[push->caller].arn);

	for (uint32_t i = 0; i < login->receipt_count; i++) {
		const struct receipt *r = &l->receipts.rows[login->receipt_first + i];

		if (is_used(r) && r->request_id == push->request_id &&
		    caller_name_fits(string_pool_span(&l->pool, r->caller), arn))
			return true;
	}
	return false;
}

/* Whether the receipt's request is one of the pushes. */
static bool
is_found(const struct ledger *l, const struct receipt *r, const uint32_t *found, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (l->pushes[found[i]].request_id == r->request_id)
			return true;
	return false;
}

static enum reason
find_contradiction(
    const struct ledger *l, const struct request_index *x, const struct login *login, bool covered)
{
	enum reason reason = REASON_NONE;

	for (uint32_t i = 0; i < login->receipt_count; i++) {
		const struct receipt *r = &l->receipts.rows[login->receipt_first + i];
		enum agreement agreement;

		if (!is_used(r))
			continue;
		agreement = compare_with_trail(l, x, r);
		if (agreement == AGREEMENT_BROKEN)
			return REASON_RECEIPT_PRINCIPAL_DIFFERS;
		if (agreement == AGREEMENT_NONE && covered)
			reason = REASON_RECEIPT_REQUEST_UNKNOWN;
	}
	return reason;
}

struct receipt_finding
match_receipts(const struct ledger *l, const struct request_index *x, const struct login *login,
    bool covered, uint32_t *found, size_t *found_count)
{
	struct receipt_finding f = {.complete = true};
	size_t kept = 0;

	if (login->receipt_count == 0)
		return f;
	f.reason = find_contradiction(l, x, login, covered);
	if (f.reason != REASON_NONE)
		return f;
	for (size_t i = 0; i < *found_count; i++) {
		uint32_t push = found[i];

		if (!is_named(l, login, &l->pushes[push]))
			continue;
		found[i] = found[kept];
		found[kept++] = push;
	}
	f.confirmed = kept != 0;
	if (f.confirmed)
		*found_count = kept;
	for (uint32_t i = 0; i < login->receipt_count; i++) {
		const struct receipt *r = &l->receipts.rows[login->receipt_first + i];

		if (is_used(r) && !is_found(l, r, found, *found_count))
			f.complete = false;
	}
	return f;
}
