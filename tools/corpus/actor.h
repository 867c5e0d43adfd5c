/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_ACTOR_H
#define TOOLS_CORPUS_ACTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/json_writer.h"

/*
 * Who stands in the userIdentity of a record, of any kind. CloudTrail User Guide, "CloudTrail
 * userIdentity element". Text that is "" is absent.
 */
enum actor_type {
	ACTOR_USER,
	ACTOR_ROOT,
	ACTOR_ROLE,
	ACTOR_FEDERATED, /* role and role_id are then the issuing user's */
	ACTOR_SAML,
	ACTOR_WEB,
	ACTOR_CENTER,  /* somebody of IAM Identity Center */
	ACTOR_SERVICE, /* invoked_by */
	ACTOR_FOREIGN, /* somebody of another account, as the role owner's copy shows them */
};

#define UNIQUE_ID_LEN 22 /* "AROA", 17 letters and digits, NUL */
#define ACTOR_TEXT    96
#define ACTOR_ARN     192

struct actor {
	uint8_t type;           /* enum actor_type */
	bool mfa;               /* with a session: "mfaAuthenticated" */
	bool assumed_root;      /* by sts:AssumeRoot */
	bool from_ec2;          /* credentials that an instance got from its metadata */
	char account[16];       /* of the user or role */
	char id[UNIQUE_ID_LEN]; /* the user's, or the role's */
	char key_id[UNIQUE_ID_LEN];
	char name[ACTOR_TEXT]; /* user, session, federated name, subject */
	char role[ACTOR_TEXT], path[ACTOR_TEXT];
	char provider[ACTOR_TEXT]; /* SAML, web identity */
	char source_identity[ACTOR_TEXT], invoked_by[ACTOR_TEXT];
	char user_id[ACTOR_TEXT]; /* onBehalfOf */
	char sign_in[ACTOR_ARN];  /* signInSessionArn */
	int64_t created_us;       /* of the session; 0: a long-term key, or none */
};

#define IDENTITY_STORE_ARN "arn:aws:identitystore::111122223333:identitystore/d-1234567890"
#define IDENTITY_STORE_ID  "d-1234567890"

/* AWS's unique ids: a prefix that says the kind, then letters and digits. Returns out. */
char *unique_id(const char *prefix, uint64_t seed, char out[static UNIQUE_ID_LEN]);

/* "AIDA...", "AROA...:session", "111122223333:name": as it is compared. */
void actor_put_principal_id(const struct actor *a, struct buf *out);
void actor_put_arn(const struct actor *a, struct buf *out);
/* Writes the userIdentity member. */
void actor_put(const struct actor *a, struct json_writer *out);

#endif
