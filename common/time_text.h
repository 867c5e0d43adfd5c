/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_TIME_TEXT_H
#define COMMON_TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/* Times are microseconds since 1970-01-01T00:00:00Z in an int64_t, named ..._us. */
#define US_PER_SECOND INT64_C(1000000)
#define US_PER_HOUR   (3600 * US_PER_SECOND)
#define US_PER_DAY    (24 * US_PER_HOUR)

#define TIME_TEXT_LEN 40

/*
 * RFC 3339 ("2026-11-22T06:22:40.123456Z", "+01:00" offsets, a blank instead of the T), also
 * without a zone (taken as UTC), and the ISO 8601 basic form "20131102T010628Z" that AWS documents
 * for creationDate. Years 1970 to 9999; digits behind the microseconds are dropped; second 60 is
 * read as 59. True and *us on success; false and *us untouched otherwise.
 */
bool time_parse(struct span text, int64_t *us);

/*
 * What a person types: everything time_parse takes, "2026-11-22" (its first moment), "now",
 * "today", "yesterday", and "-2h", "-90m", "-30s", "-7d", "-2w" back from now. A time without a
 * zone, and a day, are UTC, or the reader's local time (TZ) when local is true.
 */
bool time_parse_typed(struct span text, int64_t now_us, bool local, int64_t *us);

/* "2026-11-22T06:22:40Z" with 0 to 6 digits of the fraction. A time outside the years 1970 to 9999
 * is shown as the nearest one within. Returns out. */
char *time_format(char out[static TIME_TEXT_LEN], int64_t us, int digits);

/* The same in the reader's time zone with its offset ("+01:00"). */
char *time_format_local(char out[static TIME_TEXT_LEN], int64_t us, int digits);

/* "1h 02m 03s", "4.250 s": a duration for people. Negative ones carry a minus. */
char *time_format_span(char out[static TIME_TEXT_LEN], int64_t us);

/* The present (CLOCK_REALTIME); -1 when the clock cannot be read. */
int64_t time_now_us(void);

#endif
