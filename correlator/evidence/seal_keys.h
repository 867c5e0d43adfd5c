/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVIDENCE_SEAL_KEYS_H
#define CORRELATOR_EVIDENCE_SEAL_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "pam_module/login_seal.h"

/*
 * The first keys of seals, and the key of any record from them. The last first key at or below a
 * record's number is that record's: a log may be sealed anew. Records further than SEAL_REACH
 * behind their first key have none here.
 */
#define SEAL_REACH    ((uint64_t)1 << 26)
#define SEAL_KEYS_MAX 64

struct seal_keys {
	struct seal_key_line {
		struct login_seal_key *marks; /* the first key, then each SEAL_MARK records on */
		size_t count, cap;
		struct login_seal_key at; /* the one that was asked for last */
	} lines[SEAL_KEYS_MAX];           /* by number */
	size_t count;
};

void seal_keys_init(struct seal_keys *k);
/* Wipes the keys. */
void seal_keys_clear(struct seal_keys *k);

/* Reads a file of first keys, one a line; empty lines and those with '#' in front are passed over.
 * 0, or the number of the line that is none, or -1 without memory, with too many keys or none. */
long seal_keys_read(struct seal_keys *k, struct span text);

enum seal_keys_result {
	SEAL_KEY_FOUND,
	SEAL_KEY_BEFORE, /* sealing had not begun */
	SEAL_KEY_BEYOND, /* out of reach */
	SEAL_KEY_FAILED, /* no memory, or libcrypto failed */
};
enum seal_keys_result seal_keys_find(
    struct seal_keys *k, uint64_t seq, const struct login_seal_key **key);

#endif
