/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
files_make_parents(const char *path)
{
	char *copy = strdup(path);
	char *slash;
	int r = -1;

	if (copy == NULL)
		return -1;
	slash = strrchr(copy, '/');
	if (slash == NULL || slash == copy) {
		r = 0;
		goto out;
	}
	*slash = '\0';
	if (mkdir(copy, 0755) == 0 || errno == EEXIST)
		r = 0;
	else if (errno == ENOENT && files_make_parents(copy) == 0 && mkdir(copy, 0755) == 0)
		r = 0;
out:
	free(copy);
	return r;
}

int
files_make_directory(const char *path)
{
	if (files_make_parents(path) != 0)
		return -1;
	return mkdir(path, 0755);
}

int
files_append(const char *path, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;
	int r = -1;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	for (; len != 0; at += n, len -= (size_t)n) {
		n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			goto out;
	}
	r = 0;
out:
	if (close(fd) != 0)
		r = -1;
	return r;
}
