/* SPDX-License-Identifier: Apache-2.0 */
/* A login log over several files: what a new one continues, rotation, the seal. */
#include "tests/unit/log_place.h"

#include <signal.h>
#include <sys/file.h>
#include <time.h>

#include "common/time_text.h"
#include "correlator/evidence/login_chain.h"
#include "pam_module/login_log_rotate.h"
#include "pam_module/login_log_seal.h"

#define ID     "0123456789abcdef0123456789abcdef"
#define SECOND US_PER_SECOND

static int64_t
soon_us(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000 + 20 * SECOND;
}

static enum login_log_error
append(const struct place *p)
{
	struct login_record r;

	login_record_init(&r, LOGIN_RECORD_CLOSE);
	r.id = SPAN(ID);
	return login_log_append(p->log, &r, soon_us());
}

static void
append_n(const struct place *p, int n)
{
	while (n-- > 0)
		assert_int_equal(append(p), LOGIN_LOG_OK);
}

static enum login_log_error
rotate(const struct place *p, unsigned keep)
{
	enum login_log_error error, begun = LOGIN_LOG_OK;
	struct login_record r;

	login_record_init(&r, LOGIN_RECORD_ROTATE);
	error = login_log_rotate(p->log, keep, &r, soon_us(), &begun);
	return error != LOGIN_LOG_OK ? error : begun;
}

/* Renames a file of the directory. */
static void
move(const struct place *p, const char *from, const char *to)
{
	char *a = path_in(p->dir, from), *b = path_in(p->dir, to);

	assert_int_equal(rename(a, b), 0);
	free(a);
	free(b);
}

static bool
has(const struct place *p, const char *name)
{
	char *path = path_in(p->dir, name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

static void
write_file(const struct place *p, const char *name, const char *text)
{
	char *path = path_in(p->dir, name);

	file_write(path, text, strlen(text), 0600);
	free(path);
}

static bool
holds(struct place *p, const char *name, const char *word)
{
	char *path = path_in(p->dir, name);
	struct span text = file_read(path, &p->text);

	free(path);
	return text.len != 0 && memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

/* How often the word stands in the log's files. */
static uint64_t
count_words(struct place *p, const char *word)
{
	static const char *const names[] = {"l", "l.1", "l.2", "l.3", "l.4"};
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = path_in(p->dir, names[i]);
		struct span text = file_read(path, &p->text), line;

		while (span_cut(&text, '\n', &line))
			n +=
			    line.len != 0 && memmem(line.ptr, line.len, word, strlen(word)) != NULL;
		free(path);
	}
	return n;
}

/* All files of the directory but the seal's are one log, in that state. */
static void
assert_state(struct place *p, enum login_chain_state state, uint64_t records, size_t files,
    struct seal_keys *keys)
{
	static const char *const names[] = {"l", "l.0", "l.1", "l.2", "l.3", "l.4", "l-20261121",
	    "l-20261122", "l-20261122-1", "other"};
	struct login_chain_set s;
	bool is_log;

	login_chain_init(&s);
	s.keys = keys;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = path_in(p->dir, names[i]);

		assert_int_equal(login_chain_add(&s, path, file_read(path, &p->text), &is_log), 0);
		free(path);
	}
	assert_int_equal(login_chain_link(&s), 0);
	assert_int_equal(s.chain_count, 1);
	assert_int_equal(s.chains[0].state, state);
	assert_int_equal(s.chains[0].records, records);
	assert_int_equal(s.chains[0].file_count, files);
	if (keys != NULL)
		assert_int_equal(s.chains[0].seals_good, s.chains[0].sealed);
	login_chain_clear(&s);
}

/* What logrotate does, with numbers and with dates, and what may lie beside it. */
static void
test_goes_on_after_rename(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, "l");
	append_n(&p, 3);
	move(&p, "l", "l.1");
	append_n(&p, 2);
	assert_state(&p, LOGIN_CHAIN_INTACT, 5, 2, NULL);
	move(&p, "l.1", "l.2");
	move(&p, "l", "l.1");
	append_n(&p, 2);
	assert_state(&p, LOGIN_CHAIN_INTACT, 7, 3, NULL);
	place_remove(&p);

	place_make(&p, "l");
	append_n(&p, 2);
	move(&p, "l", "l-20261121");
	append_n(&p, 2);
	move(&p, "l", "l-20261122");
	append_n(&p, 2);
	move(&p, "l", "l-20261122-1");
	write_file(&p, "l.seal.1", "no");
	write_file(&p, "lx.1", "no");
	write_file(&p, "l-2026", "no");
	write_file(&p, "l.1x", "no");
	write_file(&p, "l.", "no");
	write_file(&p, "l.1", ""); /* empty: not what came before */
	append_n(&p, 2);
	assert_state(&p, LOGIN_CHAIN_INTACT, 8, 4, NULL);
	place_remove(&p);
}

