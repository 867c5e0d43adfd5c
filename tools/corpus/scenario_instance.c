/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushes by the role of an instance: behind it is who was logged in there. Each story has a bastion
 * of its own.
 */
#include "tools/corpus/chain.h"

/* Moves the story to a bastion; the instance that is pushed to from there is of the same row. */
static struct instance
take_bastion(struct scenario *s)
{
	struct instance bastion = world_bastion(s->world, s->arena->bastions++);

	scenario_place(s, bastion.row, INSTANCE_RECORDED);
	return bastion;
}

/* The instance's own credentials, which it gets new ones of every few hours. */
static struct actor
instance_role(struct scenario *s, struct instance bastion, bool recorded)
{
	char id[INSTANCE_ID_LEN];
	struct actor service = chain_service("ec2.amazonaws.com"), role;

	role = chain_role(s, bastion.row % 2, "Bastion", instance_id(bastion, id), chain_at(s, 0));
	role.from_ec2 = true;
	if (recorded)
		chain_issue(s, ISSUING_ASSUME_ROLE, &service, &role, role.created_us);
	return role;
}

/* Somebody logs in to the bastion with a key that they pushed, and stays so long. */
static struct person_truth *
arrive(struct scenario *s, struct instance bastion, int64_t time_us, int64_t stays_us)
{
	struct actor user = chain_user(s, bastion.row % 2);
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", NULL);
	struct instance target = s->instance;

	p->by_itself = true;
	s->key = scenario_other_key(s, (unsigned)s->login_count);
	s->instance = bastion;
	chain_login(s, &user, p, time_us);
	s->logins[s->login_count - 1].stays_us = stays_us;
	s->instance = target;
	s->key = scenario_other_key(s, 100 + (unsigned)s->login_count);
	return p;
}

static struct person_truth *
nobody(struct scenario *s)
{
	struct person_truth *p = chain_person(s, NULL, NULL, "unknown", "not_seen");

	chain_hop(p, "instance", NULL);
	p->end = "logins";
	return p;
}

static struct person_truth *
one_of_instance(struct scenario *s, const struct person_truth *who)
{
	struct person_truth *p = chain_person(s, who->name, "probable", who->type, "not_seen");

	chain_hop(p, "instance", NULL);
	p->candidates[p->candidate_count++] = who->name;
	p->end = "logins";
	return p;
}

static void
one_logged_in(struct scenario *s, bool recorded)
{
	struct instance bastion = take_bastion(s);
	struct actor role = instance_role(s, bastion, recorded);
	struct person_truth *who = arrive(s, bastion, chain_at(s, 2), 60 * CHAIN_MINUTE_US);

	chain_login(s, &role, one_of_instance(s, who), chain_at(s, 20));
}

static void
instance_one(struct scenario *s)
{
	one_logged_in(s, false);
}

/* The trail has the service's own AssumeRole for the instance. */
static void
instance_recorded(struct scenario *s)
{
	one_logged_in(s, true);
}

/* The session has no end in the log: it goes on. */
static void
instance_open_end(struct scenario *s)
{
	struct instance bastion = take_bastion(s);
	struct actor role = instance_role(s, bastion, false);
	struct person_truth *who = arrive(s, bastion, chain_at(s, 2), 0);

	chain_login(s, &role, one_of_instance(s, who), chain_at(s, 20));
}

static void
instance_nobody(struct scenario *s)
{
	struct instance bastion = take_bastion(s);
	struct actor role = instance_role(s, bastion, false);

	chain_login(s, &role, nobody(s), chain_at(s, 20));
}

/* They had left before the push, or came after it. */
static void
instance_left(struct scenario *s)
{
	struct instance bastion = take_bastion(s);
	struct actor role = instance_role(s, bastion, false);

	arrive(s, bastion, chain_at(s, 2), 5 * CHAIN_MINUTE_US);
	arrive(s, bastion, chain_at(s, 30), 5 * CHAIN_MINUTE_US);
	chain_login(s, &role, nobody(s), chain_at(s, 20));
}

static void
instance_two(struct scenario *s)
{
	struct instance bastion = take_bastion(s);
	struct actor role = instance_role(s, bastion, false);
	struct person_truth *a = arrive(s, bastion, chain_at(s, 2), 60 * CHAIN_MINUTE_US);
	struct person_truth *b = arrive(s, bastion, chain_at(s, 5), 60 * CHAIN_MINUTE_US);
	struct person_truth *p = nobody(s);

	p->candidates[p->candidate_count++] = a->name;
	p->candidates[p->candidate_count++] = b->name;
	chain_login(s, &role, p, chain_at(s, 20));
}

/* One of them is known, the other came with a key of a file. */
static void
instance_unknown(struct scenario *s)
{
	struct instance bastion = take_bastion(s), target = s->instance;
	struct actor role = instance_role(s, bastion, false);
	struct person_truth *a = arrive(s, bastion, chain_at(s, 2), 60 * CHAIN_MINUTE_US);
	struct person_truth *p = nobody(s);
	struct scenario_login *l;

	s->instance = bastion;
	s->key = scenario_other_key(s, 50);
	l = scenario_login(s, chain_at(s, 4));
	l->stays_us = 60 * CHAIN_MINUTE_US;
	scenario_unexplained(l, "key_never_pushed");
	s->instance = target;
	s->key = scenario_other_key(s, 51);
	p->candidates[p->candidate_count++] = a->name;
	chain_login(s, &role, p, chain_at(s, 20));
}

/* A session that is called as an instance, but is none: somebody assumed the role by that name. */
static void
instance_in_name(struct scenario *s)
{
	struct instance bastion = take_bastion(s);
	struct actor user = chain_user(s, bastion.row % 2), role;
	char id[INSTANCE_ID_LEN];
	struct person_truth *p = chain_person(s, user.name, "exact", "iam_user", "not_seen");

	role = chain_role(s, bastion.row % 2, "Operator", instance_id(bastion, id), chain_at(s, 3));
	arrive(s, bastion, chain_at(s, 1), 60 * CHAIN_MINUTE_US);
	chain_hop(
	    p, "access_key", chain_issue(s, ISSUING_ASSUME_ROLE, &user, &role, role.created_us));
	chain_login(s, &role, p, chain_at(s, 20));
}

const struct scenario_kind scenario_kinds_instance[] = {
    {"instance_one", 30, instance_one},
    {"instance_recorded", 30, instance_recorded},
    {"instance_open_end", 20, instance_open_end},
    {"instance_nobody", 20, instance_nobody},
    {"instance_left", 20, instance_left},
    {"instance_two", 20, instance_two},
    {"instance_unknown", 20, instance_unknown},
    {"instance_in_name", 20, instance_in_name},
    {0},
};
