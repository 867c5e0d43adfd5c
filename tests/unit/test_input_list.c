/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/input_test.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "correlator/input/input_list.h"

struct tree {
	char *dir;
	struct input_list list;
	struct diagnostics d;
	char *said;
	size_t said_len;
};

static void
tree_init(struct tree *t)
{
	*t = (struct tree){.dir = scratch_make()};
	input_list_init(&t->list);
	t->d.stream = open_memstream(&t->said, &t->said_len);
	assert_non_null(t->d.stream);
}

static void
tree_clear(struct tree *t)
{
	input_list_clear(&t->list);
	(void)fclose(t->d.stream);
	free(t->said);
	scratch_remove(t->dir);
}

static void
make_file(const struct tree *t, const char *name)
{
	char *path = path_in(t->dir, name);

	file_write(path, name, strlen(name), 0600);
	free(path);
}

static void
make_dir(const struct tree *t, const char *name)
{
	char *path = path_in(t->dir, name);

	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

static void
add(struct tree *t, const char *name)
{
	char *path = name != NULL ? path_in(t->dir, name) : strdup(t->dir);

	assert_int_equal(input_list_add(&t->list, path, INPUT_EVENTS, &t->d), 0);
	(void)fflush(t->d.stream);
	free(path);
}

/* The listed names, relative to the tree, must be exactly these, in this order. */
static void
expect_files(const struct tree *t, const char *const names[], size_t count)
{
	size_t skip_len = strlen(t->dir) + 1;

	assert_int_equal(t->list.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(t->list.files[i].path + skip_len, names[i]);
		assert_int_equal(t->list.files[i].role, INPUT_EVENTS);
	}
}

#define EXPECT_FILES(t, ...)                                                                       \
	expect_files((t), (const char *const[]){__VA_ARGS__},                                      \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void
test_order(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t);
	make_dir(&t, "b");
	make_file(&t, "b/2");
	make_file(&t, "b/1");
	make_dir(&t, "b/1d");
	make_file(&t, "b/1d/x");
	make_dir(&t, "empty");
	make_file(&t, "c");
	make_file(&t, "a");
	make_file(&t, ".hidden");
	make_file(&t, "b.json");
	make_file(&t, "line\nbreak");
	make_file(&t, "not utf8 \xff");
	add(&t, NULL);
	EXPECT_FILES(&t, ".hidden", "a", "b/1", "b/1d/x", "b/2", "b.json", "c", "line\nbreak",
	    "not utf8 \xff");
	assert_int_equal(t.list.files[1].size, 1);
	assert_int_equal(t.d.errors, 0);
	assert_int_equal(t.list.special, 0);
	tree_clear(&t);
}

static void
test_root_spelled_with_a_slash(void **state)
{
	struct tree t;
	char *path;

	(void)state;
	tree_init(&t);
	make_file(&t, "a");
	path = path_in(t.dir, "");
	assert_int_equal(input_list_add(&t.list, path, INPUT_EVENTS, &t.d), 0);
	EXPECT_FILES(&t, "a");
	free(path);
	tree_clear(&t);
}

static void
make_link(const struct tree *t, const char *target, const char *name)
{
	char *path = path_in(t->dir, name);

	assert_int_equal(symlink(target, path), 0);
	free(path);
}

static void
test_links(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t);
	make_dir(&t, "root");
	make_dir(&t, "elsewhere");
	make_file(&t, "elsewhere/f");
	make_link(&t, "../elsewhere/f", "root/file");
	make_link(&t, "../elsewhere", "root/dir");
	make_link(&t, "..", "root/up");
	make_link(&t, "nothing", "root/dangling");
	make_link(&t, "loop", "root/loop");
	make_link(&t, "elsewhere", "link");
	add(&t, "root");
	EXPECT_FILES(&t, "root/file");
	assert_int_equal(t.list.special, 2);
	assert_int_equal(t.d.errors, 2);
	assert_non_null(strstr(t.said, "root/dangling: No such file or directory\n"));
	add(&t, "link"); /* the root itself may be a link */
	assert_string_equal(t.list.files[1].path + strlen(t.dir), "/link/f");
	tree_clear(&t);
}

static void
test_special_files(void **state)
{
	struct tree t;
	char *fifo, *socket_path;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	tree_init(&t);
	make_file(&t, "file");
	fifo = path_in(t.dir, "fifo");
	socket_path = path_in(t.dir, "socket");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	make_link(&t, "fifo", "link");
	add(&t, NULL);
	EXPECT_FILES(&t, "file");
	assert_int_equal(t.list.special, 3);
	assert_int_equal(t.d.errors, 0);
	add(&t, "fifo"); /* named by itself it is somebody's pipe */
	assert_int_equal(t.list.count, 2);
	add(&t, "socket");
	assert_int_equal(t.d.errors, 1);
	assert_int_equal(t.list.count, 2);
	(void)close(fd);
	free(fifo);
	free(socket_path);
	tree_clear(&t);
}

