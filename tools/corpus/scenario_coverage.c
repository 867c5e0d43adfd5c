/* SPDX-License-Identifier: Apache-2.0 */
/* Where and when CloudTrail was not listening, or has not delivered yet. */
#include "tools/corpus/scenario.h"

#define DELAY_US  (15 * 60 * US_PER_SECOND) /* so close to the newest record it may still come */
#define WINDOW_US (66 * US_PER_SECOND)
#define FACTOR_US (181 * US_PER_SECOND)
#define SKEW_US   US_PER_SECOND

static void
login_pending(struct scenario *s, int64_t time_us)
{
	scenario_login(s, time_us)->verdict = "pending";
}

static void
login_uncovered(struct scenario *s, int64_t time_us)
{
	scenario_login(s, time_us)->verdict = "uncovered";
}

/* What the coverage cannot change: logins without a key, and explained ones. */
static void
login_certain(struct scenario *s, int64_t push_us)
{
	struct scenario_login *l = scenario_login(s, push_us + 10 * US_PER_SECOND);

	switch (random_below(&s->random, 3)) {
	case 0:
		l->event.steps[0].method = METHOD_PASSWORD;
		scenario_unexplained(l, "no_key");
		break;
	case 1:
		l->event.steps[0].method = METHOD_CERTIFICATE;
		scenario_unexplained(l, "certificate");
		break;
	default: scenario_explain(s, l, scenario_push(s, push_us), "attributed");
	}
}

static void
absent(struct scenario *s, enum world_row_id row)
{
	scenario_place(s, row, INSTANCE_RECORDED);
	login_uncovered(s, s->start_us);
}

static void
absent_region(struct scenario *s)
{
	absent(s, ROW_ABSENT_REGION);
}

static void
absent_account(struct scenario *s)
{
	absent(s, ROW_ABSENT_ACCOUNT);
}

static void
absent_certificate(struct scenario *s)
{
	absent(s, ROW_ABSENT_ACCOUNT);
	s->logins[0].event.steps[0].method = METHOD_CERTIFICATE;
	scenario_unexplained(&s->logins[0], "certificate");
}

/* A record every 23 hours is thin, but no hole. */
static void
quiet(struct scenario *s)
{
	scenario_place(s, ROW_QUIET, INSTANCE_RECORDED);
	scenario_unexplained(scenario_login(s, s->start_us), "key_never_pushed");
}

/* Before, within or after a stretch of 30 hours without a record; not near its ends. */
static void
hole(struct scenario *s)
{
	const struct world_row *row = &s->world->rows[ROW_HOLE];
	int64_t from_us = row->hole_from_us - US_PER_HOUR;
	int64_t to_us = row->hole_to_us + 2 * US_PER_HOUR;

	scenario_place(s, ROW_HOLE, INSTANCE_RECORDED);
	if (s->start_us < from_us && random_chance(&s->random, 50)) {
		scenario_unexplained(scenario_login(s, s->start_us), "key_never_pushed");
		return;
	}
	if (s->start_us < row->hole_to_us - 3 * US_PER_HOUR) {
		from_us = row->hole_from_us + 2 * US_PER_HOUR;
		if (from_us < s->start_us)
			from_us = s->start_us;
		to_us = row->hole_to_us - 2 * US_PER_HOUR;
		login_uncovered(s, scenario_moment(s, from_us, to_us));
		return;
	}
	if (to_us < s->start_us)
		to_us = s->start_us;
	scenario_unexplained(scenario_login(s, to_us), "key_never_pushed");
}

const struct scenario_kind scenario_kinds_coverage[] = {
    {"absent_region", 40, absent_region},
    {"absent_account", 40, absent_account},
    {"absent_certificate", 20, absent_certificate},
    {"quiet", 60, quiet},
    {"hole", 100, hole},
    {0},
};

static int64_t
first_record_us(struct scenario *s)
{
	scenario_place(s, ROW_BEGINS, INSTANCE_RECORDED);
	return s->world->rows[ROW_BEGINS].first_us;
}

static void
before_first(struct scenario *s)
{
	int64_t first_us = first_record_us(s);

	login_uncovered(s, scenario_moment(s, s->start_us, first_us + WINDOW_US - 1));
}

static void
first_on_edge(struct scenario *s)
{
	scenario_unexplained(scenario_login(s, first_record_us(s) + WINDOW_US), "key_never_pushed");
}

static void
first_beyond_edge(struct scenario *s)
{
	login_uncovered(s, first_record_us(s) + WINDOW_US - 1);
}

