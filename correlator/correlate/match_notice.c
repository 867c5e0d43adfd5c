/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match_notice.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/correlate/ledger_index.h"
#include "correlator/evidence/caller_name.h"

/* The command runs while sshd authenticates, for LoginGraceTime at most; stamps of whole seconds
 * may put its line behind the login. */
#define NOTICE_BEFORE_US (130 * US_PER_SECOND)
#define NOTICE_BEHIND_US (2 * US_PER_SECOND)

/* Requests are unique but for records that conflict: more of one than this are not looked at. */
#define SAME_REQUEST_MAX 8

static int
compare_entries(const void *a, const void *b)
{
	const struct notice_entry *x = a, *y = b;

	if (x->push != y->push)
		return x->push < y->push ? -1 : 1;
	if (x->by_name != y->by_name)
		return x->by_name - y->by_name;
	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	if (x->proven != y->proven)
		return x->proven - y->proven;
	return (x->time_us > y->time_us) - (x->time_us < y->time_us);
}

static int
add_notice(struct notice_index *x, const struct ledger *l, const struct request_index *requests,
    const struct key_notice *n)
{
	bool by_name = n->instance_id == 0;
	string_id host = by_name ? ledger_short_host(l, n->hostname) : n->instance_id;
	size_t first = request_index_find(requests, n->request_id);
	size_t end = first + SAME_REQUEST_MAX;

	if (host == 0)
		return 0;
	for (size_t i = first;
	     i < requests->count && i < end && requests->entries[i].request_id == n->request_id;
	     i++) {
		const struct push *p = &l->pushes[requests->entries[i].push];
		struct span arn = string_pool_span(&l->pool, l->callers[p->caller].arn);

		if (p->fingerprint != n->fingerprint ||
		    !caller_name_fits(string_pool_span(&l->pool, n->principal), arn))
			continue;
		if (!array_grow((void **)&x->entries, x->count, &x->cap, sizeof(*x->entries)))
			return -1;
		x->entries[x->count++] = (struct notice_entry){
		    n->time_us, requests->entries[i].push, host, by_name, n->proven};
	}
	return 0;
}

int
notice_index_build(
    struct notice_index *x, const struct ledger *l, const struct request_index *requests)
{
	*x = (struct notice_index){0};
	for (size_t i = 0; i < l->notice_count; i++) {
		const struct key_notice *n = &l->notices[i];

		if (n->provided && !n->unproven && n->request_id != 0 && n->fingerprint != 0 &&
		    add_notice(x, l, requests, n) != 0)
			return -1;
	}
	if (x->count > 1)
		qsort(x->entries, x->count, sizeof(*x->entries), compare_entries);
	return 0;
}

void
notice_index_clear(struct notice_index *x)
{
	free(x->entries);
	*x = (struct notice_index){0};
}

/* Whether a line of the host names the push at the login's time. */
static bool
is_named(const struct notice_index *x, const struct notice_entry *from, int64_t until_us)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_entries(&x->entries[middle], from) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->count && x->entries[low].push == from->push &&
	    x->entries[low].by_name == from->by_name && x->entries[low].host == from->host &&
	    x->entries[low].proven == from->proven && x->entries[low].time_us <= until_us;
}

/* Whether lines of the login's host name the push at its time. */
static bool
is_named_by_host(const struct ledger *l, const struct notice_index *x, const struct login *login,
    uint32_t push, bool proven)
{
	int64_t from_us = login->time_us - NOTICE_BEFORE_US;
	int64_t until_us = login->time_us + NOTICE_BEHIND_US;
	struct notice_entry instance = {from_us, push, login->instance_id, false, proven};
	struct notice_entry host = {
	    from_us, push, ledger_short_host(l, login->hostname), true, proven};

	return is_named(x, &instance, until_us) || (host.host != 0 && is_named(x, &host, until_us));
}

static bool
is_one_principal(const struct ledger *l, const uint32_t *found, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (!ledger_principal_eq(l, l->pushes[found[0]].caller, l->pushes[found[i]].caller))
			return false;
	return true;
}

bool
match_notices(const struct ledger *l, const struct notice_index *x, const struct login *login,
    uint32_t *found, size_t *found_count)
{
	size_t kept = 0;
	bool named = false;

	if (x->count == 0)
		return false;
	for (size_t i = 0; i < *found_count; i++) {
		uint32_t push = found[i];

		named |= is_named_by_host(l, x, login, push, false);
		if (!is_named_by_host(l, x, login, push, true))
			continue;
		found[i] = found[kept];
		found[kept++] = push;
	}
	if (kept == 0)
		return named && is_one_principal(l, found, *found_count);
	*found_count = kept;
	return true;
}
