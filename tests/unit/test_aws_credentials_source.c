/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/aws_credentials_fixture.h"

#include <pthread.h>

#include "correlator/aws/credentials_window.h"

#define MINUTE (60 * US_PER_SECOND)

static void
test_window(void **state)
{
	static const struct {
		int64_t life, advisory, mandatory; /* minutes: of it, and before its end */
	} cases[] = {{60, 15, 10}, {30, 15, 10}, {720, 15, 10}, {20, 10, 6}, {15, 7, 5}, {1, 0, 0}};
	struct credentials_window w;
	int64_t end;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		end = 1000 * MINUTE + cases[i].life * MINUTE;
		credentials_window_set(&w, end, 1000 * MINUTE);
		assert_int_equal((end - w.advisory_us) / MINUTE, cases[i].advisory);
		assert_int_equal((end - w.mandatory_us) / MINUTE, cases[i].mandatory);
		assert_int_equal(credentials_window_judge(&w, 1000 * MINUTE), CREDENTIALS_FRESH);
		assert_int_equal(
		    credentials_window_judge(&w, w.advisory_us - 1), CREDENTIALS_FRESH);
		assert_int_equal(credentials_window_judge(&w, w.advisory_us), CREDENTIALS_ADVISORY);
		assert_int_equal(
		    credentials_window_judge(&w, w.mandatory_us), CREDENTIALS_MANDATORY);
		assert_int_equal(credentials_window_judge(&w, end - 1), CREDENTIALS_MANDATORY);
		assert_int_equal(credentials_window_judge(&w, end), CREDENTIALS_EXPIRED);
	}
	credentials_window_set(&w, AWS_CREDENTIALS_NEVER, 0);
	assert_int_equal(credentials_window_judge(&w, INT64_MAX), CREDENTIALS_FRESH);
	credentials_window_set(&w, 5, 10);
	assert_int_equal(credentials_window_judge(&w, 10), CREDENTIALS_EXPIRED);
}

/* The process says what is in the file "answer", and each run makes "runs" longer by a byte. */
static const char process_config[] = "[default]\n"
				     "credential_process = /bin/sh \"DIR/get\" 'an argument'\n";
static const char process_script[] = "printf x >>'DIR/runs'\n"
				     "[ \"$1\" = 'an argument' ] || exit 9\n"
				     "sleep 0.1\n"
				     "cat 'DIR/answer' || exit 7\n";

static size_t
runs(const struct credentials_bed *b)
{
	char *path = path_in(b->dir, "runs");
	struct buf out;
	size_t n;

	buf_init(&out, 1 << 20);
	n = file_read(path, &out).len;
	buf_clear(&out);
	free(path);
	return n;
}

static void
answer(const struct credentials_bed *b, const char *id, int64_t expires_us)
{
	char text[512], time[TIME_TEXT_LEN];

	(void)snprintf(text, sizeof(text),
	    "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"SessionToken\":"
	    "\"t\","
	    "\"Expiration\":\"%s\"}",
	    id, SECRET, time_format(time, expires_us, 6));
	bed_put(b, "answer", text);
}

static void
answer_none(const struct credentials_bed *b)
{
	char *path = path_in(b->dir, "answer");

	assert_int_equal(unlink(path), 0);
	free(path);
}

static void
test_renewal(void **state)
{
	int64_t now = INT64_C(1795400000) * US_PER_SECOND, end = now + 60 * MINUTE;
	struct credentials_bed b;

	(void)state;
	bed_open(&b, process_config, "", NULL);
	bed_put(&b, "get", process_script);
	answer(&b, "ID1", end);
	assert_string_equal(bed_get(&b, now, false), "ID1 process");
	assert_string_equal(bed_get(&b, end - 15 * MINUTE - 1, false), "ID1 process");
	assert_int_equal(runs(&b), 1);
	/* it is time, and goes well */
	answer(&b, "ID2", end + 60 * MINUTE);
	assert_string_equal(bed_get(&b, end - 15 * MINUTE, false), "ID2 process");
	assert_int_equal(runs(&b), 2);
	end += 60 * MINUTE;
	/* it is time, does not go well, and is not tried with every request */
	answer_none(&b);
	assert_string_equal(bed_get(&b, end - 14 * MINUTE, false), "ID2 process");
	assert_string_equal(bed_get(&b, end - 13 * MINUTE, false), "ID2 process");
	assert_int_equal(runs(&b), 3);
	/* it must be now */
	assert_string_equal(bed_get(&b, end - 10 * MINUTE, false),
	    "error: AWS credentials (process): credential_process of profile default ended with "
	    "status 7 (run it by hand to see what it says)");
	assert_int_equal(runs(&b), 4);
	answer(&b, "ID3", end + 60 * MINUTE);
	assert_string_equal(bed_get(&b, end - 10 * MINUTE, false), "ID3 process");
	/* what is given has expired */
	answer(&b, "ID4", end);
	assert_string_equal(bed_get(&b, end + 60 * MINUTE, false),
	    "error: AWS credentials (process): those that were given have expired already");
	assert_int_equal(runs(&b), 6);
	bed_close(&b);
}

