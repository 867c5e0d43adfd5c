/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "pam_module/ssh_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key, as a blob and as text, and as a fingerprint's text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {(const char *)data, size}, names, name;
	char text[SSH_FINGERPRINT_TEXT_LEN];
	uint8_t again[SHA256_LEN];
	struct ssh_key key;
	struct buf blob;

	if (ssh_key_from_blob(input, &key) == SSH_KEY_OK) {
		assert(strlen(key.type) < SSH_KEY_TYPE_MAX);
		(void)ssh_fingerprint_text(key.fingerprint, text);
		assert(ssh_fingerprint_parse(span_of(text), again));
		assert(memcmp(again, key.fingerprint, SHA256_LEN) == 0);
	}
	buf_init(&blob, 4 * SSH_KEY_BLOB_MAX);
	if (ssh_key_from_text(input, &blob, &key) != SSH_KEY_OK) {
		assert(blob.len == 0);
	} else if (key.is_cert) {
		size_t left = key.cert.principals.len;

		names = key.cert.principals;
		while (ssh_cert_principal(&names, &name))
			left -= 4 + name.len;
		assert(left == 0);
	}
	buf_clear(&blob);
	(void)ssh_fingerprint_parse(input, again);
	return 0;
}
