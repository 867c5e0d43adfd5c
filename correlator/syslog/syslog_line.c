/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/syslog_line.h"

#include "common/time_text.h"
#include "correlator/syslog/syslog_stamp.h"

#define HOST_MAX   255
#define TAG_MAX    255
#define PID_DIGITS 10
#define TELL_LINES 64 /* of a document's first lines: does one of them parse */

/* "<86>"; *version becomes true when RFC 5424's "1 " follows. */
static struct span
pass_priority(struct span s, bool *version)
{
	struct span rest = s, number;
	int64_t n;

	*version = false;
	if (s.len < 3 || s.ptr[0] != '<')
		return s;
	rest = span_from(rest, 1);
	if (!span_cut(&rest, '>', &number) || rest.ptr == NULL || !span_number(number, 3, &n))
		return s;
	*version = span_starts(rest, "1 ");
	return *version ? span_from(rest, 2) : rest;
}

/* A word that a blank ends, of that length at most. */
static bool
take_word(struct span *s, size_t len_max, struct span *word)
{
	return span_cut(s, ' ', word) && s->ptr != NULL && word->len != 0 && word->len <= len_max;
}

/* "[1234]"; true without one too, and *pid is then as it was. */
static bool
take_pid(struct span *s, int64_t *pid)
{
	struct span number, rest = *s;

	if (rest.len == 0 || rest.ptr[0] != '[')
		return true;
	rest = span_from(rest, 1);
	if (!span_cut(&rest, ']', &number) || rest.ptr == NULL)
		return false;
	*s = rest;
	(void)span_number(number, PID_DIGITS, pid);
	return true;
}

/* "tag[pid]: message", "tag: message"; what has no tag is message alone. */
static void
split_tag(struct span s, struct syslog_line *line)
{
	struct span tag, rest;
	size_t n = 0;

	line->message = s;
	while (n < s.len && n <= TAG_MAX && s.ptr[n] != '[' && s.ptr[n] != ':' && s.ptr[n] != ' ')
		n++;
	tag = span_head(s, n);
	rest = span_from(s, n);
	if (n == 0 || n > TAG_MAX || !take_pid(&rest, &line->pid) || rest.len == 0 ||
	    rest.ptr[0] != ':')
		return;
	rest = span_from(rest, 1);
	if (rest.len != 0 && rest.ptr[0] == ' ')
		rest = span_from(rest, 1);
	line->tag = tag;
	line->message = rest;
}

/* RFC 5424's structured data: "-", or "[id name="value"]", quotes escaped by backslashes. */
static bool
pass_structured(struct span *s)
{
	bool quoted = false;

	if (s->len != 0 && s->ptr[0] == '-') {
		*s = span_from(*s, 1);
		return true;
	}
	if (s->len == 0 || s->ptr[0] != '[')
		return false;
	for (size_t i = 1; i < s->len; i++) {
		if (quoted && s->ptr[i] == '\\')
			i++;
		else if (s->ptr[i] == '"')
			quoted = !quoted;
		else if (!quoted && s->ptr[i] == ']' && (i + 1 == s->len || s->ptr[i + 1] != '[')) {
			*s = span_from(*s, i + 1);
			return true;
		}
	}
	return false;
}

/* RFC 5424 behind "<86>1 ": "2026-... host app procid msgid data message". */
static bool
parse_rfc5424(struct span s, struct syslog_line *line)
{
	struct span pid, id;

	line->stamp = syslog_stamp_take(&s, &line->time_us);
	if (line->stamp == STAMP_NONE || !take_word(&s, HOST_MAX, &line->host) ||
	    !take_word(&s, TAG_MAX, &line->tag) || !take_word(&s, 128, &pid) ||
	    !take_word(&s, 128, &id) || !pass_structured(&s))
		return false;
	if (!span_number(pid, PID_DIGITS, &line->pid))
		line->pid = -1;
	if (s.len != 0 && s.ptr[0] == ' ')
		s = span_from(s, 1);
	if (span_starts(s, "\xef\xbb\xbf"))
		s = span_from(s, 3);
	line->message = s;
	return true;
}

bool
syslog_line_parse(struct span text, struct syslog_line *line)
{
	bool rfc5424;
	struct span s;

	*line = (struct syslog_line){.pid = -1, .uid = -1, .audit_session = -1};
	if (text.len != 0 && text.ptr[text.len - 1] == '\r')
		text.len--;
	s = pass_priority(text, &rfc5424);
	if (rfc5424)
		return parse_rfc5424(s, line);
	line->stamp = syslog_stamp_take(&s, &line->time_us);
	if (line->stamp == STAMP_NONE || !take_word(&s, HOST_MAX, &line->host))
		return false;
	split_tag(s, line);
	return true;
}

bool
syslog_text_is(struct span document)
{
	struct syslog_line line;
	struct span text;

	for (int i = 0; i < TELL_LINES && span_cut(&document, '\n', &text); i++) {
		if (syslog_line_parse(span_head(text, 4096), &line))
			return true;
	}
	return false;
}
