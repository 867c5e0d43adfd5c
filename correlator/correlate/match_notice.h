/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_MATCH_NOTICE_H
#define CORRELATOR_CORRELATE_MATCH_NOTICE_H

#include "correlator/correlate/match_receipt.h"

/*
 * What EC2 Instance Connect's own lines on a host say of a login's pushes (docs/SEMANTICS.md,
 * "Retro mode"). They contradict nothing; and since any user of a host can write such a line into a
 * log of text, only those that the journal vouches for decide between pushes.
 */
struct notice_entry {
	int64_t time_us;
	uint32_t push; /* whose request the line names, with its key and a caller that fits */
	string_id host;
	bool by_name; /* host: a short host name, else an instance */
	bool proven;
};

struct notice_index {
	struct notice_entry *entries;
	size_t count, cap;
};

/* Lines that are believed. The requests must have been indexed. 0, or -1 without memory. */
int notice_index_build(
    struct notice_index *x, const struct ledger *l, const struct request_index *requests);
void notice_index_clear(struct notice_index *x);

/* True when lines of the login's host name, at its time, requests of pushes that were found to
 * explain it: of these alone, which are kept then, where the journal vouches for the lines; else
 * only where all pushes found are of one principal. */
bool match_notices(const struct ledger *l, const struct notice_index *x, const struct login *login,
    uint32_t *found, size_t *found_count);

#endif
