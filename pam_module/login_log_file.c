/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/time_text.h"

#define LOCK_PAUSE_MIN_NS 200000L
#define LOCK_PAUSE_MAX_NS 5000000L
#define OPEN_TRIES        16 /* the file may come and go while it is being rotated */

static int64_t
monotonic_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return INT64_MAX / 2; /* later than any deadline */
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* Ours, and nobody else may write it. */
static bool
is_private(const struct stat *st)
{
	return st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static enum login_log_error
open_directory(struct login_log_file *log, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;
	char dir[PATH_MAX];
	struct stat st;

	if (slash == NULL || path[0] != '/' || slash[1] == '\0' || len >= sizeof(dir)) {
		errno = EINVAL;
		return LOGIN_LOG_ERROR_DIRECTORY;
	}
	memcpy(dir, path, len);
	dir[len] = '\0';
	log->name = slash + 1;
	log->dir = open(len != 0 ? dir : "/", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (log->dir < 0 || fstat(log->dir, &st) != 0)
		return LOGIN_LOG_ERROR_DIRECTORY;
	return is_private(&st) ? LOGIN_LOG_OK : LOGIN_LOG_ERROR_DIRECTORY_MODE;
}

static enum login_log_error
check_file(const struct login_log_file *log)
{
	struct stat st;

	if (fstat(log->fd, &st) != 0)
		return LOGIN_LOG_ERROR_OPEN;
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return LOGIN_LOG_ERROR_TYPE;
	return is_private(&st) ? LOGIN_LOG_OK : LOGIN_LOG_ERROR_OWNER;
}

/* Opens the file, or creates it: O_EXCL because what comes in between is looked at like any other.
 */
static enum login_log_error
open_file(struct login_log_file *log)
{
	const int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	for (int tries = 0; tries < OPEN_TRIES; tries++) {
		log->fd = openat(log->dir, log->name, flags);
		if (log->fd >= 0 || errno != ENOENT)
			break;
		log->fd = openat(log->dir, log->name, flags | O_CREAT | O_EXCL, 0600);
		if (log->fd >= 0 || errno != EEXIST)
			break;
	}
	if (log->fd >= 0)
		return check_file(log);
	return errno == ELOOP || errno == EISDIR ? LOGIN_LOG_ERROR_TYPE : LOGIN_LOG_ERROR_OPEN;
}

static void
close_fd(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

/* Never blocks in the kernel: whoever holds the lock may hold it for ever. */
enum login_log_error
login_log_file_lock(int fd, int64_t deadline_us)
{
	struct timespec pause = {.tv_nsec = LOCK_PAUSE_MIN_NS};

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return LOGIN_LOG_ERROR_LOCKED;
		if (monotonic_us() + pause.tv_nsec / 1000 >= deadline_us)
			return LOGIN_LOG_ERROR_LOCKED;
		(void)nanosleep(&pause, NULL);
		if (pause.tv_nsec < LOCK_PAUSE_MAX_NS)
			pause.tv_nsec *= 2;
	}
	return LOGIN_LOG_OK;
}

bool
login_log_file_is_current(struct login_log_file *log)
{
	struct stat file, path;

	if (fstat(log->fd, &file) != 0 ||
	    fstatat(log->dir, log->name, &path, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	log->size = file.st_size;
	return file.st_dev == path.st_dev && file.st_ino == path.st_ino;
}

enum login_log_error
login_log_file_open(struct login_log_file *log, const char *path, int64_t deadline_us)
{
	enum login_log_error error;

	*log = LOGIN_LOG_FILE_NONE;
	error = open_directory(log, path);
	while (error == LOGIN_LOG_OK) {
		error = open_file(log);
		if (error == LOGIN_LOG_OK)
			error = login_log_file_lock(log->fd, deadline_us);
		/* a rotation may have come in between */
		if (error != LOGIN_LOG_OK || login_log_file_is_current(log))
			break;
		close_fd(&log->fd);
		if (monotonic_us() >= deadline_us)
			error = LOGIN_LOG_ERROR_LOCKED;
	}
	return error;
}

void
login_log_file_close(struct login_log_file *log)
{
	close_fd(&log->fd);
	close_fd(&log->dir);
}
