/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of keys, forms in which they are pushed, ways to authenticate. */
#include "tools/corpus/scenario.h"

static struct scenario_login *
login_soon(struct scenario *s)
{
	return scenario_login(s, s->start_us + scenario_moment(s, 0, 60 * US_PER_SECOND));
}

static struct scenario_login *
login_after_push(struct scenario *s)
{
	struct scenario_push *p = scenario_push(s, s->start_us);
	struct scenario_login *l = login_soon(s);

	scenario_explain(s, l, p, "attributed");
	return l;
}

static void
static_key(struct scenario *s)
{
	s->key.type = (enum key_type)random_below(&s->random, KEY_SK + 1);
	scenario_unexplained(login_soon(s), "key_never_pushed");
}

/* EC2 Instance Connect takes rsa and ed25519 only, but what was pushed was pushed. */
static void
any_type_pushed(struct scenario *s)
{
	s->key.type = (enum key_type)random_below(&s->random, KEY_SK + 1);
	login_after_push(s);
}

static void
key_with_comment(struct scenario *s)
{
	login_after_push(s);
	s->pushes[0].event.key_form = KEY_FORM_COMMENT;
}

static void
key_as_block(struct scenario *s)
{
	login_after_push(s);
	s->pushes[0].event.key_form = KEY_FORM_RFC4716;
}

static void
key_broken(struct scenario *s)
{
	struct scenario_push *p = scenario_push(s, s->start_us);

	p->event.key_form = random_chance(&s->random, 50) ? KEY_FORM_BROKEN : KEY_FORM_TWO;
	scenario_unexplained(login_soon(s), "key_never_pushed");
}

/* Names, comments and user agents that somebody chose to hurt who reads them. */
static void
hostile_text(struct scenario *s)
{
	struct scenario_login *l;

	s->caller.hostile = (uint8_t)random_between(&s->random, 1, WORLD_HOSTILE);
	l = login_after_push(s);
	l->event.hostile = (uint8_t)random_between(&s->random, 1, WORLD_HOSTILE);
	s->pushes[0].event.agent = (uint8_t)random_between(&s->random, 1, WORLD_HOSTILE);
}

static void
hostile_comment(struct scenario *s)
{
	login_after_push(s);
	s->pushes[0].event.agent = (uint8_t)random_between(&s->random, 1, WORLD_HOSTILE);
	s->pushes[0].event.key_form = KEY_FORM_COMMENT;
}

static void
one_step(struct scenario *s, enum login_method method, const char *reason)
{
	struct scenario_login *l = login_soon(s);

	l->event.steps[0].method = (uint8_t)method;
	scenario_unexplained(l, reason);
}

static void
password(struct scenario *s)
{
	one_step(s, METHOD_PASSWORD, "no_key");
}

static void
gssapi(struct scenario *s)
{
	one_step(s, METHOD_GSSAPI, "no_key");
}

/* The client host's key, pushed by somebody to confuse: never the user's. */
static void
hostbased_pushed(struct scenario *s)
{
	scenario_push(s, s->start_us);
	one_step(s, METHOD_HOSTBASED, "no_key");
}

static void
certificate(struct scenario *s)
{
	one_step(s, METHOD_CERTIFICATE, "certificate");
	if (random_chance(&s->random, 30))
		s->logins[0].event.hostile = (uint8_t)random_between(&s->random, 1, WORLD_HOSTILE);
}

/* The key inside the certificate was pushed; the login was made with the certificate. */
static void
certificate_pushed(struct scenario *s)
{
	scenario_push(s, s->start_us);
	certificate(s);
}

static void
two_keys(struct scenario *s, struct scenario_login *l)
{
	l->event.step_count = 2;
	l->event.steps[1] = (struct login_step){scenario_other_key(s, 0), METHOD_PUBLICKEY};
}

/* Two keys were asked for; the first was pushed, the second stands in a file. */
static void
first_of_two_keys(struct scenario *s)
{
	struct scenario_push *p = scenario_push(s, s->start_us);
	struct scenario_login *l =
	    scenario_login(s, s->start_us + scenario_moment(s, 0, 181 * US_PER_SECOND));

	two_keys(s, l);
	scenario_explain(s, l, p, "attributed");
}

/* The second was pushed: as the last step it has the short grace. */
static void
second_of_two_keys(struct scenario *s)
{
	bool within = random_chance(&s->random, 50);
	struct scenario_push *p = scenario_push(s, s->start_us);
	struct scenario_login *l =
	    scenario_login(s, s->start_us + 66 * US_PER_SECOND + (within ? 0 : 1));

	two_keys(s, l);
	p->event.key = l->event.steps[1].key;
	if (within)
		scenario_explain(s, l, p, "attributed");
	else
		scenario_unexplained(l, "push_expired");
}

static void
both_keys(struct scenario *s)
{
	bool same = random_chance(&s->random, 50);
	const char *verdict = same ? "attributed" : "ambiguous";
	struct scenario_push *first = scenario_push(s, s->start_us);
	struct scenario_push *second = scenario_push(s, s->start_us + scenario_seconds(s, 0, 10));
	struct scenario_login *l = scenario_login(
	    s, s->start_us + 10 * US_PER_SECOND + scenario_moment(s, 0, 50 * US_PER_SECOND));

	two_keys(s, l);
	second->event.key = l->event.steps[1].key;
	if (!same)
		second->event.caller = scenario_other_caller(s, 0);
	scenario_explain(s, l, first, verdict);
	scenario_explain(s, l, second, verdict);
}

/* A certificate first, a pushed key after it: the key explains. */
static void
certificate_and_key(struct scenario *s)
{
	struct scenario_login *l = login_after_push(s);

	l->event.step_count = 2;
	l->event.steps[1] = l->event.steps[0];
	l->event.steps[0] = (struct login_step){scenario_other_key(s, 0), METHOD_CERTIFICATE};
}

const struct scenario_kind scenario_kinds_keys[] = {
    {"static_key", 400, static_key},
    {"any_type_pushed", 100, any_type_pushed},
    {"key_with_comment", 100, key_with_comment},
    {"key_as_block", 100, key_as_block},
    {"key_broken", 60, key_broken},
    {"hostile_text", 120, hostile_text},
    {"hostile_comment", 60, hostile_comment},
    {"password", 60, password},
    {"gssapi", 30, gssapi},
    {"hostbased_pushed", 40, hostbased_pushed},
    {"certificate", 100, certificate},
    {"certificate_pushed", 60, certificate_pushed},
    {"first_of_two_keys", 60, first_of_two_keys},
    {"second_of_two_keys", 60, second_of_two_keys},
    {"both_keys", 60, both_keys},
    {"certificate_and_key", 40, certificate_and_key},
    {0},
};
