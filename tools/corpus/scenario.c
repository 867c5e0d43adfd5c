/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/scenario.h"

#define DELAY_MIN_S    30
#define DELAY_MAX_S    420
#define CLOCK_USUAL_US 50000

void
scenario_begin(
    struct scenario *s, const struct world *w, struct arena *arena, uint64_t seed, int64_t start_us)
{
	*s = (struct scenario){
	    .world = w, .arena = arena, .start_us = start_us - start_us % US_PER_SECOND};
	s->random.state = seed;
	s->key = (struct key){random_next(&s->random), KEY_ED25519};
	if (random_chance(&s->random, 10))
		s->key.type = KEY_RSA;
	if (random_chance(&s->random, 30))
		s->user = (uint8_t)random_below(&s->random, WORLD_USERS);
	scenario_place(s, (unsigned)random_below(&s->random, WORLD_MAIN), INSTANCE_RECORDED);
}

void
scenario_place(struct scenario *s, unsigned row, enum instance_class class)
{
	s->instance = (struct instance){
	    (uint8_t)row, (uint8_t) class, (uint16_t)random_below(&s->random, s->world->per_row)};
	s->caller = (struct principal){
	    .account = row % 2, .number = (uint16_t)random_below(&s->random, s->world->people)};
}

/* A principal's sessions begin at full hours; what one story does within an hour is one session. */
static int64_t
session_begin(const struct scenario *s, int64_t time_us)
{
	if (s->world->sessions)
		return world_session_begin(s->caller, time_us);
	if (time_us >= s->start_us && time_us < s->start_us + US_PER_HOUR)
		time_us = s->start_us;
	return time_us - time_us % US_PER_HOUR;
}

struct scenario_push *
scenario_push(struct scenario *s, int64_t time_us)
{
	struct scenario_push *p = &s->pushes[s->push_count++];

	p->event = (struct trail_event){.time_us = time_us,
	    .seed = random_next(&s->random),
	    .key = s->key,
	    .instance = s->instance,
	    .caller = s->caller,
	    .session_us = session_begin(s, time_us),
	    .kind = TRAIL_PUSH,
	    .user = s->user,
	    .row = s->instance.row};
	p->delay_us = scenario_seconds(s, DELAY_MIN_S, DELAY_MAX_S);
	return p;
}

struct scenario_login *
scenario_login(struct scenario *s, int64_t time_us)
{
	struct scenario_login *l = &s->logins[s->login_count++];
	uint64_t session = random_next(&s->random);

	l->event = (struct login_event){.time = {.time_us = time_us},
	    .session = session,
	    .max_error_us = scenario_moment(s, 0, CLOCK_USUAL_US),
	    .instance = s->instance,
	    .user = s->user,
	    .step_count = 1};
	l->event.steps[0] = (struct login_step){s->key, METHOD_PUBLICKEY};
	if (random_chance(&s->random, 5))
		l->event.max_error_us = -1;
	if (random_chance(&s->random, 90))
		l->stays_us = scenario_moment(s, US_PER_SECOND, 2 * US_PER_HOUR);
	return l;
}

struct key
scenario_other_key(const struct scenario *s, unsigned number)
{
	return (struct key){random_mix(s->key.seed, number + 1), KEY_ED25519};
}

struct principal
scenario_other_caller(const struct scenario *s, unsigned number)
{
	struct principal other = s->caller;

	other.hostile = 0;
	other.number = (uint16_t)((other.number + number + 1) % s->world->people);
	return other;
}

struct instance
scenario_other_instance(const struct scenario *s)
{
	struct instance other = s->instance;

	other.number = (uint16_t)((other.number + 1) % s->world->per_row);
	return other;
}

uint8_t
scenario_other_user(const struct scenario *s)
{
	return (s->user + 1) % WORLD_USERS;
}

int64_t
scenario_seconds(struct scenario *s, int64_t low, int64_t high)
{
	return random_between(&s->random, low, high) * US_PER_SECOND;
}

int64_t
scenario_moment(struct scenario *s, int64_t low_us, int64_t high_us)
{
	return random_between(&s->random, low_us, high_us);
}

void
scenario_explain(
    struct scenario *s, struct scenario_login *l, struct scenario_push *p, const char *verdict)
{
	l->verdict = verdict;
	l->pushes[l->push_count++] = (size_t)(p - s->pushes);
	p->sessions[p->session_count++] = (size_t)(l - s->logins);
}

void
scenario_unexplained(struct scenario_login *l, const char *reason)
{
	l->verdict = "unattributed";
	l->reason = reason;
}

void
scenario_roll_call(struct scenario *s)
{
	struct scenario_login *l =
	    scenario_login(s, s->start_us + scenario_moment(s, 0, US_PER_HOUR));

	l->event.steps[0] = (struct login_step){.method = METHOD_PASSWORD};
	scenario_unexplained(l, "no_key");
}
