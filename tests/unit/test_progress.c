/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of how far reading is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/scan/progress.h"

static struct input_file files[] = {
    {.role = INPUT_EVENTS, .size = 3000000},
    {.role = INPUT_EVENTS, .size = 9000000},
};
static const struct input_list inputs = {.files = files, .count = 2};
static const struct progress_counts half = {.records = 300, .skipped = 290};
static const struct progress_counts all = {.records = 400, .skipped = 380, .failed = 1};

struct said {
	char *text;
	size_t len;
	FILE *stream;
};

static void
say_open(struct said *s)
{
	*s = (struct said){0};
	s->stream = open_memstream(&s->text, &s->len);
	assert_non_null(s->stream);
}

static void
say_close(struct said *s)
{
	(void)fclose(s->stream);
	free(s->text);
}

static void
test_no_terminal_nothing(void **state)
{
	static const enum progress_choice choices[] = {PROGRESS_AUTO, PROGRESS_NONE, PROGRESS_NONE};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct progress p;
		struct said s;

		say_open(&s);
		progress_init(&p, s.stream, choices[i], i == 2);
		progress_begin(&p, &inputs);
		p.shown_us -= US_PER_SECOND;
		progress_file(&p, &files[0], &half);
		progress_end(&p, &all);
		(void)fflush(s.stream);
		assert_int_equal(s.len, 0);
		say_close(&s);
	}
}

static void
test_summary_when_asked(void **state)
{
	struct progress p;
	struct said s;

	(void)state;
	say_open(&s);
	progress_init(&p, s.stream, PROGRESS_AUTO, true);
	progress_begin(&p, &inputs);
	progress_file(&p, &files[0], &half);
	progress_file(&p, &files[1], &all);
	progress_end(&p, &all);
	(void)fflush(s.stream);
	assert_string_equal(s.text,
	    "logintrail: read 2 files, 12.0 MB, 400 records in 0.0 s; skipped 380 records of no "
	    "use; 1 file could not be read, or not as a whole\n");
	say_close(&s);
}

/* A bar, at most five times a second, that is gone before anything else is said. */
static void
test_bar(void **state)
{
	struct progress p;
	struct said s;
	size_t len;

	(void)state;
	say_open(&s);
	progress_init(&p, s.stream, PROGRESS_AUTO, false);
	p.form = PROGRESS_FORM_BAR;
	progress_begin(&p, &inputs);
	p.started_us -= 5 * US_PER_SECOND / 2;
	p.shown_us -= US_PER_SECOND;
	progress_file(&p, &files[0], &half);
	(void)fflush(s.stream);
	assert_non_null(strstr(s.text,
	    "\r\033[K\033[?7l[###.........] 1/2 files, 3.0 MB/12.0 MB, 1.2 MB/s, 0:07 "
	    "left\033[?7h"));
	assert_null(strchr(s.text, '\n'));
	len = s.len;
	p.shown_us += US_PER_HOUR;
	progress_file(&p, &files[1], &all); /* too soon */
	(void)fflush(s.stream);
	assert_int_equal(s.len, len);
	progress_hide(&p);
	(void)fflush(s.stream);
	assert_string_equal(s.text + len, "\r\033[K");
	len = s.len;
	progress_hide(&p); /* nothing stands there */
	progress_end(&p, &all);
	(void)fflush(s.stream);
	assert_int_equal(s.len, len);
	say_close(&s);
}

static void
test_json(void **state)
{
	struct progress p;
	struct said s;

	(void)state;
	say_open(&s);
	progress_init(&p, s.stream, PROGRESS_JSON, true);
	progress_begin(&p, &inputs);
	p.shown_us -= US_PER_SECOND;
	progress_file(&p, &files[0], &half);
	p.shown_us += US_PER_HOUR;
	progress_file(&p, &files[1], &all);
	progress_end(&p, &all);
	(void)fflush(s.stream);
	assert_non_null(strstr(s.text,
	    "{\"kind\":\"progress\",\"files\":1,\"files_total\":2,\"bytes\":3000000,"
	    "\"bytes_total\":12000000,\"records\":300,\"skipped\":290,\"files_failed\":0,"
	    "\"milliseconds\":"));
	assert_non_null(strstr(s.text,
	    "}\n{\"kind\":\"read\",\"files\":2,\"files_total\":2,\"bytes\":12000000,"
	    "\"bytes_total\":12000000,\"records\":400,\"skipped\":380,\"files_failed\":1,"
	    "\"milliseconds\":"));
	assert_int_equal(s.text[s.len - 1], '\n');
	say_close(&s);
}

