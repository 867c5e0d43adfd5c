/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_PROCESS_H
#define CORRELATOR_AWS_CREDENTIALS_PROCESS_H

#include "correlator/aws/credentials.h"
#include "correlator/aws/credentials_json.h"

#define CREDENTIALS_PROCESS_OUTPUT_MAX (64 * 1024)

/* Who asks for the run of a program that answers as a credential_process does, and the words for
 * it. */
struct credentials_process {
	const char *provider;
	const char *what; /* "credential_process" */
	const char *profile;
	const char *not_started, *not_ended_well; /* what to do, put behind the message */
};

enum credentials_result credentials_process_run(struct credentials_search *s,
    const struct credentials_process *p, char *const argv[], struct aws_credentials *out);

#endif
