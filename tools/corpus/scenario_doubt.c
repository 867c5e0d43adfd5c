/* SPDX-License-Identifier: Apache-2.0 */
/* Where names can be wrong: nothing confirms them, or several people fit. */
#include "tools/corpus/chain.h"

#define DEEP 9 /* one more than are followed */

static struct scenario_record *
assume(struct scenario *s, const struct actor *by, const struct actor *to)
{
	return chain_issue(s, ISSUING_ASSUME_ROLE, by, to, to->created_us);
}

static struct person_truth *
claimed(struct scenario *s, const char *name)
{
	struct person_truth *p =
	    chain_person(s, name, name != NULL ? "claimed" : NULL, "unknown", "not_seen");

	p->end = "missing";
	return p;
}

static struct person_truth *
user_behind(struct scenario *s, const struct actor *user, const struct scenario_record *r)
{
	struct person_truth *p = chain_person(s, user->name, "exact", "iam_user", "not_seen");

	chain_hop(p, "access_key", r);
	return p;
}

/* Nothing says who assumed the role: a name that somebody chose. */
static void
name_alone(struct scenario *s)
{
	char name[ACTOR_TEXT];
	struct actor role;

	chain_name(s, name);
	role = chain_role(s, chain_home(s), "Operator", name, chain_at(s, 1));
	chain_login(s, &role, claimed(s, name), chain_at(s, 20));
}

static void
machine_name(struct scenario *s)
{
	static const char *const forms[] = {"botocore-session-%u", "aws-sdk-java-%u", "%u"};
	char name[ACTOR_TEXT];
	struct actor role;

	snprintf(name, sizeof(name), "%u", (unsigned)(random_next(&s->random) >> 33));
	role = chain_role(s, chain_home(s), "Operator", name, chain_at(s, 1));
	switch (random_below(&s->random, sizeof(forms) / sizeof(forms[0]))) {
	case 0: snprintf(role.name, sizeof(role.name), "botocore-session-%.40s", name); break;
	case 1: snprintf(role.name, sizeof(role.name), "aws-sdk-java-%.40s", name); break;
	default: break;
	}
	chain_login(s, &role, claimed(s, NULL), chain_at(s, 20));
}

/* The role owner's copy alone, with a tag that names somebody. */
static void
tag_alone(struct scenario *s)
{
	struct actor user = chain_user(s, 1 - chain_home(s));
	struct actor role = chain_role(s, chain_home(s), "Partner", "session", chain_at(s, 1));
	struct scenario_record *r = assume(s, &user, &role), *copy;
	struct person_truth *p;

	snprintf(r->issuing->email, sizeof(r->issuing->email), "%.60s@example.com", user.name);
	copy = chain_owner_copy(s, r);
	chain_lose(r);
	p = claimed(s, r->issuing->email);
	chain_hop(p, "access_key", copy);
	chain_login(s, &role, p, chain_at(s, 20));
}

/* The tag is there, and so is the user who set it: the chain counts. */
static void
tag_and_chain(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s));
	struct actor role = chain_role(s, chain_home(s), "Operator", "session", chain_at(s, 1));
	struct scenario_record *r = assume(s, &user, &role);

	snprintf(r->issuing->email, sizeof(r->issuing->email), "somebody.else@example.com");
	chain_login(s, &role, user_behind(s, &user, r), chain_at(s, 20));
}

/* Two people call their sessions the same, one after the other. */
static void
name_used_again(struct scenario *s)
{
	struct actor first = chain_user(s, chain_home(s)), second = chain_user(s, chain_home(s)), a,
		     b;
	char name[ACTOR_TEXT];

	chain_text(s, "deploy", name);
	a = chain_role(s, chain_home(s), "Operator", name, chain_at(s, 1));
	b = chain_role(s, chain_home(s), "Operator", name, chain_at(s, 30));
	chain_login(s, &a, user_behind(s, &first, assume(s, &first, &a)), chain_at(s, 20));
	s->key = scenario_other_key(s, 0);
	chain_login(s, &b, user_behind(s, &second, assume(s, &second, &b)), chain_at(s, 45));
}

/* At one second, each with the key that was issued to them. */
static void
one_second(struct scenario *s)
{
	struct actor first = chain_user(s, chain_home(s)), second = chain_user(s, chain_home(s)), a,
		     b;
	int64_t time_us = chain_at(s, 1);
	char name[ACTOR_TEXT];

	chain_text(s, "deploy", name);
	a = chain_role(s, chain_home(s), "Operator", name, time_us);
	b = chain_role(s, chain_home(s), "Operator", name, time_us);
	chain_login(s, &a, user_behind(s, &first, assume(s, &first, &a)), chain_at(s, 20));
	s->key = scenario_other_key(s, 0);
	chain_login(s, &b, user_behind(s, &second, assume(s, &second, &b)), chain_at(s, 22));
}

/* At one second, at the console: nothing tells the sessions apart. */
static void
one_second_console(struct scenario *s)
{
	struct actor first = chain_user(s, chain_home(s)), second = chain_user(s, chain_home(s)), a,
		     b;
	int64_t time_us = chain_at(s, 1);
	struct person_truth *p = chain_person(s, NULL, NULL, "unknown", "not_seen");
	struct scenario_record *r;
	char name[ACTOR_TEXT];

	chain_text(s, "work", name);
	a = chain_role(s, chain_home(s), "Operator", name, time_us);
	b = chain_fresh_key(s, &a);
	r = assume(s, &first, &a);
	p->candidates[p->candidate_count++] = r->issuing->by.name;
	r = assume(s, &second, &b);
	p->candidates[p->candidate_count++] = r->issuing->by.name;
	p->end = "ambiguous";
	a = chain_fresh_key(s, &a);
	chain_login(s, &a, p, chain_at(s, 20))->event.from_console = true;
}

