/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/span.h"

/*
 * A growing byte buffer that owns its memory and has a mandatory maximum.
 *
 * Between buf_init and buf_clear the buffer is always valid. A write that would pass the maximum or
 * that gets no memory sets `failed`, writes nothing, and makes every later write a no-op: a writer
 * can put a whole record and check once. ptr may be NULL while len is 0; the bytes are not
 * NUL-terminated unless buf_cstr was called.
 */
struct buf {
	char *ptr;
	size_t len;
	size_t cap;
	size_t max;
	bool failed;
};

void buf_init(struct buf *b, size_t max);
/* Frees the memory; the buffer is as after buf_init with the same maximum. */
void buf_clear(struct buf *b);
/* Forgets the content and a failure, keeps the memory. */
void buf_reset(struct buf *b);
/* Cuts the content back to len bytes (len <= b->len). Does not clear `failed`. */
void buf_truncate(struct buf *b, size_t len);
/* Makes room for n more bytes; false (and `failed`) when that is not possible. */
bool buf_reserve(struct buf *b, size_t n);

void buf_put(struct buf *b, const void *data, size_t len);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_put_span(struct buf *b, struct span s);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Decimal text of n, faster than buf_printf. */
void buf_put_u64(struct buf *b, unsigned long long n);
/* "1 file", "2 files": for a noun that takes an s. */
void buf_put_count(struct buf *b, unsigned long long n, const char *noun);
void buf_put_hex(struct buf *b, const void *data, size_t len);

/* The content, valid until the next write. */
static inline struct span
buf_span(const struct buf *b)
{
	return (struct span){b->ptr != NULL ? b->ptr : "", b->len};
}

/* The content with a NUL behind it (not counted in len); NULL when the buffer has failed. */
const char *buf_cstr(struct buf *b);

#endif
