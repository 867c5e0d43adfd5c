/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_HOST_ADDRESSES_H
#define PAM_MODULE_HOST_ADDRESSES_H

#include "pam_module/login_record.h"

/* r->host.ips: the host's addresses but loopback, link-local and multicast ones, IPv4 first, each
 * once, in the order of their bytes; the first LOGIN_RECORD_IPS_MAX of them (r->truncated says that
 * there are more). */
void host_addresses_read(struct buf *storage, struct login_record *r);

#endif
