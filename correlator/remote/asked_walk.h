/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_ASKED_WALK_H
#define CORRELATOR_REMOTE_ASKED_WALK_H

#include "correlator/remote/asked_targets.h"

#define ASKED_NAME_MAX ((size_t)4 << 10)

/*
 * Answers of an API that come in pages, of several places at the same time, by one thread: each
 * place is asked for one series of pages after the other, one request at a time and no faster than
 * its interval. A token that comes back, an answer that is none, and a page that fails end their
 * series; where a place refuses, or two series in a row failed, nothing more is asked of it.
 *
 * What they hold is kept by days (UTC), not by pages: where pages begin depends on when one asks,
 * and a day that is over has the same text whenever it is asked for. Texts are called
 * SERIES/2026-11-22; what of a day is more than 8 MiB is called SERIES/2026-11-22.2, and so on.
 */
struct asked_walk;

struct asked_api {
	const char *scheme; /* "lookup-events:", for messages */
	enum aws_service service;
	const char *operation, *target, *action;
	size_t body_max;
	bool is_many; /* there is more than one series */
	/* Writes the request for the page that w->token names (empty: the first). */
	void (*ask)(const struct asked_walk *w, struct buf *body);
	/* what stands in a text before its items, between and behind them */
	const char *open, *between, *close;
	/* Takes an answer: its items (asked_walk_add), and the next page's token, or nothing. 0; -1
	 * without memory; -2: it is no such answer; -3 with a sentence in w->error. */
	int (*take)(struct asked_walk *w, struct span text, struct buf *token);
	/* True when a refusal is no error here (NULL: never). */
	bool (*is_expected)(struct asked_walk *w);
	/* A series has ended, all of it having come or not. True: w->series is set up for another.
	 */
	bool (*end)(struct asked_walk *w, bool complete);
};

struct asked_text {
	char *name;
	uint64_t size; /* in the spool */
};

struct asked_walk {
	/* set by the caller */
	const struct asked_events *events;
	const struct asked_api *api;
	const struct asked_target *target;
	int64_t interval_us; /* from one request to the next */
	struct buf resource; /* that a caller must be granted `action` on, for messages */
	struct buf series;   /* name of the texts, but for the day */
	void *ctx;           /* the API's */

	/* what came of it */
	struct asked_text *texts; /* in the order in which they were kept */
	size_t text_count, text_cap;
	int64_t date_us; /* the server's clock at the first answer; 0: none */
	struct buf token, error;

	/* private */
	struct aws_request request;
	struct sigv4_pair headers[2];
	struct buf body, next_token;
	uint64_t *tokens; /* of the series, by their hashes */
	size_t token_count, token_cap;
	struct buf items; /* of one day */
	int64_t day;
	uint64_t retries;
	int64_t started_us, next_us;
	int throttles, failures;
	bool live, in_flight, answered;
};

/* Borrows all. */
void asked_walk_init(struct asked_walk *w, const struct asked_events *a,
    const struct asked_api *api, const struct asked_target *target);
void asked_walk_clear(struct asked_walk *w);

/* Adds an item of that time (INT64_MIN: not known). 0; -1 without memory; -3 with a sentence in
 * w->error. */
int asked_walk_add(struct asked_walk *w, int64_t time_us, struct span item);
/* Keeps what was added of the day so far. The same. */
int asked_walk_keep(struct asked_walk *w);

/* Runs them to their end, then hands their texts on (asked_events.add), one walk after the other. 0
 * or -1 without memory. */
int asked_walk_run(struct asked_walk *walks, size_t count);

#endif
