/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sha256.h"

/* The functions below are deprecated in favour of EVP, which looks the algorithm up by its name
 * each time: that costs more than hashing a key, here a million times over, and most of the
 * recorder's start. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
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

/* A key that is shorter than a block is filled up with zeros. */
static void
make_pad(struct span key, uint8_t with, uint8_t pad[static SHA256_CBLOCK])
{
	memset(pad, with, SHA256_CBLOCK);
	for (size_t i = 0; i < key.len; i++)
		pad[i] ^= (uint8_t)key.ptr[i];
}

int
sha256_hmac_key(struct span key, struct span data, uint8_t out[static SHA256_LEN])
{
	uint8_t pad[SHA256_CBLOCK], inner[SHA256_LEN], short_key[SHA256_LEN];
	int r = 0;

	if (key.len > SHA256_CBLOCK) {
		r = sha256_digest(key, short_key);
		key = (struct span){(const char *)short_key, sizeof(short_key)};
	}
	if (r == 0) {
		make_pad(key, 0x36, pad);
		r = sha256_digest_list(
		    (const struct span[]){{(const char *)pad, sizeof(pad)}, data}, 2, inner);
	}
	if (r == 0) {
		make_pad(key, 0x5c, pad);
		r = sha256_digest_list((const struct span[]){{(const char *)pad, sizeof(pad)},
					   {(const char *)inner, sizeof(inner)}},
		    2, out);
	}
	OPENSSL_cleanse(pad, sizeof(pad));
	OPENSSL_cleanse(short_key, sizeof(short_key));
	return r;
}

int
sha256_hmac(const uint8_t key[static SHA256_LEN], struct span data, uint8_t out[static SHA256_LEN])
{
	return sha256_hmac_key((struct span){(const char *)key, SHA256_LEN}, data, out);
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
