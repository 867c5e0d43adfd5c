/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/sigv4_canonical.h"

#include <stdlib.h>
#include <string.h>

#include "common/uri_text.h"

/* Paths ------------------------------------------------------------------------------------------
 */

void
sigv4_put_path(struct buf *out, struct span path)
{
	if (path.len == 0)
		buf_putc(out, '/');
	uri_text_encode(out, path, true);
}

/* Goes back over the last segment, never over what stands before `start`. */
static void
drop_segment(struct buf *out, size_t start)
{
	while (out->len > start && out->ptr[out->len - 1] != '/')
		buf_truncate(out, out->len - 1);
	if (out->len > start)
		buf_truncate(out, out->len - 1);
}

/* Dots and empty segments go (RFC 3986 section 5.2.4; AWS drops empty segments too). A dot is never
 * encoded, so this can be done behind the first encoding or before it. */
static void
put_normal_path(struct buf *out, struct span path)
{
	const bool closed = span_ends(path, "/");
	struct span rest = path, segment;
	size_t start;

	if (span_starts(path, "/"))
		buf_putc(out, '/');
	start = out->len;
	while (span_cut(&rest, '/', &segment)) {
		if (segment.len == 0 || span_is(segment, "."))
			continue;
		if (span_is(segment, "..")) {
			drop_segment(out, start);
			continue;
		}
		if (out->len > start)
			buf_putc(out, '/');
		buf_put_span(out, segment);
	}
	if (closed && out->len > start)
		buf_putc(out, '/');
}

static int
put_canonical_path(struct buf *out, const struct sigv4_request *q)
{
	struct buf once, normal;
	int r;

	if (q->is_s3) {
		sigv4_put_path(out, q->path);
		return out->failed ? -1 : 0;
	}
	buf_init(&once, SIGV4_TEXT_MAX);
	buf_init(&normal, SIGV4_TEXT_MAX);
	sigv4_put_path(&once, q->path);
	put_normal_path(&normal, buf_span(&once));
	uri_text_encode(out, buf_span(&normal), true);
	r = once.failed || normal.failed || out->failed ? -1 : 0;
	buf_clear(&once);
	buf_clear(&normal);
	return r;
}

/* Sorted pairs -----------------------------------------------------------------------------------
 */

static int
compare_spans(struct span a, struct span b)
{
	const size_t n = a.len < b.len ? a.len : b.len;
	const int order = n != 0 ? memcmp(a.ptr, b.ptr, n) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct sigv4_pair *x = a, *y = b;
	const int order = compare_spans(x->name, y->name);

	return order != 0 ? order : compare_spans(x->value, y->value);
}

/* Names are sorted in the form that is signed, so that is what this makes of the pairs, in *text.
 * Spans into a growing buffer would move: room for all is made first. */
static struct sigv4_pair *
encode_pairs(const struct sigv4_pair *query, size_t count, struct buf *text)
{
	struct sigv4_pair *pairs = calloc(count, sizeof(*pairs));
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		if (query[i].name.len > SIGV4_TEXT_MAX || query[i].value.len > SIGV4_TEXT_MAX)
			len = text->max;
		if (len < text->max)
			len += 3 * (query[i].name.len + query[i].value.len);
	}
	if (pairs == NULL || !buf_reserve(text, len + 1)) {
		free(pairs);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const size_t start = text->len;
		size_t middle;

		uri_text_encode(text, query[i].name, false);
		middle = text->len;
		uri_text_encode(text, query[i].value, false);
		pairs[i].name = (struct span){text->ptr + start, middle - start};
		pairs[i].value = (struct span){text->ptr + middle, text->len - middle};
	}
	return pairs;
}

int
sigv4_put_query(struct buf *out, const struct sigv4_pair *query, size_t count)
{
	struct sigv4_pair *pairs;
	struct buf text;

	if (count == 0)
		return 0;
	buf_init(&text, 4 * SIGV4_TEXT_MAX);
	pairs = encode_pairs(query, count, &text);
	if (pairs == NULL) {
		buf_clear(&text);
		return -1;
	}
	qsort(pairs, count, sizeof(*pairs), compare_pairs);
	for (size_t i = 0; i < count; i++) {
		if (i != 0)
			buf_putc(out, '&');
		buf_put_span(out, pairs[i].name);
		buf_putc(out, '=');
		buf_put_span(out, pairs[i].value);
	}
	free(pairs);
	buf_clear(&text);
	return out->failed ? -1 : 0;
}

