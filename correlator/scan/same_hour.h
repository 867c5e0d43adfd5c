/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_SAME_HOUR_H
#define CORRELATOR_SCAN_SAME_HOUR_H

#include "correlator/input/record_scan.h"

/*
 * Account, region and hour of a record, as it was written. Most records have those of the record
 * before: comparing is cheaper than reading them again.
 */
#define SAME_HOUR_TEXT_MAX 32

struct same_hour {
	char hour[14]; /* "2026-11-22T06:" */
	char account[SAME_HOUR_TEXT_MAX], region[SAME_HOUR_TEXT_MAX];
	uint8_t account_len, region_len; /* account_len 0: nothing is noted */
	int64_t hour_us;
};

void same_hour_forget(struct same_hour *s);
/* Notes the record, whose eventTime was read as time_us. One written in another way than AWS does
 * is not noted. */
void same_hour_note(struct same_hour *s, const struct record_header *h, int64_t time_us);
/* True, with the record's time, when it has the account, region and hour that are noted; false also
 * when that cannot be told at once. Strings of the header have no escapes. */
bool same_hour_is(const struct same_hour *s, const struct record_header *h, int64_t *time_us);

#endif
