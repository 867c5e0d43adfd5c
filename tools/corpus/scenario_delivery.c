/* SPDX-License-Identifier: Apache-2.0 */
/* How records arrive: twice, late, corrected. */
#include "tools/corpus/scenario.h"

static struct scenario_push *
login_after_push(struct scenario *s)
{
	struct scenario_push *p = scenario_push(s, s->start_us);

	scenario_explain(s,
	    scenario_login(s, s->start_us + scenario_moment(s, 0, 60 * US_PER_SECOND)), p,
	    "attributed");
	return p;
}

/* In a second file; or in the trail of the organization as well. */
static void
delivered_twice(struct scenario *s)
{
	login_after_push(s)->copies = 1;
}

static void
delivered_often(struct scenario *s)
{
	struct scenario_push *p = login_after_push(s);

	p->copies = (uint8_t)random_between(&s->random, 2, 4);
}

static void
unused_delivered_twice(struct scenario *s)
{
	scenario_push(s, s->start_us)->copies = 1;
}

/* Days later, in the folder of another day, behind everything else. */
static void
delivered_late(struct scenario *s)
{
	struct scenario_push *p = login_after_push(s);

	p->delay_us = scenario_seconds(s, 3600, 40 * 3600);
}

/* CloudTrail corrects a record: the new one names another caller and takes the old one's place. */
static void
corrected(struct scenario *s)
{
	struct scenario_push *wrong = scenario_push(s, s->start_us);
	struct scenario_push *right = scenario_push(s, s->start_us);

	wrong->superseded = true;
	wrong->event.caller = scenario_other_caller(s, 0);
	right->event.supersedes = wrong->event.seed;
	right->delay_us = scenario_seconds(s, 1, 7200);
	scenario_explain(s,
	    scenario_login(s, s->start_us + scenario_moment(s, 0, 60 * US_PER_SECOND)), right,
	    "attributed");
}

const struct scenario_kind scenario_kinds_delivery[] = {
    {"delivered_twice", 200, delivered_twice},
    {"delivered_often", 40, delivered_often},
    {"unused_delivered_twice", 40, unused_delivered_twice},
    {"delivered_late", 200, delivered_late},
    {"corrected", 100, corrected},
    {0},
};
