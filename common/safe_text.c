/* SPDX-License-Identifier: Apache-2.0 */
#include "common/safe_text.h"

#include "common/utf8.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* One character of the text as it is shown. */
struct unit {
	size_t taken; /* bytes of the text */
	size_t columns;
	char shown[16]; /* when escaped; else the text's own bytes stand */
	size_t shown_len;
};

struct range {
	uint32_t first, last;
};

/* Two columns wide (Unicode 15 East_Asian_Width W and F, in blocks). */
static const struct range wide[] = {
    {0x1100, 0x115e},
    {0x2e80, 0x303e},
    {0x3041, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff01, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1faff},
    {0x20000, 0x3fffd},
};

/* Combining marks: they take no column of their own. */
static const struct range combining[] = {
    {0x0300, 0x036f},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff},
    {0xfe20, 0xfe2f},
};

static bool
is_within(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count && ranges[i].first <= code; i++) {
		if (code <= ranges[i].last)
			return true;
	}
	return false;
}

#define IS_WITHIN(code, ranges) is_within(code, ranges, sizeof(ranges) / sizeof((ranges)[0]))

static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static void
escape_byte(struct unit *u, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";

	u->shown[0] = '\\';
	u->shown[1] = 'x';
	u->shown[2] = digits[c >> 4];
	u->shown[3] = digits[c & 15];
	u->shown_len = u->columns = 4;
	u->taken = 1;
}

static void
escape_code(struct unit *u, uint32_t code)
{
	int n = snprintf(u->shown, sizeof(u->shown), "\\u{%x}", code);

	u->shown_len = u->columns = (size_t)n;
}

/* The character that the (not empty) text begins with. */
static void
unit_read(struct span text, struct unit *u)
{
	uint32_t code;
	size_t n = utf8_decode(text.ptr, text.len, &code);

	*u = (struct unit){.taken = n, .columns = 1};
	if (n == 0 || code < 0x20 || code == 0x7f)
		escape_byte(u, (unsigned char)text.ptr[0]);
	else if (code < 0x80)
		return;
	else if (utf8_is_hidden(code))
		escape_code(u, code);
	else if (IS_WITHIN(code, combining))
		u->columns = 0;
	else if (IS_WITHIN(code, wide))
		u->columns = 2;
}

static void
unit_put(struct buf *out, struct span text, const struct unit *u)
{
	if (u->shown_len != 0)
		buf_put(out, u->shown, u->shown_len);
	else
		buf_put(out, text.ptr, u->taken);
}

static size_t
plain_run(struct span text)
{
	size_t n = 0;

	while (n < text.len && is_plain(text.ptr[n]))
		n++;
	return n;
}

void
safe_text_put(struct buf *out, struct span text)
{
	struct unit u;

	while (text.ptr != NULL && text.len != 0) {
		size_t run = plain_run(text);

		buf_put(out, text.ptr, run);
		text = span_from(text, run);
		if (text.len == 0)
			break;
		unit_read(text, &u);
		unit_put(out, text, &u);
		text = span_from(text, u.taken);
	}
}

size_t
safe_text_width(struct span text)
{
	size_t columns = 0;
	struct unit u;

	while (text.ptr != NULL && text.len != 0) {
		size_t run = plain_run(text);

		columns += run;
		text = span_from(text, run);
		if (text.len == 0)
			break;
		unit_read(text, &u);
		columns += u.columns;
		text = span_from(text, u.taken);
	}
	return columns;
}

/* Drops characters from the front until what is left takes at most `columns`. */
static struct span
cut_front(struct span text, size_t width, size_t columns)
{
	struct unit u;

	while (text.len != 0 && width > columns) {
		unit_read(text, &u);
		width -= u.columns;
		text = span_from(text, u.taken);
	}
	return text;
}

/* Puts characters while they fit; returns the columns used. */
static size_t
put_front(struct buf *out, struct span text, size_t columns)
{
	size_t used = 0;
	struct unit u;

	while (text.ptr != NULL && text.len != 0) {
		unit_read(text, &u);
		if (used + u.columns > columns)
			break;
		unit_put(out, text, &u);
		used += u.columns;
		text = span_from(text, u.taken);
	}
	return used;
}

size_t
safe_text_put_fit(struct buf *out, struct span text, size_t columns, bool keep_end)
{
	size_t width = safe_text_width(text), used;

	if (width <= columns) {
		safe_text_put(out, text);
		return width;
	}
	if (columns == 0)
		return 0;
	if (keep_end) {
		text = cut_front(text, width, columns - 1);
		buf_puts(out, ELLIPSIS);
		safe_text_put(out, text);
		return safe_text_width(text) + 1;
	}
	used = put_front(out, text, columns - 1);
	buf_puts(out, ELLIPSIS);
	return used + 1;
}
