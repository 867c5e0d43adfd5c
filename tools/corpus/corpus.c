/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/corpus.h"

#include "tools/corpus/csv.h"
#include "tools/corpus/identity_store.h"
#include "tools/corpus/trail_writer.h"
#include "tools/corpus/truth.h"

#define STORY_DAYS        8    /* long enough for a hole, and for keys planted days before */
#define LOGINS_EACH       2000 /* to an instance of the stories */
#define INSTANCES_MIN     2
#define INSTANCES_MAX     40
#define EDGE_PERCENT      2 /* of the logins belong to the world's beginning, and to its end */
#define EDGE_US           (2 * US_PER_HOUR)
#define COPY_MIN_S        360 /* later than the first delivery, so that it is in another file */
#define COPY_MAX_S        7200
#define CALLERS_US        (5 * 60 * US_PER_SECOND)
#define SESSION_DELAY_US  (90 * US_PER_SECOND)
#define BASTIONS_MIN      16
#define LOGINS_TO_BASTION 6

struct corpus {
	const struct corpus_options *options;
	struct world world;
	struct queue events, logins;
	struct trail_writer trail;
	struct login_writer log;
	struct truth truth;
	struct csv csv;
	struct arena arena;
	struct identity_store_file people;
	struct random random;
	int64_t next_beat_us[ROW_COUNT], next_sessions_us;
	double background_due;
	uint64_t scenarios;
};

static int
add_event(struct corpus *c, struct trail_event *e, int64_t delivery_us)
{
	const struct world_row *row = &c->world.rows[e->row];

	/* What ends, ends with its newest record: nothing is delivered later. */
	if (e->row == ROW_ENDS && delivery_us > row->last_us)
		delivery_us = row->last_us;
	e->delivery.time_us = delivery_us;
	return queue_add(&c->events, e);
}

/* An event, delivered so much later and so many times more. */
static int
add_deliveries(struct corpus *c, struct trail_event *e, int64_t delay_us, int copies)
{
	int64_t delivery_us = e->time_us + delay_us;

	if (add_event(c, e, delivery_us) != 0)
		return -1;
	for (int i = 0; i < copies; i++) {
		struct trail_event copy = *e;

		copy.in_organization = random_chance(&c->random, 50);
		delivery_us += random_between(&c->random, COPY_MIN_S, COPY_MAX_S) * US_PER_SECOND;
		if (add_event(c, &copy, delivery_us) != 0)
			return -1;
	}
	return 0;
}

static int
add_login(struct corpus *c, const struct scenario_login *l)
{
	struct login_event close = l->event;

	if (queue_add(&c->logins, &l->event) != 0)
		return -1;
	if (l->stays_us == 0)
		return 0;
	close.is_close = true;
	close.time.time_us += l->stays_us;
	return queue_add(&c->logins, &close);
}

static int
add_scenario(struct corpus *c, struct scenario *s, const char *story)
{
	for (size_t i = 0; i < s->record_count; i++) {
		struct scenario_record *r = &s->records[i];

		if (!r->lost && add_deliveries(c, &r->event, r->delay_us, r->copies) != 0)
			return -1;
	}
	for (size_t i = 0; i < s->push_count; i++) {
		struct scenario_push *p = &s->pushes[i];

		if (add_deliveries(c, &p->event, p->delay_us, p->copies) != 0)
			return -1;
	}
	for (size_t i = 0; i < s->login_count; i++)
		if (add_login(c, &s->logins[i]) != 0)
			return -1;
	identity_store_file_add(&c->people, s);
	truth_add(&c->truth, s, story, !c->options->totals_only);
	if (c->options->csv)
		csv_add(&c->csv, &c->world, s);
	return 0;
}

/* Few work at the same time, and of these some do most: as with the programs that poll AWS. */
static uint16_t
background_caller(struct corpus *c, unsigned row, int64_t time_us)
{
	uint64_t all = c->options->callers, turn = (uint64_t)(time_us / CALLERS_US);
	uint64_t first, second;

	if (all == 0)
		return (uint16_t)random_below(&c->random, WORLD_PEOPLE);
	first = random_below(&c->random, all);
	second = random_below(&c->random, all);
	if (second < first)
		first = second;
	return (uint16_t)(random_mix(turn * ROW_COUNT + row, first) % WORLD_PEOPLE);
}

static int
add_background(struct corpus *c, unsigned row, int64_t time_us)
{
	struct trail_event e = {.kind = TRAIL_BACKGROUND, .row = (uint8_t)row};

	e.time_us = time_us - time_us % US_PER_SECOND;
	e.seed = random_next(&c->random);
	e.caller.account = row % 2;
	e.caller.number = background_caller(c, row, time_us);
	return add_event(c, &e, e.time_us + random_between(&c->random, 30, 420) * US_PER_SECOND);
}

