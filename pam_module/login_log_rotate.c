/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_log_rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "pam_module/login_log_file.h"

#define NUMBER_MAX 100000u

static const char *const endings[] = {"", ".gz", ".xz", ".bz2", ".zst"};
#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

static int
make_name(const struct login_log_file *log, unsigned number, const char *ending,
    char name[static NAME_MAX + 1])
{
	int n = snprintf(name, NAME_MAX + 1, "%s.%u%s", log->name, number, ending);

	if (n > 0 && n <= NAME_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

static bool
exists(const struct login_log_file *log, unsigned number)
{
	char name[NAME_MAX + 1];

	for (size_t i = 0; i < ENDINGS; i++)
		if (make_name(log, number, endings[i], name) == 0 &&
		    faccessat(log->dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	return false;
}

/* Renames each file of that number to the next one, or removes it. */
static int
shift(const struct login_log_file *log, unsigned number, bool remove)
{
	char name[NAME_MAX + 1], next[NAME_MAX + 1];

	for (size_t i = 0; i < ENDINGS; i++) {
		int r;

		if (make_name(log, number, endings[i], name) != 0 ||
		    make_name(log, number + 1, endings[i], next) != 0)
			return -1;
		r = remove ? unlinkat(log->dir, name, 0)
			   : renameat2(log->dir, name, log->dir, next, RENAME_NOREPLACE);
		if (r != 0 && errno != ENOENT)
			return -1;
	}
	return 0;
}

/* Makes NAME.1 free. A gap in the numbers ends the row that is moved. */
static int
shift_all(const struct login_log_file *log, unsigned keep)
{
	unsigned count = 0;

	while (count < NUMBER_MAX && exists(log, count + 1))
		count++;
	for (unsigned number = count; number > 0; number--)
		if (shift(log, number, keep != 0 && number >= keep) != 0)
			return -1;
	return 0;
}

static enum login_log_error
rename_log(const struct login_log_file *log, unsigned keep)
{
	char name[NAME_MAX + 1];

	if (shift_all(log, keep) != 0 || make_name(log, 1, "", name) != 0 ||
	    renameat2(log->dir, log->name, log->dir, name, RENAME_NOREPLACE) != 0)
		return LOGIN_LOG_ERROR_ROTATE;
	return fsync(log->dir) == 0 ? LOGIN_LOG_OK : LOGIN_LOG_ERROR_SYNC;
}

enum login_log_error
login_log_rotate(const char *path, unsigned keep, struct login_record *r, int64_t deadline_us,
    enum login_log_error *begun)
{
	struct login_log_file log;
	enum login_log_error error;

	error = login_log_file_open(&log, path, deadline_us);
	if (error == LOGIN_LOG_OK && log.size != 0)
		error = rename_log(&log, keep);
	/* The lock goes before the new file is begun: whoever begins it needs it. */
	login_log_file_close(&log);
	if (error == LOGIN_LOG_OK)
		*begun = login_log_begin(path, r, deadline_us);
	return error;
}
