/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_scan.h"

#include "correlator/input/record_lines.h"
#include "correlator/input/record_members.h"

/* Wrappers within wrappers, and strings within strings, that are still looked into. */
#define WRAPPERS_MAX 16
#define STRINGS_MAX  4

struct scan {
	const struct record_visitor *visitor;
	struct span document;
	struct buf *scratch;
	size_t string_offset;    /* within a string: where it begins in the document */
	int wrappers, strings;   /* how deep we are in each */
	const char *value_start; /* of the innermost value that is not yet given out */
	bool recovered;          /* what closes the broken value may still follow */
	bool skipping;           /* the text before was not JSON, and was told */
};

static int scan_value(struct scan *s, struct json_reader *r);

static void
report_malformed(const struct scan *s, const char *at, enum json_error error)
{
	size_t offset = s->strings != 0 ? s->string_offset : (size_t)(at - s->document.ptr);

	s->visitor->malformed(s->visitor->ctx, offset, error);
}

static int
give_record(const struct scan *s, enum record_shape shape, struct span text,
    const struct record_header *header)
{
	return s->visitor->record(s->visitor->ctx, shape, text, header);
}

static int
give_other(const struct scan *s, enum record_shape shape, struct span text)
{
	static const struct record_header none;

	return give_record(s, shape, text, &none);
}

/* The text of a string that holds a record: one value and nothing behind it. */
static int
scan_inner(struct scan *s, struct span text)
{
	const char *outer_start = s->value_start;
	struct json_reader r;
	int result;

	json_reader_init(&r, text);
	s->strings++;
	result = scan_value(s, &r);
	(void)json_peek(&r); /* passes over white space */
	if (r.error == JSON_OK && r.at != r.end)
		r.error = JSON_ERROR_SYNTAX;
	if (result == 0 && r.error != JSON_OK)
		report_malformed(s, r.at, r.error);
	s->strings--;
	s->value_start = outer_start;
	return result;
}

/* A raw string that holds a record. In the outermost one scratch is used again and again; strings
 * within it live there, so what they hold goes to memory of its own. */
static int
scan_string(struct scan *s, struct span raw)
{
	struct buf own, *into = s->scratch;
	struct span text;
	int result = 0;

	if (s->strings == STRINGS_MAX) {
		report_malformed(s, raw.ptr, JSON_ERROR_DEPTH);
		return 0;
	}
	buf_init(&own, s->scratch->max);
	if (s->strings == 0)
		s->string_offset = (size_t)(raw.ptr - s->document.ptr);
	else
		into = &own;
	buf_reset(into);
	text = json_unescape(raw, into);
	if (text.ptr != NULL)
		result = scan_inner(s, text);
	else if (into->max - into->len < 4) /* the next character did not fit */
		report_malformed(s, raw.ptr, JSON_ERROR_TOO_LONG);
	else
		result = -1;
	buf_clear(&own);
	return result;
}

static bool
is_object_text(struct span raw)
{
	size_t i = 0;

	while (i < raw.len && (raw.ptr[i] == ' ' || raw.ptr[i] == '\t'))
		i++;
	return i < raw.len && raw.ptr[i] == '{';
}

/* A line of a log: a record as text, a control message, or a line that says something else. */
static int
read_message(struct scan *s, struct json_reader *r, struct record_seen *seen)
{
	struct span raw = json_read_string(r);

	if (raw.ptr == NULL)
		return 0;
	if (span_starts(raw, "CWL CONTROL MESSAGE"))
		seen->control = true;
	if (!is_object_text(raw))
		return 0;
	seen->wrapper = true;
	return scan_string(s, raw);
}

static int
scan_list(struct scan *s, struct json_reader *r)
{
	int result = 0;

	for (json_enter(r, JSON_ARRAY); result == 0 && json_next_element(r);)
		result = scan_value(s, r);
	return result;
}

/* A member that may hold records, in a wrapper. */
static int
read_wrapped(
    struct scan *s, struct json_reader *r, enum record_member_kind member, struct record_seen *seen)
{
	enum json_type type = json_peek(r);

	if (member == MEMBER_MESSAGE && type == JSON_STRING)
		return read_message(s, r, seen);
	if (member == MEMBER_LIST && type == JSON_ARRAY && !seen->control) {
		seen->wrapper = true;
		return scan_list(s, r);
	}
	if ((member == MEMBER_DETAIL || member == MEMBER_EVENT) && type == JSON_OBJECT) {
		seen->wrapper = true;
		return scan_value(s, r);
	}
	if (member == MEMBER_EVENT && type == JSON_STRING) {
		struct span raw = json_read_string(r);

		seen->wrapper = true;
		return raw.ptr != NULL ? scan_string(s, raw) : 0;
	}
	(void)json_skip(r);
	return 0;
}

