/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/remote_profile.h"

int
remote_profile_open(struct remote_profile *p, const struct aws_options *o,
    const struct aws_config *config, uint8_t origin, struct buf *error)
{
	*p = (struct remote_profile){.name = o->profile};
	if (aws_settings_init(&p->settings, o, config, error) != 0) {
		*p = (struct remote_profile){0};
		return -1;
	}
	p->credentials = aws_credential_source_new(&p->settings);
	if (p->credentials != NULL)
		p->client = aws_client_new(&p->settings, p->credentials);
	if (p->client != NULL)
		p->queue = object_queue_new(p->client, origin);
	if (p->queue != NULL)
		return 0;
	buf_puts(error, "out of memory");
	remote_profile_close(p);
	return -1;
}

void
remote_profile_close(struct remote_profile *p)
{
	object_queue_free(p->queue);
	if (p->client != NULL)
		aws_client_free(p->client);
	if (p->credentials != NULL)
		aws_credential_source_free(p->credentials);
	aws_settings_clear(&p->settings);
	*p = (struct remote_profile){0};
}
