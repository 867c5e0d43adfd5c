/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/log_place.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "common/time_text.h"
#include "pam_module/login_log.h"

#define ID     "0123456789abcdef0123456789abcdef"
#define ZEROS  "0000000000000000000000000000000000000000000000000000000000000000"
#define SECOND US_PER_SECOND

static int64_t
now_us(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000;
}

static enum login_log_error
append_within(const char *path, int64_t wait_us)
{
	struct login_record r;

	login_record_init(&r, LOGIN_RECORD_CLOSE);
	r.id = SPAN(ID);
	return login_log_append(path, &r, now_us() + wait_us);
}

static enum login_log_error
append(const char *path)
{
	return append_within(path, 5 * SECOND);
}

/* Walks the log: every prev is the SHA-256 of the line before, every seq one more, no time goes
 * back. Lines that are no records are chained all the same. Returns how many records there are. */
static int
chain_of(struct span rest)
{
	char prev[SHA256_HEX_LEN + 1] = ZEROS;
	uint8_t digest[SHA256_LEN];
	uint64_t seq = 0;
	int64_t time = 0;
	struct buf scratch;
	struct span line;
	int records = 0;

	buf_init(&scratch, 64 << 20);
	assert_true(span_ends(rest, "\n"));
	rest.len--;
	while (span_cut(&rest, '\n', &line)) {
		struct login_record r;

		buf_reset(&scratch);
		if (login_record_read(line, &scratch, &r) == 0) {
			assert_string_equal(r.prev, prev);
			assert_true(r.seq == seq + 1);
			assert_true(r.time_us >= time);
			seq = r.seq;
			time = r.time_us;
			records++;
		}
		assert_int_equal(sha256_digest(line, digest), 0);
		sha256_hex(digest, prev);
	}
	buf_clear(&scratch);
	return records;
}

static int
assert_chain(struct place *p)
{
	return chain_of(file_read(p->log, &p->text));
}

/* The same over files of the directory, the oldest first; then the log. */
static int
count_chained(struct place *p, const char *first, const char *second)
{
	const char *const names[] = {first, second, "logins.jsonl"};
	struct buf all;
	int n;

	buf_init(&all, 16 << 20);
	for (size_t i = 0; i < 3; i++) {
		char *path = names[i] != NULL ? path_in(p->dir, names[i]) : NULL;

		if (path != NULL)
			buf_put_span(&all, file_read(path, &p->text));
		free(path);
	}
	n = chain_of(buf_span(&all));
	buf_clear(&all);
	return n;
}

