/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/time_text.h"
#include "pam_module/host_facts.h"

#define WAIT_US     (30 * US_PER_SECOND)
#define STORAGE_MAX ((size_t)128 * 1024)
#define MESSAGE_MAX 8192

static void
word(char line[static MESSAGE_MAX], const char *subject, const char *message, int error)
{
	int n = snprintf(line, MESSAGE_MAX, "logintrail-host: %s: %s%s%s", subject, message,
	    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");

	for (int i = 0; i < n && i < MESSAGE_MAX - 1; i++)
		if ((unsigned char)line[i] < 0x20 || (unsigned char)line[i] >= 0x7f)
			line[i] = '?';
}

int
host_fail(const char *subject, const char *message, int error)
{
	char line[MESSAGE_MAX];

	word(line, subject, message, error);
	(void)fprintf(stderr, "%s\n", line);
	return HOST_FAILED;
}

int
host_alarm(const char *subject, const char *message)
{
	char line[MESSAGE_MAX];

	word(line, subject, message, 0);
	(void)fprintf(stderr, "%s\n", line);
	/* syslog(3) puts the program's name in front itself */
	syslog(LOG_AUTHPRIV | LOG_ALERT, "%s", line + strlen("logintrail-host: "));
	return HOST_FAILED;
}

static int
write_all(int fd, struct span content)
{
	while (content.len != 0) {
		ssize_t n = write(fd, content.ptr, content.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		content = span_from(content, (size_t)n);
	}
	return 0;
}

/* The new name of a file is durable when its directory is. */
static int
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	int fd, r;

	if (slash == NULL ||
	    snprintf(dir, sizeof(dir), "%.*s/.", (int)(slash - path), path) >= (int)sizeof(dir))
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = fsync(fd);
	(void)close(fd);
	return r;
}

int
host_file_replace(const char *path, struct span content, mode_t mode)
{
	char temporary[PATH_MAX];
	int fd, r = -1, error;

	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)unlink(temporary); /* of one that a crash ended */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (write_all(fd, content) == 0 && fchmod(fd, mode) == 0 && fsync(fd) == 0 &&
	    rename(temporary, path) == 0)
		r = sync_directory(path);
	error = errno;
	(void)close(fd);
	if (r != 0)
		(void)unlink(temporary);
	errno = error;
	return r;
}

int
host_record(enum login_record_kind kind, struct buf *storage, struct login_record *r)
{
	login_record_init(r, kind);
	buf_init(storage, STORAGE_MAX);
	return host_facts_collect(&host_paths_default, getpid(), storage, r);
}

int64_t
host_deadline_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000 + WAIT_US;
}
