/* SPDX-License-Identifier: Apache-2.0 */
/* Which answers are asked for again, when, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/aws/aws_retry.h"

static const struct aws_settings standard = {.retry_mode = AWS_RETRY_STANDARD, .attempts_max = 3};
static const struct aws_settings legacy = {.retry_mode = AWS_RETRY_LEGACY, .attempts_max = 5};
static const struct aws_settings patient = {.retry_mode = AWS_RETRY_STANDARD, .attempts_max = 1000};
static const struct aws_settings adaptive = {.retry_mode = AWS_RETRY_ADAPTIVE, .attempts_max = 3};

static void
test_classify(void **state)
{
	static const struct {
		long status;
		const char *code;
		enum aws_retry_cause cause;
	} rows[] = {
	    {0, "", AWS_RETRY_TRANSIENT},
	    {500, "InternalError", AWS_RETRY_TRANSIENT},
	    {502, "", AWS_RETRY_TRANSIENT},
	    {503, "ServiceUnavailable", AWS_RETRY_TRANSIENT},
	    {504, "", AWS_RETRY_TRANSIENT},
	    {503, "SlowDown", AWS_RETRY_THROTTLED},
	    {400, "ThrottlingException", AWS_RETRY_THROTTLED},
	    {400, "Throttling", AWS_RETRY_THROTTLED},
	    {403, "RequestThrottled", AWS_RETRY_THROTTLED},
	    {400, "PriorRequestNotComplete", AWS_RETRY_THROTTLED},
	    {429, "", AWS_RETRY_THROTTLED},
	    {509, "", AWS_RETRY_THROTTLED},
	    {400, "RequestTimeout", AWS_RETRY_TIMEOUT},
	    {400, "RequestTimeoutException", AWS_RETRY_TIMEOUT},
	    {400, "", AWS_RETRY_NOT},
	    {501, "NotImplemented", AWS_RETRY_NOT},
	    {403, "AccessDenied", AWS_RETRY_NOT},
	    {404, "NoSuchKey", AWS_RETRY_NOT},
	    {409, "ConditionalRequestConflict", AWS_RETRY_NOT},
	    {412, "PreconditionFailed", AWS_RETRY_NOT},
	    {400, "slowdown", AWS_RETRY_NOT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(aws_retry_classify(rows[i].status, rows[i].code), rows[i].cause);
}

static void
test_delays(void **state)
{
	static const struct {
		const struct aws_settings *settings;
		int attempt;
		double random;
		int64_t after_us, wait_us;
	} rows[] = {
	    {&standard, 1, 1, 0, US_PER_SECOND},
	    {&standard, 1, 0.25, 0, US_PER_SECOND / 4},
	    {&standard, 1, 0, 0, 0},
	    {&standard, 2, 1, 0, 2 * US_PER_SECOND},
	    {&standard, 3, 1, 0, -1},
	    {&legacy, 4, 1, 0, 8 * US_PER_SECOND},
	    {&legacy, 5, 1, 0, -1},
	    {&patient, 5, 1, 0, 16 * US_PER_SECOND},
	    {&patient, 6, 1, 0, 20 * US_PER_SECOND},
	    {&patient, 999, 1, 0, 20 * US_PER_SECOND},
	    {&patient, 1000, 1, 0, -1},
	    {&standard, 1, 0.5, 3 * US_PER_SECOND, 3 * US_PER_SECOND},
	    {&standard, 2, 1, US_PER_SECOND, 2 * US_PER_SECOND},
	    {&standard, 1, 0.5, 86400 * US_PER_SECOND, 20 * US_PER_SECOND},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aws_retry_quota q;

		aws_retry_quota_init(&q);
		assert_int_equal(aws_retry_delay(&q, rows[i].settings, AWS_RETRY_TRANSIENT,
				     rows[i].attempt, rows[i].random, rows[i].after_us),
		    rows[i].wait_us);
	}
}

static int
repeats_until_empty(
    struct aws_retry_quota *q, const struct aws_settings *s, enum aws_retry_cause cause)
{
	int n = 0;

	while (n < 2000 && aws_retry_delay(q, s, cause, 1, 0, 0) >= 0)
		n++;
	return n;
}

static void
test_quota(void **state)
{
	struct aws_retry_quota q;

	(void)state;
	aws_retry_quota_init(&q);
	assert_int_equal(repeats_until_empty(&q, &standard, AWS_RETRY_TRANSIENT), 100);
	aws_retry_quota_init(&q);
	assert_int_equal(repeats_until_empty(&q, &standard, AWS_RETRY_TIMEOUT), 50);
	/* successes pay back what their repeat had cost, or one */
	aws_retry_succeeded(&q, AWS_RETRY_TIMEOUT);
	assert_int_equal(repeats_until_empty(&q, &standard, AWS_RETRY_THROTTLED), 2);
	for (int i = 0; i < 5; i++)
		aws_retry_succeeded(&q, AWS_RETRY_NOT);
	assert_int_equal(repeats_until_empty(&q, &standard, AWS_RETRY_TRANSIENT), 1);
	for (int i = 0; i < 1000; i++)
		aws_retry_succeeded(&q, AWS_RETRY_TRANSIENT);
	assert_int_equal(repeats_until_empty(&q, &standard, AWS_RETRY_TRANSIENT), 100);
	assert_int_equal(repeats_until_empty(&q, &legacy, AWS_RETRY_TRANSIENT), 2000);
	assert_int_equal(aws_retry_delay(&q, &legacy, AWS_RETRY_NOT, 1, 1, 0), -1);
}

static void
test_only_adaptive_is_paced(void **state)
{
	struct aws_retry_quota q;

	(void)state;
	aws_retry_quota_init(&q);
	for (int i = 0; i < 100; i++)
		aws_retry_answered(&q, &standard, true, i * US_PER_SECOND);
	assert_int_equal(aws_retry_pace(&q, &standard, 0), 0);
	/* and that only from the first time that the server throttles */
	for (int i = 0; i < 100; i++) {
		assert_int_equal(aws_retry_pace(&q, &adaptive, i * 1000), 0);
		aws_retry_answered(&q, &adaptive, false, i * 1000);
	}
}

/* A server that takes 20 a second and throttles the rest: how many are sent in a minute. */
static void
test_adaptive_rate(void **state)
{
	int64_t now_us = 1000 * US_PER_SECOND, end_us = now_us + 60 * US_PER_SECOND;
	int64_t second = 0;
	unsigned sent = 0, taken = 0, here = 0;
	struct aws_retry_quota q;

	(void)state;
	aws_retry_quota_init(&q);
	while (now_us < end_us) {
		int64_t wait_us = aws_retry_pace(&q, &adaptive, now_us);
		bool throttled;

		if (wait_us > 0) {
			now_us += wait_us;
			continue;
		}
		if (now_us / US_PER_SECOND != second) {
			second = now_us / US_PER_SECOND;
			here = 0;
		}
		throttled = ++here > 20;
		sent++;
		taken += !throttled;
		now_us += 2000;
		aws_retry_answered(&q, &adaptive, throttled, now_us);
	}
	/* without a limit 30,000 would be sent */
	assert_in_range(taken, 600, 1220);
	assert_in_range(sent - taken, 1, 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_classify),
	    cmocka_unit_test(test_delays),
	    cmocka_unit_test(test_quota),
	    cmocka_unit_test(test_only_adaptive_is_paced),
	    cmocka_unit_test(test_adaptive_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
