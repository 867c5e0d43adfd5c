/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/trail_layout.h"

#include "common/calendar.h"
#include "common/time_text.h"
#include "correlator/input/trail_name.h"

#define DAY_LEN     11 /* "2026/11/22/" */
#define ACCOUNT_LEN 12
#define ORG_START   "o-"
#define ORG_ID_MIN  10 /* behind "o-" (AWS Organizations API Reference, Organization) */
#define ORG_ID_MAX  32

/* Lower-case letters and digits, and what else is named. */
static bool
is_lower(struct span s, char also)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && c != also)
			return false;
	}
	return s.len != 0;
}

static bool
is_account(struct span s)
{
	return s.len == ACCOUNT_LEN && span_is_digits(s);
}

static bool
is_org(struct span s)
{
	struct span id = span_from(s, sizeof(ORG_START) - 1);

	return span_starts(s, ORG_START) && id.len >= ORG_ID_MIN && id.len <= ORG_ID_MAX &&
	    is_lower(id, '0');
}

static int64_t
day_of(int64_t us)
{
	return us >= 0 ? us / US_PER_DAY : -1;
}

struct trail_days
trail_days_of_events(int64_t from_us, int64_t to_us, int64_t late_us, int64_t now_us)
{
	struct trail_days days = {0};
	int64_t last_us;

	if (from_us != INT64_MIN) {
		days.has_first = true;
		days.first = day_of(from_us) - TRAIL_DAYS_CHAIN;
	}
	/* what may still come needs no bound: there is nothing behind it */
	if (!__builtin_add_overflow(to_us, late_us, &last_us) && last_us < now_us) {
		days.has_last = true;
		days.last = day_of(last_us);
	}
	return days;
}

struct trail_days
trail_days_of_logins(int64_t from_us, bool people)
{
	struct trail_days days = {0};

	if (from_us != INT64_MIN) {
		days.has_first = true;
		days.first = day_of(from_us) - (people ? TRAIL_DAYS_STAY : TRAIL_DAYS_PART);
	}
	return days;
}

static enum trail_level
level_below_root(struct trail_place *p, struct span name)
{
	if (is_account(name))
		return p->is_logins ? TRAIL_SERVICE : TRAIL_ACCOUNT;
	if (p->is_logins)
		return TRAIL_OUTSIDE; /* a folder that happens to be called so */
	return is_org(name) ? TRAIL_ORG : TRAIL_UNKNOWN;
}

/* One folder further down. */
static enum trail_level
level_below(struct trail_place *p, struct span name)
{
	switch (p->level) {
	case TRAIL_OUTSIDE:
		p->is_logins = span_is(name, "logins");
		return p->is_logins || span_is(name, "AWSLogs") ? TRAIL_ROOT : TRAIL_OUTSIDE;
	case TRAIL_ROOT: return level_below_root(p, name);
	case TRAIL_ORG: return is_account(name) ? TRAIL_ACCOUNT : TRAIL_UNKNOWN;
	case TRAIL_ACCOUNT: return span_is(name, "CloudTrail") ? TRAIL_SERVICE : TRAIL_UNUSED;
	case TRAIL_SERVICE: return is_lower(name, '-') ? TRAIL_REGION : TRAIL_UNKNOWN;
	default: return p->level;
	}
}

struct trail_place
trail_place_of(struct span folder)
{
	struct trail_place p = {.level = TRAIL_OUTSIDE};
	size_t at = 0;

	while (at < folder.len && p.level != TRAIL_REGION && p.level != TRAIL_UNUSED &&
	    p.level != TRAIL_UNKNOWN) {
		struct span rest = span_from(folder, at), name;
		bool was_root = p.level == TRAIL_ROOT;

		(void)span_cut(&rest, '/', &name);
		if (rest.ptr == NULL)
			break;
		p.level = level_below(&p, name);
		/* logins/AWSLogs/ is a trail below a folder of that name */
		if (was_root && p.level == TRAIL_OUTSIDE)
			p.level = level_below(&p, name);
		at += name.len + 1;
	}
	p.region_len = p.level == TRAIL_REGION ? at : 0;
	return p;
}

