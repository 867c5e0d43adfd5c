/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "correlator/annotate/line_reader.h"

#define MAX LINE_READER_MAX

/* A file with `len` times 'a', a line end where asked, and `tail`. */
static int
open_text(size_t len, bool lf, const char *tail)
{
	char name[] = "/tmp/annotate-XXXXXX", *text = malloc(len + 1);
	int fd = mkstemp(name);

	assert_true(fd >= 0 && text != NULL);
	assert_int_equal(unlink(name), 0);
	memset(text, 'a', len);
	text[len] = '\n';
	assert_int_equal(write(fd, text, len + lf), (ssize_t)(len + lf));
	assert_int_equal(write(fd, tail, strlen(tail)), (ssize_t)strlen(tail));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	free(text);
	return fd;
}

struct part {
	enum line_part part;
	size_t len;
	bool has_lf;
};

static void
test_lengths(void **state)
{
	static const struct {
		size_t len;
		bool lf;
		const char *tail;
		struct part parts[5];
	} cases[] = {
	    {0, false, "", {{LINE_END, 0, false}}},
	    {0, true, "", {{LINE_WHOLE, 0, true}, {LINE_END, 0, false}}},
	    {3, false, "", {{LINE_WHOLE, 3, false}, {LINE_END, 0, false}}},
	    {3, true, "\nb",
		{{LINE_WHOLE, 3, true}, {LINE_WHOLE, 0, true}, {LINE_WHOLE, 1, false},
		    {LINE_END, 0, false}}},
	    {MAX, true, "b",
		{{LINE_WHOLE, MAX, true}, {LINE_WHOLE, 1, false}, {LINE_END, 0, false}}},
	    {MAX, false, "", {{LINE_WHOLE, MAX, false}, {LINE_END, 0, false}}},
	    {MAX + 1, true, "b\n",
		{{LINE_BEGIN, MAX, false}, {LINE_REST, 1, true}, {LINE_WHOLE, 1, true},
		    {LINE_END, 0, false}}},
	    {MAX + 1, false, "",
		{{LINE_BEGIN, MAX, false}, {LINE_REST, 1, false}, {LINE_END, 0, false}}},
	    {3 * MAX, true, "b",
		{{LINE_BEGIN, MAX, false}, {LINE_MORE, MAX, false}, {LINE_REST, MAX, true},
		    {LINE_WHOLE, 1, false}, {LINE_END, 0, false}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = open_text(cases[i].len, cases[i].lf, cases[i].tail);
		struct line_reader r;

		line_reader_init(&r, fd);
		for (size_t k = 0; k < 5; k++) {
			const struct part *want = &cases[i].parts[k];
			struct span text = SPAN_NONE;
			bool has_lf = false;

			assert_int_equal(line_reader_next(&r, &text, &has_lf), want->part);
			if (want->part == LINE_END)
				break;
			assert_int_equal(text.len, want->len);
			assert_int_equal(has_lf, want->has_lf);
		}
		assert_int_equal(r.error, 0);
		line_reader_clear(&r);
		(void)close(fd);
	}
}

static void
test_waits(void **state)
{
	struct line_reader r;
	struct span text;
	int ends[2];
	bool has_lf;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	line_reader_init(&r, ends[0]);
	assert_true(line_reader_waits(&r));
	assert_int_equal(write(ends[1], "a\nb\nc", 5), 5);
	assert_false(line_reader_waits(&r));
	assert_int_equal(line_reader_next(&r, &text, &has_lf), LINE_WHOLE);
	assert_false(line_reader_waits(&r));
	assert_int_equal(line_reader_next(&r, &text, &has_lf), LINE_WHOLE);
	assert_true(line_reader_waits(&r)); /* half a line is none */
	(void)close(ends[1]);
	assert_false(line_reader_waits(&r));
	assert_int_equal(line_reader_next(&r, &text, &has_lf), LINE_WHOLE);
	assert_int_equal(text.len, 1);
	assert_false(has_lf);
	assert_int_equal(line_reader_next(&r, &text, &has_lf), LINE_END);
	assert_false(line_reader_waits(&r));
	line_reader_clear(&r);
	(void)close(ends[0]);
}

static void
test_error(void **state)
{
	struct line_reader r;
	struct span text;
	bool has_lf;

	(void)state;
	line_reader_init(&r, -1);
	assert_int_equal(line_reader_next(&r, &text, &has_lf), LINE_END);
	assert_int_not_equal(r.error, 0);
	line_reader_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lengths),
	    cmocka_unit_test(test_waits),
	    cmocka_unit_test(test_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
