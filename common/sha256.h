/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_SHA256_H
#define COMMON_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

#define SHA256_LEN     32
#define SHA256_HEX_LEN 64

/* SHA-256 (FIPS 180-4) of the bytes, by libcrypto. 0, or -1 when libcrypto fails. */
int sha256_digest(struct span data, uint8_t out[static SHA256_LEN]);

/* The same of all the bytes of a list, one after the other. */
int sha256_digest_list(const struct span *list, size_t count, uint8_t out[static SHA256_LEN]);

/* HMAC-SHA-256 (RFC 2104) of the bytes. 0, or -1 when libcrypto fails. */
int sha256_hmac(
    const uint8_t key[static SHA256_LEN], struct span data, uint8_t out[static SHA256_LEN]);
/* The same with a key of any length. */
int sha256_hmac_key(struct span key, struct span data, uint8_t out[static SHA256_LEN]);

/* Lower-case hexadecimal text with a NUL. */
void sha256_hex(const uint8_t digest[static SHA256_LEN], char out[static SHA256_HEX_LEN + 1]);

#endif
