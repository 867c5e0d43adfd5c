/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/lookup_events.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/remote/asked_targets.h"
#include "correlator/remote/asked_walk.h"
#include "correlator/remote/lookup_page.h"

#define SCHEME "lookup-events:"
/* 50 events of 256 KiB, as JSON in JSON. */
#define ANSWER_MAX ((size_t)64 << 20)
/* What is about to leave the history may leave it while it is asked for. */
#define EDGE_US US_PER_HOUR

/* One account and region. */
struct lookup {
	size_t name; /* number of the event that is asked for */
	struct asked_span span;
	struct asked_span pushes; /* the span that key pushes were asked for */
	uint64_t events;
	bool has_pushes; /* all of their pages came */
};

void
lookup_covers_init(struct lookup_covers *c)
{
	*c = (struct lookup_covers){0};
}

void
lookup_covers_clear(struct lookup_covers *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->covers[i].account_id);
		free(c->covers[i].region);
	}
	free(c->covers);
	lookup_covers_init(c);
}

int
lookup_covers_apply(
    const struct lookup_covers *c, struct coverage *coverage, struct string_pool *pool)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct lookup_cover *cover = &c->covers[i];
		string_id account = string_pool_add(pool, span_of(cover->account_id), NULL);
		string_id region = string_pool_add(pool, span_of(cover->region), NULL);

		if (account == UINT32_MAX || region == UINT32_MAX ||
		    coverage_add_span(coverage, account, region, cover->from_us, cover->to_us,
			cover->records) != 0)
			return -1;
	}
	return 0;
}

static int64_t
history_begins(const struct asked_events *a)
{
	return a->now_us - LOOKUP_DAYS_MAX * US_PER_DAY;
}

/* Sets the walk up for the event of that number; false when there is none. */
static bool
set_series(struct asked_walk *w, size_t number)
{
	struct lookup *l = w->ctx;
	const char *name = asked_event_name(number);

	if (name == NULL || (number >= ASKED_EVENTS_CONNECT && !w->events->people))
		return false;
	l->name = number;
	l->span =
	    asked_events_span(w->events, number >= ASKED_EVENTS_CONNECT, history_begins(w->events));
	buf_reset(&w->series);
	buf_printf(&w->series, SCHEME "%s/%s/%s", w->target->account_id, w->target->region, name);
	return true;
}

static void
ask(const struct asked_walk *w, struct buf *body)
{
	const struct lookup *l = w->ctx;

	lookup_page_ask(body, asked_event_name(l->name), l->span, buf_span(&w->token));
}

static int
take_event(void *ctx, int64_t time_us, struct span event)
{
	struct asked_walk *w = ctx;
	struct lookup *l = w->ctx;

	l->events++;
	return asked_walk_add(w, time_us, event);
}

static int
take(struct asked_walk *w, struct span text, struct buf *token)
{
	return lookup_page_read(text, take_event, w, token);
}

static bool
end(struct asked_walk *w, bool complete)
{
	struct lookup *l = w->ctx;

	if (l->name == 0) {
		l->has_pushes = complete;
		l->pushes = l->span;
	}
	return set_series(w, l->name + 1);
}

static const struct asked_api api = {
    .scheme = SCHEME,
    .service = AWS_CLOUDTRAIL,
    .operation = "LookupEvents",
    .target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
    .action = "cloudtrail:LookupEvents",
    .body_max = ANSWER_MAX,
    .is_many = true,
    .open = "{\"Events\":[",
    .between = ",\n",
    .close = "]}\n",
    .ask = ask,
    .take = take,
    .end = end,
};

/* Notes what the walk's answers cover. 0 or -1. */
static int
add_cover(struct lookup_covers *c, const struct asked_walk *w)
{
	const struct lookup *l = w->ctx;
	int64_t now_us = w->events->now_us;
	struct lookup_cover cover = {.from_us = l->pushes.from_us, .records = l->events};

	if (!l->has_pushes)
		return 0;
	if (cover.from_us < history_begins(w->events) + EDGE_US)
		cover.from_us = history_begins(w->events) + EDGE_US;
	if (w->date_us > 0 && w->date_us < now_us) /* our clock is fast */
		now_us = w->date_us;
	cover.to_us = l->pushes.to_us < now_us - COVERAGE_DELAY_US ? l->pushes.to_us
								   : now_us - COVERAGE_DELAY_US;
	if (cover.from_us < 0 || cover.from_us > cover.to_us)
		return 0;
	if (!array_grow((void **)&c->covers, c->count, &c->cap, sizeof(*c->covers)))
		return -1;
	cover.account_id = strdup(w->target->account_id);
	cover.region = strdup(w->target->region);
	c->covers[c->count++] = cover;
	return cover.account_id != NULL && cover.region != NULL ? 0 : -1;
}

/* What cannot be seen is said before it is missed. */
static void
warn_of_age(const struct asked_events *a)
{
	int64_t oldest_us = history_begins(a);
	char text[TIME_TEXT_LEN];

	if (a->from_us >= oldest_us)
		return;
	diagnostics_warning(a->diagnostics, "lookup-events",
	    "the event history begins %d days ago, at %s, and has no data events: what is older, "
	    "and "
	    "what is of accounts and regions that were not asked, cannot be seen here",
	    LOOKUP_DAYS_MAX, time_format(text, oldest_us, 0));
}

int
lookup_events_run(const struct asked_events *a, int64_t interval_us, struct lookup_covers *covers)
{
	struct asked_target *targets = NULL;
	struct asked_walk *walks = NULL;
	struct lookup *lookups = NULL;
	size_t count = 0, ready = 0;
	int r = -1;

	warn_of_age(a);
	if (asked_targets_find(a, "lookup-events", &targets, &count) != 0)
		goto out;
	walks = calloc(count + 1, sizeof(*walks));
	lookups = calloc(count + 1, sizeof(*lookups));
	if (walks == NULL || lookups == NULL)
		goto out;
	for (; ready < count; ready++) {
		struct asked_walk *w = &walks[ready];

		asked_walk_init(w, a, &api, &targets[ready]);
		w->ctx = &lookups[ready];
		w->interval_us = interval_us != 0 ? interval_us : LOOKUP_INTERVAL_US;
		buf_puts(&w->resource, "*");
		(void)set_series(w, 0);
	}
	r = asked_walk_run(walks, count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_cover(covers, &walks[i]);
out:
	while (ready-- > 0)
		asked_walk_clear(&walks[ready]);
	free(walks);
	free(lookups);
	free(targets);
	return r;
}
