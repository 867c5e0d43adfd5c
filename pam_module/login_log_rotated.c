/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_log_rotated.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often files may be renamed while they are looked at. */
#define TRIES 16

/* A file that was made of the log by rotation. */
struct rotated {
	char name[NAME_MAX + 1];
	struct login_log_rotated_name as;
	struct timespec written;
};

static size_t
span_digits(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	return n;
}

static bool
take_compression(struct span *rest)
{
	static const char *const suffixes[] = {".gz", ".xz", ".bz2", ".zst", ".Z"};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (span_is(*rest, suffixes[i])) {
			rest->len = 0;
			return true;
		}
	}
	return false;
}

bool
login_log_rotated_name_read(struct span rest, struct login_log_rotated_name *f)
{
	size_t digits = span_digits(span_from(rest, 1));

	*f = (struct login_log_rotated_name){.number = 0};
	if (span_starts(rest, ".") && digits >= 1 && digits <= 9) {
		for (size_t i = 1; i <= digits; i++)
			f->number = f->number * 10 + (uint64_t)(rest.ptr[i] - '0');
	} else if (span_starts(rest, "-") && digits >= 8) {
		f->dated = true;
	} else {
		return false;
	}
	rest = span_from(rest, digits + 1);
	while (f->dated && span_starts(rest, "-"))
		rest = span_from(rest, 1 + span_digits(span_from(rest, 1)));
	f->compressed = take_compression(&rest);
	return rest.len == 0;
}

static bool
is_newer(const struct rotated *a, const struct rotated *b)
{
	if (a->as.dated && b->as.dated)
		return strcmp(a->name, b->name) > 0;
	if (!a->as.dated && !b->as.dated && a->as.number != b->as.number)
		return a->as.number < b->as.number;
	if (a->as.dated == b->as.dated)
		return b->as.compressed && !a->as.compressed; /* being compressed just now */
	if (a->written.tv_sec != b->written.tv_sec)
		return a->written.tv_sec > b->written.tv_sec;
	return a->written.tv_nsec > b->written.tv_nsec;
}

enum answer {
	ANSWER_TAKEN,
	ANSWER_EMPTY, /* nothing in it */
	ANSWER_GONE,  /* look again: something was renamed */
	ANSWER_UNREADABLE,
	ANSWER_LOCKED,
};

/* True when the file is the log itself, renamed while we looked: its lock is ours already. */
static bool
is_log_itself(const struct login_log_file *log, const struct stat *st)
{
	struct stat self;

	return fstat(log->fd, &self) == 0 && self.st_dev == st->st_dev && self.st_ino == st->st_ino;
}

/* An empty file is not what came before, unless somebody is about to write its first record. */
static enum answer
look_at_empty(const struct login_log_file *log, const char *name, int64_t deadline_us)
{
	int fd = openat(log->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	enum answer answer = ANSWER_EMPTY;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || is_log_itself(log, &st))
		answer = ANSWER_GONE;
	else if (login_log_file_lock(fd, deadline_us) != LOGIN_LOG_OK)
		answer = ANSWER_LOCKED;
	else if (fstat(fd, &st) == 0 && st.st_size != 0)
		answer = ANSWER_TAKEN;
	if (fd >= 0)
		(void)close(fd);
	return answer;
}

/* ANSWER_TAKEN: *f is the file of that name, and it has something in it. */
static enum answer
read_entry(
    const struct login_log_file *log, const char *name, int64_t deadline_us, struct rotated *f)
{
	struct span rest = span_of(name);
	struct stat st;

	*f = (struct rotated){.name = ""};
	if (!span_starts(rest, log->name) || rest.len > NAME_MAX ||
	    !login_log_rotated_name_read(span_from(rest, strlen(log->name)), &f->as))
		return ANSWER_EMPTY;
	if (fstatat(log->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? ANSWER_GONE : ANSWER_UNREADABLE;
	if (!S_ISREG(st.st_mode))
		return ANSWER_EMPTY;
	memcpy(f->name, name, rest.len + 1);
	f->written = st.st_mtim;
	if (st.st_size == 0 && !f->as.compressed)
		return look_at_empty(log, name, deadline_us);
	return ANSWER_TAKEN;
}

/* ANSWER_TAKEN: *newest is the newest file; _EMPTY: there is none. */
static enum answer
find_newest(const struct login_log_file *log, int64_t deadline_us, struct rotated *newest)
{
	int fd = openat(log->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	enum answer answer = ANSWER_EMPTY;
	const struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return ANSWER_UNREADABLE;
	}
	for (errno = 0; answer <= ANSWER_EMPTY && (entry = readdir(dir)) != NULL; errno = 0) {
		struct rotated f;
		enum answer one = read_entry(log, entry->d_name, deadline_us, &f);

		if (one == ANSWER_TAKEN && (answer == ANSWER_EMPTY || is_newer(&f, newest)))
			*newest = f;
		if (one != ANSWER_EMPTY)
			answer = one;
	}
	if (answer <= ANSWER_EMPTY && errno != 0)
		answer = ANSWER_UNREADABLE;
	(void)closedir(dir);
	return answer;
}

static enum answer
read_locked(int fd, struct login_log_tail *tail)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return ANSWER_UNREADABLE;
	if (st.st_size == 0)
		return ANSWER_EMPTY;
	/* What we chain to must not vanish in a crash that our own record outlives. */
	if (fdatasync(fd) != 0 || login_log_tail_read(fd, st.st_size, tail) != LOGIN_LOG_OK)
		return ANSWER_UNREADABLE;
	return ANSWER_TAKEN;
}

static enum answer
try_file(const struct login_log_file *log, const struct rotated *f, int64_t deadline_us,
    struct login_log_tail *tail)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = f->as.compressed ? -1 : openat(log->dir, f->name, flags);
	enum answer answer;
	struct stat st;

	if (fd < 0)
		return f->as.compressed || errno != ENOENT ? ANSWER_UNREADABLE : ANSWER_GONE;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		answer = ANSWER_UNREADABLE;
	else if (is_log_itself(log, &st))
		answer = ANSWER_GONE;
	else if (login_log_file_lock(fd, deadline_us) != LOGIN_LOG_OK)
		answer = ANSWER_LOCKED;
	else
		answer = read_locked(fd, tail);
	(void)close(fd);
	return answer;
}

enum login_log_rotated
login_log_rotated_tail(
    const struct login_log_file *log, int64_t deadline_us, struct login_log_tail *tail)
{
	enum answer answer = ANSWER_GONE;
	struct rotated f;

	for (int tries = 0; tries < TRIES && answer == ANSWER_GONE; tries++) {
		answer = find_newest(log, deadline_us, &f);
		if (answer == ANSWER_EMPTY)
			return LOGIN_LOG_ROTATED_NONE;
		if (answer == ANSWER_TAKEN)
			answer = try_file(log, &f, deadline_us, tail);
		if (answer == ANSWER_EMPTY)
			answer = ANSWER_GONE; /* emptied while we looked */
	}
	if (answer == ANSWER_TAKEN)
		return LOGIN_LOG_ROTATED_FOUND;
	return answer == ANSWER_LOCKED ? LOGIN_LOG_ROTATED_LOCKED : LOGIN_LOG_ROTATED_UNREADABLE;
}
