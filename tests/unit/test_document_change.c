/* SPDX-License-Identifier: Apache-2.0 */
/* When a document's text was changed, and whether it can be read again. */
#include "tests/unit/input_test.h"

#include <sys/stat.h>

#include "common/time_text.h"
#include "correlator/input/document.h"

#define INFLATE_MAX (8u << 20)
#define MTIME_S     1700000000

/* "hi", as gzip -n writes it; bytes 4 to 7 are MTIME */
static const char packed[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xc8\x04\x00\xac\x2a\x93\xd8\x02\x00\x00\x00";

static void
write_at(const char *path, const void *bytes, size_t len)
{
	const struct timespec times[2] = {{MTIME_S, 0}, {MTIME_S, 250000999}};

	file_write(path, bytes, len, 0600);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
test_files(void **state)
{
	char bytes[sizeof(packed) - 1], *dir = scratch_make(), *path = path_in(dir, "f");
	struct document d;

	(void)state;
	assert_int_equal(document_init(&d, INFLATE_MAX), 0);
	write_at(path, "hi", 2);
	assert_int_equal(document_load(&d, path), DOCUMENT_OK);
	assert_true(d.rereadable);
	assert_true(d.changed_us == MTIME_S * US_PER_SECOND + 250000);
	memcpy(bytes, packed, sizeof(bytes));
	write_at(path, bytes, sizeof(bytes)); /* the header says nothing */
	assert_int_equal(document_load(&d, path), DOCUMENT_OK);
	assert_span(d.text, "hi");
	assert_true(d.changed_us == MTIME_S * US_PER_SECOND + 250000);
	memcpy(bytes + 4, "\x01\x02\x03\xf4", 4);
	write_at(path, bytes, sizeof(bytes));
	assert_int_equal(document_load(&d, path), DOCUMENT_OK);
	assert_true(d.changed_us == INT64_C(0xf4030201) * US_PER_SECOND);
	write_at(path, bytes, 6); /* ends within the header */
	assert_int_equal(document_load(&d, path), DOCUMENT_ERROR_TRUNCATED);
	assert_true(d.changed_us == MTIME_S * US_PER_SECOND + 250000);
	(void)unlink(path);
	assert_int_equal(document_load(&d, path), DOCUMENT_ERROR_OPEN);
	assert_false(d.rereadable);
	assert_true(d.changed_us == DOCUMENT_CHANGED_UNKNOWN);
	document_clear(&d);
	free(path);
	scratch_remove(dir);
}

/* Standard input is there once, even where it is a file. */
static void
test_standard_input(void **state)
{
	char *dir = scratch_make(), *path = path_in(dir, "f");
	int saved = dup(STDIN_FILENO), ends[2], file;
	struct document d;

	(void)state;
	assert_int_equal(document_init(&d, INFLATE_MAX), 0);
	write_at(path, "hi", 2);
	file = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "hi", 2), 2);
	(void)close(ends[1]);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dup2(i == 0 ? file : ends[0], STDIN_FILENO), STDIN_FILENO);
		assert_int_equal(document_load(&d, "-"), DOCUMENT_OK);
		assert_span(d.text, "hi");
		assert_false(d.rereadable);
		assert_true(d.changed_us == DOCUMENT_CHANGED_UNKNOWN);
	}
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	(void)close(saved);
	(void)close(file);
	(void)close(ends[0]);
	document_clear(&d);
	free(path);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_standard_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
