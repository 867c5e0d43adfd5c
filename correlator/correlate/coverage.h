/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_COVERAGE_H
#define CORRELATOR_CORRELATE_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/string_pool.h"

/*
 * What the given CloudTrail input covers, per account and region: the hours in which it has records
 * or delivered files. A stretch without any of them of more than COVERAGE_GAP_MAX_US is a hole.
 */
#define COVERAGE_GAP_MAX_US (24 * US_PER_HOUR)
/* CloudTrail delivers "within an average of about 5 minutes": what lies this close to the newest
 * record may still be on its way. */
#define COVERAGE_DELAY_US (15 * 60 * US_PER_SECOND)

enum coverage_state {
	COVERAGE_FULL,
	COVERAGE_PENDING, /* newer than what was delivered */
	COVERAGE_NONE,    /* no data for the account and region, before the first, or in a hole */
};

struct coverage_day {
	int32_t day;    /* since 1970-01-01 */
	uint32_t hours; /* bit h: data within hour h */
};

struct coverage_row {
	string_id account_id, region;
	uint64_t records;
	uint64_t reads, writes; /* of the records, those that say readOnly true, or false */
	int64_t first_us, newest_us;
	struct coverage_day *days;       /* ascending, but for the late ones */
	size_t day_count, day_cap, last; /* last: where the previous record fell */
	size_t late; /* of the days the last ones, which coverage_order puts among the others */
};

struct coverage {
	struct coverage_row *rows; /* sorted by account and region after coverage_finish */
	size_t count, cap, last;
	uint32_t *slots; /* row numbers + 1 by hash of account and region, until coverage_finish */
	size_t slot_count;
	bool stated; /* --complete-until: the input is complete from its first record up to then */
	int64_t complete_until_us;
	bool from_stated; /* --complete-from: and from then on */
	int64_t complete_from_us;
};

void coverage_init(struct coverage *c);
void coverage_clear(struct coverage *c);
/* Notes a record (or, with is_file, a delivered file) of that account, region and time. 0 or -1.
 * Days in any order cost about the same: coverage_order or _finish follow before days are read. */
int coverage_add(
    struct coverage *c, string_id account_id, string_id region, int64_t time_us, bool is_file);
/* Notes another record of the account, region and hour that coverage_add was last called for. */
void coverage_add_again(struct coverage *c, int64_t time_us);
/* Adds all that another coverage's row holds, for that account and region; its days are in
 * order. 0 or -1. */
int coverage_add_row(
    struct coverage *c, string_id account_id, string_id region, const struct coverage_row *from);
/* Behind coverage_add: all rows' days are ascending then. */
void coverage_order(struct coverage *c);
/* Notes that everything of the account and region from from_us to to_us was asked for, and that
 * what there is was given: `records` of them. 0 or -1. */
int coverage_add_span(struct coverage *c, string_id account_id, string_id region, int64_t from_us,
    int64_t to_us, uint64_t records);
void coverage_finish(struct coverage *c, struct string_pool *pool);

/*
 * Whether the input can say anything about [from_us, to_us] in that account and region. An account
 * or region of 0 is unknown: then the answer holds for every row that it could be, and is the
 * weakest of theirs.
 */
enum coverage_state coverage_judge(const struct coverage *c, string_id account_id, string_id region,
    int64_t from_us, int64_t to_us);

/* Notes what a record of the row that coverage_add was last called for says of readOnly. */
void coverage_add_access(struct coverage *c, bool read_only);
/* True when the account's rows together have 20 or more records that say whether they read, and
 * none does: its trail leaves read events out (ReadWriteType WriteOnly). */
bool coverage_is_write_only(const struct coverage *c, string_id account_id);

/* Up to when the row's data can be taken as complete. */
int64_t coverage_complete_until(const struct coverage *c, const struct coverage_row *row);

#endif