/* The file that rotation left empty under the log's name, and one that only has a cut record. */
static void
test_goes_on_in_empty_file(void **state)
{
	static const char *const cut[] = {"", "{", "{\"v\":1,\"kind\":\"open\",\"id\":\"0123"};
	struct place p;

	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		place_make(&p, "l");
		append_n(&p, 3);
		move(&p, "l", "l.1");
		write_file(&p, "l", cut[i]);
		append_n(&p, 2);
		assert_state(&p, LOGIN_CHAIN_INTACT, 5, 2, NULL);
		assert_int_equal(holds(&p, "l", "cut_record_removed"), cut[i][0] != '\0');
		place_remove(&p);
	}
	/* what is not ours stays, and is named; the numbers go on */
	place_make(&p, "l");
	append_n(&p, 3);
	move(&p, "l", "l.1");
	write_file(&p, "l", "hello");
	append_n(&p, 1);
	assert_true(holds(&p, "l", "hello\n{"));
	assert_true(holds(&p, "l", "\"seq\":4"));
	place_remove(&p);
}

static void
test_restart_is_said(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, "l");
	append_n(&p, 3);
	assert_false(holds(&p, "l", "chain_restarted"));
	move(&p, "l", "l.4");
	write_file(&p, "l.1.gz", "compressed before anything was appended");
	append_n(&p, 2);
	assert_true(holds(&p, "l", "\"notes\":[\"chain_restarted\"]"));
	assert_state(&p, LOGIN_CHAIN_BROKEN, 5, 2, NULL);
	place_remove(&p);
	/* a compressed file that is not the newest does not matter */
	place_make(&p, "l");
	append_n(&p, 3);
	move(&p, "l", "l.1");
	write_file(&p, "l.2.gz", "older");
	write_file(&p, "l.1.gz", "being written from l.1 just now");
	append_n(&p, 2);
	assert_state(&p, LOGIN_CHAIN_INTACT, 5, 2, NULL);
	place_remove(&p);
}

/* A writer that has the old file's lock comes to its end before anything is chained to it. */
static void
test_waits_for_old_writer(void **state)
{
	struct place p;
	char *old;
	int fd, status;
	pid_t pid;

	(void)state;
	place_make(&p, "l");
	append_n(&p, 2);
	old = path_in(p.dir, "l.1");
	fd = open(p.log, O_RDWR | O_APPEND | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	move(&p, "l", "l.1");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(fd);
		_exit((int)append(&p));
	}
	(void)usleep(100000);
	assert_int_equal(file_read(p.log, &p.text).len, 0);
	/* "the writer": a line that the new file must go on from */
	assert_int_equal(write(fd, "{\"v\":1,\"kind\":\"op", 17), 17);
	assert_int_equal(close(fd), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_state(&p, LOGIN_CHAIN_INTACT, 3, 2, NULL);
	place_remove(&p);
	free(old);
}

static void
test_rotate(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, "l");
	assert_int_equal(rotate(&p, 0), LOGIN_LOG_OK); /* no log yet: begins it */
	assert_true(holds(&p, "l", "\"kind\":\"rotate\""));
	append_n(&p, 2);
	assert_int_equal(rotate(&p, 0), LOGIN_LOG_OK);
	append_n(&p, 1);
	assert_int_equal(rotate(&p, 0), LOGIN_LOG_OK);
	move(&p, "l.2", "other");
	write_file(&p, "l.2.gz", "compressed");
	assert_int_equal(rotate(&p, 0), LOGIN_LOG_OK);
	assert_true(has(&p, "l.3.gz") && !has(&p, "l.2.gz") && has(&p, "l.2") && has(&p, "l.1"));
	assert_state(&p, LOGIN_CHAIN_INTACT, 7, 4, NULL);
	/* keep two */
	assert_int_equal(rotate(&p, 2), LOGIN_LOG_OK);
	assert_true(has(&p, "l.1") && has(&p, "l.2") && !has(&p, "l.3.gz") && !has(&p, "l.3"));
	place_remove(&p);
}

/* Nothing that stands in the way is overwritten, and the log stays under its name. */
static void
test_rotate_fails_safely(void **state)
{
	struct place p;
	char *dir;

	(void)state;
	place_make(&p, "l");
	append_n(&p, 2);
	dir = path_in(p.dir, "l.1");
	assert_int_equal(mkdir(dir, 0700), 0);
	free(dir);
	dir = path_in(p.dir, "l.2.gz");
	assert_int_equal(mkdir(dir, 0700), 0);
	free(dir);
	assert_int_equal(rotate(&p, 1), LOGIN_LOG_ERROR_ROTATE); /* cannot remove a directory */
	assert_int_equal(append(&p), LOGIN_LOG_OK);
	assert_state(&p, LOGIN_CHAIN_INTACT, 3, 1, NULL);
	place_remove(&p);
}