/* Headers ----------------------------------------------------------------------------------------
 */

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + ('a' - 'A'));
	return c;
}

static int
compare_names(struct span a, struct span b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		const unsigned char x = (unsigned char)lower(a.ptr[i]);
		const unsigned char y = (unsigned char)lower(b.ptr[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static int
compare_headers(const void *a, const void *b)
{
	const struct sigv4_header *x = a, *y = b;
	const int order = compare_names(x->pair->name, y->pair->name);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

struct sigv4_header *
sigv4_headers_sort(const struct sigv4_request *q)
{
	struct sigv4_header *headers = calloc(q->header_count + 1, sizeof(*headers));

	for (size_t i = 0; headers != NULL && i < q->header_count; i++)
		headers[i] = (struct sigv4_header){&q->headers[i], i};
	if (headers != NULL)
		qsort(headers, q->header_count, sizeof(*headers), compare_headers);
	return headers;
}

/* A name that comes again is one header with several values. */
static bool
is_again(const struct sigv4_header *headers, size_t i)
{
	return i != 0 && compare_names(headers[i - 1].pair->name, headers[i].pair->name) == 0;
}

static void
put_lower(struct buf *out, struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		buf_putc(out, lower(name.ptr[i]));
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without space at its ends, and with one blank for each run of it within. */
static void
put_header_value(struct buf *out, struct span value)
{
	bool space = false, begun = false;

	for (size_t i = 0; i < value.len; i++) {
		if (is_space(value.ptr[i])) {
			space = true;
			continue;
		}
		if (space && begun)
			buf_putc(out, ' ');
		buf_putc(out, value.ptr[i]);
		space = false;
		begun = true;
	}
}

static void
put_headers(struct buf *out, const struct sigv4_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_again(headers, i)) {
			buf_putc(out, ',');
		} else {
			if (i != 0)
				buf_putc(out, '\n');
			put_lower(out, headers[i].pair->name);
			buf_putc(out, ':');
		}
		put_header_value(out, headers[i].pair->value);
	}
	buf_putc(out, '\n');
}

void
sigv4_put_header_names(struct buf *out, const struct sigv4_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_again(headers, i))
			continue;
		if (i != 0)
			buf_putc(out, ';');
		put_lower(out, headers[i].pair->name);
	}
}

/* The whole --------------------------------------------------------------------------------------
 */

/* The header values hold the session token: room for them is made at once, so that no copy of it
 * stays behind where a buffer moved. */
static void
reserve_canonical(struct buf *out, const struct sigv4_request *q)
{
	size_t len = 1024;

	for (size_t i = 0; i < q->header_count && len < out->max; i++) {
		if (q->headers[i].value.len > out->max || q->headers[i].name.len > out->max)
			len = out->max;
		len += 2 * q->headers[i].name.len + q->headers[i].value.len + 4;
	}
	if (q->path.len > out->max)
		len = out->max;
	len += 5 * q->path.len;
	for (size_t i = 0; i < q->query_count && len < out->max; i++)
		len += 3 * (q->query[i].name.len + q->query[i].value.len) + 2;
	(void)buf_reserve(out, len);
}

int
sigv4_put_canonical(
    struct buf *out, const struct sigv4_request *q, const struct sigv4_header *headers)
{
	reserve_canonical(out, q);
	buf_put_span(out, q->method);
	buf_putc(out, '\n');
	if (put_canonical_path(out, q) != 0)
		return -1;
	buf_putc(out, '\n');
	if (sigv4_put_query(out, q->query, q->query_count) != 0)
		return -1;
	buf_putc(out, '\n');
	put_headers(out, headers, q->header_count);
	buf_putc(out, '\n');
	sigv4_put_header_names(out, headers, q->header_count);
	buf_putc(out, '\n');
	buf_put_span(out, q->payload_hash);
	return out->failed ? -1 : 0;
}
