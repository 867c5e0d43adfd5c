/* SPDX-License-Identifier: Apache-2.0 */
#include "common/uri_text.h"

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

void
uri_text_encode(struct buf *out, struct span text, bool keep_slash)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];

		if (is_unreserved((char)c) || (c == '/' && keep_slash))
			buf_putc(out, (char)c);
		else
			buf_put(out, (const char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
	}
}

/* The value of a hexadecimal digit, or -1. */
static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

void
uri_text_decode(struct buf *out, struct span text, bool plus_is_space)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		const int high = c == '%' && i + 2 < text.len ? digit_value(text.ptr[i + 1]) : -1;
		const int low = high >= 0 ? digit_value(text.ptr[i + 2]) : -1;

		if (low >= 0) {
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		buf_putc(out, c);
	}
}
