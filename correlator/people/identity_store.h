/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_IDENTITY_STORE_H
#define CORRELATOR_PEOPLE_IDENTITY_STORE_H

#include <stdbool.h>

#include "common/span.h"
#include "common/string_pool.h"

/*
 * Users of IAM Identity Center, as `aws identitystore list-users` prints them:
 * {"Users":[{"UserName",
 * "UserId","DisplayName","Emails":[{"Value","Primary"}],"IdentityStoreId"}]}; also the array alone,
 * and one user a line. AWS CLI Command Reference, identitystore list-users.
 */
struct identity_user {
	struct span user_id, user_name, display_name, email; /* email: the primary one, or the
								first */
	struct span store_id;                                /* absent: any store */
	size_t order; /* of two with one id the later counts */
};

struct identity_store {
	struct identity_user *users; /* by user id and store */
	size_t count, cap;
	struct string_pool text; /* what the spans point into */
};

void identity_store_init(struct identity_store *s);
void identity_store_clear(struct identity_store *s);
/* Adds the users of a file (its inflated bytes). Users without id or name are counted in *skipped.
 * 0; -1 when it is not JSON of that form, and then nothing is added; -2 without memory. */
int identity_store_add(struct identity_store *s, struct span document, size_t *skipped);
/* The user with that id in the store of that ARN (arn:aws:identitystore::A:identitystore/d-...;
 * absent: any). NULL when there is none, or when several stores have one and the ARN does not
 * decide. */
const struct identity_user *identity_store_find(
    const struct identity_store *s, struct span user_id, struct span store_arn);

#endif
