/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sha256.h"

/* The functions below are deprecated in favour of EVP, which looks the algorithm up by its name
 * each time: that costs more than hashing a key, here a million times over, and most of the
 * recorder's start. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/sha.h>
#include <stdbool.h>

int
sha256_digest(struct span data, uint8_t out[static SHA256_LEN])
{
	return sha256_digest_list(&data, 1, out);
}

int
sha256_digest_list(const struct span *list, size_t count, uint8_t out[static SHA256_LEN])
{
	SHA256_CTX ctx;
	bool ok = SHA256_Init(&ctx) == 1;

	for (size_t i = 0; ok && i < count; i++)
		ok = SHA256_Update(&ctx, list[i].ptr, list[i].len) == 1;
	return ok && SHA256_Final(out, &ctx) == 1 ? 0 : -1;
}

void
sha256_hex(const uint8_t digest[static SHA256_LEN], char out[static SHA256_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_LEN; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[SHA256_HEX_LEN] = '\0';
}
