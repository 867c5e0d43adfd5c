/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "pam_module/auth_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* SSH_AUTH_INFO_0 to a record, the record to its line, the line back: always whole and bounded. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {(const char *)data, size};
	struct login_record r, again;
	struct buf storage, line, scratch;

	buf_init(&storage, AUTH_INFO_STORAGE_MAX);
	buf_init(&line, LOGIN_RECORD_MAX);
	buf_init(&scratch, 4 * LOGIN_RECORD_MAX);
	login_record_init(&r, LOGIN_RECORD_OPEN);
	memset(r.prev, '0', SHA256_HEX_LEN);
	if (auth_info_parse(input, &storage, &r) == 0) {
		int written = login_record_write(&r, &line), read;

		assert(written == 0 && line.len <= LOGIN_RECORD_MAX);
		for (size_t i = 0; i < line.len; i++)
			assert((unsigned char)line.ptr[i] >= 0x20 && line.ptr[i] != 0x7f);
		read = login_record_read(buf_span(&line), &scratch, &again);
		assert(read == 0 && again.auth_count == r.auth_count);
	}
	buf_clear(&storage);
	buf_clear(&line);
	buf_clear(&scratch);
	return 0;
}
