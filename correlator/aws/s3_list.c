/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/s3_list.h"

#include <string.h>

#include "common/safe_text.h"
#include "correlator/aws/s3_page.h"

#define PAGE_MAX        (8 * 1024 * 1024)
#define ERROR_MAX       4096
#define KEY_MAX         (16 * 1024)
#define TOKEN_MAX       4096
#define EMPTY_PAGES_MAX 1000 /* one after the other */
#define MORE            1    /* there is another page */
#define STOPPED         2    /* found wants no more */

void
s3_list_init(struct s3_list *l)
{
	*l = (struct s3_list){.prefix = ""};
	buf_init(&l->error, ERROR_MAX);
	buf_init(&l->token, TOKEN_MAX);
	buf_init(&l->last, KEY_MAX);
	buf_init(&l->arn, KEY_MAX);
	aws_request_init(&l->request);
}

void
s3_list_clear(struct s3_list *l)
{
	s3_list_cancel(l);
	buf_clear(&l->error);
	buf_clear(&l->token);
	buf_clear(&l->last);
	buf_clear(&l->arn);
	aws_request_clear(&l->request);
}

void
s3_list_cancel(struct s3_list *l)
{
	if (l->client != NULL)
		aws_client_cancel(l->client, &l->request);
}

static void
end_list(struct s3_list *l, int result)
{
	l->result = result;
	if (l->done != NULL)
		l->done(l);
}

static int
refuse(struct s3_list *l, const char *why)
{
	buf_reset(&l->error);
	buf_puts(&l->error, "s3 ListObjectsV2 of bucket ");
	safe_text_put(&l->error, span_of(l->bucket));
	buf_printf(&l->error, ": the server's list cannot be used: %s", why);
	return -1;
}

/* What is found
 * ------------------------------------------------------------------------------------ */

static bool
is_behind(struct span key, struct span before)
{
	size_t n = key.len < before.len ? key.len : before.len;
	int r = memcmp(key.ptr, before.ptr, n);

	return r > 0 || (r == 0 && key.len > before.len);
}

/* A common prefix of the keys behind start_after may itself stand before it. */
static const char *
check_key(const struct s3_list *l, struct span key, bool is_prefix)
{
	struct span after = span_of(l->start_after);

	if (!span_starts(key, l->prefix))
		return "a key of it does not begin as it was asked to";
	if (l->last.len != 0 && !is_behind(key, buf_span(&l->last)))
		return "its keys are not in order";
	if (after.len != 0 && !is_behind(key, after) &&
	    !(is_prefix && span_eq(span_head(after, key.len), key)))
		return "it begins before the key that it was asked to begin behind";
	return NULL;
}

static int
find_rows(struct s3_list *l, const struct s3_page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct s3_row *row = &page->rows[i];
		struct s3_object object = {
		    .key = s3_page_key(page, row),
		    .size = row->size,
		    .changed_us = row->changed_us,
		    .etag = {page->text.ptr + row->etag, row->etag_len},
		};
		const char *why = check_key(l, object.key, row->is_prefix);
		int r;

		if (why != NULL)
			return refuse(l, why);
		buf_reset(&l->last);
		buf_put_span(&l->last, object.key);
		if (l->last.failed)
			return refuse(l, "a key of it is too long");
		l->objects += !row->is_prefix;
		r = l->found(l->ctx, &object, row->is_prefix);
		if (r != 0) {
			l->result = r;
			return STOPPED;
		}
	}
	return 0;
}

/* 0 at the end, MORE, STOPPED, or -1. */
static int
take_page(struct s3_list *l, const struct s3_page *page)
{
	int r = find_rows(l, page);

	if (r != 0 || !page->truncated)
		return r;
	l->empty_pages = page->count == 0 ? l->empty_pages + 1 : 0;
	if (span_eq(buf_span(&page->token), buf_span(&l->token)) ||
	    l->empty_pages > EMPTY_PAGES_MAX)
		return refuse(l, "it goes round in circles");
	buf_reset(&l->token);
	buf_put_span(&l->token, buf_span(&page->token));
	return MORE;
}

static int
read_answer(struct s3_list *l)
{
	struct s3_page page;
	int r;

	s3_page_init(&page);
	r = s3_page_read(&page, buf_span(&l->request.http.text));
	if (r == 0)
		r = take_page(l, &page);
	else
		r = refuse(l, page.why != NULL ? page.why : "no memory");
	s3_page_clear(&page);
	return r;
}

/* Asking
 * ------------------------------------------------------------------------------------------- */

static void
add_query(struct s3_list *l, struct span name, struct span value)
{
	if (value.len != 0)
		l->query[l->request.query_count++] = (struct sigv4_pair){name, value};
}

static int
ask(struct s3_list *l)
{
	l->request.query = l->query;
	l->request.query_count = 0;
	add_query(l, SPAN("list-type"), SPAN("2"));
	add_query(l, SPAN("encoding-type"), SPAN("url"));
	add_query(l, SPAN("prefix"), span_of(l->prefix));
	add_query(l, SPAN("delimiter"), span_of(l->delimiter));
	if (l->token.len != 0)
		add_query(l, SPAN("continuation-token"), buf_span(&l->token));
	else
		add_query(l, SPAN("start-after"), span_of(l->start_after));
	return aws_client_start(l->client, &l->request);
}

static void
answered(struct aws_request *r)
{
	struct s3_list *l = r->ctx;
	int result;

	if (!r->ok) {
		buf_reset(&l->error);
		buf_put_span(&l->error, buf_span(&r->error));
		end_list(l, -1);
		return;
	}
	result = read_answer(l);
	if (result == MORE) {
		if (ask(l) == 0)
			return;
		result = refuse(l, "no memory");
	}
	end_list(l, result == STOPPED ? l->result : result);
}

int
s3_list_start(struct aws_client *c, struct s3_list *l)
{
	struct aws_request *r = &l->request;

	l->client = c;
	l->result = 0;
	l->objects = 0;
	l->empty_pages = 0;
	buf_reset(&l->error);
	buf_reset(&l->token);
	buf_reset(&l->last);
	buf_reset(&l->arn);
	buf_printf(&l->arn, "arn:aws:s3:::%s", l->bucket);
	r->service = AWS_S3;
	r->operation = "ListObjectsV2";
	r->bucket = l->bucket;
	r->method = "GET";
	r->path = "/";
	r->body_max = PAGE_MAX;
	r->action = "s3:ListBucket";
	r->resource = buf_cstr(&l->arn);
	r->done = answered;
	r->ctx = l;
	return ask(l);
}
