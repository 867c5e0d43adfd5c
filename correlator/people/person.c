/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/person.h"

#include "correlator/people/caller_kind.h"

#define PERSON_KEY_MAX ((size_t)1 << 20)

/* A person in the making. */
struct naming {
	struct person *person;
	struct ledger *ledger;
	const struct identity_store *store;
	const struct chain_walk *walk;
	bool failed;
};

static struct span
text(const struct naming *n, string_id id)
{
	return string_pool_span(&n->ledger->pool, id);
}

/* The first of two strings that says anything. */
static string_id
or_else(const struct naming *n, string_id id, string_id other)
{
	if (text(n, id).len != 0)
		return id;
	return text(n, other).len != 0 ? other : 0;
}

static string_id
keep(struct naming *n, struct span s)
{
	string_id id = string_pool_add(&n->ledger->pool, s, NULL);

	if (id != UINT32_MAX)
		return id;
	n->failed = true;
	return 0;
}

static const struct caller *
walk_caller(const struct naming *n, size_t k)
{
	return &n->ledger->callers[n->walk->callers[k]];
}

static const struct caller *
last_caller(const struct naming *n)
{
	return walk_caller(n, n->walk->caller_count - 1);
}

/* The event of a hop; NULL for that of an instance. */
static const struct issue *
hop_issue(const struct naming *n, size_t k)
{
	uint32_t issue = n->walk->hops[k].issue;

	return issue != HOP_NONE ? &n->ledger->issues[issue] : NULL;
}

/* Two blanks never stand for something else: what is a blank within a part is escaped. */
static void
put_part(struct buf *b, struct span part)
{
	buf_putc(b, ' ');
	for (size_t i = 0; i < part.len; i++) {
		if (part.ptr[i] == ' ')
			buf_puts(b, "%20");
		else if (part.ptr[i] == '%')
			buf_puts(b, "%25");
		else
			buf_putc(b, part.ptr[i]);
	}
}

/* A string that is equal for the same person only; none when one of its parts is not known. */
static void
set_key(struct naming *n, const char *what, const struct span *parts, size_t count)
{
	struct buf b;

	for (size_t i = 0; i < count; i++)
		if (parts[i].len == 0)
			return;
	buf_init(&b, PERSON_KEY_MAX);
	buf_puts(&b, what);
	for (size_t i = 0; i < count; i++)
		put_part(&b, parts[i]);
	/* one that is too long is none: it cannot be compared */
	if (!b.failed)
		n->person->key = keep(n, buf_span(&b));
	buf_clear(&b);
}

static void
set_name(struct naming *n, enum person_type type, struct span name, enum sureness sure)
{
	n->person->type = (uint8_t)type;
	if (name.len == 0)
		return;
	n->person->name = keep(n, name);
	n->person->sure = (uint8_t)sure;
}

static void
name_root(struct naming *n, struct span account, enum sureness sure)
{
	struct buf b;

	buf_init(&b, 64 + account.len);
	buf_puts(&b, "root of ");
	buf_put_span(&b, account);
	if (b.failed)
		n->failed = true;
	else if (account.len != 0)
		set_name(n, PERSON_ROOT, buf_span(&b), sure);
	buf_clear(&b);
	n->person->type = PERSON_ROOT;
	set_key(n, "root", &account, 1);
}

static bool
is_user_arn(struct span arn)
{
	return span_starts(arn_resource(arn), "user/");
}

/* A user or root of whom only the ARN is known, which AWS wrote. */
static bool
name_by_arn(struct naming *n, string_id arn_id, enum sureness sure)
{
	struct span arn = text(n, arn_id);

	if (is_user_arn(arn))
		set_name(n, PERSON_IAM_USER, name_last_part(arn), sure);
	else if (span_is(arn_resource(arn), "root"))
		name_root(n, arn_account(arn), sure);
	else
		return false;
	return true;
}

/* Rule 1: the chain ends at a user or a root. */
static bool
name_user(struct naming *n)
{
	const struct caller *c = last_caller(n);
	enum sureness sure = chain_sure(n->walk, n->walk->hop_count);
	enum caller_kind kind = caller_kind_of(n->ledger, c);
	struct span name = text(n, c->user_name);
	const struct span parts[] = {text(n, c->arn), text(n, c->principal_id)};

	if (n->walk->switch_from != 0)
		return n->walk->end == CHAIN_END_ORIGIN &&
		    name_by_arn(n, n->walk->switch_from, sure);
	/* a federated user's session says which user asked for it */
	if (kind == CALLER_FEDERATED_USER && n->walk->end == CHAIN_END_MISSING)
		return name_by_arn(n, c->issuer_arn, sure);
	if (n->walk->end != CHAIN_END_ORIGIN)
		return false;
	if (kind == CALLER_ROOT) {
		name_root(
		    n, text(n, c->account_id).len != 0 ? text(n, c->account_id) : parts[1], sure);
		return true;
	}
	if (kind != CALLER_IAM_USER)
		return false;
	if (name.len == 0)
		name = is_user_arn(parts[0]) ? name_last_part(parts[0]) : parts[1];
	set_name(n, PERSON_IAM_USER, name, sure);
	set_key(n, "iam_user", parts, 2);
	return true;
}