static int
scan_object(struct scan *s, struct json_reader *r)
{
	struct record_seen seen = {0};
	const char *from = r->at;
	enum record_shape shape;
	struct span key;

	for (json_enter(r, JSON_OBJECT); json_next_member(r, &key);) {
		const struct record_member *m = record_member_find(key);
		int result = 0;

		if (m == NULL)
			(void)json_skip(r);
		else if (m->kind < MEMBER_LIST)
			record_member_read(m, r, &seen);
		else
			result = read_wrapped(s, r, m->kind, &seen);
		if (result != 0)
			return result;
	}
	shape = record_shape_of(&seen);
	if (r->error != JSON_OK || (seen.wrapper && shape == RECORD_OTHER))
		return 0;
	return give_record(s, shape, (struct span){from, (size_t)(r->at - from)}, &seen.header);
}

static int
scan_typed(struct scan *s, struct json_reader *r)
{
	enum json_type type = json_peek(r);
	const char *from = r->at;
	struct span text;

	if (type == JSON_OBJECT && s->wrappers < WRAPPERS_MAX)
		return scan_object(s, r);
	if (type == JSON_ARRAY && s->wrappers < WRAPPERS_MAX)
		return scan_list(s, r);
	if (type == JSON_STRING) {
		text = json_read_string(r);
		if (text.ptr != NULL && is_object_text(text))
			return scan_string(s, text);
	} else {
		(void)json_skip(r);
	}
	/* "[2026-11-22 06:22] started" is a line of some log, not an array with a number in it */
	if (r->error == JSON_OK && r->at < r->end && strchr("-.:/", *r->at) != NULL &&
	    *r->at != '\0')
		r->error = JSON_ERROR_SYNTAX;
	if (r->error != JSON_OK)
		return 0;
	return give_other(s, RECORD_OTHER, (struct span){from, (size_t)(r->at - from)});
}

/*
 * The value that stands next: a record, or something that records are wrapped in. One that nests
 * too deep is given up alone, so that nobody can hide the records behind it in a file by nesting.
 */
static int
scan_value(struct scan *s, struct json_reader *r)
{
	enum json_type type = json_peek(r);
	const char *start = r->at, *behind = NULL;
	struct json_reader before = *r;
	int result;

	s->value_start = start;
	s->wrappers++;
	result = scan_typed(s, r);
	s->wrappers--;
	if (result == 0 && r->error == JSON_ERROR_DEPTH &&
	    (type == JSON_OBJECT || type == JSON_ARRAY))
		behind = record_lines_pass_brackets(start, r->end);
	if (behind != NULL) {
		report_malformed(s, start, JSON_ERROR_DEPTH);
		*r = before;
		r->at = behind;
	}
	if (r->error == JSON_OK)
		s->value_start = r->at;
	return result;
}

/* Text that is not JSON: over it to the next line that could be. A run of such lines is told once.
 */
static const char *
pass_text(struct scan *s, const char *at, const char *end)
{
	if (!s->skipping)
		report_malformed(s, at, JSON_ERROR_SYNTAX);
	s->skipping = true;
	do
		at = record_lines_next(at, end);
	while (!record_lines_begins_value(at, end));
	return at;
}

/* What may stand between the values of a document. */
static const char *
pass_space(const struct scan *s, const char *at, const char *end)
{
	static const char closing[] = ",]}";

	while (at < end &&
	    (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t' ||
		(s->recovered && memchr(closing, *at, sizeof(closing) - 1) != NULL)))
		at++;
	return at;
}

/* The value at *at, and how to go on behind it. */
static int
scan_document_value(struct scan *s, const char **at, const char *end)
{
	struct json_reader r;
	bool bracket = **at == '[';
	int result;

	json_reader_init(&r, (struct span){*at, (size_t)(end - *at)});
	result = scan_value(s, &r);
	if (result != 0 || r.error == JSON_OK) {
		s->skipping = false;
		*at = r.at;
		return result;
	}
	/* lines of other logs begin with brackets too: "[2026-11-22 ..." */
	if (!s->skipping || !bracket)
		report_malformed(s, r.at, r.error);
	s->skipping = bracket && r.error == JSON_ERROR_SYNTAX;
	s->recovered = true;
	*at = record_lines_resume(s->value_start, r.at, end);
	return 0;
}

int
record_scan(struct span document, struct buf *scratch, const struct record_visitor *visitor)
{
	struct scan s = {.visitor = visitor, .document = document, .scratch = scratch};
	const char *at = document.ptr, *end;
	int result = 0;

	if (document.len == 0)
		return 0;
	end = at + document.len;
	if (span_starts(document, "\xef\xbb\xbf"))
		at += 3;
	for (at = pass_space(&s, at, end); at < end && result == 0; at = pass_space(&s, at, end)) {
		at = record_lines_pass_stamp(at, end);
		if (record_lines_begins_value(at, end) ||
		    (*at == '"' && is_object_text((struct span){at + 1, (size_t)(end - at - 1)})))
			result = scan_document_value(&s, &at, end);
		else
			at = pass_text(&s, at, end);
	}
	return result;
}
