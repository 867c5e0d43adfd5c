/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_RECORD_H
#define CORRELATOR_STORE_STORE_RECORD_H

#include "correlator/correlate/ledger.h"

/*
 * Records as the bodies of rows: every member in a fixed order, strings with their length in front
 * (docs/FORMAT.md, "Store"). One function a type walks its members in both directions, so that
 * writer and reader cannot differ. Absent strings stay absent.
 *
 * put: appends to out; 0, or -1 when out cannot hold it. get: spans point into the body; -1 when
 * it is not one that put could have written. Bodies come from files and are not trusted.
 */

/* All of the event but its identity, which stands in a row of its own, and the text of its key. */
int store_event_put(const struct event *e, struct buf *out);
int store_event_get(struct span body, struct event *e);

int store_identity_put(const struct user_identity *u, struct buf *out);
int store_identity_get(struct span body, struct user_identity *u);

/* How a record of a login came here. All of the record but prev: chains are verified in the logs.
 */
struct store_login {
	struct login_record record;
	uint8_t source; /* enum login_source */
	bool by_journal;
};

int store_login_put(const struct store_login *r, struct buf *out);
int store_login_get(struct span body, struct store_login *r);
/* Its id alone, in a small part of the time; what follows in the body is not looked at. */
int store_login_get_id(struct span body, struct span *id);

int store_notice_put(const struct key_notice_text *n, struct buf *out);
int store_notice_get(struct span body, struct key_notice_text *n);

/* What reading a source counted; members by their names in the body, so that later versions may
 * have others. */
int store_counts_put(const struct ledger_counts *c, struct buf *out);
int store_counts_get(struct span body, struct ledger_counts *c);
void store_counts_add(struct ledger_counts *sum, const struct ledger_counts *c);
/* What a source covers, or all of them do; accounts and regions go to and come from the pool. get
 * adds to the coverage. -2 without memory. */
int store_coverage_put(const struct coverage *c, const struct string_pool *pool, struct buf *out);
int store_coverage_get(struct span body, struct coverage *c, struct string_pool *pool);

#endif
