/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/document.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/time_text.h"
#include "correlator/input/document_inflate.h"
#include "correlator/input/temporary_file.h"

#define FIRST_READ ((size_t)64 << 10)
#define COPY_SIZE  ((size_t)64 << 10)
/* Buffers that one large file made are not kept for the small ones behind it. */
#define KEEP_MAX ((size_t)64 << 20)
/* RFC 1952, 2.3: MTIME, the least byte first; 0 is none. */
#define GZIP_MTIME_AT  4
#define GZIP_MTIME_LEN 4
#define NS_PER_US      1000
#define ERROR_MAX      ((size_t)8 << 10)

int
document_init(struct document *d, size_t inflate_max)
{
	*d = (struct document){
	    .inflate_max = inflate_max,
	    .decompressor = libdeflate_alloc_decompressor(),
	    .text = SPAN(""),
	};
	buf_init(&d->error, ERROR_MAX);
	return d->decompressor != NULL ? 0 : -1;
}

static void
drop(char **buffer, size_t *cap)
{
	free(*buffer);
	*buffer = NULL;
	*cap = 0;
}

/* Lets go of the file before. */
static void
unload(struct document *d)
{
	if (d->map != NULL)
		(void)munmap(d->map, d->map_len);
	d->map = NULL;
	d->map_len = 0;
	if (d->raw_cap > KEEP_MAX)
		drop(&d->raw, &d->raw_cap);
	if (d->buffer_cap > KEEP_MAX)
		drop(&d->buffer, &d->buffer_cap);
	d->text = SPAN("");
	d->file_bytes = 0;
	d->was_gzip = false;
	d->rereadable = false;
	d->changed_us = DOCUMENT_CHANGED_UNKNOWN;
}

void
document_clear(struct document *d)
{
	unload(d);
	drop(&d->raw, &d->raw_cap);
	drop(&d->buffer, &d->buffer_cap);
	libdeflate_free_decompressor(d->decompressor);
	d->decompressor = NULL;
	buf_clear(&d->error);
}

const char *
document_error_text(enum document_error error)
{
	switch (error) {
	case DOCUMENT_OK: return "no error";
	case DOCUMENT_ERROR_OPEN: return "cannot be opened";
	case DOCUMENT_ERROR_READ: return "cannot be read";
	case DOCUMENT_ERROR_TRUNCATED: return "the gzip data end early";
	case DOCUMENT_ERROR_CORRUPT: return "the gzip data are damaged";
	case DOCUMENT_ERROR_TOO_BIG: return "inflates to more than is allowed";
	case DOCUMENT_ERROR_MEMORY: return "out of memory";
	case DOCUMENT_ERROR_KIND: return "is no longer a file";
	case DOCUMENT_ERROR_FETCH: return "cannot be fetched";
	}
	return "unknown error";
}

const char *
document_error_say(struct document *d, enum document_error error)
{
	const char *said = error == DOCUMENT_ERROR_FETCH ? buf_cstr(&d->error) : NULL;

	return said != NULL && said[0] != '\0' ? said : document_error_text(error);
}

/* read(2) without EINTR. */
static ssize_t
read_some(int fd, void *into, size_t len)
{
	ssize_t n;

	do
		n = read(fd, into, len);
	while (n < 0 && errno == EINTR);
	return n;
}

