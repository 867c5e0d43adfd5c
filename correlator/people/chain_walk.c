/* SPDX-License-Identifier: Apache-2.0 */
#include "common/time_text.h"
#include "correlator/people/caller_kind.h"
#include "correlator/people/chain.h"

#define SESSION_SLACK_US (2 * US_PER_SECOND)
/* How long STS lets the session of a role last at most. */
#define SESSION_MAX_US (12 * US_PER_HOUR)

#define KIND_BIT(kind) (1u << (kind))

enum sureness
chain_sure(const struct chain_walk *walk, size_t n)
{
	uint8_t sure = SURE_EXACT;

	for (size_t i = 0; i < n && i < walk->hop_count; i++)
		if (walk->hops[i].sure < sure)
			sure = walk->hops[i].sure;
	return (enum sureness)sure;
}

/* False when there is no more room. */
static bool
walk_hop(struct chain_walk *w, enum hop_rule rule, uint32_t issue, uint32_t also, uint32_t caller)
{
	if (w->hop_count == CHAIN_HOPS_MAX) {
		w->end = CHAIN_END_DEPTH;
		return false;
	}
	w->hops[w->hop_count++] = (struct hop){
	    .rule = (uint8_t)rule,
	    .sure = rule == HOP_PERMISSION_SET || rule == HOP_INSTANCE ? SURE_PROBABLE : SURE_EXACT,
	    .issue = issue,
	    .also = also,
	    .caller = caller,
	};
	return true;
}

static bool
walk_visited(const struct ledger *l, const struct chain_walk *w, uint32_t caller)
{
	for (size_t i = 0; i < w->caller_count; i++)
		if (caller_same_session(l, w->callers[i], caller))
			return true;
	return false;
}

static void
walk_switch(const struct ledger *l, struct chain_walk *w, const struct issue *i)
{
	struct span who = arn_resource(string_pool_span(&l->pool, i->switch_from));

	w->switch_from = i->switch_from;
	w->end = span_starts(who, "user/") || span_is(who, "root") ? CHAIN_END_ORIGIN
								   : CHAIN_END_MISSING;
}

/* The event that a hop led to: whether the chain can go on from who asked for it. */
static bool
walk_arrive(const struct chain *c, struct chain_walk *w, uint32_t issue)
{
	const struct ledger *l = c->ledger;
	const struct issue *i = &l->issues[issue];
	enum caller_kind kind = caller_kind_of(l, &l->callers[i->caller]);
	bool user = kind == CALLER_IAM_USER || kind == CALLER_ROOT;

	if (i->kind == ISSUE_SWITCH_ROLE) {
		walk_switch(l, w, i);
		return false;
	}
	if (walk_visited(l, w, i->caller)) {
		w->end = CHAIN_END_CYCLE;
		return false;
	}
	w->callers[w->caller_count++] = i->caller;
	if (kind == CALLER_FOREIGN) {
		w->end = CHAIN_END_MISSING;
		return false;
	}
	/* the sign-in itself: its own userIdentity is the user, and would only find it again */
	if (user && (i->kind == ISSUE_CONSOLE_LOGIN || i->kind == ISSUE_SESSION_TOKEN)) {
		w->end = CHAIN_END_ORIGIN;
		return false;
	}
	return true;
}

/* Behind the AssumeRoleWithSAML of Identity Center: who fetched the permission set. */
static void
walk_set(const struct chain *c, struct chain_walk *w, uint32_t set)
{
	uint32_t caller = c->ledger->issues[set].caller;

	if (!walk_hop(w, HOP_PERMISSION_SET, set, HOP_NONE, caller))
		return;
	w->callers[w->caller_count++] = caller;
	w->end = CHAIN_END_ORIGIN;
}

static void
walk_steps(const struct chain *c, struct chain_walk *w)
{
	const struct ledger *l = c->ledger;

	for (;;) {
		uint32_t at = w->callers[w->caller_count - 1];
		const struct chain_step *s = &c->steps[at];

		w->end = s->end;
		if (s->end == CHAIN_END_AMBIGUOUS)
			w->fork_caller = at;
		if (s->end == CHAIN_END_LOGINS)
			(void)walk_hop(w, HOP_INSTANCE, HOP_NONE, HOP_NONE, HOP_NONE);
		if (s->end != CHAIN_GOES_ON ||
		    !walk_hop(
			w, (enum hop_rule)s->rule, s->issue, s->also, l->issues[s->issue].caller))
			return;
		if (s->loose)
			w->hops[w->hop_count - 1].sure = SURE_PROBABLE;
		if (!walk_arrive(c, w, s->issue))
			return;
		if (s->set != HOP_NONE && s->set != s->issue) {
			walk_set(c, w, s->set);
			return;
		}
	}
}

