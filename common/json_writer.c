/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_writer.h"

#include "common/time_text.h"
#include "common/utf8.h"

void
json_writer_init(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){.out = out};
}

/* The escape of a byte below 0x20, a quote, a backslash or DEL; everything else stands for itself.
 */
static void
put_escape(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"': buf_puts(out, "\\\""); break;
	case '\\': buf_puts(out, "\\\\"); break;
	case '\n': buf_puts(out, "\\n"); break;
	case '\r': buf_puts(out, "\\r"); break;
	case '\t': buf_puts(out, "\\t"); break;
	default: buf_puts(out, "\\u00"); buf_put_hex(out, &c, 1);
	}
}

static void
put_unit(struct buf *out, uint32_t unit)
{
	const unsigned char bytes[] = {(unsigned char)(unit >> 8), (unsigned char)unit};

	buf_puts(out, "\\u");
	buf_put_hex(out, bytes, sizeof(bytes));
}

/* A code point as \u escapes: one, or a surrogate pair. */
static void
put_code(struct buf *out, uint32_t code)
{
	if (code < 0x10000) {
		put_unit(out, code);
		return;
	}
	put_unit(out, 0xd800 + ((code - 0x10000) >> 10));
	put_unit(out, 0xdc00 + (code & 0x3ff));
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void
json_escape(struct buf *out, struct span value)
{
	for (size_t i = 0; i < value.len;) {
		size_t run = i, n;
		uint32_t code;

		while (run < value.len && is_plain((unsigned char)value.ptr[run]))
			run++;
		buf_put(out, value.ptr + i, run - i);
		i = run;
		if (i == value.len)
			break;
		n = utf8_decode(value.ptr + i, value.len - i, &code);
		if (n == 0) {
			buf_puts(out, "\xef\xbf\xbd"); /* U+FFFD */
			n = 1;
		} else if (n == 1) {
			put_escape(out, (unsigned char)value.ptr[i]);
		} else if (utf8_is_hidden(code)) {
			put_code(out, code);
		} else {
			buf_put(out, value.ptr + i, n);
		}
		i += n;
	}
}

/* The comma and the key in front of a value. */
static void
put_key(struct json_writer *w, const char *key)
{
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
	if (key == NULL)
		return;
	buf_putc(w->out, '"');
	json_escape(w->out, span_of(key));
	buf_puts(w->out, "\":");
}

static void
open_bracket(struct json_writer *w, const char *key, char bracket)
{
	put_key(w, key);
	buf_putc(w->out, bracket);
	w->comma = false;
}

static void
close_bracket(struct json_writer *w, char bracket)
{
	buf_putc(w->out, bracket);
	w->comma = true;
}

void
json_object_begin(struct json_writer *w, const char *key)
{
	open_bracket(w, key, '{');
}

void
json_object_end(struct json_writer *w)
{
	close_bracket(w, '}');
}

void
json_array_begin(struct json_writer *w, const char *key)
{
	open_bracket(w, key, '[');
}

void
json_array_end(struct json_writer *w)
{
	close_bracket(w, ']');
}

void
json_put_span(struct json_writer *w, const char *key, struct span value)
{
	if (value.ptr == NULL)
		return;
	put_key(w, key);
	buf_putc(w->out, '"');
	json_escape(w->out, value);
	buf_putc(w->out, '"');
}

void
json_put_string(struct json_writer *w, const char *key, const char *value)
{
	json_put_span(w, key, span_of(value));
}

void
json_put_int(struct json_writer *w, const char *key, int64_t value)
{
	put_key(w, key);
	if (value < 0)
		buf_putc(w->out, '-');
	buf_put_u64(w->out, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value);
}

void
json_put_bool(struct json_writer *w, const char *key, bool value)
{
	put_key(w, key);
	buf_puts(w->out, value ? "true" : "false");
}

void
json_put_null(struct json_writer *w, const char *key)
{
	put_key(w, key);
	buf_puts(w->out, "null");
}

void
json_put_time(struct json_writer *w, const char *key, int64_t us, int digits)
{
	char text[TIME_TEXT_LEN];

	json_put_string(w, key, time_format(text, us, digits));
}
