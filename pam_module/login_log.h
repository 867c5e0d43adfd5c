/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_LOG_H
#define PAM_MODULE_LOGIN_LOG_H

#include <stdint.h>

#include "pam_module/login_record.h"

/*
 * The append-only, hash-chained, durable log: one record a line, each with a sequence number and
 * the SHA-256 of the line before it. Safe for any number of processes at once: the file's lock is
 * held from reading the last line to the end of the write, never while syncing.
 */
enum login_log_error {
	LOGIN_LOG_OK = 0,
	LOGIN_LOG_ERROR_DIRECTORY,      /* cannot be opened; errno says why */
	LOGIN_LOG_ERROR_DIRECTORY_MODE, /* not ours, or writable by others */
	LOGIN_LOG_ERROR_OPEN,           /* the file cannot be opened or created; errno says why */
	LOGIN_LOG_ERROR_TYPE,           /* not a regular file with one link */
	LOGIN_LOG_ERROR_OWNER,          /* not ours, or writable by others */
	LOGIN_LOG_ERROR_LOCKED,         /* the lock was not free before the deadline */
	LOGIN_LOG_ERROR_READ,           /* the last line cannot be read or is over-long */
	LOGIN_LOG_ERROR_RECORD,         /* the record cannot be put into words */
	LOGIN_LOG_ERROR_WRITE,          /* write failed or was short (undone); errno says why */
	LOGIN_LOG_ERROR_SYNC,           /* fdatasync failed: the record may be lost */
	LOGIN_LOG_ERROR_CLOCK,
	LOGIN_LOG_ERROR_CRYPTO,
	LOGIN_LOG_ERROR_ROTATE, /* it, or a file before it, cannot be renamed; errno says why */
};

/*
 * Appends the record to the log at path (absolute): sets r->seq, r->time_us and r->prev under the
 * lock, writes, unlocks, syncs. The file is created 0600 when missing, its directory is not. A new
 * or empty file continues the newest rotated one beside it. A torn last line is closed and chained
 * like any other. A log that is sealed (login_log_seal.h) gets its record sealed. What the log has
 * to say of all this goes into the record's notes. deadline_us is on CLOCK_MONOTONIC and bounds the
 * wait for locks. LOGIN_LOG_OK means: durable. On any error but _SYNC the log is as it was.
 */
enum login_log_error login_log_append(
    const char *path, struct login_record *r, int64_t deadline_us);
/* The same if the log is missing or empty; else it stays as it is and that is LOGIN_LOG_OK. */
enum login_log_error login_log_begin(const char *path, struct login_record *r, int64_t deadline_us);

/* "the lock was not free in time", and so on; never NULL. */
const char *login_log_error_text(enum login_log_error error);
/* True when errno belongs to the error and says more. */
bool login_log_error_has_errno(enum login_log_error error);

#endif
