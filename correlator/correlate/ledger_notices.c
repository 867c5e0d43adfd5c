/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's host side: what EC2 Instance Connect's script says in syslog. */

#include "common/array.h"
#include "correlator/correlate/ledger_index.h"
#include "correlator/correlate/time_sort.h"

int
ledger_add_notice(struct ledger *l, const struct key_notice_text *n)
{
	struct key_notice *row;
	bool failed = false;

	if (l->tap != NULL)
		return l->tap->notice(l->tap->ctx, n);
	if (!array_grow((void **)&l->notices, l->notice_count, &l->notice_cap, sizeof(*l->notices)))
		return -1;
	row = &l->notices[l->notice_count];
	*row = (struct key_notice){
	    .time_us = n->time_us,
	    .instance_id = ledger_keep(l, n->instance_id, &failed),
	    .hostname = ledger_keep(l, n->hostname, &failed),
	    .boot_id = ledger_keep(l, n->boot_id, &failed),
	    .fingerprint = ledger_keep(l, n->fingerprint, &failed),
	    .request_id = ledger_keep(l, n->request_id, &failed),
	    .principal = ledger_keep(l, n->principal, &failed),
	    .provided = n->provided,
	    .unproven = n->unproven,
	    .proven = n->proven,
	};
	if (failed || ledger_keep_short_host(l, row->hostname) != 0)
		return -1;
	l->notice_count++;
	return 0;
}

/* Of notices at one time. */
static int
compare_notices(const void *a, const void *b, void *ledger)
{
	const struct key_notice *x = a, *y = b;
	const string_id pairs[][2] = {{x->instance_id, y->instance_id}, {x->hostname, y->hostname},
	    {x->fingerprint, y->fingerprint}, {x->request_id, y->request_id},
	    {x->principal, y->principal}, {x->boot_id, y->boot_id}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int by_text = ledger_compare_texts(ledger, pairs[i][0], pairs[i][1]);

		if (by_text != 0)
			return by_text;
	}
	if (x->provided != y->provided)
		return x->provided - y->provided;
	if (x->unproven != y->unproven)
		return x->unproven - y->unproven;
	return x->proven - y->proven;
}

int
ledger_finish_notices(struct ledger *l)
{
	size_t kept = 0;

	_Static_assert(offsetof(struct key_notice, time_us) == 0, "time_sort looks there");
	if (time_sort(l->notices, l->notice_count, sizeof(*l->notices), compare_notices, l) != 0)
		return -1;
	l->counts.notices_unproven = 0;
	for (size_t i = 0; i < l->notice_count; i++) {
		const struct key_notice *n = &l->notices[i];

		if (kept != 0 && l->notices[kept - 1].time_us == n->time_us &&
		    compare_notices(n, &l->notices[kept - 1], l) == 0)
			continue;
		l->counts.notices_unproven += n->unproven;
		l->notices[kept++] = *n;
	}
	l->notice_count = kept;
	return 0;
}

/* The part before the first dot; SPAN_NONE when the name has none, or nothing before it. */
static struct span
short_part(const struct ledger *l, string_id hostname)
{
	struct span name = string_pool_span(&l->pool, hostname), head;

	if (!span_cut(&name, '.', &head) || name.ptr == NULL || head.len == 0)
		return SPAN_NONE;
	return head;
}

string_id
ledger_short_host(const struct ledger *l, string_id hostname)
{
	struct span head = short_part(l, hostname);

	return head.ptr != NULL ? string_pool_find(&l->pool, head) : hostname;
}

int
ledger_keep_short_host(struct ledger *l, string_id hostname)
{
	bool failed = false;

	(void)ledger_keep(l, short_part(l, hostname), &failed);
	return failed ? -1 : 0;
}
