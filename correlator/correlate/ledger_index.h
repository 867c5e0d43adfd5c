/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_LEDGER_INDEX_H
#define CORRELATOR_CORRELATE_LEDGER_INDEX_H

#include "common/buf.h"
#include "correlator/correlate/ledger.h"

/*
 * Private to the ledger: what finds rows that are there already, until ledger_finish.
 */

/* Row numbers + 1 by string number: which row a session or an event id already has. */
struct id_map {
	uint32_t *rows;
	size_t cap;
};

struct session_end {
	string_id session;
	int64_t time_us;
};

struct ledger_index {
	struct id_map push_of_event, login_of_session;
	struct string_pool caller_keys; /* number - 1 is the index in ledger.callers */
	struct string_pool conflicts;   /* contents of rows whose id was there with other content */
	struct buf key;
	struct session_end *ends;
	size_t end_count, end_cap;
};

/* 0 when the id has no row. */
uint32_t id_map_get(const struct id_map *m, string_id id);
/* False without memory. */
bool id_map_set(struct id_map *m, string_id id, uint32_t row);

/* The number of a string of the ledger; sets *failed without memory. */
string_id ledger_keep(struct ledger *l, struct span s, bool *failed);

/* Whether this very content was kept under the same id before, beside the first one's. 0 or -1. */
int ledger_conflict_seen(struct ledger *l, struct span content, bool *seen);

#endif
