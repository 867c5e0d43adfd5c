/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "tests/unit/cli_test.h"

#define INPUTS "--logins", GOLDEN "logins.jsonl", "--events", GOLDEN "events.json"

static const struct {
	const char *argv[16];
	int code;
	const char *err; /* what stderr begins with; "" for nothing at all */
} exit_cases[] = {
    {{NULL}, 2, "logintrail: a command is needed"},
    {{"--nonsense"}, 2, "logintrail: unknown option '--nonsense'\ntry 'logintrail --help'\n"},
    {{"nonsense"}, 2, "logintrail: unknown command 'nonsense'\ntry 'logintrail --help'\n"},
    {{"\033[31m"}, 2, "logintrail: unknown command '\\x1b[31m'\n"},
    {{"--help"}, 0, ""},
    {{"--version"}, 0, ""},
    {{"report", "--version"}, 0, ""},
    {{"report", "--nonsense"}, 2,
	"logintrail: unknown option '--nonsense'\ntry 'logintrail report --help'\n"},
    {{"report", "--events", GOLDEN "events.json"}, 2, "logintrail: --logins is missing"},
    {{"report", "--logins", GOLDEN "logins.jsonl"}, 2, "logintrail: --events is missing"},
    {{"pushes", "--logins", GOLDEN "logins.jsonl"}, 2, "logintrail: --events is missing"},
    {{"pushes", "--events", GOLDEN "events.json"}, 0, ""},
    /* a store serves as both */
    {{"report", "--db", "no/such"}, 3, "logintrail: no/such: "},
    {{"who", "--db", "no/such", "--user", "root"}, 3, "logintrail: no/such: "},
    {{"explain", "--db", "no/such", "8ddf8780"}, 3, "logintrail: no/such: "},
    {{"reach", "--db", "no/such", "alice"}, 3, "logintrail: no/such: "},
    {{"pushes", "--db", "no/such"}, 3, "logintrail: no/such: "},
    {{"annotate", "--db", "no/such"}, 3, "logintrail: no/such: "},
    {{"report", INPUTS, "--db", "no/such"}, 3, "logintrail: no/such: "},
    {{"report", "--db", GOLDEN "events.json"}, 3, "logintrail: " GOLDEN "events.json: "},
    {{"report", INPUTS}, 0, ""},
    {{"report", "--logins", GOLDEN "chain-map.txt", "--events", GOLDEN "events.json"}, 3,
	"logintrail: " GOLDEN "chain-map.txt: no system log that this program knows, and not "},
    {{"report", INPUTS, "--fail-on", "contradicted"}, 0, ""},
    {{"report", INPUTS, "--fail-on", "unattributed,no_key"}, 1,
	"logintrail: finding: unattributed: 7\nlogintrail: finding: no_key: 1\n"},
    {{"report", INPUTS, "--events", "no/such", "--fail-on", "no_key"}, 3, "logintrail: no/such: "},
    {{"report", INPUTS, "-o", "no/such/file"}, 4,
	"logintrail: no/such/file: cannot write: No such file or directory\n"},
    {{"who", INPUTS}, 2, "logintrail: which login?"},
    {{"who", INPUTS, "--user", "nobody"}, 0, ""},
    {{"who", INPUTS, "--session", "00000000"}, 0, ""},
    {{"explain", INPUTS}, 2, "logintrail: missing argument: SESSION"},
    {{"explain", INPUTS, "xyz"}, 2, "logintrail: 'xyz' is not a session id"},
    {{"explain", INPUTS, "00000000"}, 2, "logintrail: no login has the session id '00000000'"},
    {{"explain", INPUTS, "8ddf8780"}, 0, ""},
    {{"explain", INPUTS, "8DDF8780"}, 0, ""},
    {{"reach", INPUTS}, 2, "logintrail: missing argument: IDENTITY"},
    {{"reach", INPUTS, ""}, 2, "logintrail: whom? '' names nobody\n"},
    {{"reach", INPUTS, " \t"}, 2, "logintrail: whom? ' \\x09' names nobody\n"},
    {{"reach", INPUTS, "alice", "--no-people"}, 2, "logintrail: reach follows people"},
    {{"reach", INPUTS, "alice"}, 0, ""},
    {{"reach", INPUTS, "nobody at all"}, 0, ""},
    {{"report", INPUTS, "--identity-store", GOLDEN "chain-users.json"}, 0, ""},
    {{"report", INPUTS, "--identity-store", "no/such"}, 3,
	"logintrail: no/such: cannot be opened: No such file or directory\n"},
    {{"report", INPUTS, "--identity-store", GOLDEN "report.txt"}, 3,
	"logintrail: " GOLDEN "report.txt: not a list of users"},
    {{"report", INPUTS, "--identity-store", "no/such", "--no-people"}, 0, ""},
    {{"report", INPUTS, "--instance-map", GOLDEN "chain-map.txt"}, 0, ""},
    {{"report", INPUTS, "--instance-map", "no/such"}, 3, "logintrail: no/such: "},
    {{"report", INPUTS, "--instance-map", GOLDEN "report.txt"}, 3,
	"logintrail: " GOLDEN "report.txt: line 1 is not NAME INSTANCE"},
};

