/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_STS_H
#define CORRELATOR_AWS_CREDENTIALS_STS_H

#include "correlator/aws/credentials.h"

/* AssumeRole and AssumeRoleWithWebIdentity (AWS STS API Reference, version 2011-06-15). */
struct credentials_role {
	const char *provider; /* for messages */
	const char *role_arn;
	const char *session_name; /* NULL or "": "logintrail-SECONDS" */
	const char *external_id;  /* NULL: none */
	int64_t duration_s;       /* 0: STS's default */
	/* NULL: a web identity's token is sent, and nothing is signed */
	const struct aws_credentials *signer;
	struct span web_token;
};

/* Learns s->skew_us where STS refuses the signature's time. */
enum credentials_result credentials_sts(
    struct credentials_search *s, const struct credentials_role *role, struct aws_credentials *out);

/* What STS answered. 0; -1 with a phrase in why, which holds no secret. */
int credentials_sts_read(struct span text, struct aws_credentials *out, struct buf *why);

#endif
