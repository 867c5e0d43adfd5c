/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include <zlib.h>

#include "correlator/input/gzip_crc.h"

#define LEN_MAX 2000

/* Of every length, from every place within a vector, the checksum is zlib's. */
static void
test_lengths(void **state)
{
	static char text[LEN_MAX + 64];
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		x = x * 1103515245 + 12345;
		text[i] = (char)(x >> 16);
	}
	for (size_t len = 0; len <= LEN_MAX; len++) {
		struct span s = {text + len * 7 % 64, len};

		if (gzip_crc(s) != crc32(0, (const Bytef *)s.ptr, (uInt)s.len))
			fail_msg("%zu bytes", len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