static void
first_factor_edge(struct scenario *s)
{
	bool on = random_chance(&s->random, 50);
	int64_t first_us = first_record_us(s);
	struct scenario_login *l = scenario_login(s, first_us + FACTOR_US - (on ? 0 : 1));

	l->event.step_count = 2;
	l->event.steps[1] = (struct login_step){.method = METHOD_KEYBOARD};
	if (on)
		scenario_unexplained(l, "key_never_pushed");
	else
		l->verdict = "uncovered";
}

static void
first_certain(struct scenario *s)
{
	login_certain(s, first_record_us(s) + scenario_seconds(s, 0, 40));
}

const struct scenario_kind scenario_kinds_first[] = {
    {"before_first", 4, before_first},
    {"first_on_edge", 2, first_on_edge},
    {"first_beyond_edge", 2, first_beyond_edge},
    {"first_factor_edge", 2, first_factor_edge},
    {"first_certain", 2, first_certain},
    {0},
};

/* The newest record of the row that ends. */
static int64_t
newest_us(struct scenario *s)
{
	scenario_place(s, ROW_ENDS, INSTANCE_RECORDED);
	return s->world->end_us;
}

/* The last moment that is covered for a login of usual clock. */
static int64_t
last_covered_us(struct scenario *s)
{
	return newest_us(s) - DELAY_US - SKEW_US;
}

static void
last_covered(struct scenario *s)
{
	int64_t last_us = last_covered_us(s);

	scenario_unexplained(
	    scenario_login(s, last_us - scenario_moment(s, 0, US_PER_HOUR)), "key_never_pushed");
}

static void
last_on_edge(struct scenario *s)
{
	scenario_unexplained(scenario_login(s, last_covered_us(s)), "key_never_pushed");
}

static void
last_beyond_edge(struct scenario *s)
{
	login_pending(s, last_covered_us(s) + 1);
}

static void
last_pending(struct scenario *s)
{
	int64_t last_us = last_covered_us(s);

	login_pending(s, last_us + scenario_moment(s, 1, US_PER_HOUR));
}

/* A wide clock error moves the window's end, and with it what is covered. */
static void
last_clock_edge(struct scenario *s)
{
	bool on = random_chance(&s->random, 50);
	int64_t error_us = scenario_moment(s, 2 * US_PER_SECOND, 9 * US_PER_SECOND);
	int64_t last_us = newest_us(s) - DELAY_US - error_us;
	struct scenario_login *l = scenario_login(s, last_us + (on ? 0 : 1));

	l->event.max_error_us = error_us;
	if (on)
		scenario_unexplained(l, "key_never_pushed");
	else
		l->verdict = "pending";
}

/* An old push, or a failed one, explains nothing for sure while more may come. */
static void
last_reason_pending(struct scenario *s)
{
	int64_t login_us = last_covered_us(s) + US_PER_SECOND;
	struct scenario_push *p;

	if (random_chance(&s->random, 50)) {
		scenario_push(s, login_us - login_us % US_PER_SECOND - 600 * US_PER_SECOND);
	} else {
		p = scenario_push(s, login_us - login_us % US_PER_SECOND - 5 * US_PER_SECOND);
		p->event.outcome = OUTCOME_REFUSED;
	}
	login_pending(s, login_us);
}

static void
last_certain(struct scenario *s)
{
	int64_t last_us = last_covered_us(s);

	login_certain(s, last_us + scenario_seconds(s, 0, 600));
}

static void
last_ambiguous(struct scenario *s)
{
	int64_t last_us = last_covered_us(s);
	struct scenario_push *mine = scenario_push(s, last_us);
	struct scenario_push *theirs = scenario_push(s, last_us);
	struct scenario_login *l = scenario_login(s, last_us + US_PER_SECOND);

	theirs->event.caller = scenario_other_caller(s, 0);
	scenario_explain(s, l, mine, "ambiguous");
	scenario_explain(s, l, theirs, "ambiguous");
}

const struct scenario_kind scenario_kinds_last[] = {
    {"last_covered", 2, last_covered},
    {"last_on_edge", 2, last_on_edge},
    {"last_beyond_edge", 2, last_beyond_edge},
    {"last_pending", 4, last_pending},
    {"last_clock_edge", 2, last_clock_edge},
    {"last_reason_pending", 2, last_reason_pending},
    {"last_certain", 3, last_certain},
    {"last_ambiguous", 1, last_ambiguous},
    {0},
};
