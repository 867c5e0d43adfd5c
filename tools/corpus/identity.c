/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/identity.h"

#define ID_LEN     22 /* "AROA", 17 letters and digits, NUL */
#define TEXT_MAX   4096
#define SESSION_US US_PER_HOUR

/* AWS's unique ids: a prefix that says the kind, then letters and digits. */
static char *
unique_id(const char *prefix, uint64_t seed, char out[static ID_LEN])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t bytes[ID_LEN];
	size_t n = strlen(prefix);

	random_fill(seed, bytes, sizeof(bytes));
	memcpy(out, prefix, n);
	for (; n < ID_LEN - 2; n++)
		out[n] = letters[bytes[n] % 32];
	out[n] = '\0';
	return out;
}

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
	char id[ID_LEN];
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
put_assumed_role(
    const struct world *w, struct principal p, int64_t created_us, struct json_writer *out)
{
	uint64_t seed = principal_seed(p);
	char role_id[ID_LEN], key_id[ID_LEN];
	struct buf text;

	/* A role made again has another id; its sessions keep their ARN. */
	unique_id("AROA", random_mix(role_of(p).name[0], p.account + 2 * p.recreated), role_id);
	buf_init(&text, TEXT_MAX);
	json_put_string(out, "type", "AssumedRole");
	buf_printf(&text, "%s:", role_id);
	principal_put_name(p, &text);
	json_put_span(out, "principalId", buf_span(&text));
	buf_reset(&text);
	principal_put_arn(w, p, &text);
	json_put_span(out, "arn", buf_span(&text));
	json_put_string(out, "accountId", w->rows[p.account].account);
	json_put_string(
	    out, "accessKeyId", unique_id("ASIA", random_mix(seed, (uint64_t)created_us), key_id));
	put_session(w, p, role_id, created_us, out);
	buf_clear(&text);
}

void
identity_put(const struct world *w, struct principal p, int64_t time_us, struct json_writer *out)
{
	json_object_begin(out, "userIdentity");
	if (principal_kind(p) == PRINCIPAL_USER)
		put_user(w, p, out);
	else
		put_assumed_role(w, p, time_us - time_us % SESSION_US, out);
	json_object_end(out);
}

void
identity_put_service(const char *invoked_by, struct json_writer *out)
{
	json_object_begin(out, "userIdentity");
	json_put_string(out, "type", "AWSService");
	json_put_string(out, "invokedBy", invoked_by);
	json_object_end(out);
}