/* How many hops lead to the first caller who acted for a user of Identity Center; -1: none did. */
static int
find_on_behalf_of(const struct naming *n)
{
	for (size_t k = 0; k < n->walk->caller_count; k++)
		if (text(n, walk_caller(n, k)->on_behalf_of_user).len != 0)
			return (int)k;
	return -1;
}

/* The same to the first session of a role of Identity Center. */
static int
find_sso_session(const struct naming *n)
{
	for (size_t k = 0; k < n->walk->caller_count; k++)
		if (caller_is_sso(n->ledger, walk_caller(n, k), &(struct span){0}) &&
		    caller_session_name(n->ledger, walk_caller(n, k)).len != 0)
			return (int)k;
	return -1;
}

/* must_be: the only name that counts; absent: any. */
static struct span
store_name(struct naming *n, const struct caller *c, struct span must_be)
{
	const struct identity_user *user = n->store == NULL
	    ? NULL
	    : identity_store_find(
		  n->store, text(n, c->on_behalf_of_user), text(n, c->on_behalf_of_store));

	if (user == NULL || (must_be.len != 0 && !span_eq(user->user_name, must_be)))
		return SPAN_NONE;
	n->person->display_name = keep(n, user->display_name);
	n->person->email = keep(n, user->email);
	return user->user_name;
}

/* Rule 2: whom the caller acted for. Beside a session whose name is surer only the user of that
 * name counts: who else may have fetched the credentials stands in the chain. */
static struct span
name_behalf(struct naming *n, const struct caller *c, enum sureness sure, struct span surer)
{
	const struct span parts[] = {text(n, c->on_behalf_of_store), text(n, c->on_behalf_of_user)};
	struct span name = store_name(n, c, surer);
	bool counts = surer.len == 0 || name.len != 0;

	n->person->user_id = counts ? c->on_behalf_of_user : 0;
	n->person->provider = counts ? c->on_behalf_of_store : 0;
	if (sure == SURE_EXACT)
		set_key(n, "identity_center", parts, 2);
	return name;
}

/* Rules 2 and 3: a user of Identity Center. */
static bool
name_identity_center(struct naming *n)
{
	int user = find_on_behalf_of(n), session = find_sso_session(n);
	enum sureness user_sure = SURE_NONE, session_sure = SURE_NONE;
	const struct caller *c = user >= 0 ? walk_caller(n, (size_t)user) : NULL, *row = NULL;
	struct span name = SPAN_NONE, session_name = SPAN_NONE;

	if (c == NULL && session < 0)
		return false;
	if (session >= 0) {
		row = walk_caller(n, (size_t)session);
		session_name = caller_session_name(n->ledger, row);
		session_sure = chain_sure(n->walk, (size_t)session);
	}
	if (c != NULL) {
		user_sure = chain_sure(n->walk, (size_t)user);
		name = name_behalf(
		    n, c, user_sure, session_sure > user_sure ? session_name : SPAN_NONE);
		if (name.len == 0 && session < 0)
			name = text(n, c->on_behalf_of_user);
	}
	/* who fetched a permission set is less sure than the name that AWS gave the session */
	if (session_name.len != 0 && (name.len == 0 || session_sure > user_sure)) {
		name = session_name;
		user_sure = session_sure;
	}
	if (row != NULL && n->person->key == 0 && session_sure == SURE_EXACT)
		set_key(n, "identity_center_session",
		    (struct span[]){text(n, row->issuer_arn), session_name}, 2);
	set_name(n, PERSON_IDENTITY_CENTER, name, user_sure);
	return true;
}

/* The subject that an identity provider vouched for, from the event. */
static void
name_by_subject(struct naming *n, const struct issue *i, const struct caller *c)
{
	bool saml = i->kind == ISSUE_ASSUME_ROLE_WITH_SAML;
	enum sureness sure = chain_sure(n->walk, n->walk->hop_count);
	struct span subject = text(n, i->subject);
	const struct span parts[] = {text(n, i->account_id),
	    text(n, or_else(n, i->provider, c->identity_provider)), subject};

	n->person->provider = or_else(n, or_else(n, i->provider, i->issuer), c->identity_provider);
	if (subject.len == 0)
		subject = text(n, c->user_name);
	if (saml && span_is(text(n, i->subject_type), "transient")) {
		/* made up for this one session: not comparable either */
		set_name(n, PERSON_SAML, text(n, i->session_name), sure);
		return;
	}
	set_name(n, saml ? PERSON_SAML : PERSON_WEB_IDENTITY, subject, sure);
	set_key(n, saml ? "saml" : "web_identity", parts, 3);
}

