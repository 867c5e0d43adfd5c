/* SPDX-License-Identifier: Apache-2.0 */
#include "common/time_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/calendar.h"

#define TIME_LAST_US (INT64_C(253402300800) * US_PER_SECOND - 1) /* the end of year 9999 */

/* A time as it is written, before it is known which instant it names. */
struct written {
	int year, month, day, hour, minute, second;
	int64_t fraction_us;
	bool has_zone;
	int zone_s; /* seconds east of UTC */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take_char(struct span *s, const char *any)
{
	if (s->len == 0 || s->ptr[0] == '\0' || strchr(any, s->ptr[0]) == NULL)
		return false;
	*s = span_from(*s, 1);
	return true;
}

/* Exactly `digits` digits with a value from low to high. */
static bool
take_number(struct span *s, size_t digits, int low, int high, int *out)
{
	int n = 0;

	if (s->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (!is_digit(s->ptr[i]))
			return false;
		n = n * 10 + (s->ptr[i] - '0');
	}
	if (n < low || n > high)
		return false;
	*s = span_from(*s, digits);
	*out = n;
	return true;
}

/* "2026-11-22", or "20261122" when basic. */
static bool
take_date(struct span *s, bool basic, struct written *w)
{
	return take_number(s, 4, 1970, 9999, &w->year) && (basic || take_char(s, "-")) &&
	    take_number(s, 2, 1, 12, &w->month) && (basic || take_char(s, "-")) &&
	    take_number(s, 2, 1, 31, &w->day) && w->day <= calendar_month_days(w->year, w->month);
}

static bool
take_fraction(struct span *s, struct written *w)
{
	int64_t unit = US_PER_SECOND / 10;

	if (!take_char(s, ".,"))
		return true;
	if (s->len == 0 || !is_digit(s->ptr[0]))
		return false;
	while (s->len != 0 && is_digit(s->ptr[0])) {
		w->fraction_us += (s->ptr[0] - '0') * unit;
		unit /= 10;
		*s = span_from(*s, 1);
	}
	return true;
}

/* "06:22:40.5", "06:22" (extended only), or "062240" when basic. */
static bool
take_clock(struct span *s, bool basic, struct written *w)
{
	if (!take_number(s, 2, 0, 23, &w->hour) || !(basic || take_char(s, ":")) ||
	    !take_number(s, 2, 0, 59, &w->minute))
		return false;
	if (!basic && !take_char(s, ":"))
		return true;
	if (!take_number(s, 2, 0, 60, &w->second))
		return false;
	if (w->second == 60)
		w->second = 59;
	return take_fraction(s, w);
}

static bool
take_zone(struct span *s, struct written *w)
{
	int hours, minutes, sign;

	if (s->len == 0)
		return true;
	w->has_zone = true;
	if (take_char(s, "Zz"))
		return true;
	if (s->ptr[0] != '+' && s->ptr[0] != '-')
		return false;
	sign = s->ptr[0] == '-' ? -1 : 1;
	*s = span_from(*s, 1);
	if (!take_number(s, 2, 0, 23, &hours))
		return false;
	(void)take_char(s, ":");
	if (!take_number(s, 2, 0, 59, &minutes))
		return false;
	w->zone_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool
parse_written(struct span s, bool date_only_ok, struct written *w)
{
	bool basic = s.len > 8 && is_digit(s.ptr[4]);

	*w = (struct written){0};
	if (!take_date(&s, basic, w))
		return false;
	if (s.len == 0)
		return date_only_ok;
	return take_char(&s, "Tt ") && take_clock(&s, basic, w) && take_zone(&s, w) && s.len == 0;
}

static int64_t
instant_utc(const struct written *w)
{
	int64_t s = calendar_days(w->year, w->month, w->day) * 86400 + w->hour * 3600 +
	    w->minute * 60 + w->second - w->zone_s;

	return s * US_PER_SECOND + w->fraction_us;
}

static int64_t
instant_local(const struct written *w)
{
	struct tm tm = {
	    .tm_year = w->year - 1900,
	    .tm_mon = w->month - 1,
	    .tm_mday = w->day,
	    .tm_hour = w->hour,
	    .tm_min = w->minute,
	    .tm_sec = w->second,
	    .tm_isdst = -1,
	};

	return (int64_t)mktime(&tm) * US_PER_SECOND + w->fraction_us;
}

bool
time_parse(struct span text, int64_t *us)
{
	struct written w;
	int64_t instant;

	if (!parse_written(text, false, &w))
		return false;
	instant = instant_utc(&w);
	if (instant < 0 || instant > TIME_LAST_US) /* its zone moved it out of the years */
		return false;
	*us = instant;
	return true;
}

/* "-2h": an amount and a unit back from now. */
static bool
parse_back(struct span text, int64_t now_us, int64_t *us)
{
	static const char units[] = "smhdw";
	static const int64_t seconds[] = {1, 60, 3600, 86400, 7 * 86400};
	const char *unit;
	int64_t n = 0;

	if (text.len < 3 || text.ptr[0] != '-')
		return false;
	unit = memchr(units, text.ptr[text.len - 1], sizeof(units) - 1);
	if (unit == NULL)
		return false;
	for (size_t i = 1; i < text.len - 1; i++) {
		if (!is_digit(text.ptr[i]) || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, text.ptr[i] - '0', &n))
			return false;
	}
	if (__builtin_mul_overflow(n, seconds[unit - units] * US_PER_SECOND, &n) ||
	    __builtin_sub_overflow(now_us, n, &n))
		return false;
	*us = n;
	return true;
}

/* The first moment of the day that lies `back` days before now. */
static int64_t
day_start(int64_t now_us, bool local, int back)
{
	struct written w = {0};
	struct tm tm;
	time_t now = (time_t)(now_us / US_PER_SECOND);

	if (!local)
		return now_us - now_us % US_PER_DAY - back * US_PER_DAY;
	if (localtime_r(&now, &tm) == NULL)
		return now_us;
	w = (struct written){.year = tm.tm_year + 1900, .month = tm.tm_mon + 1};
	w.day = tm.tm_mday - back; /* mktime takes day 0 for the last of the month before */
	return instant_local(&w);
}

bool
time_parse_typed(struct span text, int64_t now_us, bool local, int64_t *us)
{
	struct written w;

	if (span_is(text, "now"))
		*us = now_us;
	else if (span_is(text, "today"))
		*us = day_start(now_us, local, 0);
	else if (span_is(text, "yesterday"))
		*us = day_start(now_us, local, 1);
	else if (parse_back(text, now_us, us))
		return true;
	else if (parse_written(text, true, &w))
		*us = local && !w.has_zone ? instant_local(&w) : instant_utc(&w);
	else
		return false;
	return true;
}

/* n in exactly `width` digits; returns the place behind them. */
static char *
put_digits(char *out, int64_t n, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		out[i] = (char)('0' + n % 10);
		n /= 10;
	}
	return out + width;
}

