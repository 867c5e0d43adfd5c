/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/caller_kind.h"

#define SSO_PATH     "role/aws-reserved/sso.amazonaws.com/"
#define SSO_PREFIX   "AWSReservedSSO_"
#define SSO_HASH_LEN 16

static struct span
text(const struct ledger *l, string_id id)
{
	return string_pool_span(&l->pool, id);
}

enum caller_kind
caller_kind_of(const struct ledger *l, const struct caller *c)
{
	static const struct {
		const char *type;
		enum caller_kind kind;
	} kinds[] = {
	    {"IAMUser", CALLER_IAM_USER},
	    {"Root", CALLER_ROOT},
	    {"FederatedUser", CALLER_FEDERATED_USER},
	    {"SAMLUser", CALLER_SAML_USER},
	    {"WebIdentityUser", CALLER_WEB_IDENTITY_USER},
	    {"IdentityCenterUser", CALLER_IDENTITY_CENTER_USER},
	    {"AWSService", CALLER_SERVICE},
	    {"AWSAccount", CALLER_FOREIGN},
	};
	struct span type = text(l, c->type);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_is(type, kinds[i].type))
			return kinds[i].kind;
	/* what Identity Center's own events had until 2025 */
	if ((type.ptr == NULL || span_is(type, "Unknown")) &&
	    text(l, c->on_behalf_of_user).len != 0)
		return CALLER_IDENTITY_CENTER_USER;
	return CALLER_OTHER;
}

struct span
name_last_part(struct span s)
{
	const char *slash = s.len != 0 ? memrchr(s.ptr, '/', s.len) : NULL;

	return slash != NULL ? span_from(s, (size_t)(slash - s.ptr) + 1) : s;
}

/* The parts of arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE. */
static bool
arn_split(struct span arn, struct span *account, struct span *resource)
{
	struct span part;

	if (!span_starts(arn, "arn:"))
		return false;
	for (int i = 0; i < 4; i++)
		if (!span_cut(&arn, ':', &part))
			return false;
	if (!span_cut(&arn, ':', account) || arn.ptr == NULL)
		return false;
	*resource = arn;
	return true;
}

struct span
arn_account(struct span arn)
{
	struct span account, resource;

	return arn_split(arn, &account, &resource) ? account : SPAN_NONE;
}

struct span
arn_resource(struct span arn)
{
	struct span account, resource;

	return arn_split(arn, &account, &resource) ? resource : SPAN_NONE;
}

struct span
caller_session_name(const struct ledger *l, const struct caller *c)
{
	struct span resource = arn_resource(text(l, c->arn)), id = text(l, c->principal_id);
	struct span type = SPAN_NONE, role;

	(void)span_cut(&resource, '/', &type);
	if (span_is(type, "federated-user"))
		return resource;
	if (span_is(type, "assumed-role") && span_cut(&resource, '/', &role) && resource.len != 0)
		return resource;
	if (caller_kind_of(l, c) != CALLER_OTHER || !span_starts(id, "AROA"))
		return SPAN_NONE;
	(void)span_cut(&id, ':', &role);
	return id;
}

static bool
is_hex(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
			return false;
	return s.len != 0;
}

/* NAME of AWSReservedSSO_NAME_0123456789abcdef. */
static struct span
sso_set(struct span role)
{
	size_t prefix = sizeof(SSO_PREFIX) - 1, end;

	if (!span_starts(role, SSO_PREFIX) || role.len < prefix + 1 + 1 + SSO_HASH_LEN)
		return SPAN_NONE;
	end = role.len - SSO_HASH_LEN - 1;
	if (role.ptr[end] != '_' || !is_hex(span_from(role, end + 1)))
		return SPAN_NONE;
	return span_from(span_head(role, end), prefix);
}

bool
caller_is_sso(const struct ledger *l, const struct caller *c, struct span *set)
{
	struct span resource = arn_resource(text(l, c->issuer_arn));

	*set = SPAN_NONE;
	if (caller_kind_of(l, c) != CALLER_OTHER || !span_starts(resource, SSO_PATH))
		return false;
	*set = sso_set(name_last_part(resource));
	return true;
}