/* One person through two roles, one key: it was them, whichever push let the key in. */
static void
two_roles(
    struct scenario *s, const struct actor *one, const struct actor *other, const char *verdict)
{
	struct actor a = chain_role(s, chain_home(s), "Operator", "one", chain_at(s, 1));
	struct actor b = chain_role(s, chain_home(s), "Auditor", "two", chain_at(s, 5));
	struct person_truth *p = user_behind(s, one, assume(s, one, &a));
	struct person_truth *q = user_behind(s, other, assume(s, other, &b));
	int64_t time_us = chain_at(s, 20);
	struct scenario_push *mine = chain_push(s, &a, p, time_us);
	struct scenario_push *too = chain_push(s, &b, q, time_us + scenario_seconds(s, 1, 20));
	struct scenario_login *l = scenario_login(
	    s, time_us + 20 * US_PER_SECOND + scenario_moment(s, 0, 40 * US_PER_SECOND));

	scenario_explain(s, l, mine, verdict);
	scenario_explain(s, l, too, verdict);
}

static void
one_person_two_roles(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s));

	two_roles(s, &user, &user, "attributed");
}

static void
two_people_two_roles(struct scenario *s)
{
	struct actor one = chain_user(s, chain_home(s)), other = chain_user(s, chain_home(s));

	two_roles(s, &one, &other, "ambiguous");
}

/* Deleted and made again between the two: the same name and ARN, but somebody else's user. */
static void
user_made_again(struct scenario *s)
{
	struct actor one = chain_user(s, chain_home(s)), other = one;

	unique_id("AIDA", random_next(&s->random), other.id);
	unique_id("AKIA", random_next(&s->random), other.key_id);
	two_roles(s, &one, &other, "ambiguous");
}

/* Somebody else asked for the same session at the same second, and was refused. */
static void
refused_other(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), mallory = chain_user(s, chain_home(s));
	struct actor role = chain_role(s, chain_home(s), "Operator", user.name, chain_at(s, 1));
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	assume(s, &mallory, &role)->issuing->failed = true;
	chain_hop(p, "session", assume(s, &user, &role));
	role = chain_fresh_key(s, &role);
	chain_login(s, &role, p, chain_at(s, 20))->event.from_console = true;
}

static void
refused_alone(struct scenario *s)
{
	struct actor mallory = chain_user(s, chain_home(s)), role;
	char name[ACTOR_TEXT];

	chain_name(s, name);
	role = chain_role(s, chain_home(s), "Operator", name, chain_at(s, 1));
	assume(s, &mallory, &role)->issuing->failed = true;
	chain_login(s, &role, claimed(s, name), chain_at(s, 20));
}

/* The second role's event is there, the first one's is not. */
static void
broken_chain(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s));
	struct actor first = chain_role(s, chain_home(s), "Jump", user.name, chain_at(s, 1));
	struct actor second = chain_role(s, chain_home(s), "Target", "deploy", chain_at(s, 5));
	struct person_truth *p = claimed(s, user.name);

	chain_lose(assume(s, &user, &first));
	chain_hop(p, "access_key", assume(s, &first, &second));
	chain_login(s, &second, p, chain_at(s, 20));
}

static void
too_deep(struct scenario *s)
{
	struct actor user = chain_user(s, chain_home(s)), by = user, to;
	struct person_truth *p = claimed(s, "deep");
	struct scenario_record *records[DEEP];
	char role[ACTOR_TEXT];

	for (int i = 0; i < DEEP; i++) {
		snprintf(role, sizeof(role), "Level%d", i);
		to = chain_role(s, chain_home(s), role, "deep", chain_at(s, 2 * i));
		records[i] = assume(s, &by, &to);
		by = to;
	}
	for (int i = DEEP - 1; i > 0; i--)
		chain_hop(p, "access_key", records[i]);
	p->end = "depth";
	chain_login(s, &by, p, chain_at(s, 30));
}

/* Records that contradict themselves: each session is said to come from the other. */
static void
circle(struct scenario *s)
{
	struct actor a, b;
	struct scenario_record *first, *second;
	struct person_truth *p;
	char name[ACTOR_TEXT];

	chain_text(s, "loop", name);
	a = chain_role(s, chain_home(s), "Jump", name, chain_at(s, 1));
	b = chain_role(s, chain_home(s), "Target", name, a.created_us);
	first = assume(s, &b, &a);
	second = assume(s, &a, &b);
	p = claimed(s, name);
	p->end = "cycle";
	chain_hop(p, "access_key", first);
	chain_hop(p, "access_key", second);
	chain_login(s, &a, p, chain_at(s, 20));
}

const struct scenario_kind scenario_kinds_doubt[] = {
    {"name_alone", 40, name_alone},
    {"machine_name", 40, machine_name},
    {"tag_alone", 30, tag_alone},
    {"tag_and_chain", 30, tag_and_chain},
    {"name_used_again", 40, name_used_again},
    {"one_second", 40, one_second},
    {"one_second_console", 30, one_second_console},
    {"one_person_two_roles", 40, one_person_two_roles},
    {"two_people_two_roles", 40, two_people_two_roles},
    {"user_made_again", 30, user_made_again},
    {"refused_other", 40, refused_other},
    {"refused_alone", 30, refused_alone},
    {"broken_chain", 40, broken_chain},
    {"too_deep", 20, too_deep},
    {"circle", 20, circle},
    {0},
};