static void
test_what_cannot_be_listed(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t);
	add(&t, "missing");
	assert_int_equal(t.d.errors, 1);
	assert_non_null(strstr(t.said, "/missing: No such file or directory\n"));
	make_dir(&t, "empty");
	make_dir(&t, "empty/er");
	add(&t, "empty");
	assert_int_equal(t.d.errors, 2);
	assert_non_null(strstr(t.said, "/empty: the directory has no files in it\n"));
	assert_int_equal(t.list.count, 0);
	make_file(&t, "file");
	add(&t, "file/below");
	assert_int_equal(t.d.errors, 3);
	tree_clear(&t);
}

/* Root reads everything, so a child without that power looks. */
static void
list_as_nobody(struct tree *t)
{
	assert_int_equal(chmod(t->dir, 0755), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	add(t, NULL);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

static void
test_unreadable_directory(void **state)
{
	struct tree t;
	char *path;

	(void)state;
	tree_init(&t);
	make_dir(&t, "closed");
	make_file(&t, "closed/f");
	make_file(&t, "open");
	path = path_in(t.dir, "closed");
	assert_int_equal(chmod(path, 0), 0);
	list_as_nobody(&t);
	EXPECT_FILES(&t, "open");
	assert_int_equal(t.d.errors, 1);
	assert_non_null(strstr(t.said, "/closed: Permission denied\n"));
	assert_int_equal(chmod(path, 0700), 0);
	free(path);
	tree_clear(&t);
}

static void
test_stdin(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t);
	assert_int_equal(input_list_add(&t.list, "-", INPUT_LOGINS, &t.d), 0);
	assert_int_equal(t.list.count, 1);
	assert_string_equal(t.list.files[0].path, "-");
	assert_int_equal(t.list.files[0].role, INPUT_LOGINS);
	tree_clear(&t);
}

/* A tree far deeper than paths can be long, with few descriptors: what a path can name is listed,
 * the rest is one error. */
static void
test_deep_tree(void **state)
{
	struct rlimit files, few;
	struct tree t;
	int fd, up;

	(void)state;
	tree_init(&t);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	fd = open(t.dir, O_RDONLY | O_DIRECTORY);
	for (int depth = 0; depth < 3000; depth++) {
		int leaf = openat(fd, "f", O_CREAT | O_WRONLY, 0600);

		assert_true(leaf >= 0);
		(void)close(leaf);
		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		up = fd;
		fd = openat(up, "d", O_RDONLY | O_DIRECTORY);
		(void)close(up);
		assert_true(fd >= 0);
	}
	(void)close(fd);
	few = files;
	few.rlim_cur = 32;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	add(&t, NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	assert_true(t.list.count > 2000);
	assert_true(t.list.count < 3000);
	assert_true(t.d.errors >= 1 && t.d.errors <= 2);
	assert_non_null(strstr(t.said, "File name too long"));
	assert_int_equal(RUN(NULL, "rm", "-rf", t.dir), 0);
	tree_clear(&t);
}

/* One line a message, whatever the name is. */
static void
test_diagnostics(void **state)
{
	struct diagnostics counting = {0};
	struct tree t;

	(void)state;
	tree_init(&t);
	diagnostics_error(&t.d, "a\x1b[31m\nb\xff", "%s at %d", "x\ty", 7);
	diagnostics_warning(&t.d, NULL, "plain \xc3\xa9");
	(void)fflush(t.d.stream);
	assert_string_equal(t.said,
	    "logintrail: a\\x1b[31m\\x0ab\\xff: x\\x09y at 7\n"
	    "logintrail: plain \xc3\xa9\n");
	assert_int_equal(t.d.errors, 1);
	assert_int_equal(t.d.warnings, 1);
	diagnostics_error(&counting, "x", "y");
	assert_int_equal(counting.errors, 1);
	tree_clear(&t);
}

static void
test_found_elsewhere(void **state)
{
	static const char *const keys[] = {"b", "a", "c/d", "a b%"};
	struct input_list l;
	struct input_file file = {.role = INPUT_LOGINS, .origin = 4, .size = 9, .changed_us = 3};

	(void)state;
	input_list_init(&l);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(input_list_put(&l, &file, SPAN("s3://x/"), span_of(keys[i]),
				     i % 2 == 0 ? SPAN("tag") : SPAN_NONE),
		    0);
	input_list_sort(&l, 1);
	assert_string_equal(l.files[0].path, "s3://x/b");
	assert_string_equal(l.files[0].tag, "tag");
	assert_string_equal(l.files[1].path, "s3://x/a");
	assert_null(l.files[1].tag);
	assert_string_equal(l.files[2].path, "s3://x/a b%");
	assert_string_equal(l.files[3].path, "s3://x/c/d");
	assert_int_equal(l.files[3].origin, 4);
	assert_int_equal(l.files[3].size, 9);
	input_list_sort(&l, 4);
	input_list_clear(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_root_spelled_with_a_slash),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_special_files),
	    cmocka_unit_test(test_what_cannot_be_listed),
	    cmocka_unit_test(test_unreadable_directory),
	    cmocka_unit_test(test_stdin),
	    cmocka_unit_test(test_found_elsewhere),
	    cmocka_unit_test(test_deep_tree),
	    cmocka_unit_test(test_diagnostics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
