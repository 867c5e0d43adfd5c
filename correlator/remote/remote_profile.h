/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_REMOTE_PROFILE_H
#define CORRELATOR_REMOTE_REMOTE_PROFILE_H

#include "correlator/remote/object_queue.h"

/* Private to remote*.c: whoever AWS is asked as. One of --profile, or what is in force without. */
struct remote_profile {
	const char *name; /* as typed; NULL: none was */
	struct aws_settings settings;
	struct aws_credential_source *credentials;
	struct aws_client *client;
	struct object_queue *queue; /* of the objects that it fetches */
};

/* Only of --profile and --region; 0; -1 with a sentence in error. config is borrowed. */
int remote_profile_open(struct remote_profile *p, const struct aws_options *o,
    const struct aws_config *config, uint8_t origin, struct buf *error);
void remote_profile_close(struct remote_profile *p);

#endif
