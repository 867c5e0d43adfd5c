/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_lines.h"

#include <string.h>

#include "common/time_text.h"

/* A torn line makes the lines behind it part of its value until the brackets stop fitting. An error
 * further behind the start of its value than this many lines is one of a value of many lines. */
#define TORN_LINES_MAX 8
/* The time in front of a line of an export, with its blank, at most. */
#define STAMP_MAX 40

/* The line break behind `at`; the end of the text without one. */
static const char *
line_end(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (size_t)(end - at));

	return lf != NULL ? lf : end;
}

bool
record_lines_begins_value(const char *at, const char *end)
{
	return at == end || *at == '{' || *at == '[';
}

const char *
record_lines_next(const char *at, const char *end)
{
	at = line_end(at, end);
	while (at < end && (*at == '\n' || *at == '\r'))
		at++;
	return at;
}

const char *
record_lines_resume(const char *start, const char *failed, const char *end)
{
	const char *next = record_lines_next(start, end), *at = line_end(start, failed);

	for (int lines = 0; at < failed; lines++) {
		if (lines == TORN_LINES_MAX)
			return end;
		at = line_end(at + 1, failed);
	}
	return record_lines_begins_value(next, end) ? next : end;
}

const char *
record_lines_pass_stamp(const char *at, const char *end)
{
	struct span rest = span_head((struct span){at, (size_t)(end - at)}, STAMP_MAX), stamp;
	int64_t us;

	if (rest.len == 0 || *at < '0' || *at > '9' || !span_cut(&rest, ' ', &stamp))
		return at;
	return rest.len != 0 && *rest.ptr == '{' && time_parse(stamp, &us) ? rest.ptr : at;
}

/* From a quote to behind the string; the end of the text without a closing quote. */
static const char *
pass_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\' && ++at == end)
			return end;
	return at < end ? at + 1 : end;
}

const char *
record_lines_pass_brackets(const char *at, const char *end)
{
	size_t open = 0;

	while (at < end) {
		char c = *at;

		if (c == '"') {
			at = pass_string(at, end);
			continue;
		}
		at++;
		if (c == '{' || c == '[')
			open++;
		else if ((c == '}' || c == ']') && --open == 0)
			return at;
	}
	return NULL;
}
