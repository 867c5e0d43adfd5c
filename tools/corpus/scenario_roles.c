/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of AWS STS, followed by the access key that was issued. */
#include "tools/corpus/chain.h"

static void
user_key(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s));
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", NULL);

	p->by_itself = true;
	chain_login(s, &user, p, chain_at(s, 1));
}

/* A user with MFA: temporary credentials, and the device's serial number in the request. */
static void
session_token(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), session;
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "seen");
	struct scenario_record *r;
	int64_t time_us = chain_at(s, 1);

	session = chain_session_of(s, &user, time_us);
	session.mfa = true;
	r = chain_issue(s, ISSUING_SESSION_TOKEN, &user, &session, time_us);
	r->issuing->mfa = true;
	chain_hop(p, "access_key", r);
	p->by_itself = true;
	chain_login(s, &session, p, chain_at(s, 20));
}

/* The user's session for a role, by key. */
static struct scenario_record *
assume(struct scenario *s, const struct actor *by, struct actor *to)
{
	return chain_issue(s, ISSUING_ASSUME_ROLE, by, to, to->created_us);
}

static void
role_of_user(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s));
	struct actor role = chain_role(s, chain_home(s), "Operator", user.name, chain_at(s, 1));
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	chain_hop(p, "access_key", assume(s, &user, &role));
	chain_login(s, &role, p, chain_at(s, 30));
}

static void
role_with_device(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s));
	struct actor role =
	    chain_role(s, chain_home(s), "Operator", "botocore-session-1772323200", chain_at(s, 1));
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "seen");
	struct scenario_record *r;

	role.mfa = true;
	r = assume(s, &user, &role);
	r->issuing->mfa = true;
	chain_hop(p, "access_key", r);
	chain_login(s, &role, p, chain_at(s, 30));
}

/* Somebody in the other account, and the roles of this one. Which copies are there is the story's.
 */
static void
from_other_account(struct scenario *s, bool callers, bool owners)
{
	struct actor user = chain_user(s, 1 - chain_home(s));
	struct actor role = chain_role(s, chain_home(s), "Partner", user.name, chain_at(s, 1));
	struct scenario_record *r = assume(s, &user, &role), *copy = chain_owner_copy(s, r);
	struct person_truth *p;

	if (callers) {
		p = chain_person(s, user.name, "exact", "iam_user", "not_seen");
		chain_hop(p, "access_key", r);
	} else {
		p = chain_person(s, user.name, "claimed", "unknown", "not_seen");
		chain_hop(p, "access_key", copy);
		p->end = "missing";
		chain_lose(r);
	}
	if (!owners)
		chain_lose(copy);
	chain_login(s, &role, p, chain_at(s, 30));
}

static void
both_copies(struct scenario *s)
{
	from_other_account(s, true, true);
}

static void
callers_copy(struct scenario *s)
{
	from_other_account(s, true, false);
}

static void
owners_copy(struct scenario *s)
{
	from_other_account(s, false, true);
}

/* Three roles, over two accounts and as many regions as it falls. */
static void
three_roles(struct scenario *s)
{
	unsigned here = chain_home(s), there = 1 - here;
	struct actor user = chain_user(s, here);
	struct actor first = chain_role(s, here, "Jump", user.name, chain_at(s, 1));
	struct actor second = chain_role(s, there, "Gateway", "via-jump", chain_at(s, 5));
	struct actor third = chain_role(s, here, "Target", "deploy", chain_at(s, 9));
	struct scenario_record *a = assume(s, &user, &first);
	struct scenario_record *b = assume(s, &first, &second);
	struct scenario_record *c = assume(s, &second, &third);
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	chain_owner_copy(s, b);
	chain_owner_copy(s, c);
	chain_hop(p, "access_key", c);
	chain_hop(p, "access_key", b);
	chain_hop(p, "access_key", a);
	chain_login(s, &third, p, chain_at(s, 30));
}

/* The first to set it; it stays through the chain, and says another name than the user's own. */
static void
source_identity(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s));
	struct actor first = chain_role(s, chain_home(s), "Jump", "session", chain_at(s, 1));
	struct actor second = chain_role(s, chain_home(s), "Target", "next", chain_at(s, 6));
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");
	struct scenario_record *a, *b;

	chain_name(s, first.source_identity);
	memcpy(second.source_identity, first.source_identity, sizeof(first.source_identity));
	a = assume(s, &user, &first);
	b = assume(s, &first, &second);
	chain_hop(p, "access_key", b);
	chain_hop(p, "access_key", a);
	chain_login(s, &second, p, chain_at(s, 20));
}

