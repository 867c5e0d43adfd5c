/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVENTS_USER_IDENTITY_H
#define CORRELATOR_EVENTS_USER_IDENTITY_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/json_reader.h"
#include "correlator/events/text_members.h"

/*
 * CloudTrail's userIdentity element: who called. CloudTrail User Guide, "CloudTrail userIdentity
 * element". All members but type are optional; unknown ones are passed over. Decoded text.
 */
struct user_identity {
	struct span type, principal_id, arn, account_id, access_key_id, user_name;
	struct span invoked_by, identity_provider, credential_id;
	struct span on_behalf_of_user, on_behalf_of_store;
	/* sessionContext */
	struct span issuer_type, issuer_arn, issuer_user_name, issuer_principal_id;
	struct span creation_date, mfa; /* mfa: "true" or "false", as AWS saw it */
	struct span source_identity, sign_in_session_arn, ec2_role_delivery;
	struct span assumed_root; /* "true": AssumeRoot gave it out */
};

/* The members of the element, for readers of what holds one. */
extern const struct text_member user_identity_members[];

/* Reads the object that stands next in the reader (null and other types give an empty identity). */
void user_identity_read(struct json_reader *r, struct buf *scratch, struct user_identity *u);

#endif
