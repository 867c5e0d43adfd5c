/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store is filled with: each story one push and one login. Few people and hosts have most of
 * it, and half of the pushes are of a key that its owner pushes again and again.
 */
#include "tools/corpus/scenario.h"

#define OWN_KEY_PERCENT 50
#define OWN_KEY_RSA     10 /* one owner in so many */

/* Low numbers more often: the lowest twice as often as the middle. */
static uint16_t
random_skewed(struct random *random, uint32_t n)
{
	uint64_t a = random_below(random, n), b = random_below(random, n);

	return (uint16_t)(a < b ? a : b);
}

static void
place(struct scenario *s)
{
	s->instance.number = random_skewed(&s->random, s->world->per_row);
	s->caller.number = random_skewed(&s->random, s->world->people);
}

static struct key
own_key(struct principal p)
{
	return (struct key){random_mix(p.number, p.account + UINT64_C(200)),
	    p.number % OWN_KEY_RSA == 0 ? KEY_RSA : KEY_ED25519};
}

static void
store_login(struct scenario *s)
{
	struct scenario_push *p;

	place(s);
	if (random_chance(&s->random, OWN_KEY_PERCENT))
		s->key = own_key(s->caller);
	p = scenario_push(s, s->start_us);
	scenario_explain(s,
	    scenario_login(s, p->event.time_us + scenario_moment(s, 0, 60 * US_PER_SECOND)), p,
	    "attributed");
}

static void
store_static_key(struct scenario *s)
{
	place(s);
	scenario_push(s, s->start_us)->event.key = scenario_other_key(s, 0);
	scenario_unexplained(
	    scenario_login(s, s->start_us + 5 * US_PER_SECOND), "key_never_pushed");
}

static void
store_expired(struct scenario *s)
{
	place(s);
	scenario_push(s, s->start_us);
	scenario_unexplained(scenario_login(s, s->start_us + 600 * US_PER_SECOND), "push_expired");
}

const struct scenario_kind scenario_kinds_store[] = {
    {"login", 94, store_login},
    {"static_key", 3, store_static_key},
    {"expired", 3, store_expired},
    {0},
};
