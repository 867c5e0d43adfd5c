/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/chain.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/people/caller_kind.h"
#include "correlator/people/chain_found.h"

#define SESSION_SLACK_US (2 * US_PER_SECOND)
#define SET_SLACK_US     (5 * US_PER_SECOND)
/* How long temporary credentials last at most: GetFederationToken, GetSessionToken. */
#define KEY_MAX_US (36 * US_PER_HOUR)

static struct index_range
rule_range(const struct chain *c, const struct caller *caller, enum hop_rule rule)
{
	const struct people_index *x = &c->index;
	int64_t at_us = caller->created_us;

	switch (rule) {
	case HOP_ACCESS_KEY:
		if (caller->first_used_us == INT64_MAX)
			break;
		/* before it was used */
		return people_index_find(&x->keys, caller->access_key_id, 0,
		    caller->first_used_us - KEY_MAX_US, caller->first_used_us + SESSION_SLACK_US);
	case HOP_SIGN_IN_SESSION:
		return people_index_find(
		    &x->sign_ins, caller->sign_in_session_arn, 0, INT64_MIN, INT64_MAX);
	case HOP_SESSION:
		if (at_us == LOGIN_TIME_UNKNOWN)
			break;
		return people_index_find(&x->sessions, caller->principal_id, 0,
		    at_us - SESSION_SLACK_US, at_us + SESSION_SLACK_US);
	default: break;
	}
	return (struct index_range){NULL, NULL};
}

/* The step that several events of different callers, or one event, make. */
static int
step_take(struct chain *c, struct chain_step *s, const struct found *f)
{
	s->issue = f->issues[0];
	s->end = CHAIN_GOES_ON;
	if (f->count == 1 && !f->more)
		return 0;
	s->end = CHAIN_END_AMBIGUOUS;
	s->issue = HOP_NONE;
	s->forks = (uint32_t)c->fork_count;
	for (size_t i = 0; i < f->count && i < CHAIN_FORKS_MAX; i++) {
		if (!array_grow((void **)&c->forks, c->fork_count, &c->fork_cap, sizeof(*c->forks)))
			return -1;
		c->forks[c->fork_count++] = f->issues[i];
		s->fork_count++;
	}
	return 0;
}

/* True when the console made the call for its user. */
static bool
is_console(const struct ledger *l, const struct caller *c)
{
	struct span by = string_pool_span(&l->pool, c->invoked_by);

	return c->from_console || span_is(by, "AWS Internal") || span_starts(by, "signin.");
}

/* True when the caller's key is another one than the event issued, and nothing says why: the
 * console and Identity Center make keys of their own for a session, others do not. */
static bool
is_loose(const struct ledger *l, const struct caller *c, const struct found *f)
{
	const struct issue *i = &l->issues[f->issues[0]];
	enum caller_kind kind = caller_kind_of(l, c);
	struct span set;

	return kind != CALLER_IAM_USER && kind != CALLER_ROOT &&
	    i->issued_key_id != c->access_key_id &&
	    string_pool_span(&l->pool, i->issued_key_id).len != 0 &&
	    string_pool_span(&l->pool, c->access_key_id).len != 0 && c->sign_in_session_arn == 0 &&
	    !is_console(l, c) && f->switched == HOP_NONE && f->signed_in == HOP_NONE &&
	    !caller_is_sso(l, c, &set);
}

/* A SwitchRole whose AssumeRole is not there says where it came from; two that differ say nothing.
 */
static void
found_take_switches(struct found *f, struct chain_step *s)
{
	s->also = f->switched_also != HOP_NONE ? HOP_NONE
	    : f->switched != HOP_NONE          ? f->switched
					       : f->signed_in;
	if (f->count != 0 || f->switched == HOP_NONE)
		return;
	f->issues[f->count++] = f->switched;
	if (f->switched_also != HOP_NONE)
		f->issues[f->count++] = f->switched_also;
	s->rule = HOP_SESSION;
	s->also = HOP_NONE;
}

/* The three rules that AWS's own words decide. s->end stays as it is when none finds anything. */
static int
step_by_rules(struct chain *c, uint32_t caller, struct chain_step *s)
{
	const struct caller *row = &c->ledger->callers[caller];
	struct found f = FOUND_NOTHING;

	for (int rule = HOP_ACCESS_KEY; rule <= HOP_SESSION && f.count == 0; rule++) {
		f.more = false;
		found_scan(&f, c->ledger, caller, rule_range(c, row, (enum hop_rule)rule),
		    (enum hop_rule)rule);
		found_add_twins(&f, c);
		found_merge_callers(&f, c->ledger, row->created_us);
		s->rule = (uint8_t)rule;
	}
	/* the console's own events of the session: also where another rule found its issuer */
	if (f.count != 0 && s->rule != HOP_SESSION) {
		struct found more = f;

		found_scan(&more, c->ledger, caller, rule_range(c, row, HOP_SESSION), HOP_SESSION);
		f.switched = more.switched;
		f.switched_also = more.switched_also;
		f.signed_in = more.signed_in;
	}
	s->by_ec2 = f.by_ec2;
	s->loose = f.count != 0 && s->rule == HOP_SESSION && is_loose(c->ledger, row, &f);
	found_take_switches(&f, s);
	return f.count != 0 ? step_take(c, s, &f) : 0;
}

