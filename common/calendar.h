/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CALENDAR_H
#define COMMON_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Days of the Gregorian calendar, counted from 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms", days_from_civil and civil_from_days).
 */
int64_t calendar_days(int64_t year, int month, int day);
/* The reverse, for days from year 0 on. */
void calendar_date(int64_t days, int *year, int *month, int *day);
bool calendar_is_leap(int64_t year);
/* month from 1 to 12 */
int calendar_month_days(int64_t year, int month);

#endif
