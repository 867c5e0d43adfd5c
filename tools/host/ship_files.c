/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/ship_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/array.h"

#define FILES_MAX 100000

void
ship_files_init(struct ship_files *l)
{
	*l = (struct ship_files){.dir = -1};
}

void
ship_files_clear(struct ship_files *l)
{
	if (l->dir >= 0)
		(void)close(l->dir);
	free(l->rows);
	ship_files_init(l);
}

static int
open_directory(struct ship_files *l, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;
	char dir[PATH_MAX];

	if (slash == NULL || slash[1] == '\0' || len >= sizeof(dir)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(dir, path, len);
	dir[len] = '\0';
	l->log = slash + 1;
	l->dir = open(len != 0 ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return l->dir >= 0 ? 0 : -1;
}

/* 1: it is the log, or was; 0: it is not. -1 with errno. */
static int
read_entry(const struct ship_files *l, const char *name, struct ship_file *f)
{
	struct span rest = span_of(name);
	struct stat st;

	*f = (struct ship_file){.is_log = strcmp(name, l->log) == 0};
	if (!span_starts(rest, l->log) || rest.len > NAME_MAX)
		return 0;
	rest = span_from(rest, strlen(l->log));
	if (!f->is_log && !login_log_rotated_name_read(rest, &f->as))
		return 0;
	if (fstatat(l->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -1; /* renamed just now: found out when it is opened */
	if (!S_ISREG(st.st_mode) && f->is_log) {
		errno = S_ISLNK(st.st_mode) ? ELOOP : EINVAL;
		return -1;
	}
	if (!S_ISREG(st.st_mode))
		return 0;
	memcpy(f->name, name, strlen(name) + 1);
	f->written = st.st_mtim;
	f->device = (uint64_t)st.st_dev;
	f->inode = (uint64_t)st.st_ino;
	f->size = st.st_size;
	return 1;
}

static int
add_entry(struct ship_files *l, const char *name)
{
	struct ship_file f;
	int r = read_entry(l, name, &f);

	if (r <= 0)
		return r;
	if (l->count >= FILES_MAX ||
	    !array_grow((void **)&l->rows, l->count, &l->cap, sizeof(*l->rows))) {
		errno = ENOMEM;
		return -1;
	}
	l->rows[l->count++] = f;
	return 0;
}

static int
compare_times(const struct ship_file *x, const struct ship_file *y)
{
	if (x->written.tv_sec != y->written.tv_sec)
		return x->written.tv_sec < y->written.tv_sec ? -1 : 1;
	return (x->written.tv_nsec > y->written.tv_nsec) -
	    (x->written.tv_nsec < y->written.tv_nsec);
}

/* The oldest first; of two forms of one file the plain one first. */
static int
compare_files(const void *a, const void *b)
{
	const struct ship_file *x = a, *y = b;

	if (x->is_log != y->is_log)
		return x->is_log ? 1 : -1;
	if (x->as.dated != y->as.dated)
		return compare_times(x, y);
	if (!x->as.dated && x->as.number != y->as.number)
		return x->as.number > y->as.number ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The compressed form of a file stands behind the plain one, and has its name and a suffix. */
static bool
is_same_file(const struct ship_file *plain, const struct ship_file *f)
{
	size_t len = strlen(plain->name);

	return !plain->is_log && !plain->as.compressed && f->as.compressed &&
	    strncmp(f->name, plain->name, len) == 0 && f->name[len] == '.';
}

static void
settle(struct ship_files *l)
{
	bool newer = false;
	size_t kept = 0;

	if (l->count != 0)
		qsort(l->rows, l->count, sizeof(*l->rows), compare_files);
	for (size_t i = 0; i < l->count; i++)
		if (kept == 0 || !is_same_file(&l->rows[kept - 1], &l->rows[i]))
			l->rows[kept++] = l->rows[i];
	l->count = kept;
	for (size_t i = kept; i-- > 0;) {
		l->rows[i].is_final = newer || l->rows[i].as.compressed;
		newer = newer || l->rows[i].size != 0;
	}
}

static int
read_directory(struct ship_files *l)
{
	int fd = openat(l->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0, error;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	do {
		errno = 0;
		entry = readdir(dir);
		r = entry != NULL ? add_entry(l, entry->d_name) : errno != 0 ? -1 : 0;
	} while (entry != NULL && r == 0);
	error = errno;
	(void)closedir(dir);
	errno = error;
	return r;
}

int
ship_files_list(struct ship_files *l, const char *path)
{
	if (open_directory(l, path) != 0 || read_directory(l) != 0)
		return -1;
	settle(l);
	return 0;
}

int
ship_file_open(const struct ship_files *l, const struct ship_file *f)
{
	int fd = openat(l->dir, f->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		errno = errno == ENOENT ? ESTALE : errno;
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_dev == f->device &&
	    (uint64_t)st.st_ino == f->inode)
		return fd;
	(void)close(fd);
	errno = ESTALE;
	return -1;
}
