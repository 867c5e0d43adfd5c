/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/actor.h"

#include "common/time_text.h"
#include "tools/corpus/random.h"

#define TEXT_MAX 4096

char *
unique_id(const char *prefix, uint64_t seed, char out[static UNIQUE_ID_LEN])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t bytes[UNIQUE_ID_LEN];
	size_t n = strlen(prefix);

	random_fill(seed, bytes, sizeof(bytes));
	memcpy(out, prefix, n);
	for (; n < UNIQUE_ID_LEN - 2; n++)
		out[n] = letters[bytes[n] % 32];
	out[n] = '\0';
	return out;
}

/* A member that is absent where there is no text. */
static void
put_text(struct json_writer *out, const char *key, const char *text)
{
	if (*text != '\0')
		json_put_string(out, key, text);
}

void
actor_put_principal_id(const struct actor *a, struct buf *out)
{
	switch ((enum actor_type)a->type) {
	case ACTOR_USER: buf_puts(out, a->id); break;
	case ACTOR_ROOT: buf_puts(out, a->account); break;
	case ACTOR_ROLE: buf_printf(out, "%s:%s", a->id, a->name); break;
	case ACTOR_FEDERATED: buf_printf(out, "%s:%s", a->account, a->name); break;
	case ACTOR_SAML:
	case ACTOR_WEB: buf_printf(out, "%s:%s", a->id, a->name); break;
	case ACTOR_FOREIGN:
		buf_puts(out, a->id);
		if (*a->role != '\0') /* a session of a role */
			buf_printf(out, ":%s", a->name);
		break;
	case ACTOR_CENTER:
	case ACTOR_SERVICE: break;
	}
}

void
actor_put_arn(const struct actor *a, struct buf *out)
{
	switch ((enum actor_type)a->type) {
	case ACTOR_USER:
		buf_printf(out, "arn:aws:iam::%s:user/%s%s", a->account, a->path, a->name);
		break;
	case ACTOR_ROOT: buf_printf(out, "arn:aws:iam::%s:root", a->account); break;
	case ACTOR_ROLE:
		buf_printf(out, "arn:aws:sts::%s:assumed-role/%s/%s", a->account, a->role, a->name);
		break;
	case ACTOR_FEDERATED:
		buf_printf(out, "arn:aws:sts::%s:federated-user/%s", a->account, a->name);
		break;
	case ACTOR_SAML:
	case ACTOR_WEB:
	case ACTOR_CENTER:
	case ACTOR_SERVICE:
	case ACTOR_FOREIGN: break;
	}
}

static void
put_principal(const struct actor *a, struct json_writer *out)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	actor_put_principal_id(a, &text);
	if (text.len != 0)
		json_put_span(out, "principalId", buf_span(&text));
	buf_reset(&text);
	actor_put_arn(a, &text);
	if (text.len != 0)
		json_put_span(out, "arn", buf_span(&text));
	buf_clear(&text);
}

static void
put_issuer(const struct actor *a, struct json_writer *out)
{
	const char *kind = a->type == ACTOR_ROLE ? "role" : "user";
	char arn[ACTOR_ARN * 2];

	json_object_begin(out, "sessionIssuer");
	if (a->type == ACTOR_ROLE || a->type == ACTOR_FEDERATED) {
		snprintf(arn, sizeof(arn), "arn:aws:iam::%s:%s/%s%s", a->account, kind, a->path,
		    a->role);
		json_put_string(out, "type", a->type == ACTOR_ROLE ? "Role" : "IAMUser");
		json_put_string(out, "principalId", a->id);
		json_put_string(out, "arn", arn);
		json_put_string(out, "accountId", a->account);
		json_put_string(out, "userName", a->role);
	}
	json_object_end(out);
}

static void
put_session(const struct actor *a, struct json_writer *out)
{
	if (a->created_us == 0)
		return;
	json_object_begin(out, "sessionContext");
	put_issuer(a, out);
	json_object_begin(out, "webIdFederationData");
	json_object_end(out);
	json_object_begin(out, "attributes");
	json_put_time(out, "creationDate", a->created_us, 0);
	json_put_string(out, "mfaAuthenticated", a->mfa ? "true" : "false");
	json_object_end(out);
	put_text(out, "sourceIdentity", a->source_identity);
	if (a->from_ec2)
		json_put_string(out, "ec2RoleDelivery", "2.0");
	if (a->assumed_root)
		json_put_string(out, "assumedRoot", "true");
	put_text(out, "signInSessionArn", a->sign_in);
	json_object_end(out);
}

static void
put_on_behalf_of(const struct actor *a, struct json_writer *out)
{
	if (*a->user_id == '\0')
		return;
	json_object_begin(out, "onBehalfOf");
	json_put_string(out, "userId", a->user_id);
	json_put_string(out, "identityStoreArn", IDENTITY_STORE_ARN);
	json_object_end(out);
}

void
actor_put(const struct actor *a, struct json_writer *out)
{
	static const char *const types[] = {
	    [ACTOR_USER] = "IAMUser",
	    [ACTOR_ROOT] = "Root",
	    [ACTOR_ROLE] = "AssumedRole",
	    [ACTOR_FEDERATED] = "FederatedUser",
	    [ACTOR_SAML] = "SAMLUser",
	    [ACTOR_WEB] = "WebIdentityUser",
	    [ACTOR_CENTER] = "IdentityCenterUser",
	    [ACTOR_SERVICE] = "AWSService",
	    [ACTOR_FOREIGN] = "AWSAccount",
	};
	bool named = a->type == ACTOR_USER || a->type == ACTOR_SAML || a->type == ACTOR_WEB;

	json_object_begin(out, "userIdentity");
	json_put_string(out, "type", types[a->type]);
	put_principal(a, out);
	if (a->type != ACTOR_SERVICE && a->type != ACTOR_SAML && a->type != ACTOR_WEB)
		put_text(out, "accountId", a->account);
	if (a->type != ACTOR_FOREIGN)
		put_text(out, "accessKeyId", a->key_id);
	if (named)
		put_text(out, "userName", a->name);
	put_session(a, out);
	put_text(out, "identityProvider", a->provider);
	put_text(out, "invokedBy", a->invoked_by);
	put_on_behalf_of(a, out);
	if (a->type == ACTOR_CENTER)
		json_put_string(out, "credentialId", "d-1234567890-portal-session");
	json_object_end(out);
}
