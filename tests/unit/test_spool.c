/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "correlator/remote/spool.h"

#define MANY 500

/* What is kept under that name, inflated; absent when nothing is. */
static struct span
read_text(struct spool *s, const char *name, struct buf *out)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	uint64_t size = 0;
	size_t len = 0;
	char *packed;

	buf_reset(out);
	if (!spool_find(s, name, &size)) {
		libdeflate_free_decompressor(d);
		return SPAN_NONE;
	}
	packed = malloc(size);
	assert_non_null(packed);
	assert_int_equal(spool_read(s, name, 0, packed, size), 0);
	assert_true(buf_reserve(out, 100000));
	assert_int_equal(libdeflate_gzip_decompress(d, packed, size, out->ptr, 100000, &len),
	    LIBDEFLATE_SUCCESS);
	out->len = len;
	free(packed);
	libdeflate_free_decompressor(d);
	return buf_span(out);
}

static void
test_texts(void **state)
{
	struct spool *s = spool_new();
	struct buf error, out;
	uint64_t size = 0, found = 0;
	char byte;

	(void)state;
	buf_init(&error, 1000);
	buf_init(&out, 200000);
	assert_non_null(s);
	assert_false(spool_find(s, "a", &size));
	assert_int_equal(spool_read(s, "a", 0, &byte, 1), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(spool_append(s, "a", SPAN("the first"), &size, &error), 0);
	assert_int_equal(spool_append(s, "", SPAN(""), NULL, &error), 0);
	assert_int_equal(spool_append(s, "b", SPAN("\x1f\x8b and so on"), NULL, &error), 0);
	assert_true(span_is(read_text(s, "a", &out), "the first"));
	assert_true(span_is(read_text(s, "", &out), ""));
	assert_true(span_is(read_text(s, "b", &out), "\x1f\x8b and so on"));
	assert_true(spool_find(s, "a", &found));
	assert_int_equal(found, size);
	assert_int_equal(spool_read(s, "a", size, &byte, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(spool_read(s, "a", UINT64_MAX, &byte, 1), -1);
	assert_int_equal(spool_read(s, "a", size, &byte, 0), 0);
	/* a name that is taken keeps its text */
	assert_int_equal(spool_append(s, "a", SPAN("another"), NULL, &error), -1);
	assert_true(error.len != 0);
	assert_true(span_is(read_text(s, "a", &out), "the first"));
	buf_clear(&error);
	buf_clear(&out);
	spool_free(s);
}

static void
name_of(int number, char name[static 32])
{
	(void)snprintf(name, 32, "lookup-events:%d", number);
}

static void
put_text(struct buf *out, int number)
{
	buf_reset(out);
	for (int i = 0; i < number * 7; i++)
		buf_printf(out, "%d ", number);
}

static void *
append_many(void *ctx)
{
	struct buf text, error;
	char name[32];

	buf_init(&text, 100000);
	buf_init(&error, 100);
	for (int i = 0; i < MANY; i++) {
		name_of(i, name);
		put_text(&text, i);
		assert_int_equal(spool_append(ctx, name, buf_span(&text), NULL, &error), 0);
	}
	buf_clear(&text);
	buf_clear(&error);
	return NULL;
}

/* Read while others are appended. */
static void
test_threads(void **state)
{
	struct spool *s = spool_new();
	struct buf text, out;
	pthread_t thread;
	char name[32];

	(void)state;
	buf_init(&text, 100000);
	buf_init(&out, 200000);
	assert_int_equal(pthread_create(&thread, NULL, append_many, s), 0);
	for (int i = 0; i < MANY; i++) {
		struct span got;

		name_of(i, name);
		put_text(&text, i);
		while ((got = read_text(s, name, &out)).ptr == NULL)
			(void)usleep(100);
		assert_true(span_eq(got, buf_span(&text)));
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	buf_clear(&text);
	buf_clear(&out);
	spool_free(s);
}

static void
test_no_room(void **state)
{
	struct spool *s = spool_new();
	struct buf error;
	uint64_t size;

	(void)state;
	buf_init(&error, 1000);
	assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
	assert_int_equal(spool_append(s, "a", SPAN("text"), NULL, &error), -1);
	assert_non_null(strstr(buf_cstr(&error), "/nowhere/at/all"));
	assert_false(spool_find(s, "a", &size));
	assert_int_equal(unsetenv("TMPDIR"), 0);
	assert_int_equal(spool_append(s, "a", SPAN("text"), NULL, &error), 0);
	buf_clear(&error);
	spool_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_threads),
	    cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
