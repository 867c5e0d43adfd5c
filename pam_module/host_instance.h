/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_HOST_INSTANCE_H
#define PAM_MODULE_HOST_INSTANCE_H

#include "pam_module/host_facts.h"

/*
 * Which instance this is: r->host.instance_id, account_id and region. From the first that knows:
 * identity.json, written at boot by root ({"instance_id","account_id","region"}); the DMI asset
 * tag, which is the instance id on Nitro; cloud-init's instance-data.json (its "v1" object). A
 * later one adds what an earlier one lacks only when both speak of the same instance.
 */
void host_instance_read(
    const struct host_paths *paths, struct buf *storage, struct login_record *r);

/* "i-" and 8 or 17 hexadecimal digits (any number between them is taken). */
bool host_is_instance_id(struct span s);

#endif
