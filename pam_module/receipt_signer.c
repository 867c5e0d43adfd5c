/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_signer.h"

int
receipt_signer_digest(const struct receipt_signer *s, char out[static SHA256_HEX_LEN + 1])
{
	uint8_t digest[SHA256_LEN];

	if (sha256_digest(s->chain, digest) != 0)
		return -1;
	sha256_hex(digest, out);
	return 0;
}

bool
receipt_staple_name_ok(struct span name)
{
	if (name.len != RECEIPT_STAPLE_NAME)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!(name.ptr[i] >= '0' && name.ptr[i] <= '9') &&
		    !(name.ptr[i] >= 'A' && name.ptr[i] <= 'F'))
			return false;
	return true;
}
