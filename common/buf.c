/* SPDX-License-Identifier: Apache-2.0 */
#include "common/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BUF_FIRST_SIZE 256

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void
buf_clear(struct buf *b)
{
	free(b->ptr);
	buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len < b->len)
		b->len = len;
}

bool
buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap != 0 ? b->cap : BUF_FIRST_SIZE;
	char *ptr;

	if (b->failed || n > b->max - b->len) {
		b->failed = true;
		return false;
	}
	if (n <= b->cap - b->len)
		return true;
	while (cap - b->len < n)
		cap = cap > SIZE_MAX / 2 ? b->max : cap * 2;
	if (cap > b->max)
		cap = b->max;
	ptr = realloc(b->ptr, cap);
	if (ptr == NULL) {
		b->failed = true;
		return false;
	}
	b->ptr = ptr;
	b->cap = cap;
	return true;
}

void
buf_put(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !buf_reserve(b, len))
		return;
	memcpy(b->ptr + b->len, data, len);
	b->len += len;
}

void
buf_putc(struct buf *b, char c)
{
	if (!buf_reserve(b, 1))
		return;
	b->ptr[b->len++] = c;
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_put_span(struct buf *b, struct span s)
{
	buf_put(b, s.ptr, s.len);
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0) {
		b->failed = true;
		return;
	}
	if (!buf_reserve(b, (size_t)n + 1)) /* vsnprintf wants room for its NUL */
		return;
	va_start(args, format);
	(void)vsnprintf(b->ptr + b->len, (size_t)n + 1, format, args);
	va_end(args);
	b->len += (size_t)n;
}

void
buf_put_u64(struct buf *b, unsigned long long n)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	buf_put(b, text + at, sizeof(text) - at);
}

void
buf_put_count(struct buf *b, unsigned long long n, const char *noun)
{
	buf_put_u64(b, n);
	buf_putc(b, ' ');
	buf_puts(b, noun);
	if (n != 1)
		buf_putc(b, 's');
}

void
buf_put_hex(struct buf *b, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;

	if (len > SIZE_MAX / 2 || !buf_reserve(b, len * 2))
		return;
	for (size_t i = 0; i < len; i++) {
		b->ptr[b->len++] = digits[bytes[i] >> 4];
		b->ptr[b->len++] = digits[bytes[i] & 15];
	}
}

const char *
buf_cstr(struct buf *b)
{
	if (!buf_reserve(b, 1))
		return NULL;
	b->ptr[b->len] = '\0';
	return b->ptr;
}
