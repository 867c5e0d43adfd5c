/* SPDX-License-Identifier: Apache-2.0 */
/* Which issuing events are kept: those that chains need, wherever they lie. */
#include "tests/unit/gather_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ROLE_PUSH_OF(n)                                                                            \
	"{" SESSION("ASIA7" n, "n",                                                                \
	    "06:03:00") "\"eventTime\":\"2026-11-22T06:22:40Z\",\"eventSource\":"                  \
			"\"ec2-instance-connect.amazonaws.com\",\"eventName\":"                    \
			"\"SendSSHPublicKey\","                                                    \
			"\"awsRegion\":\"eu-central-1\",\"requestParameters\":{\"instanceId\":"    \
			"\"i-0123456789abcdef0\",\"instanceOSUser\":\"ec2-user\"},\"eventID\":"    \
			"\"push-" n "\",\"recipientAccountId\":\"111122223333\"}"

/* Roles taken out of roles: each event is found, in whatever order the files are, whether the index
 * has room for where they lie or not, and nothing else is kept. */
static void
test_chain_over_files(void **state)
{
	static const char *const parts[] = {
	    "{\"Records\":[" NOISE "," ROLE_PUSH "]}",
	    "{\"Records\":[" HOP_THREE "," NOISE "]}",
	    NOISE_LINES HOP_TWO "\n" NOISE_LINES,
	    "{\"Records\":[" OTHER "," HOP_ONE "," NOISE "," HOP_ONE "]}",
	};
	static const unsigned char orders[][4] = {
	    {0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
	static const size_t rooms[] = {0, 1, 3, 9};

	(void)state;
	for (size_t i = 0; i < 4 * sizeof(orders) / sizeof(orders[0]); i++) {
		struct gathering g;

		gathering_open(&g);
		g.options.issues_max = rooms[i % 4];
		g.options.threads = 1 + i % 3;
		for (size_t k = 0; k < 4; k++) {
			char name[] = {(char)('a' + k), '\0'};

			add(&g, name, parts[orders[i / 4][k]], INPUT_EVENTS);
		}
		gather(&g);
		assert_issues(&g, "one two three");
		assert_int_equal(g.ledger.counts.issuing, 9);
		assert_int_equal(g.ledger.counts.files, 4);
		assert_true(g.ledger.counts.files_again >= 3);
		if (rooms[i % 4] == 0)
			assert_int_equal(g.ledger.counts.files_again, 3);
		assert_int_equal(g.ledger.coverage.count, 2);
		assert_int_equal(g.said.errors, 0);
		gathering_close(&g);
	}
}

/* The hops of a chain, and one more, which says that it is longer than that. */
static void
test_long_chain(void **state)
{
	char line[1024];
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "a", ROLE_PUSH, INPUT_EVENTS);
	for (int i = 0; i < 12; i++) {
		const char name[] = {(char)('b' + i), '\0'};

		(void)snprintf(line, sizeof(line),
		    ASSUME_ROLE(
			"%c", SESSION("ASIA%d", "x", "06:00:00"), "ASIA%d", "y", "06:00:00"),
		    i + 4, i + 3, 'a' + i);
		add(&g, name, line, INPUT_EVENTS);
	}
	gather(&g);
	assert_issues(&g, "a b c d e f g h i");
	assert_int_equal(g.ledger.counts.issuing, 12);
	gathering_close(&g);
}

/* Many files are read again, some of them no longer what they were: whoever reads them, what is
 * kept and said is the same. */
static void
test_many_files_by_threads(void **state)
{
	static const size_t threads[] = {1, 2, 5};
	char *first = NULL;

	(void)state;
	for (size_t t = 0; t < sizeof(threads) / sizeof(threads[0]); t++) {
		struct gathering g;
		char *text = NULL;
		size_t len;
		FILE *f = open_memstream(&text, &len);

		gathering_open(&g);
		g.options.threads = threads[t];
		for (int i = 0; i < 600; i++) {
			char name[16], line[2048];

			(void)snprintf(name, sizeof(name), "%03d", i);
			(void)snprintf(line, sizeof(line),
			    "{\"Records\":[" ROLE_PUSH_OF("%d") "," ASSUME_ROLE(
				"%d", USER, "ASIA7%d", "n", "06:03:00") "]}",
			    i, i, (i + 299) % 600, (i + 299) % 600);
			add(&g, name, line, INPUT_EVENTS);
		}
		gather(&g);
		assert_int_equal(g.ledger.counts.pushes, 600);
		assert_int_equal(g.ledger.issue_count, 600);
		assert_int_equal(g.ledger.counts.files_again, 600);
		assert_int_equal(g.said.errors, 0);
		for (size_t i = 0; i < g.ledger.issue_count; i++)
			(void)fprintf(
			    f, "%s ", ledger_text(&g.ledger, g.ledger.issues[i].event_id));
		gathering_close(&g);
		assert_int_equal(fclose(f), 0);
		if (first != NULL)
			assert_string_equal(text, first);
		else
			first = strdup(text);
		free(text);
	}
	free(first);
}

/* Both copies of an act in two accounts are kept, and a record that shares an eventID and differs.
 */
static void
test_twins_are_both_kept(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "a", ROLE_PUSH "\n" HOP_THREE "\n" HOP_THREE "\n", INPUT_EVENTS);
	add(&g, "b", ASSUME_ROLE("twin", "", "ASIA3", "three", "06:03:00"), INPUT_EVENTS);
	add(&g, "c", ASSUME_ROLE("three", USER, "ASIA3", "three", "06:03:00"), INPUT_EVENTS);
	gather(&g);
	assert_issues(&g, "three three twin");
	gathering_close(&g);
}

