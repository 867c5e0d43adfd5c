/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_MATCH_NOTICE_H
#define CORRELATOR_CORRELATE_MATCH_NOTICE_H

#include "correlator/correlate/match_receipt.h"

/*
 * What EC2 Instance Connect's own lines on a host say of a login's pushes (docs/SEMANTICS.md,
 * "Retro mode"). Any user of a host can write such a line: they decide between the pushes that
 * explain a login anyhow, and contradict nothing.
 */
struct notice_entry {
	int64_t time_us;
	uint32_t push; /* whose request the line names, with its key and a caller that fits */
	string_id host;
	bool by_name; /* host: a short host name, else an instance */
};

struct notice_index {
	struct notice_entry *entries;
	size_t count, cap;
};

/* Lines that are believed. The requests must have been indexed. 0, or -1 without memory. */
int notice_index_build(
    struct notice_index *x, const struct ledger *l, const struct request_index *requests);
void notice_index_clear(struct notice_index *x);

/* Keeps, of the pushes that were found to explain the login, those whose requests lines of its host
 * name at its time; true then. When there are none all stay. */
bool match_notices(const struct ledger *l, const struct notice_index *x, const struct login *login,
    uint32_t *found, size_t *found_count);

#endif
