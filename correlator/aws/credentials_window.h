/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_WINDOW_H
#define CORRELATOR_AWS_CREDENTIALS_WINDOW_H

#include <stdint.h>

/*
 * When credentials are to be renewed: 15 minutes before they expire if that goes well, 10 minutes
 * before at the latest (botocore's). Of those that live no longer than half an hour it is half and
 * a third of their time, else they would be renewed with every request.
 */
enum credentials_age {
	CREDENTIALS_FRESH,
	CREDENTIALS_ADVISORY,
	CREDENTIALS_MANDATORY,
	CREDENTIALS_EXPIRED,
};

struct credentials_window {
	int64_t advisory_us, mandatory_us, expires_us; /* moments */
};

/* expires_us: AWS_CREDENTIALS_NEVER is one. now_us: when they were given. */
void credentials_window_set(struct credentials_window *w, int64_t expires_us, int64_t now_us);
enum credentials_age credentials_window_judge(const struct credentials_window *w, int64_t now_us);

#endif
