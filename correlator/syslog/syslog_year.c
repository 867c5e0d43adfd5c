/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/syslog_year.h"

#include "common/calendar.h"
#include "common/time_text.h"
#include "correlator/syslog/syslog_stamp.h"

#define HALF_YEAR   183
#define WHOLE_YEAR  360
#define LEAP_DAY    59 /* 29 February, in days of 1972 */
#define FIRST_LINES 64 /* have one of these no such stamp, the document has none */
#define YEAR_MIN    1970
#define YEAR_MAX    9999

/* What a document's days say of its year. */
struct days_seen {
	int turns, day; /* the latest */
	int leap_turns; /* the turn of a 29 February; -1: none */
};

static void
note_day(struct syslog_year *y, int day)
{
	if (y->day >= 0) {
		if (day - y->day < -HALF_YEAR)
			y->turns++;
		else if (day - y->day > WHOLE_YEAR)
			y->turns--; /* a line of 31 December that came late */
	}
	y->day = day;
}

void
syslog_year_line(struct syslog_year *y, struct span line)
{
	int day;

	line = syslog_stamp_pass_priority(line);
	if (line.len < sizeof(y->text) || memcmp(line.ptr, y->text, sizeof(y->text)) == 0)
		return;
	memcpy(y->text, line.ptr, sizeof(y->text));
	day = syslog_stamp_day(line);
	if (day >= 0)
		note_day(y, day);
}

static struct syslog_year
fresh(void)
{
	return (struct syslog_year){.day = -1};
}

static bool
has_days(struct span document)
{
	struct span line;

	for (int i = 0; i < FIRST_LINES && span_cut(&document, '\n', &line); i++) {
		if (syslog_stamp_day(syslog_stamp_pass_priority(line)) >= 0)
			return true;
	}
	return false;
}

static void
see_days(struct span document, struct days_seen *seen)
{
	struct syslog_year y = fresh();
	struct span line;

	*seen = (struct days_seen){.turns = 0, .day = 0, .leap_turns = -1};
	while (span_cut(&document, '\n', &line)) {
		syslog_year_line(&y, line);
		if (y.day == LEAP_DAY && y.turns >= 0)
			seen->leap_turns = y.turns;
		if (y.turns > seen->turns || (y.turns == seen->turns && y.day > seen->day)) {
			seen->turns = y.turns;
			seen->day = y.day;
		}
	}
}

/* The day's number since 1970; the 29 February of a common year is 1 March. */
static int64_t
place_day(int year, int day)
{
	int y, month, day_of_month;

	calendar_date(calendar_days(1972, 1, 1) + day, &y, &month, &day_of_month);
	return calendar_days(year, month, day_of_month);
}

static int
latest_year(const struct days_seen *seen, int64_t changed_us)
{
	int64_t until = changed_us / US_PER_DAY + 1;
	int year, month, day, first;

	calendar_date(until < 0 ? 0 : until, &year, &month, &day);
	if (year > YEAR_MAX)
		year = YEAR_MAX;
	if (place_day(year, seen->day) > until)
		year--;
	first = year - seen->turns;
	for (int i = 0; seen->leap_turns >= 0 && i < 8; i++) {
		if (calendar_is_leap(first - i + seen->leap_turns))
			return first - i;
	}
	return first;
}

void
syslog_year_find(struct syslog_year *y, struct span document, int year, int64_t changed_us)
{
	struct days_seen seen = {.turns = 0, .day = 0, .leap_turns = -1};

	*y = fresh();
	y->in_use = has_days(document);
	if (year > 0) {
		y->first = year;
		return;
	}
	if (y->in_use)
		see_days(document, &seen);
	y->first = latest_year(&seen, changed_us);
}

int64_t
syslog_year_place(const struct syslog_year *y, int64_t time_us)
{
	int64_t from = calendar_days(1972, 1, 1) * US_PER_DAY;
	int year = y->first + y->turns;

	if (year < YEAR_MIN)
		year = YEAR_MIN;
	if (year > YEAR_MAX - 1)
		year = YEAR_MAX - 1;
	return place_day(year, (int)((time_us - from) / US_PER_DAY)) * US_PER_DAY +
	    (time_us - from) % US_PER_DAY;
}