static void
test_exit_codes(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof(exit_cases) / sizeof(exit_cases[0]); i++) {
		struct told told = tell(exit_cases[i].argv);

		if (told.code != exit_cases[i].code)
			fail_msg("case %zu: exit %d: %s", i, told.code, told.err);
		assert_memory_equal(told.err, exit_cases[i].err, strlen(exit_cases[i].err));
		if (exit_cases[i].err[0] == '\0')
			assert_string_equal(told.err, "");
		told_clear(&told);
	}
}

/* Every option that a command takes stands in its help. */
static void
test_help(void **state)
{
	static const struct {
		const char *argv[3];
		const char *has, *has_not;
	} cases[] = {
	    {{"--help"}, "explain ", "--logins PATH                "},
	    {{"report", "--help"}, "--fail-on LIST", "--used"},
	    {{"report", "-h"}, "table, json, jsonl, csv (table)", "--audit-session"},
	    {{"report", "--help"}, "--db FILE", "--rescan"},
	    {{"annotate", "--help"}, "--db FILE", "--rescan"},
	    {{"who", "--help"}, "--audit-session N", "--fail-on LIST"},
	    {{"explain", "--help"}, "text, json, jsonl (text)", "csv"},
	    {{"pushes", "--help"}, "--uninstrumented", "--audit-session"},
	    {{"reach", "--help"}, "--identity-store FILE", "--fail-on LIST"},
	    {{"annotate", "--help"}, "--time-zone Z", "--fail-on LIST"},
	    {{"verify", "--help"}, "--expect-head", "--identity-store"},
	    {{"verify", "--help"}, "--expect-head", "--db FILE"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told told = tell(cases[i].argv);

		assert_int_equal(told.code, 0);
		assert_non_null(strstr(told.out, cases[i].has));
		assert_null(strstr(told.out, cases[i].has_not));
		told_clear(&told);
	}
}

/* How many logins `who` finds. */
static void
test_who_selects(void **state)
{
	static const struct {
		const char *argv[16];
		const char *last; /* line */
	} cases[] = {
	    {{"who", INPUTS, "--user", "root"}, "1 login fits\n"},
	    {{"who", INPUTS, "--user", "nobody"}, "no login fits\n"},
	    {{"who", INPUTS, "i-0123456789abcdef0"}, "12 logins fit\n"},
	    {{"who", INPUTS, "i-0fedcba9876543210"}, "no login fits\n"},
	    {{"who", INPUTS, "web-1.example.com", "--pid", "1003"}, "1 login fits\n"},
	    {{"who", INPUTS, "web-1", "--pid", "1003"}, "1 login fits\n"},
	    {{"who", INPUTS, "WEB-1.Example.com", "--pid", "1003"}, "1 login fits\n"},
	    {{"who", INPUTS, "web-1.example", "--pid", "1003"}, "no login fits\n"},
	    {{"who", INPUTS, "web", "--pid", "1003"}, "no login fits\n"},
	    {{"who", INPUTS, "--audit-session", "44"}, "1 login fits\n"},
	    {{"who", INPUTS, "--ip", "198.51.100.77"}, "1 login fits\n"},
	    {{"who", INPUTS, "--ip", "::ffff:198.51.100.77"}, "1 login fits\n"},
	    {{"who", INPUTS, "--session", "8ddf8780"}, "1 login fits\n"},
	    {{"who", INPUTS, "--from", "2026-11-22T07:00:00Z", "--to", "2026-11-22T07:05:00Z"},
		"1 login fits\n"},
	    /* of the two sessions by then, one began in that very second; a third is older */
	    {{"who", INPUTS, "--at", "2026-11-22T06:22:39Z"}, "1 login fits\n"},
	    {{"who", INPUTS, "--at", "2026-11-22T06:22:40Z"}, "2 logins fit\n"},
	    {{"who", INPUTS, "--at", "2026-11-22T06:22:40.1Z"}, "1 login fits\n"},
	    /* session 8ddf8780 ended at 07:24:43.5 */
	    {{"who", INPUTS, "--at", "2026-11-22T07:24:43Z", "--pid", "1001"}, "1 login fits\n"},
	    {{"who", INPUTS, "--at", "2026-11-22T07:24:44Z", "--pid", "1001"}, "no login fits\n"},
	    {{"who", INPUTS, "--fingerprint", "mqz1QHev9hfjqnJwGYGeEtSVf0Hnd5uPTvWVXX3QRSU="},
		"1 login fits\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told told = tell(cases[i].argv);
		size_t len = strlen(told.out), last = strlen(cases[i].last);

		assert_int_equal(told.code, 0);
		assert_true(len >= last);
		if (strcmp(told.out + len - last, cases[i].last) != 0)
			fail_msg("case %zu: %s", i, told.out);
		told_clear(&told);
	}
}

static void
test_ambiguous_session(void **state)
{
	const char *argv[] = {"explain", "0123456789", "--logins", GOLDEN "same_prefix.jsonl",
	    "--events", GOLDEN "events.json", NULL};
	struct told told = tell(argv);

	(void)state;
	assert_int_equal(told.code, 2);
	assert_string_equal(told.err,
	    "logintrail: '0123456789' begins more than one session id: "
	    "0123456789abcdef0123456789abcdef 0123456789abcdef0123456789abcdee\n"
	    "try 'logintrail explain --help'\n");
	told_clear(&told);
}

/* A log of sshd's leaves open what instance it is of, and may leave open the year and the zone:
 * what was taken for them is said, where nobody said it. */
static void
test_assumptions_are_said(void **state)
{
	static const char line[] = "Nov 22 06:22:40 web-1 sshd[1001]: Accepted password for bob "
				   "from 203.0.113.7 port 51501 "
				   "ssh2\n";
	static const char *const words[] = {"no push can explain them (--instance-map, --instance)",
	    "stamps without a year: 1 login", "stamps without a zone: 1 login"};
	char path[] = "/tmp/logintrail-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, line, sizeof(line) - 1), sizeof(line) - 1);
	(void)close(fd);
	for (int told_all = 0; told_all < 2; told_all++) {
		const char *args[] = {"report", "--logins", path, "--events", GOLDEN "events.json",
		    told_all ? "--instance" : NULL, "i-0123456789abcdef0", "--year", "2026",
		    "--time-zone", "UTC", NULL};
		struct told told = tell(args);

		assert_int_equal(told.code, 0);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if ((strstr(told.out, words[i]) == NULL) != told_all)
				fail_msg("%d: %s", told_all, words[i]);
		}
		told_clear(&told);
	}
	(void)unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_exit_codes),
	    cmocka_unit_test(test_help),
	    cmocka_unit_test(test_who_selects),
	    cmocka_unit_test(test_ambiguous_session),
	    cmocka_unit_test(test_assumptions_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
