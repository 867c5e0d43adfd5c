/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every form of output, byte for byte, of one small set of inputs that has a login of each kind and
 * hostile text. GOLDEN_UPDATE=1 writes the files anew: look at the difference before keeping it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buf.h"
#include "tests/unit/cli_test.h"

#define INPUTS     "--logins", GOLDEN "logins.jsonl", "--events", GOLDEN "events.json"
#define GOLDEN_MAX (1u << 20)

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
    {"explain-never.txt", {"explain", INPUTS, "7e7cb681"}},
    {"explain-no-key.txt", {"explain", INPUTS, "3e8d88fd"}},
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
read_file(const char *path, struct buf *content)
{
	FILE *f = fopen(path, "r");
	char piece[4096];
	size_t n;

	if (f == NULL)
		fail_msg("%s: %m", path);
	while ((n = fread(piece, 1, sizeof(piece), f)) != 0)
		buf_put(content, piece, n);
	(void)fclose(f);
}

static void
write_file(const char *path, struct span content)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(content.ptr, 1, content.len, f), content.len);
	assert_int_equal(fclose(f), 0);
}

static void
check_case(size_t i, struct span commit)
{
	struct told told = tell(cases[i].argv);
	struct buf got, want;
	char path[200];

	buf_init(&got, GOLDEN_MAX);
	buf_init(&want, GOLDEN_MAX);
	(void)snprintf(path, sizeof(path), GOLDEN "%s", cases[i].file);
	assert_int_equal(told.code, 0);
	assert_string_equal(told.err, "");
	put_without_commit(&got, told.out, commit);
	if (getenv("GOLDEN_UPDATE") != NULL)
		write_file(path, buf_span(&got));
	read_file(path, &want);
	if (!span_eq(buf_span(&got), buf_span(&want)))
		fail_msg("%s differs:\n%s", path, buf_cstr(&got));
	buf_clear(&got);
	buf_clear(&want);
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

		for (const char *p = told.out; *p != '\0' && !color; p++)
			assert_true((unsigned char)*p >= 0x20 || *p == '\n');
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
