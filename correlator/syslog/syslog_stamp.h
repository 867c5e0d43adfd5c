/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_STAMP_H
#define CORRELATOR_SYSLOG_SYSLOG_STAMP_H

#include "correlator/syslog/syslog_line.h"

/*
 * The stamp that a line of a system log begins with:
 *
 *   Nov 22 06:22:40[.123456]                 RFC 3164; journalctl -o short, short-precise
 *   2026-11-22T06:22:40[.123456][+01:00|Z]   RFC 3339; journalctl -o short-iso, short-iso-precise
 *   Sun 2026-11-22 06:22:40[.123456] UTC     journalctl -o short-full
 *   1795328560.123456                        journalctl -o short-unix
 *
 * Of zones' abbreviations only UTC and GMT say which zone they mean. Cuts the stamp and the blanks
 * behind it off *rest. STAMP_NONE, with *rest and *us untouched, when there is none.
 */
enum syslog_stamp_kind syslog_stamp_take(struct span *rest, int64_t *us);

/* Behind a leading "<86>". */
struct span syslog_stamp_pass_priority(struct span line);

/* Only the day of a stamp without a year, in days of the year 1972; -1 when there is none. */
int syslog_stamp_day(struct span line);

#endif
