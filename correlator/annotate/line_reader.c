/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/annotate/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 * 1024)

void
line_reader_init(struct line_reader *r, int fd)
{
	*r = (struct line_reader){.fd = fd};
	buf_init(&r->buf, LINE_READER_MAX + 2 * READ_SIZE);
}

void
line_reader_clear(struct line_reader *r)
{
	buf_clear(&r->buf);
}

/* The LF of the line at r->at; NULL when it is not there yet. */
static const char *
find_lf(const struct line_reader *r)
{
	if (r->scanned == r->buf.len)
		return NULL;
	return memchr(r->buf.ptr + r->scanned, '\n', r->buf.len - r->scanned);
}

/* Moves what is left to the front and reads on. */
static void
read_more(struct line_reader *r)
{
	size_t left = r->buf.len - r->at;
	ssize_t n;

	if (r->at != 0 && left != 0)
		memmove(r->buf.ptr, r->buf.ptr + r->at, left);
	buf_truncate(&r->buf, left);
	r->at = 0;
	r->scanned = left;
	if (!buf_reserve(&r->buf, READ_SIZE)) {
		r->error = ENOMEM;
		r->ended = true;
		return;
	}
	do
		n = read(r->fd, r->buf.ptr + r->buf.len, READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN) {
		struct pollfd wait = {.fd = r->fd, .events = POLLIN};

		(void)poll(&wait, 1, -1);
		return;
	}
	if (n < 0)
		r->error = errno;
	if (n <= 0)
		r->ended = true;
	else
		r->buf.len += (size_t)n;
}

static enum line_part
give(struct line_reader *r, size_t len, bool has_lf, enum line_part part, struct span *text)
{
	*text = (struct span){r->buf.ptr + r->at, len};
	r->at += len + has_lf;
	r->scanned = r->at;
	r->in_long = part == LINE_BEGIN || part == LINE_MORE;
	return part;
}

enum line_part
line_reader_next(struct line_reader *r, struct span *text, bool *has_lf)
{
	for (;;) {
		const char *lf = find_lf(r);
		size_t left = r->buf.len - r->at;

		*has_lf = lf != NULL;
		if (lf != NULL && (size_t)(lf - (r->buf.ptr + r->at)) <= LINE_READER_MAX)
			return give(r, (size_t)(lf - (r->buf.ptr + r->at)), true,
			    r->in_long ? LINE_REST : LINE_WHOLE, text);
		*has_lf = false;
		if (left > LINE_READER_MAX)
			return give(
			    r, LINE_READER_MAX, false, r->in_long ? LINE_MORE : LINE_BEGIN, text);
		if (r->ended && left != 0)
			return give(r, left, false, r->in_long ? LINE_REST : LINE_WHOLE, text);
		if (r->ended)
			return LINE_END;
		r->scanned = r->buf.len;
		read_more(r);
	}
}

bool
line_reader_waits(const struct line_reader *r)
{
	struct pollfd ready = {.fd = r->fd, .events = POLLIN};

	if (r->ended || find_lf(r) != NULL || r->buf.len - r->at > LINE_READER_MAX)
		return false;
	return poll(&ready, 1, 0) == 0;
}
