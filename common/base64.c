/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"

#include <limits.h>
#include <openssl/evp.h>

/* Characters of the alphabet in front of at most two '='; EVP_DecodeBlock alone would also take
 * white space around the text. */
static bool
is_base64(struct span text)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	bool known[256] = {false};
	size_t len = text.len;

	if (len == 0 || len % 4 != 0 || len > INT_MAX)
		return false;
	for (const char *c = alphabet; *c != '\0'; c++)
		known[(unsigned char)*c] = true;
	for (int padding = 0; padding < 2 && text.ptr[len - 1] == '='; padding++)
		len--;
	for (size_t i = 0; i < len; i++)
		if (!known[(unsigned char)text.ptr[i]])
			return false;
	return true;
}

bool
base64_decode(struct span text, struct buf *out)
{
	size_t padding;
	int n;

	if (!is_base64(text) || !buf_reserve(out, text.len / 4 * 3))
		return false;
	n = EVP_DecodeBlock(
	    (unsigned char *)out->ptr + out->len, (const unsigned char *)text.ptr, (int)text.len);
	if (n < 0)
		return false;
	padding = (size_t)(text.ptr[text.len - 1] == '=') + (text.ptr[text.len - 2] == '=');
	out->len += (size_t)n - padding; /* EVP_DecodeBlock counts padding as bytes */
	return true;
}

void
base64_encode(const void *data, size_t len, bool padded, struct buf *out)
{
	size_t before = out->len;

	if (len > INT_MAX / 2 || !buf_reserve(out, (len + 2) / 3 * 4 + 1)) {
		out->failed = true;
		return;
	}
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)out->ptr + out->len, data, (int)len);
	while (!padded && out->len > before && out->ptr[out->len - 1] == '=')
		out->len--;
}
