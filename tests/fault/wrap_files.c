/* SPDX-License-Identifier: Apache-2.0 */
/* Files and sockets: what may be done in part, and what is done although it says that it failed. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/fault.h"

int __real_open(const char *path, int flags, ...);
int __real_openat(int dir, const char *path, int flags, ...);
int __real_close(int fd);
int __real_fcntl(int fd, int command, ...);
int __real_ftruncate(int fd, off_t size);
int __real_fdatasync(int fd);
int __real_fsync(int fd);
int __real_fstat(int fd, struct stat *st);
int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_read(int fd, void *data, size_t len);
ssize_t __real_pread(int fd, void *data, size_t len, off_t at);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __real_send(int fd, const void *data, size_t len, int flags);
ssize_t __real_recv(int fd, void *data, size_t len, int flags);
ssize_t __real_getrandom(void *data, size_t len, unsigned int flags);
ssize_t __wrap_read(int fd, void *data, size_t len);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_send(int fd, const void *data, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t len, int flags);
ssize_t __wrap_getrandom(void *data, size_t len, unsigned int flags);

/* Whether the call goes on, with *len cut when it is to be a short one; else *result is its. */
static bool
may_transfer(const char *name, size_t *len, ssize_t *result)
{
	int how;

	if (!fault_strikes(name, FAULT_TRANSFER, &how))
		return true;
	*result = how == FAULT_ZERO ? 0 : -1;
	if (how == FAULT_SHORT && *len > 1)
		*len /= 2;
	return how == FAULT_SHORT;
}

ssize_t
__wrap_read(int fd, void *data, size_t len)
{
	ssize_t n;

	return may_transfer("read", &len, &n) ? __real_read(fd, data, len) : n;
}

ssize_t
__wrap_pread(int fd, void *data, size_t len, off_t at)
{
	ssize_t n;

	return may_transfer("pread", &len, &n) ? __real_pread(fd, data, len, at) : n;
}

ssize_t
__wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
	ssize_t n;

	return may_transfer("pwrite", &len, &n) ? __real_pwrite(fd, data, len, at) : n;
}

/* A regular file that is written is the log: nothing else is. */
ssize_t
__wrap_write(int fd, const void *data, size_t len)
{
	struct stat st;
	ssize_t n;

	if (may_transfer("write", &len, &n))
		n = __real_write(fd, data, len);
	if (n > 0 && fault_is_armed() && __real_fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		fault_state->written = true;
		fault_state->synced = false;
	}
	return n;
}

ssize_t
__wrap_send(int fd, const void *data, size_t len, int flags)
{
	ssize_t n;

	return may_transfer("send", &len, &n) ? __real_send(fd, data, len, flags) : n;
}

ssize_t
__wrap_recv(int fd, void *data, size_t len, int flags)
{
	ssize_t n;

	return may_transfer("recv", &len, &n) ? __real_recv(fd, data, len, flags) : n;
}

ssize_t
__wrap_getrandom(void *data, size_t len, unsigned int flags)
{
	ssize_t n;

	return may_transfer("getrandom", &len, &n) ? __real_getrandom(data, len, flags) : n;
}

/* The host's own files are the test's. */
static const char *
redirect(const char *path, char *text, size_t size)
{
	if (!fault_is_armed() || (strncmp(path, "/run/", 5) != 0 && strncmp(path, "/sys/", 5) != 0))
		return path;
	(void)snprintf(text, size, "%s%s", fault_state->redirect, path);
	return text;
}

int
__wrap_open(const char *path, int flags, ...)
{
	char text[256];
	va_list args;
	mode_t mode;
	int how;

	va_start(args, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (fault_strikes("open", FAULT_IO, &how))
		return -1;
	return __real_open(redirect(path, text, sizeof(text)), flags, mode);
}

int
__wrap_openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;
	int how;

	va_start(args, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (fault_strikes("openat", FAULT_IO, &how))
		return -1;
	return __real_openat(dir, path, flags, mode);
}

int
__wrap_fcntl(int fd, int command, ...)
{
	va_list args;
	long argument;
	int how;

	va_start(args, command);
	argument = va_arg(args, long);
	va_end(args);
	return fault_strikes("fcntl", FAULT_IO, &how) ? -1 : __real_fcntl(fd, command, argument);
}

/* Linux has closed the descriptor whatever close says. */
int
__wrap_close(int fd)
{
	int how, number;

	if (!fault_strikes("close", FAULT_IO, &how))
		return __real_close(fd);
	number = errno;
	(void)__real_close(fd);
	errno = number;
	return -1;
}

int
__wrap_ftruncate(int fd, off_t size)
{
	int how;

	if (!fault_strikes("ftruncate", FAULT_IO, &how))
		return __real_ftruncate(fd, size);
	fault_state->truncate_failed = true;
	return -1;
}

int
__wrap_fdatasync(int fd)
{
	int how;

	if (fault_strikes("fdatasync", FAULT_IO, &how))
		return -1;
	fault_state->synced = true;
	return __real_fdatasync(fd);
}

int
__wrap_fsync(int fd)
{
	int how;

	if (fault_strikes("fsync", FAULT_IO, &how))
		return -1;
	fault_state->directory_synced = true;
	return __real_fsync(fd);
}
