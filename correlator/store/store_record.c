/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of events, identities and notices. */
#include "correlator/store/store_record.h"

#include "correlator/store/store_record_walk.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define EVENT(member)   offsetof(struct event, member)
#define USER(member)    offsetof(struct user_identity, member)
#define NOTICE(member)  offsetof(struct key_notice_text, member)

static const size_t event_texts[] = {EVENT(event_id), EVENT(request_id), EVENT(shared_event_id),
    EVENT(account_id), EVENT(region), EVENT(source_ip), EVENT(user_agent), EVENT(error_code),
    EVENT(error_message), EVENT(original_event_id)};

static const size_t push_texts[] = {
    EVENT(instance_id), EVENT(os_user), EVENT(key_error), EVENT(key_type)};

static const size_t other_texts[] = {
    EVENT(endpoint_id), EVENT(private_ip), EVENT(remote_port), EVENT(serial_port)};

static const size_t issue_texts[] = {EVENT(issued_key_id), EVENT(issued_principal_id),
    EVENT(issued_arn), EVENT(role_arn), EVENT(session_name), EVENT(mfa_serial),
    EVENT(session_source_identity), EVENT(tags), EVENT(tag_name), EVENT(subject),
    EVENT(subject_type), EVENT(issuer), EVENT(name_qualifier), EVENT(provider), EVENT(set_account),
    EVENT(set_name), EVENT(switch_from), EVENT(minted_session), EVENT(mfa_used)};

static const size_t identity_texts[] = {USER(type), USER(principal_id), USER(arn), USER(account_id),
    USER(access_key_id), USER(user_name), USER(invoked_by), USER(identity_provider),
    USER(credential_id), USER(on_behalf_of_user), USER(on_behalf_of_store), USER(issuer_type),
    USER(issuer_arn), USER(issuer_user_name), USER(issuer_principal_id), USER(creation_date),
    USER(mfa), USER(source_identity), USER(sign_in_session_arn), USER(ec2_role_delivery),
    USER(assumed_root)};

static const size_t notice_texts[] = {NOTICE(instance_id), NOTICE(hostname), NOTICE(boot_id),
    NOTICE(fingerprint), NOTICE(request_id), NOTICE(principal)};

/* The texts that only some kinds of events have. */
static const struct text_group {
	const size_t *texts;
	size_t count;
} groups[] = {
    {push_texts, COUNT_OF(push_texts)},
    {other_texts, COUNT_OF(other_texts)},
    {issue_texts, COUNT_OF(issue_texts)},
};

static bool
group_is_there(const struct text_group *g, const struct event *e)
{
	for (size_t i = 0; i < g->count; i++)
		if (((const struct span *)(const void *)((const char *)e + g->texts[i]))->ptr !=
		    NULL)
			return true;
	return false;
}

/* A number that is an enum's, below end. */
static unsigned
walk_enum(struct store_walk *w, unsigned value, unsigned end)
{
	uint64_t n = value;

	store_walk_number(w, &n);
	if (n < end)
		return (unsigned)n;
	w->bad = true;
	return 0;
}

static void
walk_groups(struct store_walk *w, struct event *e, const bool *there)
{
	for (size_t i = 0; i < COUNT_OF(groups); i++) {
		if (there[i])
			store_walk_texts(w, e, groups[i].texts, groups[i].count);
		if (group_is_there(&groups[i], e) != there[i])
			w->bad = true;
	}
}

static void
walk_event(struct store_walk *w, struct event *e)
{
	bool there[COUNT_OF(groups)];
	bool *const flags[] = {&e->failed, &e->from_console, &e->supersedes, &e->has_fingerprint,
	    &there[0], &there[1], &there[2]};

	for (size_t i = 0; i < COUNT_OF(groups); i++)
		there[i] = w->out != NULL && group_is_there(&groups[i], e);
	e->kind = (enum event_kind)walk_enum(w, e->kind, EVENT_ISSUE + 1);
	e->issue = (enum issue_kind)walk_enum(w, e->issue, ISSUE_KINDS);
	store_walk_signed(w, &e->time_us);
	store_walk_flags(w, flags, COUNT_OF(flags));
	store_walk_texts(w, e, event_texts, COUNT_OF(event_texts));
	walk_groups(w, e, there);
	if (e->has_fingerprint)
		store_walk_bytes(w, e->fingerprint, sizeof(e->fingerprint));
	if (e->key_type.len > sizeof(e->key_type_text))
		w->bad = true;
}

int
store_event_put(const struct event *e, struct buf *out)
{
	struct store_walk w = {.out = out};
	struct event copy = *e;

	walk_event(&w, &copy);
	return store_walk_end(&w);
}

int
store_event_get(struct span body, struct event *e)
{
	struct store_walk w = {.in = body};

	memset(e, 0, sizeof(*e));
	walk_event(&w, e);
	if (store_walk_end(&w) != 0)
		return -1;
	if (e->key_type.ptr != NULL) {
		memcpy(e->key_type_text, e->key_type.ptr, e->key_type.len);
		e->key_type.ptr = e->key_type_text;
	}
	return 0;
}

int
store_identity_put(const struct user_identity *u, struct buf *out)
{
	struct store_walk w = {.out = out};
	struct user_identity copy = *u;

	store_walk_texts(&w, &copy, identity_texts, COUNT_OF(identity_texts));
	return store_walk_end(&w);
}

int
store_identity_get(struct span body, struct user_identity *u)
{
	struct store_walk w = {.in = body};

	memset(u, 0, sizeof(*u));
	store_walk_texts(&w, u, identity_texts, COUNT_OF(identity_texts));
	return store_walk_end(&w);
}

static void
walk_notice(struct store_walk *w, struct key_notice_text *n)
{
	bool *const flags[] = {&n->provided, &n->unproven, &n->proven};

	store_walk_signed(w, &n->time_us);
	store_walk_flags(w, flags, COUNT_OF(flags));
	store_walk_texts(w, n, notice_texts, COUNT_OF(notice_texts));
}

int
store_notice_put(const struct key_notice_text *n, struct buf *out)
{
	struct store_walk w = {.out = out};
	struct key_notice_text copy = *n;

	walk_notice(&w, &copy);
	return store_walk_end(&w);
}

int
store_notice_get(struct span body, struct key_notice_text *n)
{
	struct store_walk w = {.in = body};

	memset(n, 0, sizeof(*n));
	walk_notice(&w, n);
	return store_walk_end(&w);
}
