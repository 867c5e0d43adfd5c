/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/s3.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"

#define SCHEME         "s3://"
#define BUCKET_MIN     3
#define BUCKET_MAX     63
#define KEY_MAX        4096
#define RANGE_MAX      64
#define ETAG_MAX       256
#define METADATA_MAX   32
#define MD5_LEN        16
#define NAME_MAX_BYTES 256
#define OWN_HEADERS    2
#define HEADER_NAME    "x-amz-meta-"

/* URIs
 * --------------------------------------------------------------------------------------------- */

static bool
is_bucket_end(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_bucket(struct span name)
{
	if (name.len < BUCKET_MIN || name.len > BUCKET_MAX || !is_bucket_end(name.ptr[0]) ||
	    !is_bucket_end(name.ptr[name.len - 1]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_bucket_end(name.ptr[i]) && name.ptr[i] != '.' && name.ptr[i] != '-')
			return false;
	return true;
}

int
s3_uri_parse(const char *text, struct s3_uri *uri)
{
	struct span rest = span_of(text), bucket;

	*uri = (struct s3_uri){NULL, NULL};
	if (!span_starts(rest, SCHEME))
		return -2;
	rest = span_from(rest, strlen(SCHEME));
	(void)span_cut(&rest, '/', &bucket);
	if (!is_bucket(bucket))
		return -2;
	uri->bucket = strndup(bucket.ptr, bucket.len);
	uri->key = strdup(rest.ptr != NULL ? rest.ptr : "");
	if (uri->bucket != NULL && uri->key != NULL)
		return 0;
	s3_uri_clear(uri);
	return -1;
}

void
s3_uri_clear(struct s3_uri *uri)
{
	free(uri->bucket);
	free(uri->key);
	*uri = (struct s3_uri){NULL, NULL};
}

/* Getting
 * ------------------------------------------------------------------------------------------ */

void
s3_get_init(struct s3_get *g)
{
	*g = (struct s3_get){0};
	aws_request_init(&g->request);
	buf_init(&g->path, KEY_MAX);
	buf_init(&g->range, RANGE_MAX);
	buf_init(&g->match, ETAG_MAX);
	buf_init(&g->arn, KEY_MAX + BUCKET_MAX * 2);
}

void
s3_get_clear(struct s3_get *g)
{
	aws_request_clear(&g->request);
	buf_clear(&g->path);
	buf_clear(&g->range);
	buf_clear(&g->match);
	buf_clear(&g->arn);
}

/* What all requests for one object have in common. */
static int
set_object(
    struct aws_request *r, const char *bucket, const char *key, struct buf *path, struct buf *arn)
{
	buf_reset(path);
	buf_putc(path, '/');
	buf_puts(path, key);
	buf_reset(arn);
	buf_printf(arn, "arn:aws:s3:::%s/%s", bucket, key);
	r->service = AWS_S3;
	r->bucket = bucket;
	r->path = buf_cstr(path);
	r->resource = buf_cstr(arn);
	return r->path != NULL && r->resource != NULL ? 0 : -1;
}

static int
add_range(struct s3_get *g)
{
	struct aws_request *r = &g->request;

	if (g->from == 0 && g->len == 0)
		return 0;
	buf_reset(&g->range);
	buf_printf(&g->range, "bytes=%llu-", (unsigned long long)g->from);
	if (g->len != 0)
		buf_put_u64(&g->range, g->from + g->len - 1);
	g->headers[r->header_count++] = (struct sigv4_pair){SPAN("range"), buf_span(&g->range)};
	return g->range.failed ? -1 : 0;
}

static int
add_match(struct s3_get *g, const char *etag)
{
	struct aws_request *r = &g->request;

	if (etag == NULL || etag[0] == '\0')
		return 0;
	buf_reset(&g->match);
	buf_printf(&g->match, "\"%s\"", etag);
	g->headers[r->header_count++] = (struct sigv4_pair){SPAN("if-match"), buf_span(&g->match)};
	return g->match.failed ? -1 : 0;
}

int
s3_get_prepare(struct s3_get *g, const char *bucket, const char *key, uint64_t from, uint64_t len,
    const char *etag, size_t body_max)
{
	struct aws_request *r = &g->request;

	g->from = from;
	g->len = len;
	r->operation = "GetObject";
	r->method = "GET";
	r->action = "s3:GetObject";
	r->headers = g->headers;
	r->header_count = 0;
	r->body_max = body_max;
	return set_object(r, bucket, key, &g->path, &g->arn) == 0 && add_range(g) == 0 &&
		add_match(g, etag) == 0
	    ? 0
	    : -1;
}

/* "bytes 0-1023/4096" */
static bool
begins_at(struct span content_range, uint64_t from)
{
	char expected[RANGE_MAX];

	(void)snprintf(expected, sizeof(expected), "bytes %llu-", (unsigned long long)from);
	return span_starts(content_range, expected);
}

struct span
s3_get_part(const struct s3_get *g)
{
	const struct aws_request *r = &g->request;
	struct span text = buf_span(&r->http.text);

	if (!r->ok)
		return SPAN_NONE;
	if (r->status == 206) {
		if (!begins_at(aws_http_header(&r->http, "content-range"), g->from))
			return SPAN_NONE;
	} else {
		text = span_from(text, g->from < text.len ? (size_t)g->from : text.len);
	}
	return g->len != 0 && g->len < text.len ? span_head(text, (size_t)g->len) : text;
}

/* Putting
 * ------------------------------------------------------------------------------------------ */

struct put {
	struct aws_request request;
	struct buf path, arn, names, md5;
	struct sigv4_pair headers[METADATA_MAX + OWN_HEADERS];
};

static void
put_init(struct put *p)
{
	*p = (struct put){0};
	aws_request_init(&p->request);
	buf_init(&p->path, KEY_MAX);
	buf_init(&p->arn, KEY_MAX + BUCKET_MAX * 2);
	buf_init(&p->names, METADATA_MAX * NAME_MAX_BYTES);
	buf_init(&p->md5, MD5_LEN * 2);
	p->request.headers = p->headers;
}

static void
put_clear(struct put *p)
{
	aws_request_clear(&p->request);
	buf_clear(&p->path);
	buf_clear(&p->arn);
	buf_clear(&p->names);
	buf_clear(&p->md5);
}

static void
add_put_header(struct put *p, struct span name, struct span value)
{
	p->headers[p->request.header_count++] = (struct sigv4_pair){name, value};
}

/* The names' room is reserved for all, so that what was put does not move. */
static int
add_metadata(struct put *p, const struct sigv4_pair *metadata, size_t count)
{
	size_t room = 0, at;

	if (count > METADATA_MAX)
		return -1;
	for (size_t i = 0; i < count; i++)
		room += strlen(HEADER_NAME) + metadata[i].name.len;
	if (!buf_reserve(&p->names, room))
		return -1;
	for (size_t i = 0; i < count; i++) {
		at = p->names.len;
		buf_puts(&p->names, HEADER_NAME);
		buf_put_span(&p->names, metadata[i].name);
		add_put_header(p, span_from(buf_span(&p->names), at), metadata[i].value);
	}
	return p->names.failed ? -1 : 0;
}

/* Where libcrypto has no MD5 (FIPS), the body's SHA-256 is still signed. */
static int
add_md5(struct put *p, struct span body)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	if (EVP_Digest(body.len != 0 ? body.ptr : "", body.len, digest, &len, EVP_md5(), NULL) !=
		1 ||
	    len != MD5_LEN)
		return 0;
	base64_encode(digest, len, true, &p->md5);
	add_put_header(p, SPAN("content-md5"), buf_span(&p->md5));
	return p->md5.failed ? -1 : 0;
}

enum s3_put_result
s3_put_new(struct aws_client *c, const char *bucket, const char *key, struct span body,
    const struct sigv4_pair *metadata, size_t metadata_count, struct buf *error)
{
	enum s3_put_result result = S3_PUT_FAILED;
	struct put p;

	put_init(&p);
	p.request.operation = "PutObject";
	p.request.method = "PUT";
	p.request.action = "s3:PutObject";
	p.request.body = body;
	add_put_header(&p, SPAN("if-none-match"), SPAN("*"));
	if (set_object(&p.request, bucket, key, &p.path, &p.arn) != 0 || add_md5(&p, body) != 0 ||
	    add_metadata(&p, metadata, metadata_count) != 0) {
		buf_puts(error, "s3 PutObject: the request is too long, or no memory");
		goto out;
	}
	if (aws_client_do(c, &p.request) == 0)
		result = S3_PUT_DONE;
	else if (p.request.status == 412)
		result = S3_PUT_EXISTS;
	else
		buf_put_span(error, buf_span(&p.request.error));
out:
	put_clear(&p);
	return result;
}

/* Asking for its head ------------------------------------------------------------------------- */

static bool
read_length(const struct aws_http_call *http, uint64_t *size)
{
	int64_t n;

	if (!span_number(aws_http_header(http, "content-length"), SPAN_NUMBER_DIGITS, &n))
		return false;
	*size = (uint64_t)n;
	return true;
}

static int
take_head(const struct aws_request *r, uint64_t *size, const char *metadata_name, struct buf *value,
    struct buf *error)
{
	struct buf name;
	int result = -1;

	buf_init(&name, NAME_MAX_BYTES);
	if (metadata_name != NULL) {
		buf_reset(value);
		buf_puts(&name, HEADER_NAME);
		buf_puts(&name, metadata_name);
		if (buf_cstr(&name) != NULL)
			buf_put_span(value, aws_http_header(&r->http, buf_cstr(&name)));
	}
	if (name.failed || (metadata_name != NULL && value->failed))
		buf_puts(error, "s3 HeadObject: the metadata is too long, or no memory");
	else if (!read_length(&r->http, size))
		buf_puts(error, "s3 HeadObject: the answer does not say how long the object is");
	else
		result = 0;
	buf_clear(&name);
	return result;
}

int
s3_head(struct aws_client *c, const char *bucket, const char *key, uint64_t *size,
    const char *metadata_name, struct buf *value, struct buf *error)
{
	struct put p;
	int result = -1;

	put_init(&p);
	p.request.operation = "HeadObject";
	p.request.method = "HEAD";
	p.request.action = "s3:GetObject";
	if (set_object(&p.request, bucket, key, &p.path, &p.arn) != 0)
		buf_puts(error, "s3 HeadObject: the key is too long, or no memory");
	else if (aws_client_do(c, &p.request) == 0)
		result = take_head(&p.request, size, metadata_name, value, error);
	else if (p.request.status == 404)
		result = 1;
	else
		buf_put_span(error, buf_span(&p.request.error));
	put_clear(&p);
	return result;
}
