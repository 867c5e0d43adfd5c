/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_SEAL_H
#define PAM_MODULE_LOGIN_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/sha256.h"

/*
 * The seal of a record, docs/FORMAT.md "Seal": an HMAC-SHA256 over the record's line as it was
 * without the seal and its closing brace, put behind it as the last member:
 *
 *	{...,"prev":"..."}   ->   {...,"prev":"...","seal":"<64 hex digits>"}
 *
 * Each record has a key of its own. The key of record seq+1 is SHA-256("logintrail seal step" ||
 *key of record seq); the MAC's key is SHA-256("logintrail seal mac" || key). Who has the key of one
 * record has those of all later ones and of no earlier one.
 */
#define LOGIN_SEAL_MEMBER_LEN (sizeof(",\"seal\":\"\"") - 1 + SHA256_HEX_LEN)
#define LOGIN_SEAL_TEXT_MAX   160

struct login_seal_key {
	uint64_t seq; /* of the record that it is for */
	uint8_t key[SHA256_LEN];
};

/* Moves the key on to that record. 0, or -1 when the record is an earlier one or libcrypto fails.
 */
int login_seal_move(struct login_seal_key *k, uint64_t seq);

/* Seals the line that stands in `line` from `from` on and ends with '}'. 0, or -1 when it does not,
 * or libcrypto fails, or line has no room. */
int login_seal_put(const struct login_seal_key *k, struct buf *line, size_t from);

/* What a line's seal says of it. The key must be that of the record. */
enum login_seal_state {
	LOGIN_SEAL_ABSENT,
	LOGIN_SEAL_GOOD,
	LOGIN_SEAL_WRONG,
	LOGIN_SEAL_UNKNOWN, /* libcrypto failed */
};
enum login_seal_state login_seal_check(const struct login_seal_key *k, struct span line);
/* True when the line ends as a sealed one does. */
bool login_seal_present(struct span line);

/*
 * A first key as text, to be kept off the host: "logintrail-seal-v1:SEQ:KEY:CHECK", CHECK the first
 * 8 digits of the SHA-256 of what stands before its colon. Without an LF.
 */
int login_seal_key_write(const struct login_seal_key *k, char out[static LOGIN_SEAL_TEXT_MAX]);
/* False when it is no such text, or mistyped. */
bool login_seal_key_read(struct span text, struct login_seal_key *k);

#endif