/* What happens in every account and region by itself, up to a time. */
static int
add_beats(struct corpus *c, int64_t until_us)
{
	for (unsigned i = 0; i < ROW_COUNT; i++) {
		const struct world_row *row = &c->world.rows[i];
		int64_t *next_us = &c->next_beat_us[i];

		while (*next_us <= until_us && *next_us <= row->last_us) {
			if (add_background(c, i, *next_us) != 0)
				return -1;
			if (*next_us == row->last_us) {
				*next_us = INT64_MAX;
				break;
			}
			*next_us += row->beat_us;
			if (*next_us > row->hole_from_us && *next_us < row->hole_to_us)
				*next_us = row->hole_to_us;
			if (*next_us > row->last_us)
				*next_us = row->last_us;
		}
	}
	return 0;
}

/* The sessions that begin within the hours up to a time. */
static int
add_sessions(struct corpus *c, int64_t until_us)
{
	struct trail_event e = {.kind = TRAIL_SESSION};
	const struct world *w = &c->world;

	for (; w->sessions && c->next_sessions_us <= until_us; c->next_sessions_us += US_PER_HOUR) {
		for (uint32_t i = 0; i < 2 * w->people; i++) {
			e.caller = (struct principal){
			    .account = (uint8_t)(i % 2), .number = (uint16_t)(i / 2)};
			if (principal_kind(e.caller) == PRINCIPAL_USER)
				continue;
			e.session_us = world_session_begin(
			    e.caller, c->next_sessions_us + US_PER_HOUR - US_PER_SECOND);
			e.time_us = e.session_us;
			e.seed = random_next(&c->random);
			e.row = (uint8_t)(e.caller.account + (i % 3 == 0 ? 2 : 0));
			if (add_deliveries(c, &e, SESSION_DELAY_US, 0) != 0)
				return -1;
		}
	}
	return 0;
}

static int
add_noise(struct corpus *c, int64_t now_us)
{
	while (c->background_due >= 1) {
		if (add_background(c, (unsigned)random_below(&c->random, WORLD_MAIN), now_us) != 0)
			return -1;
		c->background_due--;
	}
	return 0;
}

/* Writes everything that is earlier than a time: nothing earlier will be added any more. */
static int
write_until(struct corpus *c, int64_t before_us)
{
	struct trail_event event;
	struct login_event login;

	while (queue_take(&c->events, before_us, &event))
		if (trail_writer_add(&c->trail, &event) != 0)
			return -1;
	while (queue_take(&c->logins, before_us, &login))
		if (login_writer_add(&c->log, &login) != 0)
			return -1;
	return 0;
}

static const struct scenario_kind *
choose_kind(const struct scenario_kind *kinds, struct random *random)
{
	uint64_t sum = 0, at;

	for (const struct scenario_kind *k = kinds; k->name != NULL; k++)
		sum += k->weight;
	at = random_below(random, sum);
	for (; at >= kinds->weight; kinds++)
		at -= kinds->weight;
	return kinds;
}

static int
tell_story(struct corpus *c, const struct scenario_kind *kinds, int64_t start_us)
{
	const struct scenario_kind *kind = choose_kind(kinds, &c->random);
	struct scenario s;

	scenario_begin(
	    &s, &c->world, &c->arena, random_mix(c->world.seed, c->scenarios++), start_us);
	kind->build(&s);
	c->background_due += c->options->background * (double)s.login_count;
	return add_scenario(c, &s, kind->name);
}

/* Every instance that has a log gets a login, so that it counts as one that sends records. */
static int
roll_call(struct corpus *c)
{
	struct instance i;
	struct scenario s;

	for (i.row = 0; i.row < ROW_COUNT; i.row++)
		for (i.class = 0; i.class < INSTANCE_CLASSES; i.class ++)
			for (i.number = 0; i.number < c->world.per_row; i.number++) {
				if (i.class == INSTANCE_SILENT)
					continue;
				scenario_begin(&s, &c->world, &c->arena,
				    random_mix(c->world.seed, c->scenarios++), c->world.start_us);
				s.instance = i;
				scenario_roll_call(&s);
				if (add_scenario(c, &s, "roll_call") != 0)
					return -1;
			}
	return 0;
}

/* A batch of stories that all begin at one time. */
static int
tell_batch(struct corpus *c, const struct scenario_kind *kinds, uint64_t until, int64_t start_us)
{
	while (c->truth.logins < until)
		if (tell_story(c, kinds, start_us) != 0)
			return -1;
	return 0;
}

