/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/annotate/annotation.h"

#include <strings.h>

#include "common/json_reader.h"
#include "common/safe_text.h"

#define OURS     "logintrail"
#define OURS_LEN (sizeof(OURS) - 1)
#define RENAMED  "_input"

/* In quotes; a quote or backslash of the value as "\x22", "\x5c", so neither can end it. */
static void
put_quoted(struct buf *out, struct span value)
{
	size_t from = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i <= value.len; i++) {
		if (i < value.len && value.ptr[i] != '"' && value.ptr[i] != '\\')
			continue;
		safe_text_put(out, span_head(span_from(value, from), i - from));
		if (i < value.len)
			buf_puts(out, value.ptr[i] == '"' ? "\\x22" : "\\x5c");
		from = i + 1;
	}
	buf_putc(out, '"');
}

static bool
is_hex(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("0123456789abcdefABCDEF", text.ptr[i]) == NULL || text.ptr[i] == '\0')
			return false;
	}
	return text.len != 0;
}

void
annotation_put_words(struct buf *out, const struct annotation *a)
{
	buf_puts(out, " " OURS "_session=");
	if (a->session.ptr == NULL)
		buf_putc(out, '?');
	else if (is_hex(a->session))
		buf_put_span(out, a->session);
	else
		put_quoted(out, a->session);
	buf_puts(out, " " OURS "_verdict=");
	buf_puts(out, a->verdict);
	if (a->sure != NULL) {
		buf_puts(out, " " OURS "_person=");
		put_quoted(out, a->person);
		buf_puts(out, " " OURS "_sure=");
		buf_puts(out, a->sure);
	}
	if (a->principal.ptr != NULL) {
		buf_puts(out, " " OURS "_principal=");
		put_quoted(out, a->principal);
	}
}

void
annotation_put_members(struct json_writer *w, const struct annotation *a)
{
	json_put_span(w, "session", a->session);
	json_put_string(w, "verdict", a->verdict);
	if (a->sure != NULL) {
		json_put_span(w, "person", a->person);
		json_put_string(w, "sure", a->sure);
	}
	json_put_span(w, "principal", a->principal);
}

/* True when the text, which stands behind "logintrail", makes it one of our names. */
static bool
is_claim(struct span text)
{
	static const char *const words[] = {
	    "_session=", "_verdict=", "_person=", "_sure=", "_principal="};
	size_t i = 1;

	for (size_t n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
		size_t len = strlen(words[n]);

		if (text.len >= len && strncasecmp(text.ptr, words[n], len) == 0)
			return true;
	}
	/* a member of an object that could not be read */
	if (text.len == 0 || text.ptr[0] != '"')
		return false;
	while (i < text.len && i < ANNOTATION_KEEP / 2 &&
	    (text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\r'))
		i++;
	return i < text.len && text.ptr[i] == ':';
}

size_t
annotation_put_text(struct buf *out, struct span text, size_t limit, bool *renamed)
{
	size_t done = 0;

	for (size_t i = 0; i < limit && i + OURS_LEN <= text.len; i++) {
		size_t behind = i + OURS_LEN;

		if ((text.ptr[i] | 0x20) != OURS[0] ||
		    strncasecmp(text.ptr + i, OURS, OURS_LEN) != 0 ||
		    !is_claim(span_from(text, behind)))
			continue;
		buf_put(out, text.ptr + done, behind - done);
		buf_puts(out, RENAMED);
		*renamed = true;
		done = behind;
	}
	if (done < limit) {
		buf_put(out, text.ptr + done, limit - done);
		done = limit;
	}
	return done;
}

/* [0, end) of the line, members of the outermost object that are named as ours renamed. */
static void
put_renamed(struct buf *out, struct span line, size_t end, struct buf *scratch)
{
	struct json_reader r;
	struct span key;
	size_t done = 0;

	buf_reset(scratch);
	(void)buf_reserve(scratch, line.len * 3);
	json_reader_init(&r, line);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key); (void)json_skip(&r)) {
		size_t behind = (size_t)(key.ptr + key.len - line.ptr);

		if (!audit_line_name_is_ours(json_unescape(key, scratch)))
			continue;
		buf_put(out, line.ptr + done, behind - done);
		buf_puts(out, RENAMED);
		done = behind;
	}
	buf_put(out, line.ptr + done, end - done);
}

void
annotation_put_object(struct buf *out, struct span line, const struct audit_line *parsed,
    struct buf *scratch, const struct annotation *a)
{
	if (parsed->has_ours)
		put_renamed(out, line, parsed->close_at, scratch);
	else
		buf_put(out, line.ptr, parsed->close_at);
	if (a != NULL) {
		struct json_writer w;

		if (!parsed->is_empty)
			buf_putc(out, ',');
		json_writer_init(&w, out);
		json_object_begin(&w, OURS);
		annotation_put_members(&w, a);
		json_object_end(&w);
	}
	buf_put_span(out, span_from(line, parsed->close_at));
}
