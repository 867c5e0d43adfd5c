/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/syslog_stamp.h"

#include "common/calendar.h"
#include "common/time_text.h"

#define STAMP_YEAR 1972 /* a leap year: every day there is has a place in it */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
pass_blanks(struct span *s)
{
	while (s->ptr != NULL && s->len != 0 && s->ptr[0] == ' ')
		*s = span_from(*s, 1);
}

/* A word that a blank ends. */
static bool
take_word(struct span *s, struct span *word)
{
	return span_cut(s, ' ', word) && s->ptr != NULL && word->len != 0;
}

/* 1 to 12; 0 when it is no month. */
static int
month_number(struct span s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (s.len < 4 || s.ptr[3] != ' ')
		return 0;
	for (int i = 0; i < 12; i++) {
		if (memcmp(s.ptr, names + 3 * i, 3) == 0)
			return i + 1;
	}
	return 0;
}

/* "Nov 22 ", "Nov  2 " or "Nov 2 ": the day's number in 1972, -1 when it is none. */
static int
take_day(struct span *s)
{
	int month = month_number(*s), day = 0;

	if (month == 0)
		return -1;
	*s = span_from(*s, 4);
	pass_blanks(s);
	for (int i = 0; i < 2 && s->ptr != NULL && s->len != 0 && is_digit(s->ptr[0]); i++) {
		day = day * 10 + (s->ptr[0] - '0');
		*s = span_from(*s, 1);
	}
	if (day < 1 || day > calendar_month_days(STAMP_YEAR, month) || s->ptr == NULL ||
	    s->len == 0 || s->ptr[0] != ' ')
		return -1;
	pass_blanks(s);
	return (int)(calendar_days(STAMP_YEAR, month, day) - calendar_days(STAMP_YEAR, 1, 1));
}

/* A day and a time of that day; both as time_parse has them. */
static bool
join_day_time(struct span day, struct span time, int64_t *us)
{
	char text[40];

	if (day.len != 10 || time.len < 8 || time.len > 8 + 1 + 9 || time.ptr[2] != ':' ||
	    time.ptr[5] != ':')
		return false;
	memcpy(text, day.ptr, 10);
	text[10] = 'T';
	memcpy(text + 11, time.ptr, time.len);
	if (memchr(time.ptr, '+', time.len) != NULL || memchr(time.ptr, '-', time.len) != NULL ||
	    memchr(time.ptr, 'Z', time.len) != NULL || memchr(time.ptr, 'z', time.len) != NULL)
		return false;
	return time_parse((struct span){text, 11 + time.len}, us);
}

/* "Nov 22 06:22:40" */
static enum syslog_stamp_kind
take_traditional(struct span *rest, int64_t *us)
{
	struct span s = *rest, clock;
	int day = take_day(&s);
	int64_t time_us;

	if (day < 0 || !take_word(&s, &clock) ||
	    !join_day_time(SPAN("1972-01-01"), clock, &time_us))
		return STAMP_NONE;
	*us = time_us + day * US_PER_DAY;
	*rest = s;
	return STAMP_NO_YEAR;
}

/* "2026-11-22T06:22:40+01:00" */
static enum syslog_stamp_kind
take_iso(struct span *rest, int64_t *us)
{
	struct span s = *rest, word;
	bool has_zone = false;

	if (!take_word(&s, &word) || word.len < 19 || (word.ptr[10] != 'T' && word.ptr[10] != 't'))
		return STAMP_NONE;
	for (size_t i = 11; i < word.len; i++)
		has_zone = has_zone || strchr("Zz+-", word.ptr[i]) != NULL;
	if (!time_parse(word, us))
		return STAMP_NONE;
	*rest = s;
	return has_zone ? STAMP_ABSOLUTE : STAMP_NO_ZONE;
}

static bool
is_weekday(struct span s)
{
	static const char names[] = "MonTueWedThuFriSatSun";

	for (int i = 0; s.len > 4 && s.ptr[3] == ' ' && i < 7; i++) {
		if (memcmp(s.ptr, names + 3 * i, 3) == 0)
			return true;
	}
	return false;
}

/* A zone's abbreviation, or its offset where it has none: "UTC", "CET", "+03", "-0330". */
static bool
is_zone(struct span word)
{
	bool number = word.ptr[0] == '+' || word.ptr[0] == '-';

	if (word.len < 3 || word.len > 6)
		return false;
	for (size_t i = number; i < word.len; i++) {
		if (number ? !is_digit(word.ptr[i]) : !(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z'))
			return false;
	}
	return true;
}

/* "Sun 2026-11-22 06:22:40 UTC" */
static enum syslog_stamp_kind
take_full(struct span *rest, int64_t *us)
{
	struct span s = *rest, day, clock, zone;

	if (!is_weekday(s))
		return STAMP_NONE;
	s = span_from(s, 4);
	if (!take_word(&s, &day) || !take_word(&s, &clock) || !take_word(&s, &zone) ||
	    !is_zone(zone) || !join_day_time(day, clock, us))
		return STAMP_NONE;
	*rest = s;
	return span_is(zone, "UTC") || span_is(zone, "GMT") ? STAMP_ABSOLUTE : STAMP_NO_ZONE;
}

/* "1795328560.123456" */
static enum syslog_stamp_kind
take_unix(struct span *rest, int64_t *us)
{
	struct span s = *rest, word;
	int64_t n = 0;

	if (!take_word(&s, &word) || word.len < 16 || word.len > 18 ||
	    word.ptr[word.len - 7] != '.')
		return STAMP_NONE;
	for (size_t i = 0; i < word.len; i++) {
		if (i == word.len - 7)
			continue;
		if (!is_digit(word.ptr[i]))
			return STAMP_NONE;
		n = n * 10 + (word.ptr[i] - '0');
	}
	*us = n;
	*rest = s;
	return STAMP_ABSOLUTE;
}

enum syslog_stamp_kind
syslog_stamp_take(struct span *rest, int64_t *us)
{
	enum syslog_stamp_kind kind;

	kind = take_traditional(rest, us);
	if (kind == STAMP_NONE)
		kind = take_iso(rest, us);
	if (kind == STAMP_NONE)
		kind = take_full(rest, us);
	if (kind == STAMP_NONE)
		kind = take_unix(rest, us);
	if (kind != STAMP_NONE)
		pass_blanks(rest);
	return kind;
}

struct span
syslog_stamp_pass_priority(struct span line)
{
	const char *end = line.len > 5 && line.ptr[0] == '<' ? memchr(line.ptr, '>', 5) : NULL;

	return end != NULL ? span_from(line, (size_t)(end - line.ptr) + 1) : line;
}

int
syslog_stamp_day(struct span line)
{
	return take_day(&line);
}
