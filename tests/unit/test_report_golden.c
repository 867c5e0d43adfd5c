/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every form of output, byte for byte, of one small set of inputs that has a login of each kind and
 * hostile text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/golden_test.h"

#define INPUTS "--logins", GOLDEN "logins.jsonl", "--events", GOLDEN "events.json"
/* roles in roles, Identity Center, and logins told by sshd's own log */
#define CHAINS                                                                                     \
	"--logins", GOLDEN "chain-auth.log", "--events", GOLDEN "chain-events.json",               \
	    "--identity-store", GOLDEN "chain-users.json", "--instance-map",                       \
	    GOLDEN "chain-map.txt"

static const struct {
	const char *file;
	const char *argv[20];
} cases[] = {
    {"report.txt", {"report", INPUTS}},
    {"report-color.txt", {"report", INPUTS, "--color", "always", "--from", "2026-11-22T07:00:00Z"}},
    {"report.json", {"report", INPUTS, "--format", "json"}},
    {"report.jsonl", {"report", INPUTS, "--format", "jsonl"}},
    {"report.csv", {"report", INPUTS, "--format", "csv"}},
    {"report-range.jsonl",
	{"report", INPUTS, "--format", "jsonl", "--from", "2026-11-22T06:30:00Z", "--to",
	    "2026-11-22T06:30:06Z", "--grace", "2.5", "--skew=0.25"}},
    {"report-complete.jsonl",
	{"report", INPUTS, "--format", "jsonl", "--from", "2026-11-22T08:00:00Z",
	    "--complete-until", "2026-11-22T09:30:00Z", "--complete-from", "2026-11-22"}},
    {"pushes.txt", {"pushes", INPUTS}},
    {"pushes.csv", {"pushes", INPUTS, "--format", "csv"}},
    {"pushes-failed.json", {"pushes", INPUTS, "--format", "json", "--failed", "--uninstrumented"}},
    {"who.txt", {"who", INPUTS, "--user", "ec2-user"}},
    {"who.json", {"who", INPUTS, "--session", "fac98944", "--format", "json"}},
    {"explain-ambiguous.txt", {"explain", INPUTS, "fac98944"}},
    {"explain-expired.txt", {"explain", INPUTS, "c0828e03"}},
    {"explain-failed.txt", {"explain", INPUTS, "437f5780"}},
    {"explain-other-instance.txt", {"explain", INPUTS, "03e04301"}},
    {"explain-other-user.txt", {"explain", INPUTS, "2b3357d9"}},
    {"explain-never.txt", {"explain", INPUTS, "7e7cb681"}},
    {"explain-no-key.txt", {"explain", INPUTS, "3e8d88fd"}},
    {"chain-report.txt", {"report", CHAINS}},
    {"chain-hint.txt",
	{"report", CHAINS, "--year", "2026", "--time-zone", "+01:00", "--eic-uid", "112",
	    "--instance", "i-0123456789abcdef0", "--no-people"}},
    {"chain-report.json", {"report", CHAINS, "--format", "json"}},
    {"chain-who.txt", {"who", CHAINS, "WEB-1"}},
    {"chain-who-no-people.txt", {"who", CHAINS, "--user", "ec2-user", "--no-people"}},
    {"chain-explain.txt", {"explain", CHAINS, "3501733c"}},
    {"chain-explain-notice.txt", {"explain", CHAINS, "34e1d1c9"}},
    {"chain-reach.txt", {"reach", CHAINS, "Alice"}},
    {"chain-reach.jsonl", {"reach", CHAINS, "dora", "--format", "jsonl"}},
    {"chain-reach.csv", {"reach", CHAINS, "ASIAJUMPEXAMPLE00001", "--format", "csv"}},
    {"chain-reach-none.txt", {"reach", CHAINS, "nobody\033[1m"}},
    {"chain-pushes.csv", {"pushes", CHAINS, "--format", "csv", "--unused"}},
    {"explain-expired.json", {"explain", INPUTS, "c0828e03", "--format", "json"}},
};

/* The commit that the program says it was built from: the one thing that is not the same twice. */
static struct span
program_commit(struct told *version)
{
	const char *argv[] = {"--version", NULL};
	char *open;

	*version = tell(argv);
	open = strchr(version->out, '(');
	assert_non_null(open);
	return (struct span){open + 1, strcspn(open + 1, ")")};
}

/* The text with the commit replaced. */
static void
put_without_commit(struct buf *out, const char *text, struct span commit)
{
	static const char before[] = "\"commit\":\"";
	const char *at;

	while ((at = strstr(text, before)) != NULL) {
		at += sizeof(before) - 1;
		buf_put(out, text, (size_t)(at - text));
		assert_memory_equal(at, commit.ptr, commit.len);
		buf_puts(out, "COMMIT");
		text = at + commit.len;
	}
	buf_puts(out, text);
}

static void
check_case(size_t i, struct span commit)
{
	struct told told = tell(cases[i].argv);
	struct buf got;

	buf_init(&got, GOLDEN_MAX);
	assert_int_equal(told.code, 0);
	assert_string_equal(told.err, "");
	put_without_commit(&got, told.out, commit);
	golden_check(cases[i].file, buf_span(&got));
	buf_clear(&got);
	told_clear(&told);
}

static void
test_golden(void **state)
{
	struct told version;
	struct span commit = program_commit(&version);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(i, commit);
	told_clear(&version);
}

/* No form shows a control character but the line end. */
static void
test_no_control_characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told told = tell(cases[i].argv);
		bool color = strstr(cases[i].file, "color") != NULL;

		if (!color)
			golden_check_plain(span_of(told.out));
		told_clear(&told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden),
	    cmocka_unit_test(test_no_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
