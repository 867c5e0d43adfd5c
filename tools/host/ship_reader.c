/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/ship_reader.h"

#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#define FETCH ((size_t)256 * 1024)

static int
prepare_fd(struct ship_reader *r, int fd, const struct ship_file *f, off_t from)
{
	struct stat st;

	if (f->as.compressed) {
		r->left = -1;
		if (span_ends(span_of(f->name), ".gz"))
			return 0;
		errno = EMEDIUMTYPE;
		return -1;
	}
	if (fstat(fd, &st) != 0 || fdatasync(fd) != 0)
		return -1;
	r->left = st.st_size > from ? st.st_size - from : 0;
	return 0;
}

int
ship_reader_open(
    struct ship_reader *r, const struct ship_files *l, const struct ship_file *f, off_t from)
{
	int fd = ship_file_open(l, f), error;

	*r = (struct ship_reader){.begin = from, .end = from, .is_final = f->is_final};
	buf_init(&r->data, SHIP_LINE_MAX + 2 * FETCH);
	if (fd < 0)
		return -1;
	if (prepare_fd(r, fd, f, from) == 0) {
		r->gz = gzdopen(fd, "rb");
		if (r->gz == NULL)
			errno = ENOMEM;
	}
	if (r->gz == NULL) {
		error = errno;
		(void)close(fd);
		errno = error;
		return -1;
	}
	if (gzbuffer(r->gz, FETCH) == 0 && gzseek(r->gz, from, SEEK_SET) == from)
		return 0;
	ship_reader_close(r);
	errno = EBADMSG;
	return -1;
}

void
ship_reader_close(struct ship_reader *r)
{
	if (r->gz != NULL)
		(void)gzclose_r(r->gz);
	r->gz = NULL;
	buf_clear(&r->data);
}

/* What was read makes room for what is to come. */
static bool
make_room(struct ship_reader *r)
{
	if (r->at != 0) {
		memmove(r->data.ptr, r->data.ptr + r->at, r->data.len - r->at);
		buf_truncate(&r->data, r->data.len - r->at);
		r->at = 0;
	}
	return buf_reserve(&r->data, FETCH);
}

/* SHIP_READ_LINE: something more was fetched. */
static enum ship_read
fetch(struct ship_reader *r)
{
	size_t want = r->left >= 0 && (size_t)r->left < FETCH ? (size_t)r->left : FETCH;
	int n, error = Z_OK;

	if (want == 0)
		return SHIP_READ_END;
	if (!make_room(r))
		return SHIP_READ_MEMORY;
	n = gzread(r->gz, r->data.ptr + r->data.len, (unsigned)want);
	if (n > 0) {
		r->data.len += (size_t)n;
		r->left -= r->left >= 0 ? n : 0;
		return SHIP_READ_LINE;
	}
	(void)gzerror(r->gz, &error);
	return n == 0 && error == Z_OK ? SHIP_READ_END : SHIP_READ_DAMAGED;
}

static void
take_line(struct ship_reader *r, size_t len, size_t ending, struct span *line)
{
	*line = (struct span){r->data.ptr + r->at, len};
	r->at += len + ending;
	r->begin = r->end;
	r->end += (off_t)(len + ending);
}

enum ship_read
ship_reader_next(struct ship_reader *r, struct span *line)
{
	size_t seen = 0;

	for (;;) {
		size_t have = r->data.len - r->at;
		const char *lf =
		    have > seen ? memchr(r->data.ptr + r->at + seen, '\n', have - seen) : NULL;
		enum ship_read more;

		if (lf != NULL) {
			take_line(r, (size_t)(lf - (r->data.ptr + r->at)), 1, line);
			return SHIP_READ_LINE;
		}
		if (have > SHIP_LINE_MAX)
			return SHIP_READ_LONG;
		seen = have;
		more = fetch(r);
		if (more == SHIP_READ_END && r->is_final && have != 0) {
			take_line(r, have, 0, line);
			return SHIP_READ_LINE;
		}
		if (more != SHIP_READ_LINE)
			return more;
	}
}

void
ship_reader_unread(struct ship_reader *r)
{
	r->at -= (size_t)(r->end - r->begin);
	r->end = r->begin;
}
