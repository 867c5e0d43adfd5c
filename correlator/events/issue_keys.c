/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/events/issue_keys.h"

#include "common/text_hash.h"
#include "common/time_text.h"
#include "correlator/events/event_issue.h"

/* What the keys are made from. */
struct key_members {
	struct span key_id, assumed_id, federated_id, target;
	struct span login, switched, token, success;
	struct span principal_id, creation_date, sign_in_session;
	struct span minted, account_id, role_name;
	struct span root; /* what event_issue_root makes of the target */
};

#define TEXT(text, member)  .name = (text), .offset = offsetof(struct key_members, member)
#define INSIDE(text, table) .name = (text), .inside = (table)

static const struct text_member credentials[] = {{TEXT("accessKeyId", key_id)}, {0}};
static const struct text_member assumed_role_user[] = {{TEXT("assumedRoleId", assumed_id)}, {0}};
static const struct text_member federated_user[] = {{TEXT("federatedUserId", federated_id)}, {0}};
static const struct text_member attributes[] = {{TEXT("creationDate", creation_date)}, {0}};
static const struct text_member request_parameters[] = {{TEXT("targetPrincipal", target)}, {0}};

static const struct text_member response_elements[] = {
    {INSIDE("credentials", credentials)},
    {INSIDE("assumedRoleUser", assumed_role_user)},
    {INSIDE("federatedUser", federated_user)},
    {TEXT("ConsoleLogin", login)},
    {TEXT("SwitchRole", switched)},
    {TEXT("GetSigninToken", token)},
    {0},
};

static const struct text_member session_context[] = {
    {INSIDE("attributes", attributes)},
    {TEXT("signInSessionArn", sign_in_session)},
    {0},
};

static const struct text_member user_identity[] = {
    {TEXT("principalId", principal_id)},
    {INSIDE("sessionContext", session_context)},
    {0},
};

static const struct text_member additional_event_data[] = {
    {TEXT("signInSessionArn", minted)},
    {TEXT("success", success)},
    {0},
};

static const struct text_member service_event_details[] = {
    {TEXT("account_id", account_id)},
    {TEXT("role_name", role_name)},
    {0},
};

/* Which keys an event gets, beside the access key that it issued. */
enum {
	ISSUED = 1,       /* the principal that its response names */
	OWN = 2,          /* its own principal, with its time */
	OWN_CREATED = 4,  /* its own principal, with its session's time */
	OWN_SIGN_IN = 8,  /* its own sign-in session */
	MINTED = 16,      /* the sign-in session that it made */
	SET = 32,         /* account and permission set */
	ROOT_TARGET = 64, /* the account whose root it made the caller */
};

static const unsigned char wanted[ISSUE_KINDS] = {
    [ISSUE_ASSUME_ROLE] = ISSUED,
    [ISSUE_ASSUME_ROLE_WITH_SAML] = ISSUED,
    [ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY] = ISSUED,
    [ISSUE_FEDERATION_TOKEN] = ISSUED,
    [ISSUE_SESSION_TOKEN] = OWN,
    [ISSUE_ASSUME_ROOT] = ROOT_TARGET,
    [ISSUE_ROLE_CREDENTIALS] = SET,
    [ISSUE_FEDERATE] = SET,
    [ISSUE_CONSOLE_LOGIN] = OWN | OWN_CREATED | OWN_SIGN_IN,
    [ISSUE_SWITCH_ROLE] = OWN | OWN_CREATED | OWN_SIGN_IN,
    [ISSUE_SIGNIN_TOKEN] = OWN | OWN_CREATED,
    [ISSUE_OAUTH_TOKEN] = MINTED,
};

uint64_t
issue_key(enum issue_key_kind kind, struct span a, struct span b, int64_t at_s)
{
	uint64_t h = text_hash_mix((uint64_t)kind + 1);

	h = text_hash_add(h, a);
	h = text_hash_add(h, b);
	return text_hash_mix(h ^ (uint64_t)at_s);
}

static void
add_key(
    struct issue_keys *out, enum issue_key_kind kind, struct span a, struct span b, int64_t at_s)
{
	uint64_t key;

	if (a.len == 0)
		return;
	key = issue_key(kind, a, b, at_s);
	for (size_t i = 0; i < out->count; i++)
		if (out->keys[i] == key)
			return;
	out->keys[out->count++] = key;
}

static void
read_value(
    struct span value, struct buf *scratch, const struct text_member *table, struct key_members *m)
{
	struct json_reader r;

	json_reader_init(&r, value);
	if (json_peek(&r) == JSON_OBJECT)
		text_members_read(&r, scratch, table, m);
}

