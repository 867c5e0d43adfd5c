/* SPDX-License-Identifier: Apache-2.0 */
/* Golden files: what a report must be, byte for byte. GOLDEN_UPDATE=1 writes them anew: look at the
 * difference before keeping it. */
#ifndef TESTS_UNIT_GOLDEN_TEST_H
#define TESTS_UNIT_GOLDEN_TEST_H

#include "common/buf.h"
#include "tests/unit/cli_test.h"

#define GOLDEN_MAX (1u << 20)

static inline void
golden_read(const char *path, struct buf *content)
{
	FILE *f = fopen(path, "r");
	char piece[4096];
	size_t n;

	if (f == NULL)
		fail_msg("%s: %m", path);
	while ((n = fread(piece, 1, sizeof(piece), f)) != 0)
		buf_put(content, piece, n);
	(void)fclose(f);
}

static inline void
golden_write(const char *path, struct span content)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(content.ptr, 1, content.len, f), content.len);
	assert_int_equal(fclose(f), 0);
}

/* The text is that of the file below GOLDEN. */
static inline void
golden_check(const char *file, struct span got)
{
	struct buf want;
	char path[200];

	buf_init(&want, GOLDEN_MAX);
	(void)snprintf(path, sizeof(path), GOLDEN "%s", file);
	if (getenv("GOLDEN_UPDATE") != NULL)
		golden_write(path, got);
	golden_read(path, &want);
	if (!span_eq(got, buf_span(&want)))
		fail_msg("%s differs:\n%.*s", path, (int)got.len, got.ptr);
	buf_clear(&want);
}

/* No control character but the line end. */
static inline void
golden_check_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		assert_true((unsigned char)text.ptr[i] >= 0x20 || text.ptr[i] == '\n');
}

#endif
