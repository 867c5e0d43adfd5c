/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the body of a row, the first of them saying of which kind. A body that is taken is
 * written again as it was: there is one form of each. Counts and coverage add up, so of them only
 * what was written is read again as the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "correlator/store/store_record.h"

#define OUT_MAX ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect_same(struct span body, int put, const struct buf *out)
{
	if (put != 0 || !span_eq(body, buf_span(out)))
		abort();
}

static void
try_event(struct span body, struct buf *out)
{
	struct event e;

	if (store_event_get(body, &e) == 0)
		expect_same(body, store_event_put(&e, out), out);
}

static void
try_identity(struct span body, struct buf *out)
{
	struct user_identity u;

	if (store_identity_get(body, &u) == 0)
		expect_same(body, store_identity_put(&u, out), out);
}

static void
try_login(struct span body, struct buf *out)
{
	struct store_login l;

	if (store_login_get(body, &l) == 0)
		expect_same(body, store_login_put(&l, out), out);
}

static void
try_notice(struct span body, struct buf *out)
{
	struct key_notice_text n;

	if (store_notice_get(body, &n) == 0)
		expect_same(body, store_notice_put(&n, out), out);
}

static void
try_counts(struct span body, struct buf *out)
{
	struct ledger_counts c, again;

	if (store_counts_get(body, &c) != 0)
		return;
	if (store_counts_put(&c, out) != 0 || store_counts_get(buf_span(out), &again) != 0 ||
	    memcmp(&c, &again, sizeof(c)) != 0)
		abort();
}

static void
try_coverage(struct span body, struct buf *out)
{
	struct coverage c, again;
	struct string_pool pool;
	size_t len;

	coverage_init(&c);
	coverage_init(&again);
	string_pool_init(&pool);
	if (store_coverage_get(body, &c, &pool) == 0) {
		if (store_coverage_put(&c, &pool, out) != 0 ||
		    store_coverage_get(buf_span(out), &again, &pool) != 0)
			abort();
		len = out->len;
		if (store_coverage_put(&again, &pool, out) != 0 ||
		    !span_eq(span_head(buf_span(out), len), span_from(buf_span(out), len)))
			abort();
	}
	coverage_clear(&c);
	coverage_clear(&again);
	string_pool_clear(&pool);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct span body, struct buf * out) = {
	    try_event, try_identity, try_login, try_notice, try_counts, try_coverage};
	struct buf out;

	if (size == 0)
		return 0;
	buf_init(&out, OUT_MAX);
	tries[data[0] % (sizeof(tries) / sizeof(tries[0]))](
	    (struct span){(const char *)data + 1, size - 1}, &out);
	buf_clear(&out);
	return 0;
}
