/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounds of the window, to the microsecond on both sides: a login counts from a second before
 * the push to 60 s of validity, the grace and a second after it, bounds included.
 */
#include "tools/corpus/scenario.h"

#define EARLY_US       (-US_PER_SECOND)
#define LATE_US        (66 * US_PER_SECOND)  /* the key was the last step */
#define LATE_FACTOR_US (181 * US_PER_SECOND) /* another factor followed it */
/* Far enough from the world's beginning for a login before its push. */
#define ROOM_US (20 * US_PER_SECOND)

/* A push, and a login so much later; before the window nothing was pushed yet. */
static void
edge(struct scenario *s, int64_t after_us, bool within, const char *reason)
{
	struct scenario_push *p = scenario_push(s, s->start_us + ROOM_US);
	struct scenario_login *l = scenario_login(s, p->event.time_us + after_us);

	if (within)
		scenario_explain(s, l, p, "attributed");
	else
		scenario_unexplained(l, reason);
}

static void
early_on_edge(struct scenario *s)
{
	edge(s, EARLY_US, true, NULL);
}

static void
early_beyond_edge(struct scenario *s)
{
	edge(s, EARLY_US - 1, false, "key_never_pushed");
}

static void
late_on_edge(struct scenario *s)
{
	edge(s, LATE_US, true, NULL);
}

static void
late_beyond_edge(struct scenario *s)
{
	edge(s, LATE_US + 1, false, "push_expired");
}

static void
second_factor(struct scenario *s, int64_t after_us, bool within)
{
	struct login_event *e;

	edge(s, after_us, within, "push_expired");
	e = &s->logins[0].event;
	e->step_count = 2;
	e->steps[1] = (struct login_step){.method = METHOD_KEYBOARD};
}

static void
factor_on_edge(struct scenario *s)
{
	second_factor(s, LATE_FACTOR_US, true);
}

static void
factor_beyond_edge(struct scenario *s)
{
	second_factor(s, LATE_FACTOR_US + 1, false);
}

static void
factor_within(struct scenario *s)
{
	second_factor(s, scenario_moment(s, 0, LATE_FACTOR_US), true);
}

/* The other factor came first: the key is the last step and has the short grace. */
static void
key_last(struct scenario *s, int64_t after_us, bool within)
{
	struct login_event *e;

	second_factor(s, after_us, within);
	e = &s->logins[0].event;
	e->steps[1] = e->steps[0];
	e->steps[0] = (struct login_step){.method = METHOD_KEYBOARD};
}

static void
key_last_on_edge(struct scenario *s)
{
	key_last(s, LATE_US, true);
}

static void
key_last_beyond_edge(struct scenario *s)
{
	key_last(s, LATE_US + 1, false);
}

/* The host says how wrong its clock may be. More than the second that eventTime costs, it widens
 * the window on both sides; less does not narrow it. */
static void
clock_edge(struct scenario *s, bool late, bool within)
{
	int64_t error_us = scenario_moment(s, US_PER_SECOND + 1, 10 * US_PER_SECOND);
	int64_t after_us = late ? LATE_US - US_PER_SECOND + error_us : -error_us;

	if (!within)
		after_us += late ? 1 : -1;
	edge(s, after_us, within, late ? "push_expired" : "key_never_pushed");
	s->logins[0].event.max_error_us = error_us;
}

static void
clock_early_on_edge(struct scenario *s)
{
	clock_edge(s, false, true);
}

static void
clock_early_beyond_edge(struct scenario *s)
{
	clock_edge(s, false, false);
}

static void
clock_late_on_edge(struct scenario *s)
{
	clock_edge(s, true, true);
}

static void
clock_late_beyond_edge(struct scenario *s)
{
	clock_edge(s, true, false);
}

static void
clock_small_error(struct scenario *s)
{
	bool within = random_chance(&s->random, 50);

	edge(s, within ? LATE_US : LATE_US + 1, within, "push_expired");
	s->logins[0].event.max_error_us = scenario_moment(s, 0, US_PER_SECOND);
}

/* Two people whose windows meet in one microsecond. */
static void
windows_meet(struct scenario *s)
{
	struct scenario_push *mine = scenario_push(s, s->start_us);
	struct scenario_push *theirs = scenario_push(s, s->start_us + LATE_US + US_PER_SECOND);
	struct scenario_login *both = scenario_login(s, s->start_us + LATE_US);

	theirs->event.caller = scenario_other_caller(s, 0);
	scenario_explain(s, both, mine, "ambiguous");
	scenario_explain(s, both, theirs, "ambiguous");
	scenario_explain(s, scenario_login(s, s->start_us + LATE_US - 1), mine, "attributed");
	scenario_explain(s, scenario_login(s, s->start_us + LATE_US + 1), theirs, "attributed");
}

const struct scenario_kind scenario_kinds_edges[] = {
    {"early_on_edge", 80, early_on_edge},
    {"early_beyond_edge", 80, early_beyond_edge},
    {"late_on_edge", 80, late_on_edge},
    {"late_beyond_edge", 80, late_beyond_edge},
    {"factor_within", 80, factor_within},
    {"factor_on_edge", 60, factor_on_edge},
    {"factor_beyond_edge", 60, factor_beyond_edge},
    {"key_last_on_edge", 60, key_last_on_edge},
    {"key_last_beyond_edge", 60, key_last_beyond_edge},
    {"clock_early_on_edge", 50, clock_early_on_edge},
    {"clock_early_beyond_edge", 50, clock_early_beyond_edge},
    {"clock_late_on_edge", 50, clock_late_on_edge},
    {"clock_late_beyond_edge", 50, clock_late_beyond_edge},
    {"clock_small_error", 60, clock_small_error},
    {"windows_meet", 60, windows_meet},
    {0},
};
