/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_REMOTE_PRIVATE_H
#define CORRELATOR_REMOTE_REMOTE_PRIVATE_H

#include "correlator/remote/lookup_events.h"
#include "correlator/remote/remote.h"
#include "correlator/remote/remote_profile.h"

/* Private to remote*.c. */
#define REMOTE_S3     "s3://"
#define REMOTE_LOOKUP "lookup-events:"
#define REMOTE_LOGS   "cloudwatch-logs:"

/* Origins of files: the number of the profile and one, or */
#define REMOTE_ORIGIN_SPOOL UINT8_MAX
#define REMOTE_PROFILES_MAX (UINT8_MAX - 1)

struct remote {
	const struct remote_options *options;
	struct diagnostics *diagnostics;
	bool opened; /* the profiles are, or that they cannot be was said */
	struct aws_config *config;
	struct remote_profile *profiles;
	size_t profile_count;
	struct spool *spool; /* what was asked for */
	struct lookup_covers covers;
	struct document_source source;
};

/* The parts of remote_add, for each scheme; what stands behind it. */
int remote_add_bucket(
    struct remote *r, struct input_list *l, const char *uri, enum input_role role);
int remote_add_asked(struct remote *r, struct input_list *l, const char *uri);

void remote_source_init(struct remote *r);

#endif