/* Rule 4: an identity provider's user. */
static bool
name_federated(struct naming *n)
{
	const struct caller *c = last_caller(n);
	enum caller_kind kind = caller_kind_of(n->ledger, c);

	for (size_t k = 0; k < n->walk->hop_count; k++) {
		const struct issue *i = hop_issue(n, k);

		if (i != NULL &&
		    (i->kind == ISSUE_ASSUME_ROLE_WITH_SAML ||
			i->kind == ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY)) {
			name_by_subject(n, i, c);
			return true;
		}
	}
	if (kind != CALLER_SAML_USER && kind != CALLER_WEB_IDENTITY_USER)
		return false;
	n->person->provider = c->identity_provider;
	set_name(n, kind == CALLER_SAML_USER ? PERSON_SAML : PERSON_WEB_IDENTITY,
	    text(n, c->user_name), chain_sure(n->walk, n->walk->hop_count));
	return true;
}

/* How sure a source identity is: no more than a name somebody chose where another account set it,
 * or whoever set it made the chain too long to see. */
static enum sureness
source_sure(const struct naming *n)
{
	enum sureness sure = chain_sure(n->walk, n->walk->hop_count);

	if (n->walk->end == CHAIN_END_DEPTH || n->walk->end == CHAIN_END_CYCLE ||
	    caller_kind_of(n->ledger, last_caller(n)) == CALLER_FOREIGN)
		return SURE_CLAIMED;
	return sure < SURE_PROBABLE ? sure : SURE_PROBABLE;
}

/* Rule 7: what somebody called a session, the one nearest to the person first. */
static void
name_claimed(struct naming *n)
{
	if (n->person->source_identity != 0) {
		set_name(n, PERSON_UNKNOWN, text(n, n->person->source_identity), source_sure(n));
		return;
	}
	for (size_t k = 0; k < n->walk->hop_count; k++) {
		const struct issue *i = hop_issue(n, k);

		if (i != NULL && text(n, i->tag_name).len != 0) {
			set_name(n, PERSON_UNKNOWN, text(n, i->tag_name), SURE_CLAIMED);
			return;
		}
	}
	for (size_t k = n->walk->caller_count; k-- > 0;) {
		struct span name = caller_session_name(n->ledger, walk_caller(n, k));

		if (name.len != 0 && !name_is_machine(name)) {
			set_name(n, PERSON_UNKNOWN, name, SURE_CLAIMED);
			return;
		}
	}
}

/* What is always shown: sourceIdentity and tags, the first of the chain. */
static void
collect_claims(struct naming *n)
{
	struct person *p = n->person;

	p->source_identity = or_else(n, 0, walk_caller(n, 0)->source_identity);
	for (size_t k = 0; k < n->walk->hop_count; k++) {
		const struct issue *i = hop_issue(n, k);

		if (i != NULL)
			p->source_identity =
			    or_else(n, p->source_identity, i->session_source_identity);
		if (k + 1 < n->walk->caller_count)
			p->source_identity =
			    or_else(n, p->source_identity, walk_caller(n, k + 1)->source_identity);
		if (p->tags == 0 && i != NULL)
			p->tags = i->tags;
	}
}

int
person_name(struct person *p, struct ledger *l, const struct identity_store *store,
    const struct chain_walk *walk)
{
	struct naming n = {.person = p, .ledger = l, .store = store, .walk = walk};
	const struct caller *last = last_caller(&n);
	struct span session = caller_session_name(l, walk_caller(&n, 0));

	*p = (struct person){
	    .end = walk->end,
	    .hop_count = (uint32_t)walk->hop_count,
	    .principal = walk->switch_from != 0 ? walk->switch_from : last->principal,
	};
	if (caller_kind_of(l, walk_caller(&n, 0)) == CALLER_OTHER)
		p->session_name = keep(&n, session);
	collect_claims(&n);
	p->mfa = (uint8_t)person_mfa(l, walk);
	if (walk->end == CHAIN_END_MISSING)
		p->missing = chain_missing(l, walk);
	if (name_user(&n) || name_identity_center(&n) || name_federated(&n))
		return n.failed ? -1 : 0;
	if (caller_kind_of(l, last) == CALLER_SERVICE)
		p->type = PERSON_SERVICE;
	else if (walk->end != CHAIN_END_AMBIGUOUS && walk->end != CHAIN_END_ORIGIN)
		name_claimed(&n);
	return n.failed ? -1 : 0;
}
