/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_http.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "common/time_text.h"
#include "correlator/aws/aws_error.h"
#include "correlator/aws/aws_retry.h"

#define TOO_MANY_REQUESTS 429

uint32_t
credentials_random(uint32_t max)
{
	uint32_t n = 0;

	/* without it there is no jitter, and nothing else is lost */
	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != sizeof(n))
		n = 0;
	return n % max;
}

static void
wait_before(int attempt, int64_t wait_max_us)
{
	int64_t us = attempt < 20 ? US_PER_SECOND << (attempt - 1) : wait_max_us;
	struct timespec pause;

	if (us > wait_max_us)
		us = wait_max_us;
	us = us * credentials_random(1001) / 1000;
	pause.tv_sec = us / US_PER_SECOND;
	pause.tv_nsec = us % US_PER_SECOND * 1000;
	(void)nanosleep(&pause, NULL);
}

static bool
is_worth_another(const struct aws_http_call *call)
{
	struct aws_error e;
	bool again;

	if (call->end != AWS_HTTP_ANSWERED)
		return call->end == AWS_HTTP_FAILED;
	if (call->status >= 200 && call->status <= 299)
		return false;
	aws_error_init(&e);
	aws_error_read(&e, call);
	/* the identity provider did not answer STS: botocore asks again, too */
	again = call->status == TOO_MANY_REQUESTS || strcmp(e.code, "IDPCommunicationError") == 0 ||
	    aws_retry_classify(call->status, e.code) != AWS_RETRY_NOT;
	aws_error_clear(&e);
	return again;
}

int
credentials_http_perform(
    struct aws_http *h, struct aws_http_call *call, const struct credentials_http_policy *p)
{
	int r;

	for (int attempt = 1;; attempt++) {
		r = aws_http_perform(h, call);
		if (attempt >= p->attempts || !is_worth_another(call))
			return r;
		wait_before(attempt, p->wait_max_us);
	}
}
