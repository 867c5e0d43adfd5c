/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_CALLER_KIND_H
#define CORRELATOR_PEOPLE_CALLER_KIND_H

#include "correlator/correlate/ledger.h"

/*
 * What a caller is and what its members say, private to people. Formats: CloudTrail User Guide,
 * "CloudTrail userIdentity element"; IAM User Guide, "IAM identifiers".
 */
enum caller_kind {
	CALLER_OTHER, /* a session of a role, Directory, Unknown, or none that is known */
	CALLER_IAM_USER,
	CALLER_ROOT,
	CALLER_FEDERATED_USER,
	CALLER_SAML_USER,
	CALLER_WEB_IDENTITY_USER,
	CALLER_IDENTITY_CENTER_USER,
	CALLER_SERVICE,
	CALLER_FOREIGN, /* AWSAccount: another account's, as the owner of the role sees it */
};

enum caller_kind caller_kind_of(const struct ledger *l, const struct caller *c);

/* The name of a session of a role or of a federated user; absent for all others. */
struct span caller_session_name(const struct ledger *l, const struct caller *c);
/* The caller is a session of a role that Identity Center made: its path is reserved to AWS. *set
 * gets NAME of a role called AWSReservedSSO_NAME_0123456789abcdef; absent where it is not. */
bool caller_is_sso(const struct ledger *l, const struct caller *c, struct span *set);
/* The caller is the role of an EC2 instance; *instance gets its id, absent where it is not said. */
bool caller_is_instance(const struct ledger *l, const struct caller *c, struct span *instance);

/* True when both are certainly the same: one user, or one session with one key (two sessions of a
 * role may be two people, also those with the same name that began in the same second). */
bool caller_same_principal(const struct ledger *l, uint32_t a, uint32_t b);
/* True when nothing tells the two sessions apart. */
bool caller_same_session(const struct ledger *l, uint32_t a, uint32_t b);

/* "i-" and 8 to 17 hexadecimal digits. */
bool name_is_instance(struct span name);
/* A name that a program gives a session, and that names nobody. */
bool name_is_machine(struct span name);

/* What stands behind the last slash, or all. */
struct span name_last_part(struct span text);
/* The account of an ARN; absent when it is none. */
struct span arn_account(struct span arn);
/* What stands behind the account of an ARN, as "user/path/name"; absent when it is none. */
struct span arn_resource(struct span arn);

#endif
