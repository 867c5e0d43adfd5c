/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-ins to the console, and what goes on from there: access keys change with every request. */
#include "tools/corpus/chain.h"

/* Signs somebody in: their session, which has no key in the event. */
static struct scenario_record *
sign_in(struct scenario *s, const struct actor *a, bool mfa, struct actor *session)
{
	struct scenario_record *r;
	struct actor shown;

	*session = chain_session_of(s, a, chain_at(s, 1));
	session->mfa = mfa;
	shown = *session;
	shown.key_id[0] = '\0';
	r = chain_issue(s, ISSUING_CONSOLE_LOGIN, &shown, &shown, session->created_us);
	r->issuing->mfa = mfa;
	return r;
}

static struct scenario_push *
console_login(struct scenario *s, const struct actor *a, struct person_truth *p, int64_t time_us)
{
	struct actor used = chain_fresh_key(s, a);
	struct scenario_push *push = chain_login(s, &used, p, time_us);

	push->event.from_console = true;
	push->event.key_form = KEY_FORM_CONSOLE;
	return push;
}

static void
console_user(struct scenario *s)
{
	bool mfa = random_chance(&s->random, 50);
	struct actor user = chain_user(s, chain_home(s)), session;
	struct person_truth *p =
	    chain_person(s, user.name, "exact", "iam_user", mfa ? "seen" : "not_seen");

	chain_hop(p, "session", sign_in(s, &user, mfa, &session));
	p->by_itself = true;
	console_login(s, &session, p, chain_at(s, 20));
	console_login(s, &session, p, chain_at(s, 40));
}

static void
console_root(struct scenario *s)
{
	struct actor root = chain_root(s, chain_home(s)), session;
	char name[ACTOR_TEXT];
	struct person_truth *p;

	snprintf(name, sizeof(name), "root of %s", root.account);
	p = chain_person(s, name, "exact", "root", "seen");
	chain_hop(p, "session", sign_in(s, &root, true, &session));
	p->by_itself = true;
	console_login(s, &session, p, chain_at(s, 20));
}

/* The sign-in session has a name of its own, which outlives the keys. */
static void
console_session_arn(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), session;
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	chain_sign_in_arn(s, chain_home(s), user.sign_in);
	chain_hop(p, "sign_in_session", sign_in(s, &user, false, &session));
	p->by_itself = true;
	console_login(s, &session, p, chain_at(s, 20));
}

/* The console assumes the role for the user, with a key that is never seen again. */
static struct scenario_record *
switch_role(struct scenario *s, const struct actor *session, struct actor *role)
{
	struct actor by = chain_fresh_key(s, session), shown = *role;
	struct scenario_record *r, *told;
	struct buf from;

	snprintf(by.invoked_by, sizeof(by.invoked_by), "AWS Internal");
	r = chain_issue(s, ISSUING_ASSUME_ROLE, &by, role, role->created_us);
	r->issuing->internal = true;
	shown.key_id[0] = '\0';
	told = chain_issue(s, ISSUING_SWITCH_ROLE, &shown, &shown, role->created_us);
	buf_init(&from, ACTOR_ARN - 1);
	actor_put_arn(session, &from);
	memcpy(told->issuing->switch_from, from.ptr, from.len);
	buf_clear(&from);
	return r;
}

static void
switched_role(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), session, role;
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "seen");
	struct scenario_record *login = sign_in(s, &user, true, &session);

	role = chain_role(s, chain_home(s), "Operator", user.name, chain_at(s, 10));
	role.mfa = true;
	chain_hop(p, "session", switch_role(s, &session, &role));
	chain_hop(p, "session", login);
	console_login(s, &role, p, chain_at(s, 30));
}

static void
switched_account(struct scenario *s)
{
	struct actor user = chain_user(s, 1 - chain_home(s)), session, role;
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");
	struct scenario_record *login = sign_in(s, &user, false, &session), *r;

	role = chain_role(s, chain_home(s), "Partner", user.name, chain_at(s, 10));
	r = switch_role(s, &session, &role);
	chain_owner_copy(s, r);
	chain_hop(p, "session", r);
	chain_hop(p, "session", login);
	console_login(s, &role, p, chain_at(s, 30));
}

