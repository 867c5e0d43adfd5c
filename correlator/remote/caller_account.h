/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_CALLER_ACCOUNT_H
#define CORRELATOR_REMOTE_CALLER_ACCOUNT_H

#include "correlator/aws/aws_client.h"

#define CALLER_ACCOUNT_LEN 12

/* The account that a client's credentials are of, by sts:GetCallerIdentity (which needs no
 * permission), asked of STS in that region. 0, or -1 with a sentence in error. Blocks. */
int caller_account_get(struct aws_client *c, const char *region,
    char account[static CALLER_ACCOUNT_LEN + 1], struct buf *error);

/* The same of an answer. 0; -1: it has no account in it. */
int caller_account_read(struct span xml, char account[static CALLER_ACCOUNT_LEN + 1]);

#endif
