/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_RETRY_H
#define CORRELATOR_AWS_AWS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "correlator/aws/aws_settings.h"

/*
 * Whether and when a request is made again (AWS SDKs and Tools Reference Guide, "Retry behavior"):
 * pure, but for what is counted in *q. Delays have full jitter: random (0 to 1) times
 * min(2^(attempt - 1), 20) seconds. In standard and adaptive mode repeats are paid for from a quota
 * of 500 (5 each, 10 after a time-out) that successes fill again; adaptive mode also slows the rate
 * of all requests while the server throttles (CUBIC, as botocore does).
 */
enum aws_retry_cause {
	AWS_RETRY_NOT,       /* the answer stands */
	AWS_RETRY_TRANSIENT, /* connection, 500, 502, 503, 504 */
	AWS_RETRY_TIMEOUT,
	AWS_RETRY_THROTTLED,
};

struct aws_retry_quota {
	int tokens;
	double rate; /* adaptive: requests a second; 0: no limit yet */
	/* private: what the rate is made of */
	double capacity;     /* requests that may be sent at once */
	int64_t filled_us;   /* when capacity was counted */
	double measured;     /* answers a second, smoothed */
	int64_t half_second; /* that answers are being counted in */
	uint64_t answers;
	double rate_before;   /* that the server throttled at last */
	int64_t throttled_us; /* when that was */
};

void aws_retry_quota_init(struct aws_retry_quota *q);
/* status 0: there was no answer. code: AWS's error code, or "". */
enum aws_retry_cause aws_retry_classify(long status, const char *code);
/* Microseconds to wait before attempt `attempt` (1: the first repeat), or -1: no more. random: 0 to
 * 1. after_us: what the server asked for (Retry-After, x-amz-retry-after), heard up to 20 s, or 0.
 */
int64_t aws_retry_delay(struct aws_retry_quota *q, const struct aws_settings *s,
    enum aws_retry_cause cause, int attempt, double random, int64_t after_us);
/* A request went well; last: why it had been repeated last, AWS_RETRY_NOT when it had not been. */
void aws_retry_succeeded(struct aws_retry_quota *q, enum aws_retry_cause last);

/* Adaptive mode (nothing in the others): microseconds until a request may be sent, 0 when it may be
 * now, which is then counted; and what became of one. */
int64_t aws_retry_pace(struct aws_retry_quota *q, const struct aws_settings *s, int64_t now_us);
void aws_retry_answered(
    struct aws_retry_quota *q, const struct aws_settings *s, bool throttled, int64_t now_us);

#endif
