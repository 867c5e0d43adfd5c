/* SPDX-License-Identifier: Apache-2.0 */
#include "common/time_zone_rule.h"

#include "common/calendar.h"

static bool
take_char(struct span *s, char c)
{
	if (s->len == 0 || s->ptr[0] != c)
		return false;
	*s = span_from(*s, 1);
	return true;
}

static bool
take_number(struct span *s, int low, int high, int *out)
{
	int n = 0;
	size_t i = 0;

	for (; i < s->len && i < 4 && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++)
		n = n * 10 + (s->ptr[i] - '0');
	if (i == 0 || n < low || n > high)
		return false;
	*s = span_from(*s, i);
	*out = n;
	return true;
}

/* "CET" or "<+03>" */
static bool
take_name(struct span *s)
{
	bool quoted = take_char(s, '<');
	size_t i = 0;

	for (; i < s->len; i++) {
		char c = s->ptr[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && !(quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-')))
			break;
	}
	*s = span_from(*s, i);
	return i != 0 && (!quoted || take_char(s, '>'));
}

/* "2", "-1", "3:30:00" */
static bool
take_time(struct span *s, int hours_max, int32_t *out)
{
	int hours, minutes = 0, seconds = 0;
	bool minus = take_char(s, '-');

	if (!minus)
		(void)take_char(s, '+');
	if (!take_number(s, 0, hours_max, &hours) ||
	    (take_char(s, ':') && !take_number(s, 0, 59, &minutes)) ||
	    (take_char(s, ':') && !take_number(s, 0, 59, &seconds)))
		return false;
	*out = (hours * 3600 + minutes * 60 + seconds) * (minus ? -1 : 1);
	return true;
}

/* ",M3.5.0/2", ",J60", ",59/3" */
static bool
take_day(struct span *s, struct time_zone_day *d)
{
	bool ok;

	*d = (struct time_zone_day){.time_s = 2 * 3600};
	if (!take_char(s, ','))
		return false;
	if (take_char(s, 'M')) {
		d->form = TIME_ZONE_DAY_MONTH;
		ok = take_number(s, 1, 12, &d->month) && take_char(s, '.') &&
		    take_number(s, 1, 5, &d->week) && take_char(s, '.') &&
		    take_number(s, 0, 6, &d->day);
	} else if (take_char(s, 'J')) {
		d->form = TIME_ZONE_DAY_JULIAN;
		ok = take_number(s, 1, 365, &d->day);
	} else {
		d->form = TIME_ZONE_DAY_ZERO;
		ok = take_number(s, 0, 365, &d->day);
	}
	return ok && (!take_char(s, '/') || take_time(s, 167, &d->time_s));
}

bool
time_zone_rule_parse(struct span text, struct time_zone_rule *rule)
{
	struct time_zone_rule r = {0};
	int32_t west;

	if (!take_name(&text) || !take_time(&text, 24, &west))
		return false;
	r.standard_s = -west;
	if (text.len != 0) {
		r.has_summer = true;
		if (!take_name(&text))
			return false;
		west -= 3600;
		if (text.len != 0 && text.ptr[0] != ',' && !take_time(&text, 24, &west))
			return false;
		r.summer_s = -west;
		if (!take_day(&text, &r.start) || !take_day(&text, &r.end) || text.len != 0)
			return false;
	}
	*rule = r;
	return true;
}

/* The day's local time in that year, written as if it were UTC. */
static int64_t
day_in_year(const struct time_zone_day *d, int year)
{
	int64_t first = calendar_days(year, d->form == TIME_ZONE_DAY_MONTH ? d->month : 1, 1), day;
	int weekday = (int)(((first + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */

	switch (d->form) {
	case TIME_ZONE_DAY_MONTH:
		day = (d->day - weekday + 7) % 7 + 7 * (d->week - 1);
		if (day >= calendar_month_days(year, d->month)) /* week 5 is the last one */
			day -= 7;
		break;
	case TIME_ZONE_DAY_JULIAN: /* 29 February is never counted */
		day = d->day - 1 + (d->day >= 60 && calendar_is_leap(year));
		break;
	default: day = d->day;
	}
	return (first + day) * 86400 + d->time_s;
}

int32_t
time_zone_rule_offset(const struct time_zone_rule *rule, int64_t utc_s)
{
	int64_t local_s = utc_s + rule->standard_s, start, end;
	int year, month, day;
	bool summer;

	if (!rule->has_summer)
		return rule->standard_s;
	calendar_date(local_s / 86400 - (local_s % 86400 < 0), &year, &month, &day);
	start = day_in_year(&rule->start, year) - rule->standard_s;
	end = day_in_year(&rule->end, year) - rule->summer_s;
	summer = start < end ? utc_s >= start && utc_s < end : utc_s < end || utc_s >= start;
	return summer ? rule->summer_s : rule->standard_s;
}
