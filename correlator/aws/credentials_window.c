/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_window.h"

#include "common/time_text.h"
#include "correlator/aws/aws_credentials.h"

#define ADVISORY_US  (15 * 60 * US_PER_SECOND)
#define MANDATORY_US (10 * 60 * US_PER_SECOND)

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
credentials_window_set(struct credentials_window *w, int64_t expires_us, int64_t now_us)
{
	int64_t life_us = expires_us > now_us ? expires_us - now_us : 0;

	*w = (struct credentials_window){expires_us, expires_us, expires_us};
	if (expires_us == AWS_CREDENTIALS_NEVER)
		return;
	w->advisory_us = expires_us - lesser(ADVISORY_US, life_us / 2);
	w->mandatory_us = expires_us - lesser(MANDATORY_US, life_us / 3);
}

enum credentials_age
credentials_window_judge(const struct credentials_window *w, int64_t now_us)
{
	if (w->expires_us == AWS_CREDENTIALS_NEVER || now_us < w->advisory_us)
		return CREDENTIALS_FRESH;
	if (now_us < w->mandatory_us)
		return CREDENTIALS_ADVISORY;
	return now_us < w->expires_us ? CREDENTIALS_MANDATORY : CREDENTIALS_EXPIRED;
}
