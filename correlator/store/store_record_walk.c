/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_record_walk.h"

#define NUMBER_MAX 10 /* bytes of the longest number */

/* A number, and bytes behind it. */
static void
put_number(struct buf *out, uint64_t n, struct span bytes)
{
	char *at;

	if (!buf_reserve(out, NUMBER_MAX + bytes.len))
		return;
	at = out->ptr + out->len;
	for (; n >= 0x80; n >>= 7)
		*at++ = (char)(unsigned char)(n | 0x80);
	*at++ = (char)(unsigned char)n;
	if (bytes.len != 0)
		memcpy(at, bytes.ptr, bytes.len);
	out->len = (size_t)(at - out->ptr) + bytes.len;
}

static uint64_t
get_number(struct store_walk *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->in.len && i < NUMBER_MAX && !w->bad; i++) {
		unsigned char byte = (unsigned char)w->in.ptr[i];

		if (i == NUMBER_MAX - 1 && byte > 1) /* more than 64 bits */
			break;
		n |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (byte < 0x80) {
			if (i != 0 && byte == 0) /* not the shortest form */
				break;
			w->in = span_from(w->in, i + 1);
			return n;
		}
	}
	w->bad = true;
	return 0;
}

void
store_walk_number(struct store_walk *w, uint64_t *n)
{
	if (w->out != NULL)
		put_number(w->out, *n, SPAN_NONE);
	else
		*n = get_number(w);
}

void
store_walk_signed(struct store_walk *w, int64_t *n)
{
	uint64_t u = (uint64_t)*n << 1 ^ (*n < 0 ? UINT64_MAX : 0);

	store_walk_number(w, &u);
	if (w->out == NULL)
		*n = (int64_t)(u >> 1 ^ (0 - (u & 1)));
}

static struct span
get_bytes(struct store_walk *w, uint64_t len)
{
	struct span bytes = SPAN_NONE;

	if (w->bad || len > w->in.len) {
		w->bad = true;
		return bytes;
	}
	bytes = span_head(w->in, (size_t)len);
	w->in = span_from(w->in, (size_t)len);
	return bytes;
}

void
store_walk_text(struct store_walk *w, struct span *text)
{
	uint64_t len;

	if (w->out != NULL) {
		put_number(w->out, text->ptr != NULL ? (uint64_t)text->len + 1 : 0, *text);
		return;
	}
	len = get_number(w);
	*text = len != 0 ? get_bytes(w, len - 1) : SPAN_NONE;
}

void
store_walk_texts(struct store_walk *w, void *record, const size_t *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		store_walk_text(w, (struct span *)(void *)((char *)record + offsets[i]));
}

void
store_walk_count(struct store_walk *w, size_t *count, size_t max)
{
	uint64_t n = *count;

	store_walk_number(w, &n);
	if (n > max) {
		w->bad = true;
		n = 0;
	}
	*count = (size_t)n;
}

void
store_walk_flags(struct store_walk *w, bool *const *flags, size_t count)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < count; i++)
		bits |= (uint64_t)(w->out != NULL && *flags[i]) << i;
	store_walk_number(w, &bits);
	if (bits >> count != 0)
		w->bad = true;
	for (size_t i = 0; i < count && w->out == NULL; i++)
		*flags[i] = (bits >> i & 1) != 0 && !w->bad;
}

void
store_walk_bytes(struct store_walk *w, void *bytes, size_t len)
{
	struct span from;

	if (w->out != NULL) {
		buf_put(w->out, bytes, len);
		return;
	}
	from = get_bytes(w, len);
	if (from.len == len && len != 0)
		memcpy(bytes, from.ptr, len);
	else
		memset(bytes, 0, len);
}

int
store_walk_end(const struct store_walk *w)
{
	if (w->bad)
		return -1;
	return (w->out != NULL ? w->out->failed : w->in.len != 0) ? -1 : 0;
}
