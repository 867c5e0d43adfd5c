/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sha256.h"

#include <openssl/sha.h>

int
sha256_digest(struct span data, uint8_t out[static SHA256_LEN])
{
	return SHA256((const unsigned char *)data.ptr, data.len, out) != NULL ? 0 : -1;
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
