/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/chain_found.h"

#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/people/caller_kind.h"

#define SESSION_SLACK_US (2 * US_PER_SECOND)

static bool
is_foreign(const struct ledger *l, uint32_t issue)
{
	return caller_kind_of(l, &l->callers[l->issues[issue].caller]) == CALLER_FOREIGN;
}

static struct span
text(const struct ledger *l, string_id id)
{
	return string_pool_span(&l->pool, id);
}

/* Equal, and said at all. */
static bool
is_equal(const struct ledger *l, string_id a, string_id b)
{
	return a == b && text(l, a).len != 0;
}

/* Both said, and not equal. */
static bool
is_other(const struct ledger *l, string_id a, string_id b)
{
	return a != b && text(l, a).len != 0 && text(l, b).len != 0;
}

/* Whether two records can show the same caller: the role owner's copy leaves out the most, and may
 * leave the session's name out of the principal id. */
static bool
is_caller_of_both(const struct ledger *l, const struct issue *a, const struct issue *b)
{
	const struct caller *x = &l->callers[a->caller], *y = &l->callers[b->caller];
	struct span id = text(l, x->principal_id), other = text(l, y->principal_id);
	struct span role = SPAN_NONE, other_role = SPAN_NONE, rest = id, other_rest = other;

	if (is_other(l, x->account_id, y->account_id))
		return false;
	if (!is_other(l, x->principal_id, y->principal_id))
		return true;
	(void)span_cut(&rest, ':', &role);
	(void)span_cut(&other_rest, ':', &other_role);
	return (role.len == id.len || other_role.len == other.len) && span_eq(role, other_role);
}

/* One act, as two accounts recorded it. */
static bool
is_twin(const struct ledger *l, const struct issue *a, const struct issue *b)
{
	return (is_equal(l, a->shared_event_id, b->shared_event_id) ||
		   (is_equal(l, a->request_id, b->request_id) &&
		       is_equal(l, a->issued_key_id, b->issued_key_id))) &&
	    is_caller_of_both(l, a, b);
}

static void
found_add(struct found *f, const struct ledger *l, uint32_t issue)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct issue *known = &l->issues[f->issues[i]];

		if (f->issues[i] == issue)
			return;
		if (is_twin(l, known, &l->issues[issue])) {
			if (is_foreign(l, f->issues[i]) && !is_foreign(l, issue))
				f->issues[i] = issue;
			return;
		}
	}
	if (f->count < FOUND_MAX)
		f->issues[f->count++] = issue;
	else
		f->more = true;
}

/* Whose session the event made; 0 where it does not say. */
static string_id
principal_issued(const struct ledger *l, const struct issue *i)
{
	switch (i->kind) {
	case ISSUE_SESSION_TOKEN:
	case ISSUE_CONSOLE_LOGIN:
	case ISSUE_OAUTH_TOKEN: return l->callers[i->caller].principal_id;
	default: return i->issued_principal_id;
	}
}

/* False when the event cannot have issued what the caller used, whatever rule found it: names can
 * be chosen alike, and where keys are blacked out many events have the same. */
static bool
can_have_issued(
    const struct ledger *l, const struct caller *c, const struct issue *i, enum hop_rule rule)
{
	enum caller_kind kind = caller_kind_of(l, c);
	bool root_made = i->kind == ISSUE_ASSUME_ROOT;

	if (rule == HOP_PERMISSION_SET)
		return true;
	/* a sign-in session goes on in the roles that it is switched to: its ARN is enough */
	if (is_other(l, principal_issued(l, i), c->principal_id) &&
	    !(rule == HOP_SIGN_IN_SESSION && span_starts(text(l, c->sign_in_session_arn), "arn:")))
		return false;
	if (is_other(l, i->session_source_identity, c->source_identity))
		return false;
	if (kind == CALLER_FEDERATED_USER && i->kind == ISSUE_FEDERATION_TOKEN &&
	    is_other(l, l->callers[i->caller].arn, c->issuer_arn))
		return false;
	if (rule == HOP_SESSION && kind == CALLER_ROOT &&
	    root_made != span_is(text(l, c->assumed_root), "true"))
		return false;
	return rule != HOP_ACCESS_KEY || c->created_us == LOGIN_TIME_UNKNOWN ||
	    llabs(c->created_us - i->time_us) <= SESSION_SLACK_US;
}