static const struct progress_remote listed = {
    .what = "s3://bucket/\x1b[31m",
    .requests = 12,
    .objects = 1,
    .bytes = 2500,
    .throttled = 3,
    .folders_left = 1,
    .objects_left = 2,
    .over = true,
};

static void
fetch_counts(void *ctx, struct progress_remote *r)
{
	*r = (struct progress_remote){.requests = 7, .bytes = 9, .throttled = *(uint64_t *)ctx};
}

/* What lies elsewhere is listed first; a name of it must not get at the terminal. */
static void
test_listing(void **state)
{
	struct progress_remote under_way = listed;
	struct progress p;
	struct said s;

	(void)state;
	under_way.over = false;
	say_open(&s);
	progress_init(&p, s.stream, PROGRESS_AUTO, true);
	progress_listing(&p, &under_way);
	(void)fflush(s.stream);
	assert_int_equal(s.len, 0);
	progress_listing(&p, &listed);
	(void)fflush(s.stream);
	assert_string_equal(s.text,
	    "logintrail: s3://bucket/\\x1b[31m: 1 object, 2.5 KB, 12 requests, throttled 3 times; "
	    "left out as something else: 1 folder, 2 objects\n");
	say_close(&s);

	say_open(&s);
	progress_init(&p, s.stream, PROGRESS_AUTO, false);
	p.form = PROGRESS_FORM_BAR;
	progress_listing(&p, &under_way);
	progress_listing(&p, &under_way); /* too soon */
	progress_hide(&p);
	(void)fflush(s.stream);
	assert_string_equal(s.text,
	    "\r\033[K\033[?7l[s3://bucket/\\x1b[31m] 1 object, 2.5 KB, 12 requests, throttled 3 "
	    "times\033[?7h\r\033[K");
	say_close(&s);
}

static void
test_fetched(void **state)
{
	uint64_t throttled = 0;
	struct progress p;
	struct said s;

	(void)state;
	say_open(&s);
	progress_init(&p, s.stream, PROGRESS_JSON, true);
	p.fetched = fetch_counts;
	p.fetched_ctx = &throttled;
	progress_listing(&p, &listed);
	progress_begin(&p, &inputs);
	progress_end(&p, &all);
	(void)fflush(s.stream);
	assert_non_null(strstr(s.text,
	    "{\"kind\":\"listed\",\"input\":\"s3://bucket/\\u001b[31m\",\"objects\":1,"
	    "\"bytes\":2500,\"requests\":12,\"throttled\":3,\"folders_left_out\":1,"
	    "\"objects_left_out\":2}\n"));
	assert_non_null(strstr(
	    s.text, "\"files_failed\":1,\"requests\":7,\"bytes_fetched\":9,\"throttled\":0,"));
	say_close(&s);

	say_open(&s);
	throttled = 5;
	progress_init(&p, s.stream, PROGRESS_AUTO, false);
	p.form = PROGRESS_FORM_BAR;
	p.fetched = fetch_counts;
	p.fetched_ctx = &throttled;
	progress_begin(&p, &inputs);
	p.shown_us -= US_PER_SECOND;
	progress_file(&p, &files[0], &half);
	(void)fflush(s.stream);
	assert_non_null(strstr(s.text, ", throttled 5 times\033[?7h"));
	say_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_terminal_nothing),
	    cmocka_unit_test(test_summary_when_asked),
	    cmocka_unit_test(test_bar),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_listing),
	    cmocka_unit_test(test_fetched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
