/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_JSON_H
#define CORRELATOR_AWS_CREDENTIALS_JSON_H

#include "correlator/aws/aws_credentials.h"

/*
 * The object that a credential_process, a container endpoint or instance metadata answers with:
 * AccessKeyId, SecretAccessKey, a token, Expiration (RFC 3339), AccountId. Others are passed over,
 * of equal names the last one counts, null is as good as absent.
 */
struct credentials_json_form {
	const char *token; /* "SessionToken", "Token" */
	bool has_version;  /* Version must be there and be 1 */
	bool is_temporary; /* token and Expiration must be there */
};

/* 0; -1 with a phrase in why, which never holds a value of what was answered but its Code (of
 * letters alone). out is empty then. */
int credentials_json_read(struct span text, const struct credentials_json_form *form,
    struct aws_credentials *out, struct buf *why);

#endif
