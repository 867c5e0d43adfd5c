/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_CREDENTIALS_CONTAINER_URI_H
#define CORRELATOR_AWS_CREDENTIALS_CONTAINER_URI_H

#include "common/buf.h"

/*
 * Where a container's credentials may come from (AWS SDKs and Tools Reference Guide, "Container
 * credential provider"): a path at ECS's address; or a whole URL that is https, or http of a
 * loopback address, "localhost", or the addresses of ECS and EKS. NULL and the URL in out, or what
 * is wrong with it.
 */
const char *credentials_container_relative(struct buf *out, const char *uri);
const char *credentials_container_full(struct buf *out, const char *uri);

#endif