static void
read_members(
    unsigned want, const struct record_header *h, struct buf *scratch, struct key_members *m)
{
	read_value(h->response_elements, scratch, response_elements, m);
	read_value(h->additional_event_data, scratch, additional_event_data, m);
	if ((want & (OWN | OWN_CREATED | OWN_SIGN_IN)) != 0)
		read_value(h->user_identity, scratch, user_identity, m);
	if ((want & SET) != 0)
		read_value(h->service_event_details, scratch, service_event_details, m);
	if ((want & ROOT_TARGET) != 0)
		read_value(h->request_parameters, scratch, request_parameters, m);
	m->root = event_issue_root(m->target);
}

static bool
has_failed(const struct record_header *h, const struct key_members *m)
{
	return h->error_code.len != 0 || span_is(m->login, "Failure") ||
	    span_is(m->switched, "Failure") || span_is(m->token, "Failure") ||
	    span_is(m->success, "false") || span_is(m->success, "False");
}

static void
make_keys(unsigned want, const struct key_members *m, struct issue_keys *out)
{
	const int64_t at_s = out->time_us / US_PER_SECOND;
	const struct span issued = m->assumed_id.len != 0 ? m->assumed_id : m->federated_id;
	int64_t created_us;

	add_key(out, ISSUE_KEY_ACCESS, m->key_id, SPAN_NONE, 0);
	if ((want & ISSUED) != 0)
		add_key(out, ISSUE_KEY_SESSION, issued, SPAN_NONE, at_s);
	if ((want & ROOT_TARGET) != 0)
		add_key(out, ISSUE_KEY_SESSION, m->root, SPAN_NONE, at_s);
	if ((want & OWN) != 0)
		add_key(out, ISSUE_KEY_SESSION, m->principal_id, SPAN_NONE, at_s);
	if ((want & OWN_CREATED) != 0 && time_parse(m->creation_date, &created_us)) {
		add_key(
		    out, ISSUE_KEY_SESSION, m->principal_id, SPAN_NONE, created_us / US_PER_SECOND);
		out->first_us = created_us < out->time_us ? created_us : out->time_us;
		out->last_us = created_us > out->time_us ? created_us : out->time_us;
	}
	if ((want & OWN_SIGN_IN) != 0)
		add_key(out, ISSUE_KEY_SIGN_IN, m->sign_in_session, SPAN_NONE, 0);
	if ((want & MINTED) != 0)
		add_key(out, ISSUE_KEY_SIGN_IN, m->minted, SPAN_NONE, 0);
	if ((want & SET) != 0 && m->role_name.len != 0)
		add_key(out, ISSUE_KEY_SET, m->account_id, m->role_name, at_s);
}

bool
issue_keys_need_response_alone(enum issue_kind kind)
{
	return wanted[kind] == ISSUED;
}

void
issue_keys_of_response(
    int64_t time_us, struct span access_key_id, struct span principal_id, struct issue_keys *out)
{
	*out = (struct issue_keys){.time_us = time_us, .first_us = time_us, .last_us = time_us};
	add_key(out, ISSUE_KEY_ACCESS, access_key_id, SPAN_NONE, 0);
	add_key(out, ISSUE_KEY_SESSION, principal_id, SPAN_NONE, time_us / US_PER_SECOND);
}

enum event_error
issue_keys_read(enum issue_kind kind, const struct record_header *h, struct buf *scratch,
    struct issue_keys *out)
{
	const size_t len = h->response_elements.len + h->additional_event_data.len +
	    h->user_identity.len + h->service_event_details.len + h->request_parameters.len +
	    h->event_time.len;
	const unsigned want = wanted[kind];
	struct key_members m = {0};

	*out = (struct issue_keys){0};
	if (len > SIZE_MAX / 3 || !buf_reserve(scratch, 3 * len))
		return EVENT_ERROR_MEMORY;
	if (!time_parse(json_unescape(h->event_time, scratch), &out->time_us))
		return EVENT_ERROR_TIME;
	out->first_us = out->last_us = out->time_us;
	read_members(want, h, scratch, &m);
	if (!has_failed(h, &m))
		make_keys(want, &m, out);
	return EVENT_OK;
}

bool
issue_keys_of_event(const struct event *e, struct issue_keys *out)
{
	const struct user_identity *u = &e->identity;
	const struct key_members m = {
	    .key_id = e->issued_key_id,
	    .assumed_id = e->issued_principal_id,
	    .root = e->issued_principal_id,
	    .principal_id = u->principal_id,
	    .creation_date = u->creation_date,
	    .sign_in_session = u->sign_in_session_arn,
	    .minted = e->minted_session,
	    .account_id = e->set_account,
	    .role_name = e->set_name,
	};

	*out = (struct issue_keys){
	    .time_us = e->time_us, .first_us = e->time_us, .last_us = e->time_us};
	if (e->failed)
		return false;
	make_keys(wanted[e->issue], &m, out);
	return out->count != 0;
}
