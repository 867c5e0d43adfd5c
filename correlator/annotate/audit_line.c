/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/annotate/audit_line.h"

#include <stdio.h>
#include <strings.h>

#include "common/time_text.h"
#include "correlator/annotate/audit_text.h"

#define ENRICHED_SEPARATOR '\x1d'
#define STAMP_DIGITS_MAX   12

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at the start of *rest, at most max (18 or fewer) of them; false without any. */
static bool
take_digits(struct span *rest, size_t max, int64_t *n)
{
	size_t i = 0;

	*n = 0;
	for (; i < rest->len && i < max && is_digit(rest->ptr[i]); i++)
		*n = *n * 10 + (rest->ptr[i] - '0');
	*rest = span_from(*rest, i);
	return i != 0;
}

static bool
take_char(struct span *rest, char c)
{
	if (rest->len == 0 || rest->ptr[0] != c)
		return false;
	*rest = span_from(*rest, 1);
	return true;
}

static bool
take_text(struct span *rest, const char *text)
{
	if (!span_starts(*rest, text))
		return false;
	*rest = span_from(*rest, strlen(text));
	return true;
}

int64_t
audit_text_session(struct span text)
{
	int64_t n;

	if (!take_digits(&text, 10, &n) || text.len != 0 || n > AUDIT_SESSION_MAX)
		return AUDIT_SESSION_NONE;
	return n;
}

bool
audit_text_stamp(struct span text, int64_t *us)
{
	int64_t seconds, fraction, serial;
	size_t digits;

	if (!take_digits(&text, STAMP_DIGITS_MAX, &seconds) || !take_char(&text, '.'))
		return false;
	digits = text.len;
	if (!take_digits(&text, 6, &fraction))
		return false;
	digits -= text.len;
	while (text.len != 0 && is_digit(text.ptr[0]))
		text = span_from(text, 1);
	if (text.len != 0 &&
	    (!take_char(&text, ':') || !take_digits(&text, 18, &serial) || text.len != 0))
		return false;
	for (; digits < 6; digits++)
		fraction *= 10;
	*us = seconds * US_PER_SECOND + fraction;
	return true;
}

/* The three forms of a date that cannot be taken for each other; see audit_line.h. */
static bool
take_date(struct span *rest, int64_t *year, int64_t *month, int64_t *day)
{
	int64_t first, second, third;
	char separator;

	if (!take_digits(rest, 4, &first) || rest->len == 0)
		return false;
	separator = rest->ptr[0];
	if (strchr("/-.", separator) == NULL || !take_char(rest, separator) ||
	    !take_digits(rest, 2, &second) || !take_char(rest, separator) ||
	    !take_digits(rest, 4, &third))
		return false;
	*year = separator == '-' ? first : third;
	*month = separator == '/' ? first : second;
	*day = separator == '-' ? third : separator == '/' ? second : first;
	if (*year < 100)
		*year += 2000;
	return true;
}

/* "11/22/26 06:22:40.123:456", local time. */
static bool
read_local_stamp(struct span text, const struct time_zone *zone, int64_t *us)
{
	int64_t year, month, day, local_us;
	char iso[80];
	struct span clock;
	int n;

	if (!take_date(&text, &year, &month, &day) || !take_char(&text, ' '))
		return false;
	clock = span_head(text, strlen("06:22:40.123"));
	if (month > 99 || day > 99 || !span_starts(span_from(text, clock.len), ":"))
		return false;
	n = snprintf(iso, sizeof(iso), "%04d-%02d-%02dT%.*s", (int)year, (int)month, (int)day,
	    (int)clock.len, clock.ptr);
	if (n < 0 || (size_t)n >= sizeof(iso) ||
	    !time_parse((struct span){iso, (size_t)n}, &local_us))
		return false;
	*us = zone != NULL ? time_zone_to_utc(zone, local_us) : local_us;
	return true;
}