static void
test_chain(void **state)
{
	struct place p;
	struct stat st;

	(void)state;
	place_make(&p, "logins.jsonl");
	for (int i = 0; i < 50; i++)
		assert_int_equal(append(p.log), LOGIN_LOG_OK);
	assert_int_equal(assert_chain(&p), 50);
	assert_int_equal(stat(p.log, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	place_remove(&p);
}

/* The same, said by programs that are not ours. */
static void
test_chain_by_other_tools(void **state)
{
	static const char script[] =
	    "prev=" ZEROS "\n"
	    "while IFS= read -r line; do\n"
	    "  [ \"$(printf %s \"$line\" | jq -r .prev)\" = $prev ] || exit 3\n"
	    "  prev=$(printf %s \"$line\" | sha256sum | cut -d' ' -f1)\n"
	    "done <\"$1\"";
	struct place p;

	(void)state;
	place_make(&p, "logins.jsonl");
	for (int i = 0; i < 4; i++)
		assert_int_equal(append(p.log), LOGIN_LOG_OK);
	assert_int_equal(RUN(NULL, "sh", "-c", script, "sh", p.log), 0);
	file_read(p.log, &p.text);
	p.text.ptr[20] ^= 1; /* and the script would notice */
	file_write(p.log, p.text.ptr, p.text.len, 0600);
	assert_int_not_equal(RUN(NULL, "sh", "-c", script, "sh", p.log), 0);
	place_remove(&p);
}

static void
test_many_writers(void **state)
{
	enum { WRITERS = 16, RECORDS = 20 };
	struct place p;
	int status;

	(void)state;
	place_make(&p, "logins.jsonl");
	for (int i = 0; i < WRITERS; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid != 0)
			continue;
		for (int n = 0; n < RECORDS; n++)
			if (append_within(p.log, 60 * SECOND) != LOGIN_LOG_OK)
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < WRITERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(assert_chain(&p), WRITERS * RECORDS);
	place_remove(&p);
}

/* What a crash may leave at the end: the next append closes it and goes on. */
static void
test_torn_tail(void **state)
{
	static const char *const tails[] = {
	    "{\"v\":1,\"ki", "x", "\n\n\n", "garbage\nmore garbage"};
	struct place p;

	(void)state;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		int fd;

		place_make(&p, "logins.jsonl");
		assert_int_equal(append(p.log), LOGIN_LOG_OK);
		assert_int_equal(append(p.log), LOGIN_LOG_OK);
		fd = open(p.log, O_WRONLY | O_APPEND);
		assert_int_equal(write(fd, tails[i], strlen(tails[i])), strlen(tails[i]));
		assert_int_equal(close(fd), 0);
		assert_int_equal(append(p.log), LOGIN_LOG_OK);
		assert_int_equal(append(p.log), LOGIN_LOG_OK);
		assert_int_equal(assert_chain(&p), 4);
		assert_non_null(memmem(p.text.ptr, p.text.len, tails[i], strlen(tails[i])));
		place_remove(&p);
	}
}

/* A record is found behind a lot that is not one; a line without end is refused. */
static void
test_large_tail(void **state)
{
	struct buf junk;
	struct place p;

	(void)state;
	place_make(&p, "logins.jsonl");
	buf_init(&junk, 4 << 20);
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	file_read(p.log, &p.text);
	buf_put_span(&junk, buf_span(&p.text));
	while (junk.len < 500000)
		buf_puts(&junk, "this is no record\n");
	file_write(p.log, junk.ptr, junk.len, 0600);
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	assert_int_equal(assert_chain(&p), 2);

	buf_reset(&junk);
	while (junk.len < 1000000)
		buf_puts(&junk, "one long line ");
	buf_putc(&junk, '\n');
	file_write(p.log, junk.ptr, junk.len, 0600);
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	while (junk.len < 2200000)
		buf_puts(&junk, "one long line ");
	file_write(p.log, junk.ptr, junk.len, 0600);
	assert_int_equal(append(p.log), LOGIN_LOG_ERROR_READ);
	assert_true(span_eq(file_read(p.log, &p.text), buf_span(&junk)));
	buf_clear(&junk);
	place_remove(&p);
}

static void
prepare_fifo(const struct place *p)
{
	assert_int_equal(mkfifo(p->log, 0600), 0);
}

static void
prepare_directory(const struct place *p)
{
	assert_int_equal(mkdir(p->log, 0700), 0);
}

static void
prepare_symlink(const struct place *p)
{
	char *target = path_in(p->dir, "target");

	file_write(target, "", 0, 0600);
	assert_int_equal(symlink(target, p->log), 0);
	free(target);
}

static void
prepare_hard_link(const struct place *p)
{
	char *other = path_in(p->dir, "other");

	file_write(other, "", 0, 0600);
	assert_int_equal(link(other, p->log), 0);
	free(other);
}

static void
prepare_writable_file(const struct place *p)
{
	file_write(p->log, "", 0, 0620);
}

static void
prepare_writable_directory(const struct place *p)
{
	assert_int_equal(chmod(p->dir, 0777), 0);
}

static void
prepare_foreign_file(const struct place *p)
{
	file_write(p->log, "", 0, 0600);
	assert_int_equal(chown(p->log, 12345, 12345), 0);
}

static void
prepare_foreign_directory(const struct place *p)
{
	assert_int_equal(chown(p->dir, 12345, 12345), 0);
}

static void
prepare_no_directory(const struct place *p)
{
	assert_int_equal(rmdir(p->dir), 0);
}

static void
prepare_directory_link(const struct place *p)
{
	assert_int_equal(rmdir(p->dir), 0);
	assert_int_equal(symlink("/tmp", p->dir), 0);
}

static void
test_refused(void **state)
{
	static const struct {
		void (*prepare)(const struct place *p);
		enum login_log_error error;
		bool as_root;
	} cases[] = {
	    {prepare_fifo, LOGIN_LOG_ERROR_TYPE, false},
	    {prepare_directory, LOGIN_LOG_ERROR_TYPE, false},
	    {prepare_symlink, LOGIN_LOG_ERROR_TYPE, false},
	    {prepare_hard_link, LOGIN_LOG_ERROR_TYPE, false},
	    {prepare_writable_file, LOGIN_LOG_ERROR_OWNER, false},
	    {prepare_writable_directory, LOGIN_LOG_ERROR_DIRECTORY_MODE, false},
	    {prepare_foreign_file, LOGIN_LOG_ERROR_OWNER, true},
	    {prepare_foreign_directory, LOGIN_LOG_ERROR_DIRECTORY_MODE, true},
	    {prepare_no_directory, LOGIN_LOG_ERROR_DIRECTORY, false},
	    {prepare_directory_link, LOGIN_LOG_ERROR_DIRECTORY, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct place p;

		if (cases[i].as_root && geteuid() != 0)
			continue;
		place_make(&p, "logins.jsonl");
		cases[i].prepare(&p);
		assert_int_equal(append(p.log), cases[i].error);
		assert_true(strlen(login_log_error_text(cases[i].error)) > 10);
		if (cases[i].error != LOGIN_LOG_ERROR_TYPE)
			assert_int_equal(file_read(p.log, &p.text).len, 0);
		place_remove(&p);
	}
	assert_int_equal(append("relative"), LOGIN_LOG_ERROR_DIRECTORY);
	assert_int_equal(append("/tmp/"), LOGIN_LOG_ERROR_DIRECTORY);
	assert_int_equal(append(""), LOGIN_LOG_ERROR_DIRECTORY);
}

/* Somebody holds the lock and never lets go: the wait ends by the deadline and nothing is written.
 */
static void
test_lock_held(void **state)
{
	struct place p;
	int64_t start;
	int fd;

	(void)state;
	place_make(&p, "logins.jsonl");
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	fd = open(p.log, O_RDONLY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	start = now_us();
	assert_int_equal(append_within(p.log, SECOND / 5), LOGIN_LOG_ERROR_LOCKED);
	assert_in_range(now_us() - start, SECOND / 10, SECOND / 5 + SECOND / 10);
	assert_int_equal(assert_chain(&p), 1);
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	assert_int_equal(close(fd), 0);
	place_remove(&p);
}

/* The lock's holder rotates the file away while we wait: the record goes to the new one, and goes
 * on where the old one ends. */
static void
test_rotated_while_waiting(void **state)
{
	char *old;
	struct place p;
	int fd, status;
	pid_t pid;

	(void)state;
	place_make(&p, "logins.jsonl");
	old = path_in(p.dir, "logins.jsonl.1");
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	fd = open(p.log, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(fd);
		_exit((int)append(p.log));
	}
	(void)usleep(100000);
	assert_int_equal(rename(p.log, old), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(file_read(p.log, &p.text).len != 0);
	assert_int_equal(count_chained(&p, "logins.jsonl.1", NULL), 2);
	place_remove(&p);
	free(old);
}

/* The disk takes only part of the record: none of it stays, and the reason is told. */
static void
test_short_write(void **state)
{
	struct rlimit before, limit;
	struct place p;
	size_t len;

	(void)state;
	place_make(&p, "logins.jsonl");
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	len = file_read(p.log, &p.text).len;
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (size_t room = 0; room < len; room += 41) {
		limit = before;
		limit.rlim_cur = len + room;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		errno = 0;
		assert_int_equal(append(p.log), LOGIN_LOG_ERROR_WRITE);
		assert_int_equal(errno, EFBIG);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_int_equal(file_read(p.log, &p.text).len, len);
	}
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	assert_int_equal(assert_chain(&p), 2);
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_DFL), SIG_ERR);
	place_remove(&p);
}

static void
test_no_descriptor_left(void **state)
{
	struct place p;
	int before, after;

	(void)state;
	place_make(&p, "logins.jsonl");
	before = dup(0);
	(void)close(before);
	assert_int_equal(append(p.log), LOGIN_LOG_OK);
	assert_int_equal(unlink(p.log), 0);
	assert_int_equal(mkdir(p.log, 0700), 0);
	assert_int_equal(append(p.log), LOGIN_LOG_ERROR_TYPE);
	after = dup(0);
	assert_int_equal(after, before);
	(void)close(after);
	place_remove(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_chain),
	    cmocka_unit_test(test_chain_by_other_tools),
	    cmocka_unit_test(test_many_writers),
	    cmocka_unit_test(test_torn_tail),
	    cmocka_unit_test(test_large_tail),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_lock_held),
	    cmocka_unit_test(test_rotated_while_waiting),
	    cmocka_unit_test(test_short_write),
	    cmocka_unit_test(test_no_descriptor_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
