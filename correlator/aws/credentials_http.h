/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_HTTP_H
#define CORRELATOR_AWS_CREDENTIALS_HTTP_H

#include "correlator/aws/aws_http.h"

/*
 * A request made again, a few times, where another try may go better: no connection, 429, 5xx, and
 * what AWS calls throttling.
 */
struct credentials_http_policy {
	int attempts;        /* in all; less than 1 is 1 */
	int64_t wait_max_us; /* between two: a random part of 1 s, 2 s, 4 s, ..., of this at most */
};

/* 0: answered, with whatever status; -1: call->error says why not. */
int credentials_http_perform(
    struct aws_http *h, struct aws_http_call *call, const struct credentials_http_policy *p);

/* 0 to max-1. */
uint32_t credentials_random(uint32_t max);

#endif
