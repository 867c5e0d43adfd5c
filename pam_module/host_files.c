/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/host_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor of the regular file at path; -1 when there is none that will do. */
static int
open_regular(const char *path, bool private)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (!private || (st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)))
		return fd;
	(void)close(fd);
	return -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
host_file_line(const char *path, char *text, size_t size)
{
	int fd = open_regular(path, false);
	struct span rest, line = SPAN_NONE;
	ssize_t n;

	if (fd < 0)
		return SPAN_NONE;
	n = read(fd, text, size);
	(void)close(fd);
	if (n < 0)
		return SPAN_NONE;
	rest = (struct span){text, (size_t)n};
	(void)span_cut(&rest, '\n', &line);
	while (line.len != 0 && is_blank(line.ptr[0]))
		line = span_from(line, 1);
	while (line.len != 0 && is_blank(line.ptr[line.len - 1]))
		line.len--;
	return line;
}

bool
host_file_read(const char *path, size_t max, bool private, struct buf *out)
{
	int fd = open_regular(path, private);
	size_t from = out->len;
	ssize_t n = 1;

	if (fd < 0)
		return false;
	while (n > 0 && out->len - from <= max && buf_reserve(out, 4096)) {
		n = read(fd, out->ptr + out->len, 4096);
		if (n > 0)
			out->len += (size_t)n;
	}
	(void)close(fd);
	return n == 0 && out->len - from <= max && !out->failed;
}

bool
host_is_made_of(struct span s, const char *alphabet)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '\0' || strchr(alphabet, s.ptr[i]) == NULL)
			return false;
	return s.len != 0;
}

struct span
host_store(struct buf *storage, struct span s)
{
	size_t from = storage->len;

	buf_put_span(storage, s);
	return storage->failed ? SPAN_NONE : span_from(buf_span(storage), from);
}
