/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_retry.h"

#include <string.h>

#include "common/time_text.h"

#define TOKENS_MAX     500
#define TOKENS_REPEAT  5
#define TOKENS_TIMEOUT 10
#define TOKENS_SUCCESS 1
#define DELAY_MAX_S    20
#define DOUBLINGS_MAX  5 /* 2^5 is over DELAY_MAX_S */
#define CUBIC_SCALE    0.4
#define CUBIC_BETA     0.7
#define RATE_MIN       0.5
#define RATE_OVERSHOOT 2.0
#define SMOOTHING      0.8
#define HALF_SECOND_US (US_PER_SECOND / 2)

void
aws_retry_quota_init(struct aws_retry_quota *q)
{
	*q = (struct aws_retry_quota){.tokens = TOKENS_MAX};
}

static bool
is_one_of(const char *const *list, const char *code)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, code) == 0)
			return true;
	return false;
}

enum aws_retry_cause
aws_retry_classify(long status, const char *code)
{
	static const char *const throttled[] = {"Throttling", "ThrottlingException",
	    "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
	    "ProvisionedThroughputExceededException", "TransactionInProgressException",
	    "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException",
	    "RequestThrottled", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
	    NULL};
	static const char *const timeouts[] = {"RequestTimeout", "RequestTimeoutException", NULL};

	if (is_one_of(throttled, code) || status == 429 || status == 509)
		return AWS_RETRY_THROTTLED;
	if (is_one_of(timeouts, code))
		return AWS_RETRY_TIMEOUT;
	switch (status) {
	case 0:
	case 500:
	case 502:
	case 503:
	case 504: return AWS_RETRY_TRANSIENT;
	default: return AWS_RETRY_NOT;
	}
}

static int
price(enum aws_retry_cause cause)
{
	switch (cause) {
	case AWS_RETRY_NOT: return TOKENS_SUCCESS;
	case AWS_RETRY_TIMEOUT: return TOKENS_TIMEOUT;
	case AWS_RETRY_TRANSIENT:
	case AWS_RETRY_THROTTLED: break;
	}
	return TOKENS_REPEAT;
}

int64_t
aws_retry_delay(struct aws_retry_quota *q, const struct aws_settings *s, enum aws_retry_cause cause,
    int attempt, double random, int64_t after_us)
{
	int doublings = attempt - 1 < DOUBLINGS_MAX ? attempt - 1 : DOUBLINGS_MAX;
	int64_t most_us, wait_us;

	if (cause == AWS_RETRY_NOT || attempt >= s->attempts_max)
		return -1;
	if (s->retry_mode != AWS_RETRY_LEGACY) {
		if (q->tokens < price(cause))
			return -1;
		q->tokens -= price(cause);
	}
	most_us = (INT64_C(1) << doublings) * US_PER_SECOND;
	if (most_us > DELAY_MAX_S * US_PER_SECOND)
		most_us = DELAY_MAX_S * US_PER_SECOND;
	wait_us = (int64_t)(random * (double)most_us);
	if (after_us > DELAY_MAX_S * US_PER_SECOND)
		after_us = DELAY_MAX_S * US_PER_SECOND;
	if (wait_us < after_us)
		wait_us = after_us;
	return wait_us;
}

void
aws_retry_succeeded(struct aws_retry_quota *q, enum aws_retry_cause last)
{
	q->tokens += price(last);
	if (q->tokens > TOKENS_MAX)
		q->tokens = TOKENS_MAX;
}

/* Adaptive mode ------------------------------------------------------------------------------- */

/* Newton's method; libm is not linked for this alone. */
static double
cube_root(double n)
{
	double x = n > 1 ? n : 1;

	if (n <= 0)
		return 0;
	for (int i = 0; i < 60; i++)
		x = (2 * x + n / (x * x)) / 3;
	return x;
}

static double
capacity_max(const struct aws_retry_quota *q)
{
	return q->rate > 1 ? q->rate : 1;
}

static void
fill(struct aws_retry_quota *q, int64_t now_us)
{
	double passed_s = (double)(now_us - q->filled_us) / (double)US_PER_SECOND;

	if (passed_s > 0)
		q->capacity += passed_s * q->rate;
	if (q->capacity > capacity_max(q))
		q->capacity = capacity_max(q);
	q->filled_us = now_us;
}

int64_t
aws_retry_pace(struct aws_retry_quota *q, const struct aws_settings *s, int64_t now_us)
{
	int64_t wait_us;

	if (s->retry_mode != AWS_RETRY_ADAPTIVE || q->rate <= 0)
		return 0;
	fill(q, now_us);
	if (q->capacity >= 1) {
		q->capacity -= 1;
		return 0;
	}
	wait_us = (int64_t)((1 - q->capacity) / q->rate * (double)US_PER_SECOND) + 1;
	return wait_us;
}

/* Answers a second, counted over half seconds. */
static void
measure(struct aws_retry_quota *q, int64_t now_us)
{
	int64_t half_second = now_us / HALF_SECOND_US;
	double rate;

	if (q->half_second == 0)
		q->half_second = half_second - 1;
	q->answers++;
	if (half_second <= q->half_second)
		return;
	rate = (double)q->answers * 2 / (double)(half_second - q->half_second);
	q->measured = rate * SMOOTHING + q->measured * (1 - SMOOTHING);
	q->answers = 0;
	q->half_second = half_second;
}

/* Where the curve stands that falls by CUBIC_BETA when the server throttles, flattens towards the
 * rate of before, and then grows faster and faster. */
static double
cubic(const struct aws_retry_quota *q, int64_t now_us)
{
	double passed_s = (double)(now_us - q->throttled_us) / (double)US_PER_SECOND;
	double x = passed_s - cube_root(q->rate_before * (1 - CUBIC_BETA) / CUBIC_SCALE);

	return CUBIC_SCALE * x * x * x + q->rate_before;
}

void
aws_retry_answered(
    struct aws_retry_quota *q, const struct aws_settings *s, bool throttled, int64_t now_us)
{
	double rate;

	if (s->retry_mode != AWS_RETRY_ADAPTIVE)
		return;
	measure(q, now_us);
	if (!throttled && q->rate <= 0)
		return; /* never throttled: no limit */
	fill(q, now_us);
	if (throttled) {
		q->rate_before = q->rate > 0 && q->rate < q->measured ? q->rate : q->measured;
		q->throttled_us = now_us;
		rate = q->rate_before * CUBIC_BETA;
	} else {
		rate = cubic(q, now_us);
	}
	if (rate > RATE_OVERSHOOT * q->measured)
		rate = RATE_OVERSHOOT * q->measured;
	q->rate = rate > RATE_MIN ? rate : RATE_MIN;
	if (q->capacity > capacity_max(q))
		q->capacity = capacity_max(q);
}