/* The issuing event is not in the corpus, but the session says who it was at its source. */
static void
source_identity_alone(struct scenario *s)
{
	struct actor role = chain_role(s, chain_home(s), "Target", "session", chain_at(s, 1));
	struct person_truth *p;

	chain_name(s, role.source_identity);
	p = chain_person(s, role.source_identity, "probable", "unknown", "not_seen");
	p->end = "missing";
	chain_login(s, &role, p, chain_at(s, 20));
}

/* The identity provider says who it is: for good, or under a name of the moment. */
static void
saml(struct scenario *s, bool transient, bool console)
{
	char name[ACTOR_TEXT];
	struct actor subject, role, used;
	struct scenario_record *r;
	struct person_truth *p;

	chain_name(s, name);
	role = chain_role(s, chain_home(s), "Federated", name, chain_at(s, 1));
	if (transient)
		chain_text(s, "_4f2c", name);
	subject = chain_saml_subject(s, name);
	r = chain_issue(s, ISSUING_SAML, &subject, &role, role.created_us);
	r->issuing->transient = transient;
	p = chain_person(s, transient ? role.name : name, "exact", "saml", "not_seen");
	used = console ? chain_fresh_key(s, &role) : role;
	chain_hop(p, console ? "session" : "access_key", r);
	chain_login(s, &used, p, chain_at(s, 20))->event.from_console = console;
}

static void
saml_persistent(struct scenario *s)
{
	saml(s, false, false);
}

static void
saml_transient(struct scenario *s)
{
	saml(s, true, false);
}

static void
saml_console(struct scenario *s)
{
	saml(s, random_chance(&s->random, 50), true);
}

static void
web_identity(struct scenario *s)
{
	char name[ACTOR_TEXT];
	struct actor subject, role;
	struct person_truth *p;

	chain_text(s, "repo:example/deploy", name);
	subject = chain_web_subject(s, name);
	role = chain_role(s, chain_home(s), "Deploy", "github", chain_at(s, 1));
	p = chain_person(s, name, "exact", "web_identity", "not_seen");
	chain_hop(p, "access_key",
	    chain_issue(s, ISSUING_WEB_IDENTITY, &subject, &role, role.created_us));
	chain_login(s, &role, p, chain_at(s, 20));
}

static void
federation_token(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), guest;
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	/* the session itself says whose it is */
	p->by_itself = true;
	guest = chain_session_of(s, &user, chain_at(s, 1));
	guest.type = ACTOR_FEDERATED;
	memcpy(guest.role, user.name, sizeof(guest.role));
	chain_text(s, "guest", guest.name);
	chain_hop(p, "access_key",
	    chain_issue(s, ISSUING_FEDERATION_TOKEN, &user, &guest, guest.created_us));
	chain_login(s, &guest, p, chain_at(s, 20));
}

/* A member account's root credentials, taken by an administrator of the organization. */
static void
assume_root(struct scenario *s)
{
	struct actor user = chain_user(s, 1 - chain_home(s)), root = chain_root(s, chain_home(s));
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	root = chain_session_of(s, &root, chain_at(s, 1));
	root.assumed_root = true;
	chain_hop(
	    p, "access_key", chain_issue(s, ISSUING_ASSUME_ROOT, &user, &root, root.created_us));
	chain_login(s, &root, p, chain_at(s, 10));
}

/* A service that acts for itself: nobody. */
static void
service_caller(struct scenario *s)
{
	struct actor service = chain_service("ssm.amazonaws.com");
	struct actor role =
	    chain_role(s, chain_home(s), "AutomationService", "automation", chain_at(s, 1));
	struct person_truth *p = chain_person(s, NULL, NULL, "service", "not_seen");

	chain_text(s, "automation", role.name);
	chain_hop(p, "access_key", assume(s, &service, &role));
	chain_login(s, &role, p, chain_at(s, 10));
}

const struct scenario_kind scenario_kinds_roles[] = {
    {"user_key", 60, user_key},
    {"session_token", 60, session_token},
    {"role_of_user", 100, role_of_user},
    {"role_with_device", 40, role_with_device},
    {"both_copies", 60, both_copies},
    {"callers_copy", 40, callers_copy},
    {"owners_copy", 40, owners_copy},
    {"three_roles", 80, three_roles},
    {"source_identity", 40, source_identity},
    {"source_identity_alone", 40, source_identity_alone},
    {"saml_persistent", 40, saml_persistent},
    {"saml_transient", 40, saml_transient},
    {"saml_console", 60, saml_console},
    {"web_identity", 40, web_identity},
    {"federation_token", 40, federation_token},
    {"assume_root", 40, assume_root},
    {"service_caller", 40, service_caller},
    {0},
};
