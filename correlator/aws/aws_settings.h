/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_SETTINGS_H
#define CORRELATOR_AWS_AWS_SETTINGS_H

#include "common/buf.h"
#include "correlator/aws/aws_config.h"

/*
 * What is in force for one profile: options typed, then environment, then the profile (of the
 * credentials file, then of the config file), then defaults, in the AWS CLI's order of precedence.
 * A variable that is empty is as good as none.
 */
struct aws_options {
	const char *profile; /* --profile; NULL: $AWS_PROFILE, $AWS_DEFAULT_PROFILE, "default" */
	const char *region;  /* --region; NULL: $AWS_REGION, $AWS_DEFAULT_REGION, the profile's */
	const char *endpoint_url; /* --endpoint-url; NULL */
};

enum aws_retry_mode {
	AWS_RETRY_LEGACY,
	AWS_RETRY_STANDARD,
	AWS_RETRY_ADAPTIVE,
};

struct aws_settings {
	const struct aws_config *config;
	char *profile;
	bool profile_typed;
	char *region; /* NULL: not known */
	char *endpoint_url;
	char *ca_bundle; /* NULL: the system's */
	bool fips, dual_stack, s3_dual_stack, ignore_endpoint_urls;
	bool path_style,
	    virtual_style; /* s3.addressing_style; neither: as aws_endpoint_resolve decides */
	enum aws_retry_mode retry_mode; /* standard without a word */
	int attempts_max;               /* in all: 3, in legacy mode 5 */
	int64_t metadata_timeout_ms;
	int metadata_attempts;
};

/* 0, or -1 with a sentence in error: a profile that there is not, a value that is none. config is
 * borrowed. */
int aws_settings_init(struct aws_settings *s, const struct aws_options *o,
    const struct aws_config *config, struct buf *error);
void aws_settings_clear(struct aws_settings *s);

#endif
