/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/s3_page.h"

#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/time_text.h"
#include "common/uri_text.h"
#include "correlator/aws/aws_xml.h"

#define TEXT_MAX  (16 * 1024 * 1024)
#define TOKEN_MAX 4096
#define ROWS_MAX  100000 /* S3 gives a thousand */
#define ROOT      "ListBucketResult/"

/* While it is read: the row that is not complete yet. */
struct reading {
	struct s3_page *page;
	struct s3_row row;
	bool has_key;
};

void
s3_page_init(struct s3_page *p)
{
	*p = (struct s3_page){0};
	buf_init(&p->text, TEXT_MAX);
	buf_init(&p->raw, TEXT_MAX);
	buf_init(&p->token, TOKEN_MAX);
}

void
s3_page_clear(struct s3_page *p)
{
	buf_clear(&p->text);
	buf_clear(&p->raw);
	buf_clear(&p->token);
	free(p->rows);
	s3_page_init(p);
}

static int
refuse(struct s3_page *p, const char *why)
{
	p->why = why;
	return -2;
}

static bool
parse_size(struct span text, uint64_t *size)
{
	int64_t n;

	if (!span_number(text, SPAN_NUMBER_DIGITS, &n))
		return false;
	*size = (uint64_t)n;
	return true;
}

/* Keys are decoded behind the end of the page, where it says at last whether they are encoded. */
static int
keep_key(struct reading *r, struct span text, bool is_prefix)
{
	r->row.key = r->page->raw.len;
	r->row.key_len = text.len;
	r->row.is_prefix = is_prefix;
	r->has_key = true;
	buf_put_span(&r->page->raw, text);
	return r->page->raw.failed ? -1 : 0;
}

/* An entity tag goes into a header later: what could break out of it is left out. */
static int
keep_etag(struct reading *r, struct span text)
{
	struct buf *out = &r->page->text;

	if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"')
		text = span_head(span_from(text, 1), text.len - 2);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f || text.ptr[i] == '"')
			return 0;
	r->row.etag = out->len;
	r->row.etag_len = text.len;
	buf_put_span(out, text);
	buf_putc(out, '\0');
	return out->failed ? -1 : 0;
}

static int
end_row(struct reading *r)
{
	struct s3_page *p = r->page;

	if (!r->has_key || !(r->row.is_prefix || r->row.has_size))
		return refuse(p, "an object of it has no key or no size");
	if (p->count == ROWS_MAX)
		return refuse(p, "it is longer than any page");
	if (!array_grow((void **)&p->rows, p->count, &p->cap, sizeof(*p->rows)))
		return -1;
	p->rows[p->count++] = r->row;
	r->row = (struct s3_row){0};
	r->has_key = false;
	return 0;
}

static int
take_object(struct reading *r, const char *name, struct span text)
{
	if (strcmp(name, "Key") == 0)
		return keep_key(r, text, false);
	if (strcmp(name, "Size") == 0)
		r->row.has_size = parse_size(text, &r->row.size);
	else if (strcmp(name, "LastModified") == 0)
		(void)time_parse(text, &r->row.changed_us);
	else if (strcmp(name, "ETag") == 0)
		return keep_etag(r, text);
	return 0;
}

static int
take_element(void *ctx, const char *path, struct span text)
{
	static const char contents[] = "Contents/";
	struct reading *r = ctx;
	const char *name;

	if (strcmp(path, "ListBucketResult") == 0)
		return 0;
	if (strncmp(path, ROOT, strlen(ROOT)) != 0)
		return refuse(r->page, "it is no listing");
	name = path + strlen(ROOT);
	if (strncmp(name, contents, strlen(contents)) == 0)
		return take_object(r, name + strlen(contents), text);
	if (strcmp(name, "Contents") == 0 || strcmp(name, "CommonPrefixes") == 0)
		return end_row(r);
	if (strcmp(name, "CommonPrefixes/Prefix") == 0)
		return keep_key(r, text, true);
	if (strcmp(name, "IsTruncated") == 0)
		r->page->truncated = span_is(text, "true");
	else if (strcmp(name, "EncodingType") == 0)
		r->page->is_encoded = span_is(text, "url");
	else if (strcmp(name, "NextContinuationToken") == 0)
		buf_put_span(&r->page->token, text);
	return r->page->token.failed ? refuse(r->page, "its token is too long") : 0;
}

static int
decode_keys(struct s3_page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct s3_row *row = &p->rows[i];
		struct span raw = span_head(span_from(buf_span(&p->raw), row->key), row->key_len);

		row->key = p->text.len;
		if (p->is_encoded)
			uri_text_decode(&p->text, raw, true);
		else
			buf_put_span(&p->text, raw);
		row->key_len = p->text.len - row->key;
		buf_putc(&p->text, '\0');
		if (p->text.failed)
			return -1;
		if (row->key_len == 0 || memchr(p->text.ptr + row->key, '\0', row->key_len) != NULL)
			return refuse(p, "a key of it is empty or has a NUL in it");
	}
	return 0;
}

static int
compare_keys(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int r = memcmp(a.ptr, b.ptr, n);

	return r != 0 ? r : (a.len > b.len) - (a.len < b.len);
}

/* Objects and prefixes stand apart, each in order. */
static bool
is_in_order(const struct s3_page *p)
{
	const struct s3_row *before[2] = {NULL, NULL};

	for (size_t i = 0; i < p->count; i++) {
		const struct s3_row *row = &p->rows[i], **b = &before[row->is_prefix];

		if (*b != NULL && compare_keys(s3_page_key(p, *b), s3_page_key(p, row)) >= 0)
			return false;
		*b = row;
	}
	return true;
}

static int
compare_rows(const void *a, const void *b, void *ctx)
{
	return compare_keys(s3_page_key(ctx, a), s3_page_key(ctx, b));
}

int
s3_page_read(struct s3_page *p, struct span xml)
{
	struct reading reading = {.page = p};
	int r = aws_xml_read(xml, take_element, &reading);

	if (r == -2 && p->why == NULL)
		return refuse(p, "it is not XML");
	if (r == 0)
		r = decode_keys(p);
	if (r != 0)
		return r;
	if (!is_in_order(p))
		return refuse(p, "its keys are not in order");
	if (p->count != 0)
		qsort_r(p->rows, p->count, sizeof(*p->rows), compare_rows, p);
	if (p->truncated && p->token.len == 0)
		return refuse(p, "it says that there is more, but not how to ask for it");
	return 0;
}
