/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/issue_asks.h"

#include "common/array.h"
#include "common/time_text.h"

/* How far apart a session's creation and the event that issued it may be: both have whole seconds,
 * and in every sample the same. The credentials of Identity Center are a step further. */
#define SESSION_S 2
#define SET_S     5
/* The longest that AWS Security Token Service lets credentials live (GetSessionToken). */
#define CREDENTIALS_US (36 * US_PER_HOUR)
#define CLOCKS_US      (300 * US_PER_SECOND)

#define SET_PREFIX     "AWSReservedSSO_"
#define SET_SUFFIX_LEN 17 /* "_" and 16 digits */

static int
add_need(struct issue_need_list *list, uint64_t key, int64_t from_us, int64_t to_us)
{
	if (!array_grow((void **)&list->rows, list->count, &list->cap, sizeof(*list->rows)))
		return -1;
	list->rows[list->count++] = (struct issue_need){key, from_us, to_us};
	return 0;
}

static int64_t
floor_second(int64_t us)
{
	return us >= 0 ? us / US_PER_SECOND : -((-us + US_PER_SECOND - 1) / US_PER_SECOND);
}

/* A key of each of the seconds about the caller's creation. */
static int
add_seconds(struct issue_need_list *list, const struct caller *c, enum issue_key_kind kind,
    struct span a, struct span b, int64_t slack_s)
{
	int64_t created_s = floor_second(c->created_us);

	for (int64_t at_s = created_s - slack_s; at_s <= created_s + slack_s; at_s++)
		if (add_need(list, issue_key(kind, a, b, at_s), at_s * US_PER_SECOND,
			(at_s + 1) * US_PER_SECOND - 1) != 0)
			return -1;
	return 0;
}

/* The name of an ARN's role: the last part of a role's path, the second of a session's. */
static struct span
role_of(struct span arn)
{
	struct span head, role = SPAN_NONE;

	for (int colons = 0; colons < 5; colons++)
		if (!span_cut(&arn, ':', &head))
			return SPAN_NONE;
	if (span_starts(arn, "assumed-role/")) {
		(void)span_cut(&arn, '/', &head);
		(void)span_cut(&arn, '/', &role);
		return role;
	}
	while (span_cut(&arn, '/', &head))
		role = head;
	return role;
}

static bool
is_hex(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
			return false;
	return true;
}

/* "Name" of AWSReservedSSO_Name_0123456789abcdef, the role that a permission set is in an account;
 * SPAN_NONE for all other roles. */
static struct span
permission_set_of(struct span role)
{
	size_t prefix = sizeof(SET_PREFIX) - 1;

	if (!span_starts(role, SET_PREFIX) || role.len <= prefix + SET_SUFFIX_LEN ||
	    role.ptr[role.len - SET_SUFFIX_LEN] != '_' ||
	    !is_hex(span_from(role, role.len - SET_SUFFIX_LEN + 1)))
		return SPAN_NONE;
	return (struct span){role.ptr + prefix, role.len - prefix - SET_SUFFIX_LEN};
}

static struct span
text_of(const struct ledger *l, string_id id)
{
	return string_pool_span(&l->pool, id);
}

/* True for those who are at the beginning of a chain themselves. */
static bool
is_origin(const struct ledger *l, const struct caller *c)
{
	static const char *const signed_in[] = {
	    "AWSService", "SAMLUser", "WebIdentityUser", "IdentityCenterUser"};
	struct span type = text_of(l, c->type);

	for (size_t i = 0; i < sizeof(signed_in) / sizeof(signed_in[0]); i++)
		if (span_is(type, signed_in[i]))
			return true;
	return (span_is(type, "IAMUser") || span_is(type, "Root")) &&
	    span_starts(text_of(l, c->access_key_id), "AKIA");
}

/* Asks for what issued the session of which only its own words are known. */
static int
ask_session(struct issue_need_list *list, const struct ledger *l, const struct caller *c)
{
	struct span role = role_of(text_of(l, c->issuer_arn != 0 ? c->issuer_arn : c->arn));
	struct span set = permission_set_of(role);

	if (c->principal_id != 0 &&
	    add_seconds(
		list, c, ISSUE_KEY_SESSION, text_of(l, c->principal_id), SPAN_NONE, SESSION_S) != 0)
		return -1;
	if (set.ptr == NULL || c->account_id == 0)
		return 0;
	return add_seconds(list, c, ISSUE_KEY_SET, text_of(l, c->account_id), set, SET_S);
}

int
issue_asks_add(struct issue_need_list *list, const struct ledger *l, const struct caller *c)
{
	struct span key_id = text_of(l, c->access_key_id);
	bool dated = c->created_us != LOGIN_TIME_UNKNOWN;
	int64_t from_us = c->first_used_us - CREDENTIALS_US, to_us = c->last_used_us + CLOCKS_US;

	if (is_origin(l, c))
		return 0;
	/* a sign-in session is older than the credentials that are renewed within it */
	if (c->sign_in_session_arn != 0 &&
	    add_need(list,
		issue_key(ISSUE_KEY_SIGN_IN, text_of(l, c->sign_in_session_arn), SPAN_NONE, 0),
		dated ? c->created_us - CREDENTIALS_US : from_us,
		dated ? c->created_us + CLOCKS_US : to_us) != 0)
		return -1;
	if (dated) {
		from_us = c->created_us - CLOCKS_US;
		to_us = c->created_us + CLOCKS_US;
	}
	if (key_id.len != 0 && !span_starts(key_id, "AKIA") &&
	    add_need(list, issue_key(ISSUE_KEY_ACCESS, key_id, SPAN_NONE, 0), from_us, to_us) != 0)
		return -1;
	return dated ? ask_session(list, l, c) : 0;
}

bool
issue_asks_grow(const struct ledger *l, const struct caller *c)
{
	return c->created_us == LOGIN_TIME_UNKNOWN &&
	    (c->access_key_id != 0 || c->sign_in_session_arn != 0) && !is_origin(l, c);
}
