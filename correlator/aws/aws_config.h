/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_CONFIG_H
#define CORRELATOR_AWS_AWS_CONFIG_H

#include "common/buf.h"

/*
 * The AWS CLI's and SDKs' shared files (AWS SDKs and Tools Reference Guide, "Shared config and
 * credentials files"): config ($AWS_CONFIG_FILE, ~/.aws/config: [default], [profile NAME],
 * [sso-session NAME], [services NAME] with nested keys) and credentials
 * ($AWS_SHARED_CREDENTIALS_FILE, ~/.aws/credentials: [NAME]).
 */
struct aws_config;

enum aws_config_kind {
	AWS_CONFIG_PROFILE,     /* of the config file */
	AWS_CONFIG_CREDENTIALS, /* of the credentials file */
	AWS_CONFIG_SSO_SESSION,
	AWS_CONFIG_SERVICES,
};

/* Files that are missing are empty. NULL with a sentence in error: unreadable, not of this form
 * (the file and line are named, no value ever is), larger than 1 MiB, no memory. */
struct aws_config *aws_config_load(struct buf *error);
/* Secrets are wiped. */
void aws_config_free(struct aws_config *c);

bool aws_config_has(const struct aws_config *c, enum aws_config_kind kind, const char *name);
/* A value, or NULL; nested ones by "s3.endpoint_url". Lives as long as c. */
const char *aws_config_get(
    const struct aws_config *c, enum aws_config_kind kind, const char *name, const char *key);
/* A profile's setting as the AWS CLI has it: the credentials file's, else the config file's. */
const char *aws_config_profile_get(const struct aws_config *c, const char *name, const char *key);

#endif
