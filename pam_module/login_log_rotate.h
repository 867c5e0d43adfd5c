/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_LOG_ROTATE_H
#define PAM_MODULE_LOGIN_LOG_ROTATE_H

#include "pam_module/login_log.h"

/*
 * Renames the log to NAME.1, under its lock, after NAME.1 to NAME.2 and so on (NAME.1.gz alike),
 * and begins a new one with the record r, which continues it. With keep not 0, files of a number
 * over it are removed. An empty log is not rotated, only begun. An error leaves the log under its
 * name. LOGIN_LOG_OK says that it was rotated; *begun then says what came of the new file's first
 * record: an error there loses nothing, as the next login writes one.
 */
enum login_log_error login_log_rotate(const char *path, unsigned keep, struct login_record *r,
    int64_t deadline_us, enum login_log_error *begun);

#endif
