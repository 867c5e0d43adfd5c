/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_HOST_TEST_H
#define TESTS_UNIT_HOST_TEST_H

/* What the tests of the host side share: a scratch directory, files, commands. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"

/* A new directory of our own, 0700; scratch_remove takes it away with all that is in it. */
static inline char *
scratch_make(void)
{
	char *dir = strdup("/tmp/logintrail-test-XXXXXX");

	assert_non_null(dir);
	assert_non_null(mkdtemp(dir));
	return dir;
}

static inline int
scratch_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
scratch_remove(char *dir)
{
	(void)nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

static inline char *
path_in(const char *dir, const char *name)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

static inline void
file_write(const char *path, const void *data, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static inline void
read_to_end(int fd, struct buf *out)
{
	ssize_t n = 1;

	while (n > 0) {
		assert_true(buf_reserve(out, 65536));
		n = read(fd, out->ptr + out->len, 65536);
		out->len += n > 0 ? (size_t)n : 0;
	}
}

/* The file's content; out is cleared first. A file that is not there is empty. */
static inline struct span
file_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY);

	buf_clear(out);
	if (fd >= 0) {
		read_to_end(fd, out);
		(void)close(fd);
	}
	return buf_span(out);
}

/* Runs a command, standard output to out (when given), standard error dropped. Its exit status. */
static inline int
run_command(struct buf *out, const char *const argv[])
{
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, 0);
		(void)dup2(ends[1], 1);
		(void)dup2(null, 2);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(ends[1]);
	if (out != NULL) {
		buf_clear(out);
		read_to_end(ends[0], out);
	}
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define RUN(out, ...) run_command((out), (const char *const[]){__VA_ARGS__, NULL})

/* The n-th word of a text, from 0; SPAN_NONE when there are fewer. */
static inline struct span
word_of(struct span text, int n)
{
	struct span word = SPAN_NONE;

	for (int i = 0; i <= n; i++) {
		while (text.len != 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\n'))
			text = span_from(text, 1);
		word = span_head(text, 0);
		while (
		    word.len < text.len && text.ptr[word.len] != ' ' && text.ptr[word.len] != '\n')
			word.len++;
		text = span_from(text, word.len);
	}
	return word.len != 0 ? word : SPAN_NONE;
}

#define assert_span(span, text) assert_span_at((span), (text), __FILE__, __LINE__)

static inline void
assert_span_at(struct span s, const char *text, const char *file, int line)
{
	if (text == NULL ? s.ptr == NULL : span_is(s, text))
		return;
	print_error("got \"%.*s\", expected \"%s\"\n", (int)s.len,
	    s.ptr != NULL ? s.ptr : "(absent)", text != NULL ? text : "(absent)");
	_fail(file, line);
}

/* The value of a jq expression for the n-th line of the log. */
static inline void
assert_jq(const char *log, int line, const char *expression, const char *expected)
{
	char program[256];
	struct buf out;

	buf_init(&out, 1 << 20);
	(void)snprintf(program, sizeof(program), "[inputs][%d]|%s", line, expression);
	assert_int_equal(RUN(&out, "jq", "-nrc", program, log), 0);
	assert_true(out.len > 0);
	out.len--;
	assert_span(buf_span(&out), expected);
	buf_clear(&out);
}

#endif