void
chain_follow(const struct chain *c, uint32_t caller, uint32_t forced, struct chain_walk *w)
{
	const struct chain_step *s = &c->steps[caller];

	*w = (struct chain_walk){.callers = {caller}, .caller_count = 1, .fork_caller = HOP_NONE};
	if (forced == HOP_NONE ||
	    (walk_hop(
		 w, (enum hop_rule)s->rule, forced, HOP_NONE, c->ledger->issues[forced].caller) &&
		walk_arrive(c, w, forced)))
		walk_steps(c, w);
}

static unsigned
missing_kinds(const struct ledger *l, const struct caller *c)
{
	unsigned kinds = KIND_BIT(ISSUE_ASSUME_ROLE) | KIND_BIT(ISSUE_ASSUME_ROLE_WITH_SAML) |
	    KIND_BIT(ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY);
	enum caller_kind kind = caller_kind_of(l, c);
	struct span set;

	if (kind == CALLER_IAM_USER || kind == CALLER_ROOT)
		return KIND_BIT(ISSUE_ASSUME_ROOT);
	if (kind == CALLER_FEDERATED_USER)
		kinds = KIND_BIT(ISSUE_FEDERATION_TOKEN);
	else if (caller_is_sso(l, c, &set))
		kinds = KIND_BIT(ISSUE_ASSUME_ROLE_WITH_SAML);
	if (c->sign_in_session_arn != 0)
		kinds |= KIND_BIT(ISSUE_CONSOLE_LOGIN) | KIND_BIT(ISSUE_OAUTH_TOKEN);
	return kinds;
}

/* The account of an ARN, as a string of the ledger; 0 when there is none. */
static string_id
account_of_arn(struct ledger *l, string_id arn)
{
	struct span account = arn_account(string_pool_span(&l->pool, arn));
	string_id id = account.len != 0 ? string_pool_add(&l->pool, account, NULL) : 0;

	return id == UINT32_MAX ? 0 : id;
}

static void
missing_span(struct missing_event *m, const struct caller *c)
{
	m->from_us = m->to_us = LOGIN_TIME_UNKNOWN;
	if (c->created_us != LOGIN_TIME_UNKNOWN) {
		m->from_us = c->created_us - SESSION_SLACK_US;
		m->to_us = c->created_us + SESSION_SLACK_US;
	} else if (c->first_used_us != INT64_MAX) {
		m->from_us = c->first_used_us - SESSION_MAX_US;
		m->to_us = c->first_used_us;
	}
}

struct missing_event
chain_missing(struct ledger *l, const struct chain_walk *w)
{
	const struct caller *c = &l->callers[w->callers[w->caller_count - 1]];
	const struct issue *via =
	    w->hop_count != 0 ? &l->issues[w->hops[w->hop_count - 1].issue] : NULL;
	struct missing_event m = {0};

	if (via != NULL && via->kind == ISSUE_SWITCH_ROLE) {
		m.kinds = missing_kinds(l, &(struct caller){0});
		m.account_id = account_of_arn(l, via->switch_from);
		m.from_us = via->time_us - SESSION_MAX_US;
		m.to_us = via->time_us;
	} else if (via != NULL && caller_kind_of(l, c) == CALLER_FOREIGN) {
		m.kinds = KIND_BIT(via->kind);
		m.account_id = c->account_id;
		m.region = via->region;
		m.from_us = via->time_us - SESSION_SLACK_US;
		m.to_us = via->time_us + SESSION_SLACK_US;
	} else {
		m.kinds = missing_kinds(l, c);
		m.account_id = c->account_id != 0 ? c->account_id : account_of_arn(l, c->arn);
		/* AssumeRoot stands in the account that manages the root's */
		if (m.kinds == KIND_BIT(ISSUE_ASSUME_ROOT))
			m.account_id = 0;
		missing_span(&m, c);
	}
	m.write_only = coverage_is_write_only(&l->coverage, m.account_id);
	return m;
}