static void
seal(const struct place *p, struct seal_keys *keys)
{
	char text[LOGIN_SEAL_TEXT_MAX];
	struct login_log_file log;
	struct login_seal_key key;

	assert_int_equal(login_log_file_open(&log, p->log, soon_us()), LOGIN_LOG_OK);
	assert_int_equal(login_log_seal_create(&log, 4, &key), 0);
	assert_int_equal(login_log_seal_create(&log, 4, &key), -1);
	assert_int_equal(errno, EEXIST);
	login_log_file_close(&log);
	assert_int_equal(login_seal_key_write(&key, text), 0);
	seal_keys_init(keys);
	assert_int_equal(seal_keys_read(keys, span_of(text)), 0);
}

static void
test_seal(void **state)
{
	struct seal_keys keys;
	struct place p;
	char *path;
	struct stat st;

	(void)state;
	place_make(&p, "l");
	append_n(&p, 3);
	seal(&p, &keys);
	append_n(&p, 3);
	assert_int_equal(rotate(&p, 0), LOGIN_LOG_OK);
	append_n(&p, 3);
	assert_state(&p, LOGIN_CHAIN_INTACT, 10, 2, &keys);
	assert_true(holds(&p, "l.seal", "\"seq\":\"00000000000000000011\""));
	path = path_in(p.dir, "l.seal");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);

	/* a crash between record and key: the key of the last record is moved on first */
	file_read(path, &p.text);
	append_n(&p, 1);
	file_write(path, p.text.ptr, p.text.len, 0600);
	append_n(&p, 1);
	assert_state(&p, LOGIN_CHAIN_INTACT, 12, 2, &keys);

	/* cut off at the end: the numbers do not come again */
	file_read(p.log, &p.text);
	assert_int_equal(truncate(p.log, (off_t)(p.text.len / 2)), 0);
	append_n(&p, 1);
	assert_true(holds(&p, "l", "\"seq\":13"));
	assert_state(&p, LOGIN_CHAIN_BROKEN, 10, 2, &keys);
	free(path);
	seal_keys_clear(&keys);
	place_remove(&p);
}

/* A seal that cannot be used does not cost the record; verify will miss it. */
static void
test_seal_unusable(void **state)
{
	struct seal_keys keys;
	struct place p;
	char *path;

	(void)state;
	for (int i = 0; i < 3; i++) {
		place_make(&p, "l");
		append_n(&p, 3);
		seal(&p, &keys);
		path = path_in(p.dir, "l.seal");
		if (i == 0)
			write_file(&p, "l.seal", "short");
		if (i == 1)
			assert_int_equal(chmod(path, 0644), 0);
		if (i == 2) {
			file_read(path, &p.text);
			p.text.ptr[p.text.len - 10] = 'x';
			file_write(path, p.text.ptr, p.text.len, 0600);
		}
		append_n(&p, 1);
		assert_true(holds(&p, "l", "\"notes\":[\"seal_unusable\"]"));
		assert_state(&p, LOGIN_CHAIN_BROKEN, 4, 1, &keys);
		free(path);
		seal_keys_clear(&keys);
		place_remove(&p);
	}
}

/* Writers and rotations at once, sealed or not: each record is there once. */
static void
run_storm(bool sealed)
{
	enum { WRITERS = 12, RECORDS = 15, ROTATIONS = 3 };
	struct seal_keys keys;
	struct place p;
	int status;

	place_make(&p, "l");
	append_n(&p, 3);
	if (sealed)
		seal(&p, &keys);
	for (int i = 0; i < WRITERS; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		for (int n = 0; pid == 0 && n < RECORDS; n++) {
			(void)usleep(1000);
			if (append(&p) != LOGIN_LOG_OK)
				_exit(1);
		}
		if (pid == 0)
			_exit(0);
	}
	for (int i = 0; i < ROTATIONS; i++) {
		assert_int_equal(rotate(&p, 0), LOGIN_LOG_OK);
		(void)usleep(3000);
	}
	for (int i = 0; i < WRITERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(rotate(&p, 0), LOGIN_LOG_OK);
	/* a rotation that a writer was faster than has no record of its own */
	assert_int_equal(count_words(&p, "\"close\""), 3 + WRITERS * RECORDS);
	assert_state(&p, LOGIN_CHAIN_INTACT, 3 + WRITERS * RECORDS + count_words(&p, "\"rotate\""),
	    ROTATIONS + 2, sealed ? &keys : NULL);
	if (sealed)
		seal_keys_clear(&keys);
	place_remove(&p);
}

static void
test_storm(void **state)
{
	(void)state;
	run_storm(false);
	run_storm(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goes_on_after_rename),
	    cmocka_unit_test(test_goes_on_in_empty_file),
	    cmocka_unit_test(test_restart_is_said),
	    cmocka_unit_test(test_waits_for_old_writer),
	    cmocka_unit_test(test_rotate),
	    cmocka_unit_test(test_rotate_fails_safely),
	    cmocka_unit_test(test_seal),
	    cmocka_unit_test(test_seal_unusable),
	    cmocka_unit_test(test_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