/* What stands in strings has no place of its own in the file. */
static void
test_issue_in_a_string(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "a", "{\"Records\":[" ROLE_PUSH "]}", INPUT_EVENTS);
	add(&g, "b",
	    "{\"Events\":[{\"CloudTrailEvent\":\"{\\\"userIdentity\\\":{\\\"type\\\":"
	    "\\\"IAMUser\\\"},\\\"eventTime\\\":\\\"2026-11-22T06:03:00Z\\\","
	    "\\\"eventSource\\\":\\\"sts.amazonaws.com\\\",\\\"eventName\\\":"
	    "\\\"AssumeRole\\\",\\\"responseElements\\\":{\\\"credentials\\\":"
	    "{\\\"accessKeyId\\\":\\\"ASIA3\\\"}},\\\"eventID\\\":\\\"said\\\"}\"}]}",
	    INPUT_EVENTS);
	gather(&g);
	assert_issues(&g, "said");
	assert_int_equal(g.said.errors, 0);
	gathering_close(&g);
}

static void
test_no_people(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	g.options.people = false;
	add(&g, "a", "{\"Records\":[" ROLE_PUSH "," HOP_THREE "]}", INPUT_EVENTS);
	gather(&g);
	assert_issues(&g, "");
	assert_int_equal(g.ledger.counts.issuing, 0);
	assert_int_equal(g.ledger.counts.files_again, 0);
	assert_int_equal(g.ledger.counts.skipped, 1);
	gathering_close(&g);
}

/* A host's files issue nothing. */
static void
test_issues_among_logins_are_not_believed(void **state)
{
	struct gathering g;

	(void)state;
	gathering_open(&g);
	add(&g, "a", ROLE_PUSH, INPUT_EVENTS);
	add(&g, "b", LOGIN "\n" HOP_THREE "\n", INPUT_LOGINS);
	gather(&g);
	assert_issues(&g, "");
	assert_int_equal(g.ledger.counts.events_among_logins, 1);
	gathering_close(&g);
}

/* Standard input is there once: what it issues is kept at once, and leads on into the files. */
static void
test_standard_input(void **state)
{
	static const char text[] = ROLE_PUSH "\n" HOP_THREE "\n" NOT_ASKED "\n";
	int saved = dup(STDIN_FILENO), ends[2];
	struct gathering g;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, sizeof(text) - 1), sizeof(text) - 1);
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	gathering_open(&g);
	assert_int_equal(input_list_add(&g.inputs, "-", INPUT_EVENTS, &g.said), 0);
	add(&g, "b", HOP_ONE "\n" HOP_TWO "\n", INPUT_EVENTS);
	gather(&g);
	assert_issues(&g, "one not-asked two three");
	assert_int_equal(g.ledger.counts.issuing, 4);
	assert_int_equal(g.said.errors, 0);
	gathering_close(&g);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	(void)close(saved);
	(void)close(ends[0]);
}

/* Once the pipe is read, all files were read once: then the file is put into another state. */
static void
change_file(struct gathering *g, const char *path, const char *text)
{
	char fifo[128];

	(void)snprintf(fifo, sizeof(fifo), "%s/z", g->path);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(input_list_add(&g->inputs, fifo, INPUT_EVENTS, &g->said), 0);
	(void)fflush(g->said.stream);
	if (fork() == 0) {
		int fd = open(fifo, O_WRONLY | O_CLOEXEC), out;

		(void)unlink(path);
		if (text != NULL) {
			out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
			if (write(out, text, strlen(text)) < 0)
				_exit(1);
		}
		_exit(write(fd, OTHER, sizeof(OTHER) - 1) < 0);
	}
}

static void
test_file_changes_between_passes(void **state)
{
	static const struct {
		const char *text, *said, *issues;
	} cases[] = {
	    {NULL, "cannot be read a second time", "three"}, {"", "has changed", "three"},
	    {"{\"Records\":[" NOISE "," NOISE "]}", "has changed", "three"},
	    {"\n\n" HOP_ONE "\n" HOP_TWO "\n", NULL, "one two three"}, /* moved, and all there */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gathering g;
		char path[128];
		int status;

		gathering_open(&g);
		add(&g, "a", ROLE_PUSH "\n" HOP_THREE "\n", INPUT_EVENTS);
		add(&g, "b", HOP_ONE "\n" HOP_TWO "\n", INPUT_EVENTS);
		(void)snprintf(path, sizeof(path), "%s/b", g.path);
		change_file(&g, path, cases[i].text);
		gather(&g);
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
		assert_issues(&g, cases[i].issues);
		assert_int_equal(g.said.errors, cases[i].said != NULL);
		if (cases[i].said != NULL)
			assert_non_null(strstr(g.diagnostics, cases[i].said));
		gathering_close(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_chain_over_files),
	    cmocka_unit_test(test_long_chain),
	    cmocka_unit_test(test_many_files_by_threads),
	    cmocka_unit_test(test_twins_are_both_kept),
	    cmocka_unit_test(test_issue_in_a_string),
	    cmocka_unit_test(test_no_people),
	    cmocka_unit_test(test_issues_among_logins_are_not_believed),
	    cmocka_unit_test(test_standard_input),
	    cmocka_unit_test(test_file_changes_between_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
