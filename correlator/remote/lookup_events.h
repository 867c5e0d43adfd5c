/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_LOOKUP_EVENTS_H
#define CORRELATOR_REMOTE_LOOKUP_EVENTS_H

#include "common/string_pool.h"
#include "correlator/correlate/coverage.h"
#include "correlator/remote/asked_events.h"

/*
 * CloudTrail's event history by LookupEvents (AWS CloudTrail API Reference): of each account and
 * region, one event name after the other, newest first, in pages of 50, no more than two requests a
 * second; all accounts and regions at the same time. It holds management events of 90 days, of the
 * account and region that is asked, and nothing else.
 *
 * Events are kept as they came, a day together ({"Events":[...]}), under
 * "lookup-events:ACCOUNT/REGION/EVENTNAME/2026-11-22"; see asked_walk.h.
 */
#define LOOKUP_DAYS_MAX 90
/* From one request to an account and region to the next: two a second, and a little room for what
 * the way adds to one and takes from the other. */
#define LOOKUP_INTERVAL_US 510000

/* A stretch of time for which every key push of an account and region was asked for, and given. */
struct lookup_cover {
	char *account_id, *region;
	int64_t from_us, to_us;
	uint64_t records; /* that were given */
};

struct lookup_covers {
	struct lookup_cover *covers; /* by account and region */
	size_t count, cap;
};

void lookup_covers_init(struct lookup_covers *c);
void lookup_covers_clear(struct lookup_covers *c);
/* 0 or -1 without memory. */
int lookup_covers_apply(
    const struct lookup_covers *c, struct coverage *coverage, struct string_pool *pool);

/*
 * Asks all places. What cannot be had is an error in the diagnostics (account, region, event name),
 * the rest goes on; where key pushes are missing, nothing of that account and region is covered.
 * interval_us: between two requests to one account and region; 0: LOOKUP_INTERVAL_US. 0 or -1
 * without memory.
 */
int lookup_events_run(
    const struct asked_events *a, int64_t interval_us, struct lookup_covers *covers);

#endif
