/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include <signal.h>
#include <time.h>

#include "common/time_text.h"
#include "correlator/aws/credentials_run.h"

#define SECONDS(n) ((n)*US_PER_SECOND)

static struct credentials_run
run_shell(const char *script, int64_t limit_us, struct buf *out)
{
	char shell[] = "/bin/sh", option[] = "-c", *text = strdup(script);
	char *argv[] = {shell, option, text, NULL};
	struct credentials_run run;

	buf_reset(out);
	run = credentials_run(argv, limit_us, out);
	free(text);
	return run;
}

static void
test_ends(void **state)
{
	static const struct {
		const char *script;
		enum credentials_run_end end;
		int number;
		const char *output, *words;
	} cases[] = {
	    {"printf abc", CREDENTIALS_RUN_OK, 0, "abc", "ended well"},
	    {"printf abc >&2", CREDENTIALS_RUN_OK, 0, "", "ended well"},
	    {"cat", CREDENTIALS_RUN_OK, 0, "", "ended well"},
	    {"exec >&-; sleep 0.1; exit 3", CREDENTIALS_RUN_STATUS, 3, "", "ended with status 3"},
	    {"printf x; kill -USR1 $$", CREDENTIALS_RUN_SIGNAL, SIGUSR1, "x",
		"was ended by signal 10"},
	    {"printf 0123456789abcdef", CREDENTIALS_RUN_OK, 0, "0123456789abcdef", "ended well"},
	    {"printf 0123456789abcdefg; exec sleep 9", CREDENTIALS_RUN_TOO_LONG, 0, NULL,
		"wrote too much and was ended"},
	    {"exec yes", CREDENTIALS_RUN_TOO_LONG, 0, NULL, "wrote too much and was ended"},
	    /* signals that we ignore or block are not ignored there */
	    {"kill -PIPE $$; exit 0", CREDENTIALS_RUN_SIGNAL, SIGPIPE, "",
		"was ended by signal 13"},
	    {"kill -TERM $$; exit 0", CREDENTIALS_RUN_SIGNAL, SIGTERM, "",
		"was ended by signal 15"},
	};
	struct credentials_run run;
	struct buf out, words;
	sigset_t blocked, before;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, &before), 0);
	buf_init(&out, 16);
	buf_init(&words, 256);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run = run_shell(cases[i].script, SECONDS(8), &out);
		buf_reset(&words);
		credentials_run_put(&words, &run);
		assert_string_equal(buf_cstr(&words), cases[i].words);
		assert_int_equal(run.end, cases[i].end);
		assert_int_equal(run.number, cases[i].number);
		if (cases[i].output != NULL)
			assert_true(span_is(buf_span(&out), cases[i].output));
	}
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	buf_clear(&words);
	buf_clear(&out);
}

static void
test_time_limit(void **state)
{
	static const char *const scripts[] = {
	    "exec sleep 9", "exec sleep 9 >&-", "printf x; exec sleep 9", "trap '' TERM; sleep 9"};
	int64_t before_us = time_now_us();
	struct credentials_run run;
	struct buf out;

	(void)state;
	buf_init(&out, 1024);
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		run = run_shell(scripts[i], SECONDS(1) / 5, &out);
		assert_int_equal(run.end, CREDENTIALS_RUN_TIMEOUT);
	}
	assert_true(time_now_us() - before_us < SECONDS(5));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	buf_clear(&out);
}

static void
test_not_started(void **state)
{
	char none[] = "logintrail-no-such-program", directory[] = "/tmp";
	char *first[] = {none, NULL}, *second[] = {directory, NULL};
	struct credentials_run run;
	struct buf out;

	(void)state;
	buf_init(&out, 1024);
	run = credentials_run(first, SECONDS(5), &out);
	assert_int_equal(run.end, CREDENTIALS_RUN_NOT_STARTED);
	assert_int_equal(run.number, ENOENT);
	run = credentials_run(second, SECONDS(5), &out);
	assert_int_equal(run.end, CREDENTIALS_RUN_NOT_STARTED);
	assert_int_equal(run.number, EACCES);
	buf_clear(&out);
}

/* Neither what we read nor where we complain is its. */
static void
test_descriptors(void **state)
{
	struct credentials_run run;
	struct buf out;

	(void)state;
	buf_init(&out, 1024);
	run = run_shell("echo $(readlink /proc/self/fd/0 /proc/self/fd/2)", SECONDS(5), &out);
	assert_int_equal(run.end, CREDENTIALS_RUN_OK);
	assert_string_equal(buf_cstr(&out), "/dev/null /dev/null\n");
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_time_limit),
	    cmocka_unit_test(test_not_started),
	    cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
