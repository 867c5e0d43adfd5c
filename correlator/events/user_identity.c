/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/events/user_identity.h"

#define TEXT(text, member)  .name = (text), .offset = offsetof(struct user_identity, member)
#define INSIDE(text, table) .name = (text), .inside = (table)

static const struct text_member on_behalf_of[] = {
    {TEXT("userId", on_behalf_of_user)},
    {TEXT("identityStoreArn", on_behalf_of_store)},
    {0},
};

static const struct text_member session_issuer[] = {
    {TEXT("type", issuer_type)},
    {TEXT("arn", issuer_arn)},
    {TEXT("userName", issuer_user_name)},
    {TEXT("principalId", issuer_principal_id)},
    {0},
};

static const struct text_member session_attributes[] = {
    {TEXT("creationDate", creation_date)},
    {TEXT("mfaAuthenticated", mfa)},
    {0},
};

static const struct text_member session_context[] = {
    {INSIDE("sessionIssuer", session_issuer)},
    {INSIDE("attributes", session_attributes)},
    {TEXT("sourceIdentity", source_identity)},
    {TEXT("signInSessionArn", sign_in_session_arn)},
    {TEXT("ec2RoleDelivery", ec2_role_delivery)},
    {TEXT("assumedRoot", assumed_root)},
    {0},
};

const struct text_member user_identity_members[] = {
    {TEXT("type", type)},
    {TEXT("principalId", principal_id)},
    {TEXT("arn", arn)},
    {TEXT("accountId", account_id)},
    {TEXT("accessKeyId", access_key_id)},
    {TEXT("userName", user_name)},
    {TEXT("invokedBy", invoked_by)},
    {TEXT("identityProvider", identity_provider)},
    {TEXT("credentialId", credential_id)},
    {INSIDE("onBehalfOf", on_behalf_of)},
    {INSIDE("sessionContext", session_context)},
    {0},
};

void
user_identity_read(struct json_reader *r, struct buf *scratch, struct user_identity *u)
{
	text_members_read(r, scratch, user_identity_members, u);
}
