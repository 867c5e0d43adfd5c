/* SPDX-License-Identifier: Apache-2.0 */
/* Logins that no push explains, and why: each reason alone, and which of two goes first. */
#include "tools/corpus/scenario.h"

/* The login comes so long after the scenario's start that pushes fit before its window. */
#define WINDOW_S 66
#define LATER_S  400

static struct scenario_login *
login_later(struct scenario *s, const char *reason)
{
	struct scenario_login *l = scenario_login(
	    s, s->start_us + LATER_S * US_PER_SECOND + scenario_moment(s, 0, US_PER_SECOND - 1));

	scenario_unexplained(l, reason);
	return l;
}

/* A push within the login's window, or long before it. */
static struct scenario_push *
push_within(struct scenario *s)
{
	return scenario_push(s, s->start_us + scenario_seconds(s, LATER_S - 60, LATER_S));
}

static struct scenario_push *
push_before(struct scenario *s)
{
	return scenario_push(s, s->start_us + scenario_seconds(s, 0, LATER_S - WINDOW_S - 20));
}

static void
fail(struct scenario *s, struct scenario_push *p)
{
	p->event.outcome = random_chance(&s->random, 70) ? OUTCOME_REFUSED : OUTCOME_NOT_SUCCESS;
}

/* Denied before anything was looked at: the record does not say which key or instance. */
static void
denied(struct scenario *s)
{
	push_within(s)->event.outcome = OUTCOME_DENIED;
	login_later(s, "key_never_pushed");
}

static void
failed(struct scenario *s)
{
	fail(s, push_within(s));
	login_later(s, "push_failed");
}

static void
failed_before(struct scenario *s)
{
	fail(s, push_before(s));
	login_later(s, "push_failed");
}

/* A push failed, the next one did not. */
static void
failed_then_pushed(struct scenario *s)
{
	struct scenario_push *p;

	fail(s, push_within(s));
	p = push_within(s);
	scenario_explain(s, login_later(s, NULL), p, "attributed");
}

/* Pushed once, planted in a file, used much later. */
static void
planted(struct scenario *s)
{
	int64_t room_us = s->world->end_us - s->start_us;

	scenario_push(s, s->start_us);
	scenario_unexplained(
	    scenario_login(s, s->start_us + scenario_moment(s, 67 * US_PER_SECOND, room_us)),
	    "push_expired");
}

static void
wrong_user(struct scenario *s)
{
	struct scenario_push *p = random_chance(&s->random, 50) ? push_within(s) : push_before(s);

	p->event.user = scenario_other_user(s);
	login_later(s, "pushed_for_other_user");
}

/* A push for another user up to a second after the login still counts; later it does not. */
static void
wrong_user_edge(struct scenario *s)
{
	bool on = random_chance(&s->random, 50);
	struct scenario_push *p = scenario_push(s, s->start_us + 2 * US_PER_SECOND);

	p->event.user = scenario_other_user(s);
	scenario_unexplained(scenario_login(s, p->event.time_us - US_PER_SECOND - (on ? 0 : 1)),
	    on ? "pushed_for_other_user" : "key_never_pushed");
}

static void
wrong_instance(struct scenario *s)
{
	struct scenario_push *p = random_chance(&s->random, 50) ? push_within(s) : push_before(s);

	p->event.instance = scenario_other_instance(s);
	if (random_chance(&s->random, 30))
		p->event.user = scenario_other_user(s);
	login_later(s, "pushed_for_other_instance");
}

static void
wrong_instance_edge(struct scenario *s)
{
	bool on = random_chance(&s->random, 50);
	struct scenario_push *p = scenario_push(s, s->start_us + 2 * US_PER_SECOND);

	p->event.instance = scenario_other_instance(s);
	scenario_unexplained(scenario_login(s, p->event.time_us - US_PER_SECOND - (on ? 0 : 1)),
	    on ? "pushed_for_other_instance" : "key_never_pushed");
}

/* Failed for another user: nothing was pushed for anybody. */
static void
wrong_user_failed(struct scenario *s)
{
	struct scenario_push *p = push_within(s);

	p->event.user = scenario_other_user(s);
	fail(s, p);
	login_later(s, "key_never_pushed");
}

/* Another key for the same instance, user and time says nothing of this one. */
static void
wrong_key(struct scenario *s)
{
	push_within(s)->event.key = scenario_other_key(s, 0);
	login_later(s, "key_never_pushed");
}

static void
failed_goes_before_expired(struct scenario *s)
{
	push_before(s);
	fail(s, push_within(s));
	login_later(s, "push_failed");
}

static void
expired_goes_before_user(struct scenario *s)
{
	push_before(s);
	push_within(s)->event.user = scenario_other_user(s);
	login_later(s, "push_expired");
}

static void
user_goes_before_instance(struct scenario *s)
{
	push_before(s)->event.user = scenario_other_user(s);
	push_within(s)->event.instance = scenario_other_instance(s);
	login_later(s, "pushed_for_other_user");
}

static void
instance_goes_before_failed(struct scenario *s)
{
	push_before(s)->event.instance = scenario_other_instance(s);
	fail(s, push_before(s));
	login_later(s, "pushed_for_other_instance");
}

/* One key pushed to two instances by two people: each login is its own. */
static void
one_key_two_instances(struct scenario *s)
{
	struct scenario_push *here = scenario_push(s, s->start_us);
	struct scenario_push *there = scenario_push(s, s->start_us + US_PER_SECOND);
	struct scenario_login *l;

	there->event.caller = scenario_other_caller(s, 0);
	there->event.instance = scenario_other_instance(s);
	scenario_explain(s, scenario_login(s, s->start_us + 5 * US_PER_SECOND), here, "attributed");
	l = scenario_login(s, s->start_us + 5 * US_PER_SECOND);
	l->event.instance = there->event.instance;
	scenario_explain(s, l, there, "attributed");
}

static void
serial_console(struct scenario *s)
{
	push_within(s)->event.kind = TRAIL_SERIAL_PUSH;
	login_later(s, "key_never_pushed");
}

static void
tunnel(struct scenario *s)
{
	struct scenario_push *p;

	push_within(s)->event.kind = TRAIL_TUNNEL;
	p = push_within(s);
	scenario_explain(s, login_later(s, NULL), p, "attributed");
}

const struct scenario_kind scenario_kinds_reasons[] = {
    {"denied", 100, denied},
    {"failed", 100, failed},
    {"failed_before", 40, failed_before},
    {"failed_then_pushed", 60, failed_then_pushed},
    {"planted", 150, planted},
    {"wrong_user", 100, wrong_user},
    {"wrong_user_edge", 40, wrong_user_edge},
    {"wrong_instance", 100, wrong_instance},
    {"wrong_instance_edge", 40, wrong_instance_edge},
    {"wrong_user_failed", 40, wrong_user_failed},
    {"wrong_key", 60, wrong_key},
    {"failed_goes_before_expired", 40, failed_goes_before_expired},
    {"expired_goes_before_user", 40, expired_goes_before_user},
    {"user_goes_before_instance", 40, user_goes_before_instance},
    {"instance_goes_before_failed", 40, instance_goes_before_failed},
    {"one_key_two_instances", 60, one_key_two_instances},
    {"serial_console", 60, serial_console},
    {"tunnel", 60, tunnel},
    {0},
};