/*
 * Names that stand before ses= in records of the kernel and of libaudit, whose values nobody but
 * they choose. In a SYSCALL record all that stands before ses= is theirs, but in others a0 is an
 * argument.
 */
static bool
is_kernel_word(struct span word)
{
	static const char *const names[] = {"pid", "ppid", "uid", "auid", "gid", "euid", "suid",
	    "fsuid", "egid", "sgid", "fsgid", "tty", "subj", "op", "ver", "format", "kernel",
	    "old-auid", "old-ses", "dev", "prom", "old_prom", "enforcing", "old_enforcing", "bool",
	    "val", "old_val"};
	static const char *const bare[] = {
	    "", "tty", "user", "login", "(enforce)", "(complain)", "(unconfined)"};
	struct span name, rest = word;

	(void)span_cut(&rest, '=', &name);
	if (rest.ptr == NULL) {
		for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++) {
			if (span_is(word, bare[i]))
				return true;
		}
		return false;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(name, names[i]))
			return true;
	}
	return false;
}

static bool
ends_syscall(struct span word)
{
	static const char *const names[] = {"comm=", "exe=", "subj=", "key=", "msg="};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_starts(word, names[i]))
			return true;
	}
	return false;
}

static int64_t
find_session(struct span fields, bool is_syscall)
{
	struct span word, rest;

	(void)span_cut(&fields, ENRICHED_SEPARATOR, &rest);
	while (span_cut(&rest, ' ', &word)) {
		if (span_starts(word, "ses="))
			return audit_text_session(span_from(word, 4));
		if (is_syscall ? ends_syscall(word) : !is_kernel_word(word))
			return AUDIT_SESSION_NONE;
	}
	return AUDIT_SESSION_NONE;
}

static bool
is_type(struct span word)
{
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];

		if (!(c >= 'A' && c <= 'Z') && !is_digit(c) && c != '_' && c != '[' && c != ']')
			return false;
	}
	return word.len != 0;
}

/* "node=HOST type=TYPE msg=audit(STAMP): FIELDS" */
static bool
parse_text(struct span line, const struct time_zone *zone, struct audit_line *out)
{
	struct span rest = line, type, stamp;

	if (take_text(&rest, "node=")) {
		if (!span_cut(&rest, ' ', &out->host) || out->host.len == 0)
			return false;
	}
	if (!take_text(&rest, "type=") || !span_cut(&rest, ' ', &type) || !is_type(type) ||
	    !take_text(&rest, "msg=audit(") || !span_cut(&rest, ')', &stamp) || rest.ptr == NULL)
		return false;
	(void)take_char(&rest, ' ');
	if (!take_char(&rest, ':'))
		return false;
	out->kind = AUDIT_LINE_RAW;
	out->has_time = audit_text_stamp(stamp, &out->time_us);
	if (!out->has_time) {
		out->has_time = read_local_stamp(stamp, zone, &out->time_us);
		out->kind = AUDIT_LINE_INTERPRETED;
	}
	out->is_boot = span_is(type, "SYSTEM_BOOT");
	out->ses = find_session(rest, span_is(type, "SYSCALL"));
	return true;
}

bool
audit_line_name_is_ours(struct span name)
{
	static const char ours[] = "logintrail";

	return name.len == sizeof(ours) - 1 && strncasecmp(name.ptr, ours, name.len) == 0;
}

static void
line_init(struct audit_line *out)
{
	*out = (struct audit_line){.ses = AUDIT_SESSION_NONE};
}

void
audit_line_parse(
    struct span line, const struct time_zone *zone, struct buf *scratch, struct audit_line *out)
{
	size_t i = 0;

	line_init(out);
	while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
		i++;
	if (i < line.len && line.ptr[i] == '{') {
		if (audit_json_parse(line, scratch, out)) {
			out->kind = AUDIT_LINE_JSON;
			return;
		}
	} else if (parse_text(line, zone, out)) {
		return;
	}
	line_init(out);
}