enum trail_step
trail_step_of(const struct trail_place *place, enum input_role role)
{
	bool is_ours = place->is_logins == (role == INPUT_LOGINS);

	switch (place->level) {
	case TRAIL_OUTSIDE: return TRAIL_LOOK;
	case TRAIL_ROOT:
		/* what is called logins/ need not be what we know by that name */
		return is_ours || place->is_logins ? TRAIL_LOOK : TRAIL_LEAVE;
	case TRAIL_ORG:
	case TRAIL_ACCOUNT:
	case TRAIL_SERVICE: return is_ours ? TRAIL_LOOK : TRAIL_LEAVE;
	case TRAIL_REGION: return is_ours ? TRAIL_TAKE_DAYS : TRAIL_LEAVE;
	case TRAIL_UNUSED: return TRAIL_LEAVE;
	case TRAIL_UNKNOWN: return is_ours ? TRAIL_TAKE_ALL : TRAIL_LEAVE;
	}
	return TRAIL_TAKE_ALL;
}

static bool
is_in(const struct trail_days *days, int64_t day)
{
	return (!days->has_first || day >= days->first) && (!days->has_last || day <= days->last);
}

/* Of what stands in no day's folder CloudTrail's own names tell when it was delivered. */
static enum trail_want
want_by_name(struct span key, const struct trail_days *days)
{
	struct trail_name name;
	char text[256];
	int n;

	while (memchr(key.ptr, '/', key.len) != NULL)
		key = span_from(
		    key, (size_t)((const char *)memchr(key.ptr, '/', key.len) - key.ptr) + 1);
	n = snprintf(text, sizeof(text), "%.*s", (int)span_head(key, sizeof(text)).len, key.ptr);
	if (n < 0 || (size_t)n >= sizeof(text) || !trail_name_parse(text, &name))
		return TRAIL_WANTED;
	return is_in(days, day_of(name.delivered_us)) ? TRAIL_WANTED : TRAIL_OTHER_DAY;
}

enum trail_want
trail_want_of(struct span key, enum input_role role, const struct trail_days *days)
{
	struct trail_place place = trail_place_of(key);
	int64_t day;

	if (trail_step_of(&place, role) == TRAIL_LEAVE)
		return TRAIL_OTHER_KIND;
	if (place.level != TRAIL_REGION)
		return role == INPUT_EVENTS ? want_by_name(key, days) : TRAIL_WANTED;
	if (!trail_day_read(span_from(key, place.region_len), &day))
		return days->has_first || days->has_last ? TRAIL_OTHER_DAY : TRAIL_WANTED;
	return is_in(days, day) ? TRAIL_WANTED : TRAIL_OTHER_DAY;
}

void
trail_put_day(struct buf *out, struct span region_folder, int64_t day)
{
	int year, month, date;

	calendar_date(day > 0 ? day : 0, &year, &month, &date);
	buf_put_span(out, region_folder);
	buf_printf(out, "%04d/%02d/%02d/", year, month, date);
}

static int
number_at(const char *at, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n = n * 10 + (at[i] - '0');
	return n;
}

bool
trail_day_read(struct span text, int64_t *day)
{
	static const char form[] = "0000/00/00/";
	int year, month, date;

	if (text.ptr == NULL || text.len < DAY_LEN)
		return false;
	for (size_t i = 0; i < DAY_LEN; i++) {
		char c = text.ptr[i];

		if (form[i] == '/' ? c != '/' : (c < '0' || c > '9'))
			return false;
	}
	year = number_at(text.ptr, 4);
	month = number_at(text.ptr + 5, 2);
	date = number_at(text.ptr + 8, 2);
	if (year < 1970 || month < 1 || month > 12 || date < 1 ||
	    date > calendar_month_days(year, month))
		return false;
	*day = calendar_days(year, month, date);
	return true;
}
