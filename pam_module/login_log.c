/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/time_text.h"
#include "pam_module/login_log_tail.h"

#define LOCK_PAUSE_MIN_NS 200000L
#define LOCK_PAUSE_MAX_NS 5000000L

/* A log that is open and, once `locked`, ours alone. */
struct log {
	int dir, fd;
	const char *name; /* within dir */
	bool created, locked;
	off_t size;
};

const char *
login_log_error_text(enum login_log_error error)
{
	switch (error) {
	case LOGIN_LOG_OK: return "no error";
	case LOGIN_LOG_ERROR_DIRECTORY: return "its directory cannot be opened";
	case LOGIN_LOG_ERROR_DIRECTORY_MODE:
		return "its directory is not ours or may be written by others";
	case LOGIN_LOG_ERROR_OPEN: return "it cannot be opened";
	case LOGIN_LOG_ERROR_TYPE: return "it is not a regular file with one link";
	case LOGIN_LOG_ERROR_OWNER: return "it is not ours or may be written by others";
	case LOGIN_LOG_ERROR_LOCKED: return "its lock was not free in time";
	case LOGIN_LOG_ERROR_READ: return "its last line cannot be read";
	case LOGIN_LOG_ERROR_RECORD: return "the record cannot be put into words";
	case LOGIN_LOG_ERROR_WRITE: return "it cannot be written";
	case LOGIN_LOG_ERROR_SYNC: return "it cannot be made durable";
	case LOGIN_LOG_ERROR_CRYPTO: return "libcrypto failed";
	}
	return "unknown error";
}

bool
login_log_error_has_errno(enum login_log_error error)
{
	return error == LOGIN_LOG_ERROR_DIRECTORY || error == LOGIN_LOG_ERROR_OPEN ||
	    error == LOGIN_LOG_ERROR_READ || error == LOGIN_LOG_ERROR_WRITE ||
	    error == LOGIN_LOG_ERROR_SYNC;
}

static int64_t
monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* Ours, and nobody else may write it. */
static bool
is_private(const struct stat *st)
{
	return st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static enum login_log_error
open_directory(struct log *log, const char *path)
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
check_file(const struct log *log)
{
	struct stat st;

	if (fstat(log->fd, &st) != 0)
		return LOGIN_LOG_ERROR_OPEN;
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return LOGIN_LOG_ERROR_TYPE;
	return is_private(&st) ? LOGIN_LOG_OK : LOGIN_LOG_ERROR_OWNER;
}

/* Opens the file, or creates it: O_EXCL tells which, as the directory must then be synced too. */
static enum login_log_error
open_file(struct log *log)
{
	const int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	for (int tries = 0; tries < 3; tries++) {
		log->fd = openat(log->dir, log->name, flags);
		if (log->fd >= 0 || errno != ENOENT)
			break;
		log->fd = openat(log->dir, log->name, flags | O_CREAT | O_EXCL, 0600);
		if (log->fd >= 0)
			log->created = true;
		if (log->fd >= 0 || errno != EEXIST)
			break;
	}
	if (log->fd >= 0)
		return check_file(log);
	return errno == ELOOP || errno == EISDIR ? LOGIN_LOG_ERROR_TYPE : LOGIN_LOG_ERROR_OPEN;
}

static void
close_file(struct log *log)
{
	if (log->fd >= 0)
		(void)close(log->fd);
	log->fd = -1;
}

/* Waits for the lock without ever blocking in the kernel: whoever holds it may hold it for ever. */
static enum login_log_error
lock_file(const struct log *log, int64_t deadline_us)
{
	struct timespec pause = {.tv_nsec = LOCK_PAUSE_MIN_NS};

	while (flock(log->fd, LOCK_EX | LOCK_NB) != 0) {
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

/* True when the path still names the file that is locked; sets log->size. */
static bool
is_current(struct log *log)
{
	struct stat file, path;

	if (fstat(log->fd, &file) != 0 ||
	    fstatat(log->dir, log->name, &path, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	log->size = file.st_size;
	return file.st_dev == path.st_dev && file.st_ino == path.st_ino;
}

/* Opens and locks the file that the path names now: a rotation may have come in between. */
static enum login_log_error
open_locked(struct log *log, int64_t deadline_us)
{
	enum login_log_error r;

	for (;;) {
		r = open_file(log);
		if (r != LOGIN_LOG_OK)
			return r;
		r = lock_file(log, deadline_us);
		if (r != LOGIN_LOG_OK)
			return r;
		log->locked = true;
		if (is_current(log))
			return LOGIN_LOG_OK;
		close_file(log);
		log->locked = false;
		if (monotonic_us() >= deadline_us)
			return LOGIN_LOG_ERROR_LOCKED;
	}
}

/* Appends all bytes or none. A short write reports success; only the next one says why. */
static enum login_log_error
write_all(const struct log *log, struct span data)
{
	ssize_t n = write(log->fd, data.ptr, data.len);
	int saved;

	if (n >= 0 && (size_t)n < data.len) {
		ssize_t more = write(log->fd, data.ptr + n, data.len - (size_t)n);

		if (more >= 0)
			errno = ENOSPC;
		n = more >= 0 ? n + more : -1;
	}
	if (n >= 0 && (size_t)n == data.len)
		return LOGIN_LOG_OK;
	saved = errno;
	/* When this fails too the torn line stays: the next append closes it. */
	if (ftruncate(log->fd, log->size) != 0)
		errno = saved;
	errno = saved;
	return LOGIN_LOG_ERROR_WRITE;
}

static enum login_log_error
append_locked(const struct log *log, struct login_record *r)
{
	enum login_log_error error;
	struct login_log_tail tail;
	struct buf line;

	error = login_log_tail_read(log->fd, log->size, &tail);
	if (error != LOGIN_LOG_OK)
		return error;
	memcpy(r->prev, tail.prev, sizeof(r->prev));
	r->seq = tail.seq;
	r->time_us = time_now_us();
	buf_init(&line, LOGIN_RECORD_SIGNER_MAX + 2);
	if (tail.torn)
		buf_putc(&line, '\n');
	if (login_record_write(r, &line) != 0)
		error = LOGIN_LOG_ERROR_RECORD;
	buf_putc(&line, '\n');
	if (error == LOGIN_LOG_OK)
		error = line.failed ? LOGIN_LOG_ERROR_RECORD : write_all(log, buf_span(&line));
	buf_clear(&line);
	return error;
}

static enum login_log_error
append(struct log *log, const char *path, struct login_record *r, int64_t deadline_us)
{
	enum login_log_error error;

	error = open_directory(log, path);
	if (error == LOGIN_LOG_OK)
		error = open_locked(log, deadline_us);
	if (error == LOGIN_LOG_OK)
		error = append_locked(log, r);
	if (error != LOGIN_LOG_OK)
		return error;
	/* Others append while we wait for the disk. */
	(void)flock(log->fd, LOCK_UN);
	if (fdatasync(log->fd) != 0 || (log->created && fsync(log->dir) != 0))
		return LOGIN_LOG_ERROR_SYNC;
	return LOGIN_LOG_OK;
}

enum login_log_error
login_log_append(const char *path, struct login_record *r, int64_t deadline_us)
{
	struct log log = {.dir = -1, .fd = -1};
	enum login_log_error error;
	int saved;

	error = append(&log, path, r, deadline_us);
	saved = errno;
	close_file(&log);
	if (log.dir >= 0)
		(void)close(log.dir);
	errno = saved;
	return error;
}