static int64_t
clamp(int64_t us)
{
	return us < 0 ? 0 : us > TIME_LAST_US ? TIME_LAST_US : us;
}

/* The time without its zone; us counts from 1970 in the zone that is wanted. */
static char *
put_date_time(char *out, int64_t us, int digits)
{
	static const int64_t cut[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	int64_t days, s;
	int year, month, day;

	us = clamp(us);
	days = us / US_PER_DAY;
	s = us / US_PER_SECOND % 86400;
	calendar_date(days, &year, &month, &day);
	out = put_digits(out, year, 4);
	*out++ = '-';
	out = put_digits(out, month, 2);
	*out++ = '-';
	out = put_digits(out, day, 2);
	*out++ = 'T';
	out = put_digits(out, s / 3600, 2);
	*out++ = ':';
	out = put_digits(out, s / 60 % 60, 2);
	*out++ = ':';
	out = put_digits(out, s % 60, 2);
	if (digits > 0 && digits <= 6) {
		*out++ = '.';
		out = put_digits(out, us % US_PER_SECOND / cut[digits], digits);
	}
	return out;
}

char *
time_format(char out[static TIME_TEXT_LEN], int64_t us, int digits)
{
	char *at = put_date_time(out, us, digits);

	*at++ = 'Z';
	*at = '\0';
	return out;
}

char *
time_format_local(char out[static TIME_TEXT_LEN], int64_t us, int digits)
{
	time_t s = (time_t)(clamp(us) / US_PER_SECOND);
	struct tm tm;
	long zone;
	char *at;

	if (localtime_r(&s, &tm) == NULL)
		return time_format(out, us, digits);
	zone = tm.tm_gmtoff;
	at = put_date_time(out, clamp(us) + zone * US_PER_SECOND, digits);
	*at++ = zone < 0 ? '-' : '+';
	zone = labs(zone) / 60;
	at = put_digits(at, zone / 60, 2);
	*at++ = ':';
	at = put_digits(at, zone % 60, 2);
	*at = '\0';
	return out;
}

char *
time_format_span(char out[static TIME_TEXT_LEN], int64_t us)
{
	const char *sign = us < 0 ? "-" : "";
	unsigned long long n = us < 0 ? 0 - (unsigned long long)us : (unsigned long long)us;
	unsigned long long s = n / US_PER_SECOND;

	if (s < 60)
		(void)snprintf(
		    out, TIME_TEXT_LEN, "%s%llu.%03llu s", sign, s, n % US_PER_SECOND / 1000);
	else if (s < 3600)
		(void)snprintf(out, TIME_TEXT_LEN, "%s%llum %02llus", sign, s / 60, s % 60);
	else
		(void)snprintf(out, TIME_TEXT_LEN, "%s%lluh %02llum %02llus", sign, s / 3600,
		    s / 60 % 60, s % 60);
	return out;
}

int64_t
time_now_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}
