/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_LOG_ROTATED_H
#define PAM_MODULE_LOGIN_LOG_ROTATED_H

#include "pam_module/login_log_file.h"
#include "pam_module/login_log_tail.h"

/*
 * What a new log file continues: the newest file that rotation made of its predecessor, NAME.N (the
 * lowest N) or NAME-YYYYMMDD... (the latest), docs/ARCHITECTURE.md "Rotation". Its lock is waited
 * for, so that a writer that still has it comes to its end; what it has is made durable before
 * anything is chained to it.
 */
enum login_log_rotated {
	LOGIN_LOG_ROTATED_NONE,       /* there is none: the log's first file */
	LOGIN_LOG_ROTATED_FOUND,      /* *tail is its end */
	LOGIN_LOG_ROTATED_UNREADABLE, /* the newest one is compressed, or cannot be read */
	LOGIN_LOG_ROTATED_LOCKED,     /* not free before the deadline */
};

enum login_log_rotated login_log_rotated_tail(
    const struct login_log_file *log, int64_t deadline_us, struct login_log_tail *tail);

/* What a rotated file's name says: the log's own name, ".N" or "-DATE", ".gz" or the like. */
struct login_log_rotated_name {
	bool dated; /* NAME-DATE, else NAME.N */
	bool compressed;
	uint64_t number; /* N */
};

/* Reads what follows the log's own name in a file's name. False when rotation does not write so. */
bool login_log_rotated_name_read(struct span rest, struct login_log_rotated_name *name);

#endif
