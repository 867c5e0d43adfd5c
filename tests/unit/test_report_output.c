/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <dirent.h>

#include <cmocka.h>

#include "correlator/report/output.h"

/* Every test has a directory of its own, and is in it. */
static int
enter_directory(void **state)
{
	char *path = strdup("/tmp/logintrail-output-XXXXXX");

	*state = path;
	return path == NULL || mkdtemp(path) == NULL || chdir(path) != 0 ? -1 : 0;
}

static size_t
count_files(void)
{
	DIR *dir = opendir(".");
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(dir);
	return n;
}

static int
leave_directory(void **state)
{
	char *path = *state;
	DIR *dir = opendir(".");

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
		(void)unlink(e->d_name);
	if (dir != NULL)
		(void)closedir(dir);
	if (chdir("/") != 0 || rmdir(path) != 0)
		return -1;
	free(path);
	return 0;
}

static void
assert_content(const char *path, const char *text)
{
	char content[100] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(content, 1, sizeof(content) - 1, f), strlen(text));
	(void)fclose(f);
	assert_string_equal(content, text);
}

static void
test_appears_when_complete(void **state)
{
	struct output o;

	(void)state;
	assert_int_equal(output_open(&o, "report"), 0);
	buf_puts(&o.buf, "text\n");
	assert_int_equal(access("report", F_OK), -1);
	assert_int_equal(output_close(&o), 0);
	assert_content("report", "text\n");
	assert_int_equal(count_files(), 1);
}

static void
test_replaces_and_keeps_mode_and_link(void **state)
{
	struct output o;
	struct stat st;
	int fd = open("real", O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "old", 3), 3);
	(void)close(fd);
	assert_int_equal(symlink("real", "link"), 0);
	assert_int_equal(output_open(&o, "link"), 0);
	buf_puts(&o.buf, "new\n");
	assert_content("real", "old");
	assert_int_equal(output_close(&o), 0);
	assert_content("real", "new\n");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat("real", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(count_files(), 2);
}

static void
test_failure_leaves_nothing(void **state)
{
	struct output o;

	(void)state;
	assert_int_equal(output_open(&o, "no/such/report"), -1);
	assert_int_equal(o.error, ENOENT);
	assert_int_equal(output_open(&o, "report"), 0);
	buf_puts(&o.buf, "text\n");
	o.buf.failed = true; /* as after a row that got no memory */
	assert_int_equal(output_close(&o), -1);
	assert_int_equal(o.error, ENOMEM);
	assert_int_equal(count_files(), 0);
}

static void
test_device(void **state)
{
	struct output o;
	struct stat st;

	(void)state;
	assert_int_equal(output_open(&o, "/dev/full"), 0);
	buf_puts(&o.buf, "text\n");
	assert_int_equal(output_close(&o), -1);
	assert_int_equal(o.error, ENOSPC);
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

/* Memory does not grow with what is written. */
static void
test_flush(void **state)
{
	struct output o;
	size_t most = 0;

	(void)state;
	assert_int_equal(output_open(&o, "/dev/null"), 0);
	for (int i = 0; i < 100000; i++) {
		buf_puts(&o.buf, "a row of some length, as rows are\n");
		output_flush(&o);
		if (o.buf.cap > most)
			most = o.buf.cap;
	}
	assert_true(most <= 256 * 1024);
	assert_int_equal(output_close(&o), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_appears_when_complete, enter_directory, leave_directory),
	    cmocka_unit_test_setup_teardown(
		test_replaces_and_keeps_mode_and_link, enter_directory, leave_directory),
	    cmocka_unit_test_setup_teardown(
		test_failure_leaves_nothing, enter_directory, leave_directory),
	    cmocka_unit_test_setup_teardown(test_device, enter_directory, leave_directory),
	    cmocka_unit_test(test_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
