/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_LOG_SEAL_H
#define PAM_MODULE_LOGIN_LOG_SEAL_H

#include "pam_module/login_log_file.h"
#include "pam_module/login_seal.h"

/*
 * The key that seals a log's next record, in the file NAME.seal beside the log, docs/FORMAT.md
 * "Seal": read and overwritten under the log's lock. The order is: record written, record durable,
 * key moved on. A crash in between leaves the key of the last record, which the next append moves
 * on first; so a crash never costs a number, and root can rewrite the last record at most.
 */
struct login_log_seal {
	int fd;
	struct login_seal_key key;
};

#define LOGIN_LOG_SEAL_NONE ((struct login_log_seal){.fd = -1})

enum login_log_seal_state {
	LOGIN_LOG_SEAL_OFF, /* there is no such file */
	LOGIN_LOG_SEAL_ON,
	LOGIN_LOG_SEAL_UNUSABLE, /* it cannot be read, or is not ours, or not what it should be */
};

/* The log must be locked. s is to be closed in any case. */
enum login_log_seal_state login_log_seal_open(
    const struct login_log_file *log, struct login_log_seal *s);
/* Wipes the key. */
void login_log_seal_close(struct login_log_seal *s);

/*
 * Moves the key to the record's number, or the number to the key's when that is further on: records
 * were cut off the log, and their numbers are not given out again. 0, or -1 when the number is too
 * far from the key's or libcrypto fails.
 */
int login_log_seal_move(struct login_log_seal *s, uint64_t *seq);

/* Replaces the stored key by that of the record behind this one, durably. 0, or -1 and errno. */
int login_log_seal_advance(struct login_log_seal *s);

/* Creates the file with a new random key, given in *key as well, for record seq. 0, or -1 and errno
 * (EEXIST: the log is sealed already). The log must be locked. */
int login_log_seal_create(
    const struct login_log_file *log, uint64_t seq, struct login_seal_key *key);
/* Takes the file away. */
void login_log_seal_remove(const struct login_log_file *log);

#endif