static int
tell_main(struct corpus *c, uint64_t until, int64_t from_us, int64_t to_us)
{
	uint64_t before = c->truth.logins;

	while (c->truth.logins < until) {
		double part = (double)(c->truth.logins - before) / (double)(until - before);
		int64_t now_us = from_us + (int64_t)((double)(to_us - from_us) * part);

		now_us -= now_us % US_PER_SECOND;
		if (tell_story(c, c->options->kinds, now_us) != 0 || add_beats(c, now_us) != 0 ||
		    add_sessions(c, now_us) != 0 || add_noise(c, now_us) != 0 ||
		    write_until(c, now_us - US_PER_HOUR) != 0)
			return -1;
	}
	return 0;
}

static int
tell_all(struct corpus *c)
{
	uint64_t n = c->options->logins, edge = n * EDGE_PERCENT / 100;
	const struct world *w = &c->world;

	if (c->options->every_story) {
		if (roll_call(c) != 0)
			return -1;
		if (tell_batch(c, scenario_kinds_first, c->truth.logins + edge, w->start_us) != 0)
			return -1;
		/* what goes with it would all come at one moment */
		c->background_due = 0;
	}
	if (tell_main(
		c, c->options->every_story ? n - edge : n, w->start_us, w->end_us - EDGE_US) != 0)
		return -1;
	if (c->options->every_story &&
	    tell_batch(c, scenario_kinds_last, n, w->end_us - EDGE_US) != 0)
		return -1;
	if (add_beats(c, INT64_MAX) != 0)
		return -1;
	return write_until(c, INT64_MAX);
}

static void
plan_world(struct corpus *c)
{
	const struct corpus_options *o = c->options;
	uint64_t per_row = o->logins / LOGINS_EACH;
	double records = (double)o->logins * (1 + o->background);
	unsigned days = o->days;

	if (days == 0)
		days = (unsigned)(records / o->records_per_day) + 1;
	if (o->days == 0 && o->every_story && days < STORY_DAYS)
		days = STORY_DAYS;
	if (per_row < INSTANCES_MIN)
		per_row = INSTANCES_MIN;
	if (per_row > INSTANCES_MAX)
		per_row = INSTANCES_MAX;
	if (o->instances != 0)
		per_row = o->instances;
	world_init(&c->world, o->seed, days, (uint32_t)per_row, o->every_story);
	if (o->people != 0)
		c->world.people = o->people;
	c->world.sessions = o->sessions;
	c->next_sessions_us = c->world.start_us - US_PER_HOUR;
	/* More than there are stories with one: each is one story's alone. */
	c->world.bastions = (uint32_t)(BASTIONS_MIN + o->logins / LOGINS_TO_BASTION);
	if (c->world.bastions > UINT16_MAX)
		c->world.bastions = UINT16_MAX;
	c->random.state = random_mix(o->seed, ~UINT64_C(0));
	for (int i = 0; i < ROW_COUNT; i++)
		c->next_beat_us[i] = c->world.rows[i].first_us;
}

static int
open_writers(struct corpus *c)
{
	const struct corpus_options *o = c->options;
	char *path;
	int r;

	if (trail_writer_init(&c->trail, &c->world, o->directory, o->level) != 0 ||
	    login_writer_init(&c->log, &c->world, o->directory, o->level) != 0 ||
	    (o->csv && csv_init(&c->csv, o->directory) != 0) ||
	    identity_store_file_init(&c->people, o->directory) != 0 ||
	    asprintf(&path, "%s/truth.jsonl", o->directory) < 0)
		return -1;
	r = truth_init(&c->truth, &c->world, path);
	free(path);
	return r;
}

int
corpus_make(const struct corpus_options *options)
{
	struct corpus c = {.options = options};
	int r = -1;

	plan_world(&c);
	queue_init(&c.events, sizeof(struct trail_event));
	queue_init(&c.logins, sizeof(struct login_event));
	if (open_writers(&c) != 0 || tell_all(&c) != 0 || trail_writer_finish(&c.trail) != 0 ||
	    login_writer_finish(&c.log) != 0)
		goto out;
	r = truth_finish(&c.truth, c.trail.records, c.trail.files, c.log.opens, c.log.closes);
out:
	if (csv_finish(&c.csv) != 0 || identity_store_file_finish(&c.people) != 0)
		r = -1;
	truth_clear(&c.truth);
	login_writer_clear(&c.log);
	trail_writer_clear(&c.trail);
	queue_clear(&c.logins);
	queue_clear(&c.events);
	arena_clear(&c.arena);
	return r;
}
