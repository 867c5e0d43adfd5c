/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/object_fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "correlator/input/temporary_file.h"

#define URI_START "s3://"
#define ERROR_MAX ((size_t)8 << 10)
/* What a server says of an error is read too, however small the object is. */
#define ANSWER_MIN ((size_t)64 << 10)
/* A body that is shorter than the server said that it is, without an error of the connection. */
#define SHORT_MAX 3

/* A request for the object, or for a range of it. */
struct object_part {
	struct object_fetch *fetch;
	struct s3_get get;
	uint64_t from, len;
	int short_count;
	bool busy, ended;
};

static bool
is_whole(const struct object_fetch *f)
{
	return f->file->size <= OBJECT_WHOLE_MAX;
}

size_t
object_fetch_weight(const struct input_file *file)
{
	if (file->size <= OBJECT_WHOLE_MAX)
		return (size_t)file->size;
	return (size_t)OBJECT_PART * OBJECT_PARTS;
}

static void
fail(struct object_fetch *f, const char *why)
{
	if (f->failed)
		return;
	f->failed = true;
	buf_reset(&f->error);
	buf_puts(&f->error, why != NULL ? why : "cannot be fetched");
}

static void
fail_memory(struct object_fetch *f)
{
	f->without_memory = true;
	fail(f, "out of memory");
}

struct object_fetch *
object_fetch_new(const struct input_file *file, struct aws_client *client)
{
	struct object_fetch *f = calloc(1, sizeof(*f));
	const char *bucket = file->path + sizeof(URI_START) - 1;

	if (f == NULL)
		return NULL;
	f->file = file;
	f->client = client;
	f->bytes = (struct document_bytes){.fd = -1, .changed_us = file->changed_us};
	f->weight = object_fetch_weight(file);
	f->part_count = is_whole(f) ? 1 : OBJECT_PARTS;
	buf_init(&f->error, ERROR_MAX);
	f->bucket = strndup(bucket, strcspn(bucket, "/"));
	f->parts = calloc(f->part_count, sizeof(*f->parts));
	if (f->bucket == NULL || f->parts == NULL) {
		free(f->bucket);
		free(f->parts);
		free(f);
		return NULL;
	}
	return f;
}

static void
part_clear(struct object_part *p)
{
	if (p->busy && !p->ended)
		aws_client_cancel(p->fetch->client, &p->get.request);
	if (p->busy)
		s3_get_clear(&p->get);
	p->busy = p->ended = false;
}

/* Lets go of everything but what came. */
static void
clear_parts(struct object_fetch *f)
{
	for (size_t i = 0; f->parts != NULL && i < f->part_count; i++)
		part_clear(&f->parts[i]);
	free(f->parts);
	f->parts = NULL;
	free(f->bucket);
	f->bucket = NULL;
}

void
object_fetch_free(struct object_fetch *f)
{
	if (f == NULL)
		return;
	clear_parts(f);
	buf_clear(&f->error);
	free(f->bytes.data);
	if (f->bytes.fd >= 0)
		(void)close(f->bytes.fd);
	free(f);
}

static void
on_done(struct aws_request *request)
{
	struct object_part *p = request->ctx;

	p->ended = true;
}

static const char *
key_of(const struct object_fetch *f)
{
	return f->file->path + sizeof(URI_START) - 1 + strlen(f->bucket) + 1;
}

static void
part_start(struct object_part *p)
{
	struct object_fetch *f = p->fetch;
	size_t body_max = p->len > ANSWER_MIN ? (size_t)p->len : ANSWER_MIN;

	p->busy = true;
	p->ended = false;
	s3_get_init(&p->get);
	if (s3_get_prepare(&p->get, f->bucket, key_of(f), p->from, is_whole(f) ? 0 : p->len,
		f->file->tag, body_max) != 0) {
		p->ended = true;
		fail_memory(f);
		return;
	}
	p->get.request.done = on_done;
	p->get.request.ctx = p;
	if (aws_client_start(f->client, &p->get.request) == 0)
		return;
	p->ended = true;
	fail_memory(f);
}

/* The next range that nobody has been asked for. */
static void
part_start_next(struct object_part *p)
{
	struct object_fetch *f = p->fetch;
	uint64_t left = f->file->size - f->asked;

	p->from = f->asked;
	p->len = left < OBJECT_PART || is_whole(f) ? left : OBJECT_PART;
	p->short_count = 0;
	f->asked += p->len;
	part_start(p);
}

static bool
write_at(int fd, struct span bytes, uint64_t at)
{
	while (bytes.len != 0) {
		ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
		at += (size_t)n;
	}
	return true;
}

static void
fail_disk(struct object_fetch *f)
{
	char why[256];

	(void)snprintf(
	    why, sizeof(why), "no room for it in %s: %s", temporary_file_place(), strerror(errno));
	fail(f, why);
}

/* The whole object stays where libcurl's bytes were gathered. */
static void
keep_body(struct object_fetch *f, struct buf *body)
{
	char *shrunk = body->len != 0 ? realloc(body->ptr, body->len) : NULL;

	f->bytes.data = shrunk != NULL ? shrunk : body->ptr;
	f->bytes.len = body->len;
	body->ptr = NULL;
	body->len = body->cap = 0;
}

static void
part_take(struct object_part *p)
{
	struct object_fetch *f = p->fetch;
	struct aws_request *r = &p->get.request;
	struct span part = s3_get_part(&p->get);

	if (!r->ok) {
		if (r->status == 412)
			fail(f, "has changed since it was listed");
		else
			fail(f, buf_cstr(&r->error));
	} else if (is_whole(f)) {
		keep_body(f, &r->http.text);
	} else if (!write_at(f->bytes.fd, part, p->from)) {
		fail_disk(f);
	} else {
		f->bytes.len += part.len;
	}
}

static bool
is_short(const struct object_part *p)
{
	return p->get.request.ok && s3_get_part(&p->get).len != p->len;
}

/* What has ended of the part, and what it does next. True when it does nothing any more. */
static bool
part_go_on(struct object_part *p)
{
	struct object_fetch *f = p->fetch;

	if (p->busy && !p->ended)
		return false;
	if (p->busy && is_short(p) && !f->failed) {
		part_clear(p);
		if (++p->short_count < SHORT_MAX) {
			part_start(p);
			return false;
		}
		fail(f, "other bytes came than were listed, time and again");
	} else if (p->busy) {
		if (!f->failed)
			part_take(p);
		part_clear(p);
	}
	if (f->failed || f->asked == f->file->size)
		return true;
	part_start_next(p);
	return false;
}

static void
begin(struct object_fetch *f)
{
	for (size_t i = 0; i < f->part_count; i++)
		f->parts[i].fetch = f;
	if (f->file->size > OBJECT_MAX)
		fail(f, "is larger than 64 GiB: copy it to a disk and read it there");
	else if (!is_whole(f) && (f->bytes.fd = temporary_file_open()) < 0)
		fail_disk(f);
}

bool
object_fetch_go_on(struct object_fetch *f)
{
	bool over = true;

	if (f->parts == NULL)
		return true;
	if (f->parts[0].fetch == NULL)
		begin(f);
	for (size_t i = 0; i < f->part_count; i++)
		over = part_go_on(&f->parts[i]) && over;
	/* a part may have failed behind one that was still busy */
	if (!over && !f->failed)
		return false;
	clear_parts(f);
	if (f->failed) {
		free(f->bytes.data);
		f->bytes.data = NULL;
	}
	if (f->failed || !is_whole(f))
		f->weight = 0;
	return true;
}