/* True when the identity store knows who asked; *fits: as the one whose name the session has. */
static bool
set_user_known(const struct chain *c, uint32_t issue, struct span session_name, bool *fits)
{
	const struct ledger *l = c->ledger;
	const struct caller *asked = &l->callers[l->issues[issue].caller];
	const struct identity_user *user = c->store == NULL
	    ? NULL
	    : identity_store_find(c->store, string_pool_span(&l->pool, asked->on_behalf_of_user),
		  string_pool_span(&l->pool, asked->on_behalf_of_store));

	*fits = user != NULL && span_eq(user->user_name, session_name);
	return user != NULL;
}

/* Which of Identity Center's events gave this session's permission set out; HOP_NONE when that is
 * not plain. */
static uint32_t
set_issue(const struct chain *c, uint32_t caller)
{
	const struct ledger *l = c->ledger;
	const struct caller *row = &l->callers[caller];
	struct span set, name = caller_session_name(l, row);
	struct found f = FOUND_NOTHING;
	uint32_t fitting = HOP_NONE;
	size_t fit_count = 0;
	bool fits;

	if (row->created_us == LOGIN_TIME_UNKNOWN || !caller_is_sso(l, row, &set) ||
	    set.ptr == NULL)
		return HOP_NONE;
	found_scan(&f, l, caller,
	    people_index_find(&c->index.sets, row->account_id, string_pool_find(&l->pool, set),
		row->created_us - SET_SLACK_US, row->created_us + SET_SLACK_US),
	    HOP_PERMISSION_SET);
	found_merge_callers(&f, l, row->created_us);
	if (f.more)
		return HOP_NONE;
	if (f.count == 1)
		return !set_user_known(c, f.issues[0], name, &fits) || fits ? f.issues[0]
									    : HOP_NONE;
	for (size_t i = 0; i < f.count; i++) {
		if (set_user_known(c, f.issues[i], name, &fits) && fits) {
			fitting = f.issues[i];
			fit_count++;
		}
	}
	return fit_count == 1 ? fitting : HOP_NONE;
}

/* A root whom AssumeRoot made: somebody else is behind it. */
static bool
is_assumed_root(const struct ledger *l, uint32_t caller)
{
	return span_is(string_pool_span(&l->pool, l->callers[caller].assumed_root), "true");
}

/* A user or root has a name with or without the event; only AssumeRoot leads on from a root. */
static int
step_of_user(struct chain *c, uint32_t caller, struct chain_step *s)
{
	int r = step_by_rules(c, caller, s);

	if (r != 0 || s->end == CHAIN_GOES_ON)
		return r;
	for (uint32_t i = 0; s->end == CHAIN_END_AMBIGUOUS && i < s->fork_count; i++)
		if (c->ledger->issues[c->forks[s->forks + i]].kind == ISSUE_ASSUME_ROOT)
			return 0;
	s->end = is_assumed_root(c->ledger, caller) ? CHAIN_END_MISSING : CHAIN_END_ORIGIN;
	return 0;
}

static int
step_of_session(struct chain *c, uint32_t caller, struct chain_step *s)
{
	const struct ledger *l = c->ledger;
	struct span instance;

	s->end = CHAIN_END_MISSING;
	if (step_by_rules(c, caller, s) != 0)
		return -1;
	if (s->end == CHAIN_END_AMBIGUOUS)
		return 0;
	s->set = set_issue(c, caller);
	if (s->end == CHAIN_GOES_ON)
		return 0;
	if (s->set != HOP_NONE) {
		s->end = CHAIN_GOES_ON;
		s->rule = HOP_PERMISSION_SET;
		s->issue = s->set;
	} else if (caller_is_instance(l, &l->callers[caller], &instance) &&
	    (s->by_ec2 ||
		string_pool_span(&l->pool, l->callers[caller].ec2_role_delivery).len != 0)) {
		/* anybody may call a session as an instance is called: AWS must say so */
		s->end = CHAIN_END_LOGINS;
	}
	return 0;
}

static int
step_find(struct chain *c, uint32_t caller)
{
	struct chain_step *s = &c->steps[caller];

	*s = (struct chain_step){
	    .end = CHAIN_END_ORIGIN, .issue = HOP_NONE, .also = HOP_NONE, .set = HOP_NONE};
	switch (caller_kind_of(c->ledger, &c->ledger->callers[caller])) {
	case CALLER_SAML_USER:
	case CALLER_WEB_IDENTITY_USER:
	case CALLER_IDENTITY_CENTER_USER:
	case CALLER_SERVICE: return 0;
	case CALLER_IAM_USER:
	case CALLER_ROOT: return step_of_user(c, caller, s);
	case CALLER_FOREIGN: s->end = CHAIN_END_MISSING; return 0;
	default: return step_of_session(c, caller, s);
	}
}

int
chain_find(struct chain *c, const struct ledger *l, const struct identity_store *store)
{
	*c = (struct chain){.ledger = l, .store = store};
	c->steps = calloc(l->caller_count + 1, sizeof(*c->steps));
	if (c->steps == NULL || people_index_build(&c->index, l) != 0)
		return -1;
	for (size_t i = 0; i < l->caller_count; i++)
		if (step_find(c, (uint32_t)i) != 0)
			return -1;
	return 0;
}

void
chain_clear(struct chain *c)
{
	people_index_clear(&c->index);
	free(c->steps);
	free(c->forks);
	*c = (struct chain){0};
}
