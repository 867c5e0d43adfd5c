/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "pam_module/login_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A line to a record; what is read can be written, and reads again as the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {(const char *)data, size};
	struct buf scratch, line, line2, scratch2;
	struct login_record r, again;

	buf_init(&scratch, 4 * size + 64);
	buf_init(&scratch2, 4 * LOGIN_RECORD_SIGNER_MAX);
	buf_init(&line, LOGIN_RECORD_SIGNER_MAX);
	buf_init(&line2, LOGIN_RECORD_SIGNER_MAX);
	if (login_record_read(input, &scratch, &r) == 0 && r.kind != LOGIN_RECORD_OTHER) {
		int written = login_record_write(&r, &line), read, rewritten;

		/* receipts and signers are never cut: they may be too long */
		if (written != 0 &&
		    (r.kind == LOGIN_RECORD_RECEIPT || r.kind == LOGIN_RECORD_SIGNER))
			goto out;
		assert(written == 0);
		read = login_record_read(buf_span(&line), &scratch2, &again);
		assert(read == 0 && again.kind == r.kind && again.seq == r.seq);
		rewritten = login_record_write(&again, &line2);
		assert(rewritten == 0 && span_eq(buf_span(&line), buf_span(&line2)));
	}
out:
	buf_clear(&scratch);
	buf_clear(&scratch2);
	buf_clear(&line);
	buf_clear(&line2);
	return 0;
}