bool
name_is_instance(struct span name)
{
	return span_starts(name, "i-") && name.len >= 2 + 8 && name.len <= 2 + 17 &&
	    is_hex(span_from(name, 2));
}

bool
caller_is_instance(const struct ledger *l, const struct caller *c, struct span *instance)
{
	struct span name;

	*instance = SPAN_NONE;
	if (caller_kind_of(l, c) != CALLER_OTHER)
		return false;
	name = caller_session_name(l, c);
	if (name_is_instance(name))
		*instance = name;
	return instance->ptr != NULL || text(l, c->ec2_role_delivery).len != 0;
}

/* 8-4-4-4-12 hexadecimal digits. */
static bool
is_uuid(struct span name)
{
	if (name.len != 36)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? name.ptr[i] != '-' : !is_hex((struct span){name.ptr + i, 1}))
			return false;
	}
	return true;
}

static bool
is_number(struct span name)
{
	bool digit = false;

	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] >= '0' && name.ptr[i] <= '9')
			digit = true;
		else if (name.ptr[i] != '-' && name.ptr[i] != '_' && name.ptr[i] != '.')
			return false;
	}
	return digit;
}

bool
name_is_machine(struct span name)
{
	/* what SDKs, the command line and build services call a session that nobody named */
	static const char *const prefixes[] = {"botocore-session-", "aws-sdk-", "aws-go-sdk-",
	    "awscli-session", "AWSCLI-Session", "AWSCodeBuild-", "assume-role-from-profile-",
	    "GitHubActions", "GitHub_Actions"};

	if (name.len == 0 || name_is_instance(name) || is_number(name) || is_uuid(name) ||
	    (name.len == 32 && is_hex(name)))
		return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (span_starts(name, prefixes[i]))
			return true;
	return false;
}

bool
caller_same_session(const struct ledger *l, uint32_t a, uint32_t b)
{
	const struct caller *x = &l->callers[a], *y = &l->callers[b];

	return a == b ||
	    (x->type == y->type && x->principal_id == y->principal_id && x->arn == y->arn &&
		x->account_id == y->account_id && x->created_us == y->created_us &&
		x->access_key_id == y->access_key_id &&
		x->sign_in_session_arn == y->sign_in_session_arn);
}

/* A session of a role or of a federated user, or an account's: one principal, many people. */
static bool
is_shared(enum caller_kind kind)
{
	return kind == CALLER_OTHER || kind == CALLER_FEDERATED_USER || kind == CALLER_FOREIGN;
}

bool
caller_same_principal(const struct ledger *l, uint32_t a, uint32_t b)
{
	const struct caller *x = &l->callers[a], *y = &l->callers[b];
	const string_id of_x[] = {x->type, x->principal_id, x->arn, x->account_id, x->user_name,
	    x->identity_provider, x->invoked_by, x->on_behalf_of_user, x->on_behalf_of_store};
	const string_id of_y[] = {y->type, y->principal_id, y->arn, y->account_id, y->user_name,
	    y->identity_provider, y->invoked_by, y->on_behalf_of_user, y->on_behalf_of_store};

	if (a == b)
		return true;
	if (memcmp(of_x, of_y, sizeof(of_x)) != 0)
		return false;
	if (text(l, x->principal_id).len == 0 && text(l, x->on_behalf_of_user).len == 0 &&
	    text(l, x->invoked_by).len == 0)
		return false;
	if (!is_shared(caller_kind_of(l, x)) ||
	    (caller_kind_of(l, x) == CALLER_FOREIGN &&
		span_starts(text(l, x->principal_id), "AIDA")))
		return true;
	/* nothing that tells sessions apart: they may be anybody's */
	if (x->created_us == LOGIN_TIME_UNKNOWN && text(l, x->access_key_id).len == 0)
		return false;
	return x->created_us == y->created_us && x->access_key_id == y->access_key_id;
}
