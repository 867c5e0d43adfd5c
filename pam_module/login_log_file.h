/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_LOG_FILE_H
#define PAM_MODULE_LOGIN_LOG_FILE_H

#include <sys/types.h>

#include "pam_module/login_log.h"

/* A log that is open and locked: ours alone, and what its path names, when it was opened. */
struct login_log_file {
	int dir, fd;
	const char *name; /* within dir; points into the path */
	off_t size;
};

/* What login_log_file_close is safe for. */
#define LOGIN_LOG_FILE_NONE ((struct login_log_file){.dir = -1, .fd = -1})

/* Opens the log, creating it when it is not there, and locks it before deadline_us on
 * CLOCK_MONOTONIC. To be closed in any case; keeps errno when it fails. */
enum login_log_error login_log_file_open(
    struct login_log_file *log, const char *path, int64_t deadline_us);
/* Closes and so unlocks it. Leaves errno alone. */
void login_log_file_close(struct login_log_file *log);

/* True when the path still names the file. Sets log->size. */
bool login_log_file_is_current(struct login_log_file *log);

/* Waits for the lock of any file, never longer than the deadline. */
enum login_log_error login_log_file_lock(int fd, int64_t deadline_us);

#endif