/* A role's credentials become a console session: the keys change, the session does not. */
static void
signin_token(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), shown;
	struct actor role = chain_role(s, chain_home(s), "Operator", user.name, chain_at(s, 1));
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	chain_hop(p, "session", chain_issue(s, ISSUING_ASSUME_ROLE, &user, &role, role.created_us));
	chain_issue(s, ISSUING_SIGNIN_TOKEN, &role, &role, chain_at(s, 5));
	shown = role;
	shown.key_id[0] = '\0';
	chain_issue(s, ISSUING_CONSOLE_LOGIN, &shown, &shown, chain_at(s, 7));
	console_login(s, &role, p, chain_at(s, 30));
}

/* "aws login": the console's session gives the command line one of its own, whose keys rotate. */
static void
aws_login(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), session, by, cli;
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "seen");
	struct scenario_record *login = sign_in(s, &user, true, &session), *token;

	by = chain_fresh_key(s, &session);
	cli = chain_session_of(s, &user, chain_at(s, 5));
	cli.mfa = true;
	chain_sign_in_arn(s, chain_home(s), cli.sign_in);
	token = chain_issue(s, ISSUING_OAUTH_TOKEN, &by, &cli, cli.created_us);
	memcpy(token->issuing->minted, cli.sign_in, sizeof(cli.sign_in));
	chain_hop(p, "sign_in_session", token);
	chain_hop(p, "session", login);
	p->by_itself = true;
	chain_login(s, &cli, p, chain_at(s, 20));
	cli = chain_fresh_key(s, &cli);
	chain_login(s, &cli, p, chain_at(s, 40));
}

/* The same from a role that an identity provider vouched for. */
static void
aws_login_saml(struct scenario *s)
{
	char name[ACTOR_TEXT];
	struct actor subject, role, by, cli;
	struct scenario_record *saml, *token;
	struct person_truth *p;

	chain_name(s, name);
	subject = chain_saml_subject(s, name);
	role = chain_role(s, chain_home(s), "Federated", name, chain_at(s, 1));
	saml = chain_issue(s, ISSUING_SAML, &subject, &role, role.created_us);
	by = chain_fresh_key(s, &role);
	cli = chain_fresh_key(s, &role);
	chain_sign_in_arn(s, chain_home(s), cli.sign_in);
	token = chain_issue(s, ISSUING_OAUTH_TOKEN, &by, &cli, chain_at(s, 5));
	memcpy(token->issuing->minted, cli.sign_in, sizeof(cli.sign_in));
	p = chain_person(s, name, "exact", "saml", "not_seen");
	chain_hop(p, "sign_in_session", token);
	chain_hop(p, "session", saml);
	chain_login(s, &cli, p, chain_at(s, 20));
}

/* A failed sign-in at the same second, before the one that worked: it opened nothing. */
static void
console_second_try(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), session;
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "seen");
	struct scenario_record *login = sign_in(s, &user, true, &session);
	struct actor shown = user;
	struct scenario_record *failed;

	shown.key_id[0] = '\0';
	failed = chain_issue(s, ISSUING_CONSOLE_LOGIN, &shown, &shown, session.created_us);
	failed->issuing->failed = true;
	chain_hop(p, "session", login);
	p->by_itself = true;
	console_login(s, &session, p, chain_at(s, 20));
}

const struct scenario_kind scenario_kinds_sign_in[] = {
    {"console_user", 60, console_user},
    {"console_root", 30, console_root},
    {"console_session_arn", 40, console_session_arn},
    {"switched_role", 50, switched_role},
    {"switched_account", 40, switched_account},
    {"signin_token", 40, signin_token},
    {"aws_login", 40, aws_login},
    {"aws_login_saml", 40, aws_login_saml},
    {"console_second_try", 30, console_second_try},
    {0},
};