/* The console's own events of a session tell of it. False: this is none of them. */
static bool
found_tells(struct found *f, const struct ledger *l, const struct caller *c, uint32_t issue)
{
	const struct issue *i = &l->issues[issue];
	const struct caller *asked = &l->callers[i->caller];
	enum caller_kind kind = caller_kind_of(l, c);

	if (kind == CALLER_IAM_USER || kind == CALLER_ROOT ||
	    (i->kind != ISSUE_CONSOLE_LOGIN && i->kind != ISSUE_SWITCH_ROLE) ||
	    !is_equal(l, asked->principal_id, c->principal_id))
		return false;
	/* a session of the same name that began in another second */
	if (asked->created_us != c->created_us && asked->created_us != LOGIN_TIME_UNKNOWN &&
	    c->created_us != LOGIN_TIME_UNKNOWN)
		return true;
	if (i->kind == ISSUE_CONSOLE_LOGIN)
		f->signed_in = issue;
	else if (f->switched != HOP_NONE && l->issues[f->switched].switch_from != i->switch_from)
		f->switched_also = issue;
	else
		f->switched = issue;
	return true;
}

/* EC2 fetches the credentials of an instance's role for whoever is on the instance. */
static bool
is_for_instance(const struct ledger *l, const struct caller *c, const struct caller *asked)
{
	struct span instance;

	return caller_is_instance(l, c, &instance) && caller_kind_of(l, asked) == CALLER_SERVICE &&
	    (span_starts(text(l, asked->invoked_by), "ec2.") ||
		text(l, c->ec2_role_delivery).len != 0);
}

/* Whether an event that one of the rules found can have issued what the caller used. */
static void
found_consider(
    struct found *f, const struct ledger *l, uint32_t caller, uint32_t issue, enum hop_rule rule)
{
	const struct caller *c = &l->callers[caller];
	const struct issue *i = &l->issues[issue];

	if (found_tells(f, l, c, issue) || !can_have_issued(l, c, i, rule))
		return;
	if (is_for_instance(l, c, &l->callers[i->caller])) {
		f->by_ec2 = true;
		return;
	}
	/* "aws login" repeats the session: the one that acts is not the one that it mints */
	if (caller_same_session(l, i->caller, caller) && i->kind == ISSUE_OAUTH_TOKEN)
		return;
	found_add(f, l, issue);
}

void
found_scan(struct found *f, const struct ledger *l, uint32_t caller, struct index_range r,
    enum hop_rule rule)
{
	for (size_t n = 0; r.begin < r.end; r.begin++, n++) {
		if (n >= 4 * FOUND_MAX) {
			f->more = true;
			return;
		}
		found_consider(f, l, caller, r.begin->issue, rule);
	}
}

void
found_add_twins(struct found *f, const struct chain *c)
{
	for (size_t i = 0; i < f->count; i++) {
		string_id shared = c->ledger->issues[f->issues[i]].shared_event_id;
		struct index_range r =
		    people_index_find(&c->index.shared, shared, 0, INT64_MIN, INT64_MAX);

		for (size_t n = 0; r.begin < r.end && n < FOUND_MAX; r.begin++, n++)
			found_add(f, c->ledger, r.begin->issue);
	}
}

void
found_merge_callers(struct found *f, const struct ledger *l, int64_t at_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct issue *x = &l->issues[f->issues[i]];
		size_t k = 0;

		while (k < kept &&
		    !caller_same_principal(l, x->caller, l->issues[f->issues[k]].caller))
			k++;
		if (k == kept) {
			f->issues[kept++] = f->issues[i];
		} else if (at_us != LOGIN_TIME_UNKNOWN &&
		    llabs(x->time_us - at_us) < llabs(l->issues[f->issues[k]].time_us - at_us)) {
			f->issues[k] = f->issues[i];
		}
	}
	f->count = kept;
}
