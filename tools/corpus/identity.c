/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/identity.h"

#define TEXT_MAX 4096

static uint64_t
principal_seed(struct principal p)
{
	return random_mix(
	    (uint64_t)p.number << 16 | (uint64_t)p.hostile << 8 | p.recreated, p.account);
}

static void
put_user(const struct world *w, struct principal p, struct json_writer *out)
{
	uint64_t seed = principal_seed(p);
	char id[UNIQUE_ID_LEN];
	struct buf text;

	buf_init(&text, TEXT_MAX);
	json_put_string(out, "type", "IAMUser");
	json_put_string(out, "principalId", unique_id("AIDA", seed, id));
	principal_put_arn(w, p, &text);
	json_put_span(out, "arn", buf_span(&text));
	json_put_string(out, "accountId", w->rows[p.account].account);
	json_put_string(out, "accessKeyId", unique_id("AKIA", seed, id));
	buf_reset(&text);
	principal_put_name(p, &text);
	json_put_span(out, "userName", buf_span(&text));
	buf_clear(&text);
}

struct role {
	const char *name, *path;
};

static struct role
role_of(struct principal p)
{
	switch (principal_kind(p)) {
	case PRINCIPAL_IDENTITY_CENTER:
		return (struct role){"AWSReservedSSO_Administrator_0123456789abcdef",
		    "aws-reserved/sso.amazonaws.com/eu-central-1/"};
	case PRINCIPAL_ROLE_OF_PATH: return (struct role){"Break-Glass", "emergency/"};
	case PRINCIPAL_USER:
	case PRINCIPAL_ROLE: break;
	}
	return (struct role){"Ops", ""};
}

static void
put_issuer(const struct world *w, struct principal p, const char *role_id, struct json_writer *out)
{
	const char *account = w->rows[p.account].account;
	struct role role = role_of(p);
	char arn[200];

	snprintf(arn, sizeof(arn), "arn:aws:iam::%s:role/%s%s", account, role.path, role.name);
	json_object_begin(out, "sessionIssuer");
	json_put_string(out, "type", "Role");
	json_put_string(out, "principalId", role_id);
	json_put_string(out, "arn", arn);
	json_put_string(out, "accountId", account);
	json_put_string(out, "userName", role.name);
	json_object_end(out);
}

static void
put_session(const struct world *w, struct principal p, const char *role_id, int64_t created_us,
    struct json_writer *out)
{
	json_object_begin(out, "sessionContext");
	put_issuer(w, p, role_id, out);
	json_object_begin(out, "webIdFederationData");
	json_object_end(out);
	json_object_begin(out, "attributes");
	json_put_time(out, "creationDate", created_us, 0);
	json_put_string(out, "mfaAuthenticated", p.number % 3 == 0 ? "true" : "false");
	json_object_end(out);
	json_object_end(out);
}

static void
put_role_id(struct principal p, char out[static UNIQUE_ID_LEN])
{
	/* A role made again has another id; its sessions keep their ARN. */
	unique_id("AROA", random_mix(role_of(p).name[0], p.account + 2 * p.recreated), out);
}

static void
put_key_id(struct principal p, int64_t created_us, char out[static UNIQUE_ID_LEN])
{
	unique_id("ASIA", random_mix(principal_seed(p), (uint64_t)created_us), out);
}

static void
put_assumed_role(
    const struct world *w, struct principal p, int64_t created_us, struct json_writer *out)
{
	char role_id[UNIQUE_ID_LEN], key_id[UNIQUE_ID_LEN];
	struct buf text;

	put_role_id(p, role_id);
	buf_init(&text, TEXT_MAX);
	json_put_string(out, "type", "AssumedRole");
	buf_printf(&text, "%s:", role_id);
	principal_put_name(p, &text);
	json_put_span(out, "principalId", buf_span(&text));
	buf_reset(&text);
	principal_put_arn(w, p, &text);
	json_put_span(out, "arn", buf_span(&text));
	json_put_string(out, "accountId", w->rows[p.account].account);
	put_key_id(p, created_us, key_id);
	json_put_string(out, "accessKeyId", key_id);
	put_session(w, p, role_id, created_us, out);
	buf_clear(&text);
}

void
identity_put(const struct world *w, struct principal p, int64_t session_us, struct json_writer *out)
{
	json_object_begin(out, "userIdentity");
	if (principal_kind(p) == PRINCIPAL_USER)
		put_user(w, p, out);
	else
		put_assumed_role(w, p, session_us, out);
	json_object_end(out);
}

void
identity_session(const struct world *w, struct principal p, int64_t created_us, struct actor *out)
{
	struct role role = role_of(p);
	struct buf name;

	*out =
	    (struct actor){.type = ACTOR_ROLE, .mfa = p.number % 3 == 0, .created_us = created_us};
	snprintf(out->account, sizeof(out->account), "%s", w->rows[p.account].account);
	put_role_id(p, out->id);
	put_key_id(p, created_us, out->key_id);
	buf_init(&name, sizeof(out->name) - 1);
	principal_put_name(p, &name);
	memcpy(out->name, name.ptr, name.len);
	buf_clear(&name);
	snprintf(out->role, sizeof(out->role), "%s", role.name);
	snprintf(out->path, sizeof(out->path), "%s", role.path);
}

/* A user is somebody; so is a session of Identity Center's roles, which AWS itself names. Of all
 * others there is but the name that the session was given. */
void
identity_person(struct principal p, struct person_truth *out)
{
	enum principal_kind kind = principal_kind(p);
	struct buf name;

	*out = (struct person_truth){.sure = "exact", .by_itself = true};
	buf_init(&name, sizeof(out->name) - 1);
	principal_put_name(p, &name);
	memcpy(out->name, name.ptr, name.len);
	buf_clear(&name);
	if (kind == PRINCIPAL_USER) {
		out->type = "iam_user";
		out->end = "origin";
		return;
	}
	out->end = "missing";
	out->mfa = p.number % 3 == 0 ? "seen" : "not_seen";
	if (kind == PRINCIPAL_IDENTITY_CENTER) {
		out->type = "identity_center";
	} else {
		out->type = "unknown";
		out->sure = "claimed";
		out->by_itself = false;
	}
}