static void
test_refused(void **state)
{
	int64_t now = INT64_C(1795400000) * US_PER_SECOND;
	struct credentials_bed b;

	(void)state;
	bed_open(&b, process_config, "", NULL);
	bed_put(&b, "get", process_script);
	answer(&b, "ID1", now + 60 * MINUTE);
	assert_string_equal(bed_get(&b, now, true), "ID1 process");
	/* somebody else has just fetched them */
	assert_string_equal(bed_get(&b, now, true), "ID1 process");
	assert_int_equal(runs(&b), 1);
	(void)usleep(1050 * 1000);
	answer(&b, "ID2", now + 60 * MINUTE);
	assert_string_equal(bed_get(&b, now, false), "ID1 process");
	assert_string_equal(bed_get(&b, now, true), "ID2 process");
	assert_int_equal(runs(&b), 2);
	bed_close(&b);
}

/* Keys that a program writes into the file anew are found when those before are refused. */
static void
test_file_written_anew(void **state)
{
	static const char first[] =
	    "[default]\naws_access_key_id = ID1\naws_secret_access_key = s\n";
	static const char second[] =
	    "[default]\naws_access_key_id = ID2\naws_secret_access_key = s\n";
	struct credentials_bed b;

	(void)state;
	bed_open(&b, "", first, NULL);
	assert_string_equal(bed_get(&b, 0, false), "ID1 shared-credentials-file");
	bed_write(b.dir, b.credentials_path, second, 0600);
	assert_string_equal(bed_get(&b, 0, false), "ID1 shared-credentials-file");
	(void)usleep(1050 * 1000);
	assert_string_equal(bed_get(&b, 0, true), "ID2 shared-credentials-file");
	bed_write(b.dir, b.credentials_path, "", 0600);
	(void)usleep(1050 * 1000);
	assert_string_equal(bed_get(&b, 0, true),
	    "error: AWS credentials could not be renewed (shared-credentials-file: the credentials "
	    "file has no profile default)");
	bed_close(&b);
}

struct asker {
	pthread_t thread;
	struct aws_credential_source *source;
	int64_t now_us;
	int r;
	char id[32];
};

static void *
ask(void *ctx)
{
	struct asker *a = ctx;
	struct aws_credentials c;
	struct buf error;

	buf_init(&error, 4096);
	a->r = aws_credentials_get(a->source, a->now_us, false, &c, &error);
	(void)snprintf(a->id, sizeof(a->id), "%s", a->r == 0 ? c.access_key_id : "");
	aws_credentials_clear(&c);
	buf_clear(&error);
	return NULL;
}

static void
ask_all(struct credentials_bed *b, int64_t now_us, int r, const char *id)
{
	struct asker askers[8];

	for (size_t i = 0; i < 8; i++) {
		askers[i] = (struct asker){.source = b->source, .now_us = now_us};
		assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
		assert_int_equal(askers[i].r, r);
		assert_string_equal(askers[i].id, id);
	}
}

/* Eight threads at once: one of them fetches, and fails, for all. */
static void
test_threads(void **state)
{
	int64_t now = INT64_C(1795400000) * US_PER_SECOND;
	struct credentials_bed b;
	size_t n;

	(void)state;
	bed_open(&b, process_config, "", NULL);
	bed_put(&b, "get", process_script);
	ask_all(&b, now, -1, "");
	n = runs(&b);
	assert_in_range(n, 1, 4); /* who comes late asks again */
	answer(&b, "ID1", now + 60 * MINUTE);
	ask_all(&b, now, 0, "ID1");
	assert_int_equal(runs(&b), n + 1);
	bed_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_window),
	    cmocka_unit_test(test_renewal),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_file_written_anew),
	    cmocka_unit_test(test_threads),
	};

	environment_clear();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