static bool
write_all(int fd, const char *from, size_t len)
{
	while (len != 0) {
		ssize_t n = write(fd, from, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		from += n;
		len -= (size_t)n;
	}
	return true;
}

/* What comes out of *fd, in a file of its own that *fd then names. */
static enum document_error
spool(int *fd)
{
	enum document_error error = DOCUMENT_ERROR_READ;
	int copy = temporary_file_open();
	char *chunk = malloc(COPY_SIZE);
	ssize_t n = -1;

	if (chunk == NULL)
		error = DOCUMENT_ERROR_MEMORY;
	if (copy < 0 || chunk == NULL)
		goto out;
	while ((n = read_some(*fd, chunk, COPY_SIZE)) > 0)
		if (!write_all(copy, chunk, (size_t)n))
			goto out;
	if (n < 0 || lseek(copy, 0, SEEK_SET) != 0)
		goto out;
	(void)close(*fd);
	*fd = copy;
	copy = -1;
	error = DOCUMENT_OK;
out:
	free(chunk);
	if (copy >= 0) {
		int saved = errno;

		(void)close(copy);
		errno = saved;
	}
	return error;
}

static enum document_error
map_file(struct document *d, int fd, size_t size, struct span *file)
{
	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return DOCUMENT_ERROR_READ;
	(void)madvise(map, size, MADV_SEQUENTIAL);
	d->map = map;
	d->map_len = size;
	*file = (struct span){map, size};
	return DOCUMENT_OK;
}

/* Makes room for `want` bytes of the file, and one more to see its end. */
static bool
grow_raw(struct document *d, size_t want)
{
	size_t cap = d->raw_cap != 0 ? d->raw_cap : FIRST_READ;
	char *raw;

	while (cap <= want)
		cap *= 2;
	if (cap == d->raw_cap)
		return true;
	raw = realloc(d->raw, cap);
	if (raw == NULL)
		return false;
	d->raw = raw;
	d->raw_cap = cap;
	return true;
}

/* Reads as much as the file said it has, or to its end when it said nothing (files of /proc): what
 * is appended while we read belongs to the next run. */
static enum document_error
read_file(struct document *d, int fd, size_t size, struct span *file)
{
	size_t limit = size != 0 ? size : DOCUMENT_READ_MAX, len = 0;
	ssize_t n = 1;

	while (len < limit && n > 0) {
		if (!grow_raw(d, len == 0 ? size : len))
			return DOCUMENT_ERROR_MEMORY;
		n = read_some(fd, d->raw + len,
		    limit - len < d->raw_cap - len ? limit - len : d->raw_cap - len);
		if (n < 0)
			return DOCUMENT_ERROR_READ;
		len += (size_t)n;
	}
	if (size == 0 && n > 0)
		return DOCUMENT_ERROR_TOO_BIG;
	*file = (struct span){d->raw, len};
	return DOCUMENT_OK;
}

/* The bytes of the open file. *fd may become another one. */
static enum document_error
take_bytes(struct document *d, int *fd, bool is_stdin, struct span *file)
{
	enum document_error error = DOCUMENT_OK;
	struct stat st;

	if (fstat(*fd, &st) != 0)
		return DOCUMENT_ERROR_READ;
	if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return DOCUMENT_ERROR_READ;
	}
	d->rereadable = S_ISREG(st.st_mode);
	if (d->files_only && !d->rereadable)
		return DOCUMENT_ERROR_KIND;
	if (d->rereadable)
		d->changed_us = st.st_mtim.tv_sec * US_PER_SECOND + st.st_mtim.tv_nsec / NS_PER_US;
	/* standard input may be a file that somebody has read the head of; what is large is mapped,
	 * and must not be cut by others meanwhile */
	if (!d->rereadable || (is_stdin && lseek(*fd, 0, SEEK_CUR) != 0) ||
	    (uint64_t)st.st_size > DOCUMENT_READ_MAX) {
		error = spool(fd);
		if (error != DOCUMENT_OK)
			return error;
		if (fstat(*fd, &st) != 0)
			return DOCUMENT_ERROR_READ;
	}
	if ((uint64_t)st.st_size > DOCUMENT_READ_MAX)
		return map_file(d, *fd, (size_t)st.st_size, file);
	return read_file(d, *fd, (size_t)st.st_size, file);
}

/* The time of change that the file had before it was compressed, if the first header has it. */
static void
note_gzip_time(struct document *d, struct span file)
{
	uint32_t seconds = 0;

	if (file.len < GZIP_MTIME_AT + GZIP_MTIME_LEN)
		return;
	for (size_t i = GZIP_MTIME_LEN; i-- > 0;)
		seconds = seconds << 8 | (unsigned char)file.ptr[GZIP_MTIME_AT + i];
	if (seconds != 0)
		d->changed_us = seconds * US_PER_SECOND;
}

/* The bytes of a file of this machine. */
static enum document_error
open_file(struct document *d, const char *path, struct span *file)
{
	bool is_stdin = strcmp(path, "-") == 0;
	/* a pipe is opened without waiting for who writes to it: it is not to be read */
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (d->files_only ? O_NONBLOCK : 0);
	enum document_error error;
	int fd, saved;

	fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, flags);
	if (fd < 0)
		return DOCUMENT_ERROR_OPEN;
	error = take_bytes(d, &fd, is_stdin, file);
	saved = errno;
	(void)close(fd);
	errno = saved;
	if (error == DOCUMENT_OK && is_stdin) {
		d->rereadable = false;
		d->changed_us = DOCUMENT_CHANGED_UNKNOWN;
	}
	return error;
}

/* The bytes of a file of the source. */
static enum document_error
fetch_file(struct document *d, const char *path, struct span *file)
{
	struct document_bytes bytes = {.fd = -1, .changed_us = DOCUMENT_CHANGED_UNKNOWN};
	enum document_error error = DOCUMENT_OK;
	int r;

	buf_reset(&d->error);
	drop(&d->raw, &d->raw_cap);
	r = d->source->read(d->source->ctx, path, &bytes, &d->error);
	if (r != 0)
		return r == -2 ? DOCUMENT_ERROR_MEMORY : DOCUMENT_ERROR_FETCH;
	d->rereadable = true;
	d->changed_us = bytes.changed_us;
	d->raw = bytes.data;
	d->raw_cap = bytes.data != NULL ? bytes.len : 0;
	if (bytes.data != NULL)
		*file = (struct span){bytes.data, bytes.len};
	if (bytes.fd < 0)
		return DOCUMENT_OK;
	if (bytes.len != 0)
		error = map_file(d, bytes.fd, bytes.len, file);
	(void)close(bytes.fd);
	return error;
}

enum document_error
document_load(struct document *d, const char *path)
{
	enum document_error error;
	struct span file = SPAN("");

	unload(d);
	if (d->source != NULL && d->source->has(d->source->ctx, path))
		error = fetch_file(d, path, &file);
	else
		error = open_file(d, path, &file);
	if (error != DOCUMENT_OK)
		return error;
	d->file_bytes = file.len;
	d->was_gzip = document_is_gzip(file);
	if (d->was_gzip) {
		note_gzip_time(d, file);
		return document_inflate(d, file);
	}
	d->text = file.len != 0 ? file : SPAN("");
	return DOCUMENT_OK;
}

enum document_error
document_load_head(struct document *d, const char *path, size_t head)
{
	enum document_error error;

	d->head = head;
	error = document_load(d, path);
	d->head = 0;
	return error;
}
