/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_RUN_H
#define CORRELATOR_AWS_CREDENTIALS_RUN_H

#include <stdint.h>

#include "common/buf.h"

/*
 * Runs a program without a shell and takes what it writes to standard output. Its standard input
 * and standard error are /dev/null; environment, directory and terminal are ours.
 */
enum credentials_run_end {
	CREDENTIALS_RUN_OK,          /* status 0, output whole */
	CREDENTIALS_RUN_NOT_STARTED, /* number: errno */
	CREDENTIALS_RUN_STATUS,      /* number: its status, not 0 */
	CREDENTIALS_RUN_SIGNAL,      /* number: the signal */
	CREDENTIALS_RUN_TIMEOUT,     /* ended by us */
	CREDENTIALS_RUN_TOO_LONG,    /* more than out->max: ended by us */
	CREDENTIALS_RUN_BROKEN,      /* number: errno of a call of ours */
};

struct credentials_run {
	enum credentials_run_end end;
	int number;
};

/* argv[0] is looked for in PATH. Any thread. */
struct credentials_run credentials_run(char *const argv[], int64_t limit_us, struct buf *out);
/* "ended with status 3": a phrase that holds nothing of what it wrote. */
void credentials_run_put(struct buf *out, const struct credentials_run *run);

#endif
