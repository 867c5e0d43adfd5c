/* SPDX-License-Identifier: Apache-2.0 */
/* What happens every day: people push keys and log in. */
#include "tools/corpus/scenario.h"

/* A push and a login some seconds later. */
static void
one_login(struct scenario *s)
{
	struct scenario_push *p = scenario_push(s, s->start_us);
	struct scenario_login *l =
	    scenario_login(s, p->event.time_us + scenario_moment(s, 0, 60 * US_PER_SECOND));

	scenario_explain(s, l, p, "attributed");
}

/* From AWS's console: a browser's user agent, a key with a line feed behind it. */
static void
from_console(struct scenario *s)
{
	one_login(s);
	s->pushes[0].event.from_console = true;
	s->pushes[0].event.key_form = KEY_FORM_CONSOLE;
}

static void
pushed_again(struct scenario *s)
{
	struct scenario_push *first = scenario_push(s, s->start_us);
	struct scenario_push *second = scenario_push(s, s->start_us + scenario_seconds(s, 0, 20));
	struct scenario_login *l = scenario_login(
	    s, s->start_us + 20 * US_PER_SECOND + scenario_moment(s, 0, 40 * US_PER_SECOND));

	scenario_explain(s, l, first, "attributed");
	scenario_explain(s, l, second, "attributed");
}

static void
several_logins(struct scenario *s)
{
	struct scenario_push *p = scenario_push(s, s->start_us);
	int64_t n = random_between(&s->random, 2, 5);

	for (int64_t i = 0; i < n; i++)
		scenario_explain(s,
		    scenario_login(s, s->start_us + scenario_moment(s, 0, 60 * US_PER_SECOND)), p,
		    "attributed");
}

static void
both_reach(struct scenario *s, const char *verdict)
{
	struct scenario_push *mine = scenario_push(s, s->start_us);
	struct scenario_push *theirs = scenario_push(s, s->start_us + scenario_seconds(s, 0, 30));
	struct scenario_login *l = scenario_login(
	    s, s->start_us + 30 * US_PER_SECOND + scenario_moment(s, 0, 30 * US_PER_SECOND));

	theirs->event.caller = scenario_other_caller(s, 0);
	scenario_explain(s, l, mine, verdict);
	scenario_explain(s, l, theirs, verdict);
}

static void
two_people_at_once(struct scenario *s)
{
	both_reach(s, "ambiguous");
}

/* The same ARN, but the user or role was deleted and made again between: not the same principal.
 * The sessions of Identity Center's roles are called after the person, who is the same still. */
static void
made_again(struct scenario *s)
{
	bool center = principal_kind(s->caller) == PRINCIPAL_IDENTITY_CENTER;

	both_reach(s, center ? "attributed" : "ambiguous");
	s->pushes[1].event.caller = s->pushes[0].event.caller;
	s->pushes[1].event.caller.recreated = 1;
}

/* One key, two people, one after the other: each login is its own pusher's. */
static void
two_people_in_turn(struct scenario *s)
{
	struct scenario_push *mine = scenario_push(s, s->start_us);
	struct scenario_push *theirs =
	    scenario_push(s, s->start_us + scenario_seconds(s, 128, 600));

	theirs->event.caller = scenario_other_caller(s, 1);
	scenario_explain(s,
	    scenario_login(s, mine->event.time_us + scenario_moment(s, 0, 60 * US_PER_SECOND)),
	    mine, "attributed");
	scenario_explain(s,
	    scenario_login(s, theirs->event.time_us + scenario_moment(s, 0, 60 * US_PER_SECOND)),
	    theirs, "attributed");
}

/* A login that both pushes reach, between two that only one of them does. */
static void
two_people_overlapping(struct scenario *s)
{
	struct scenario_push *mine = scenario_push(s, s->start_us);
	struct scenario_push *theirs = scenario_push(s, s->start_us + 50 * US_PER_SECOND);
	struct scenario_login *both = scenario_login(s, s->start_us + 55 * US_PER_SECOND);

	theirs->event.caller = scenario_other_caller(s, 2);
	scenario_explain(s, both, mine, "ambiguous");
	scenario_explain(s, both, theirs, "ambiguous");
	scenario_explain(
	    s, scenario_login(s, s->start_us + 10 * US_PER_SECOND), mine, "attributed");
	scenario_explain(
	    s, scenario_login(s, s->start_us + 100 * US_PER_SECOND), theirs, "attributed");
}

static void
never_used(struct scenario *s)
{
	scenario_push(s, s->start_us);
}

static void
silent_instance(struct scenario *s)
{
	scenario_place(s, (unsigned)random_below(&s->random, WORLD_MAIN), INSTANCE_SILENT);
	scenario_push(s, s->start_us);
}

/* The record does not say where the instance is; the pushes to it do. */
static void
bare_instance(struct scenario *s)
{
	struct scenario_push *p;

	scenario_place(s, (unsigned)random_below(&s->random, WORLD_MAIN), INSTANCE_BARE);
	p = scenario_push(s, s->start_us);
	if (random_chance(&s->random, 50)) {
		scenario_explain(
		    s, scenario_login(s, s->start_us + US_PER_SECOND), p, "attributed");
		return;
	}
	p->event.key = scenario_other_key(s, 0);
	scenario_unexplained(scenario_login(s, s->start_us + US_PER_SECOND), "key_never_pushed");
}

const struct scenario_kind scenario_kinds_usual[] = {
    {"one_login", 3000, one_login},
    {"from_console", 600, from_console},
    {"pushed_again", 500, pushed_again},
    {"several_logins", 300, several_logins},
    {"two_people_at_once", 200, two_people_at_once},
    {"made_again", 60, made_again},
    {"two_people_in_turn", 200, two_people_in_turn},
    {"two_people_overlapping", 100, two_people_overlapping},
    {"never_used", 300, never_used},
    {"silent_instance", 200, silent_instance},
    {"bare_instance", 200, bare_instance},
    {0},
};

/* The most usual alone, each with one push and one login, for timing. */
static void
bench_static_key(struct scenario *s)
{
	scenario_push(s, s->start_us)->event.key = scenario_other_key(s, 0);
	scenario_unexplained(
	    scenario_login(s, s->start_us + 5 * US_PER_SECOND), "key_never_pushed");
}

static void
bench_expired(struct scenario *s)
{
	scenario_push(s, s->start_us);
	scenario_unexplained(scenario_login(s, s->start_us + 600 * US_PER_SECOND), "push_expired");
}

const struct scenario_kind scenario_kinds_bench[] = {
    {"one_login", 94, one_login},
    {"static_key", 3, bench_static_key},
    {"expired", 3, bench_expired},
    {0},
};
