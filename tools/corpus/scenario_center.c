/* SPDX-License-Identifier: Apache-2.0 */
/* People of IAM Identity Center: its roles' sessions are called after them by AWS itself. */
#include "tools/corpus/chain.h"

/* What one sign-in through Identity Center leaves. */
struct visit {
	char user[ACTOR_TEXT], set[ACTOR_TEXT];
	struct actor person, role;
	struct scenario_record *saml, *given;
};

/* The portal gives out credentials, and its own call of AssumeRoleWithSAML shows another key. */
static void
visit_add(struct scenario *s, struct visit *v, enum issuing_kind kind, int64_t time_us)
{
	struct actor subject, shown;
	char name[ACTOR_TEXT];

	chain_name(s, name);
	snprintf(v->user, sizeof(v->user), "%.60s@example.com", name);
	v->person = chain_center_user(s, v->user);
	v->role = chain_center_role(s, chain_home(s), v->set, v->user, time_us);
	subject = chain_saml_subject(s, v->user);
	shown = chain_fresh_key(s, &v->role);
	v->saml = chain_issue(s, ISSUING_SAML, &subject, &shown, time_us);
	snprintf(v->saml->issuing->issuer, sizeof(v->saml->issuing->issuer),
	    "https://portal.sso.eu-central-1.amazonaws.com/saml/assertion/abc");
	v->given = chain_issue(s, kind, &v->person, &v->role, time_us + scenario_seconds(s, 0, 2));
}

static struct visit
visit(struct scenario *s, enum issuing_kind kind)
{
	struct visit v = {0};

	chain_text(s, random_chance(&s->random, 50) ? "Administrator" : "Read_Only", v.set);
	visit_add(s, &v, kind, chain_at(s, 1));
	return v;
}

static struct person_truth *
visit_person(struct scenario *s, const struct visit *v)
{
	struct person_truth *p = chain_person(s, v->user, "exact", "identity_center", "not_seen");

	p->by_itself = true;
	return p;
}

/* The caller's record says on whose behalf; AWS adds that for some services. */
static void
center_on_behalf(struct scenario *s)
{
	struct visit v = visit(s, ISSUING_ROLE_CREDENTIALS);
	struct person_truth *p = visit_person(s, &v);

	memcpy(v.role.user_id, v.person.user_id, sizeof(v.role.user_id));
	chain_hop(p, "session", v.saml);
	chain_hop(p, "permission_set", v.given);
	chain_login(s, &v.role, p, chain_at(s, 20));
}

static void
center_session(struct scenario *s)
{
	struct visit v = visit(s, ISSUING_ROLE_CREDENTIALS);
	struct person_truth *p = visit_person(s, &v);

	chain_hop(p, "session", v.saml);
	chain_hop(p, "permission_set", v.given);
	chain_login(s, &v.role, p, chain_at(s, 20));
}

/* Its own account's trail is not among the input. */
static void
center_other_trail(struct scenario *s)
{
	struct visit v = visit(s, ISSUING_ROLE_CREDENTIALS);
	struct person_truth *p = visit_person(s, &v);

	chain_hop(p, "session", v.saml);
	chain_lose(v.given);
	chain_login(s, &v.role, p, chain_at(s, 20));
}

/* The member account's STS events are not. */
static void
center_given_alone(struct scenario *s)
{
	struct visit v = visit(s, ISSUING_ROLE_CREDENTIALS);
	struct person_truth *p = visit_person(s, &v);

	chain_hop(p, "permission_set", v.given);
	chain_lose(v.saml);
	chain_login(s, &v.role, p, chain_at(s, 20));
}

static void
center_without_events(struct scenario *s)
{
	struct visit v = visit(s, ISSUING_ROLE_CREDENTIALS);
	struct person_truth *p = visit_person(s, &v);

	chain_lose(v.saml);
	chain_lose(v.given);
	p->end = "missing";
	chain_login(s, &v.role, p, chain_at(s, 20));
}

static void
center_console(struct scenario *s)
{
	struct visit v = visit(s, ISSUING_FEDERATE);
	struct person_truth *p = visit_person(s, &v);
	struct actor shown = v.role, used = chain_fresh_key(s, &v.role);

	shown.key_id[0] = '\0';
	chain_issue(s, ISSUING_CONSOLE_LOGIN, &shown, &shown, v.role.created_us);
	chain_hop(p, "session", v.saml);
	chain_hop(p, "permission_set", v.given);
	chain_login(s, &used, p, chain_at(s, 20))->event.from_console = true;
}

/* Two people, one permission set, one second: each session has its own name. */
static void
center_two_people(struct scenario *s)
{
	struct visit a = visit(s, ISSUING_ROLE_CREDENTIALS), b = a;
	struct person_truth *p, *q;

	visit_add(s, &b, ISSUING_ROLE_CREDENTIALS, a.role.created_us);
	p = visit_person(s, &a);
	q = visit_person(s, &b);
	chain_hop(p, "session", a.saml);
	chain_hop(q, "session", b.saml);
	chain_login(s, &a.role, p, chain_at(s, 20));
	s->key = scenario_other_key(s, 0);
	chain_login(s, &b.role, q, chain_at(s, 21));
}

/* From Identity Center's role on to one of the account's own. */
static void
center_then_role(struct scenario *s)
{
	struct visit v = visit(s, ISSUING_ROLE_CREDENTIALS);
	struct actor role = chain_role(s, chain_home(s), "Operator", "work", chain_at(s, 10));
	struct person_truth *p = visit_person(s, &v);
	struct scenario_record *r =
	    chain_issue(s, ISSUING_ASSUME_ROLE, &v.role, &role, role.created_us);

	p->by_itself = false;
	chain_hop(p, "access_key", r);
	chain_hop(p, "session", v.saml);
	chain_hop(p, "permission_set", v.given);
	chain_login(s, &role, p, chain_at(s, 20));
}

/* An ordinary role that acts on somebody's behalf: nothing but the user's id is known of them. */
static void
center_user_id(struct scenario *s)
{
	char name[ACTOR_TEXT];
	struct actor person,
	    role = chain_role(s, chain_home(s), "Notebook", "session", chain_at(s, 1));
	struct person_truth *p;

	chain_name(s, name);
	person = chain_center_user(s, name);
	memcpy(role.user_id, person.user_id, sizeof(role.user_id));
	p = chain_person(s, person.user_id, "exact", "identity_center", "not_seen");
	memcpy(p->store_name, name, sizeof(name));
	p->end = "missing";
	p->by_itself = true;
	chain_login(s, &role, p, chain_at(s, 20));
}

const struct scenario_kind scenario_kinds_center[] = {
    {"center_on_behalf", 60, center_on_behalf},
    {"center_session", 60, center_session},
    {"center_other_trail", 40, center_other_trail},
    {"center_given_alone", 40, center_given_alone},
    {"center_without_events", 60, center_without_events},
    {"center_console", 40, center_console},
    {"center_two_people", 40, center_two_people},
    {"center_then_role", 40, center_then_role},
    {"center_user_id", 40, center_user_id},
    {0},
};
