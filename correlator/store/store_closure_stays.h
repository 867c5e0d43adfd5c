/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_CLOSURE_STAYS_H
#define CORRELATOR_STORE_STORE_CLOSURE_STAYS_H

#include "correlator/store/store_closure.h"

/*
 * Beginnings and ends of sessions, from an index alone. An end counts for a session when their ids
 * are equal. Functions return 0, or -1 with an error.
 */

/* logins.source */
enum stay_source {
	STAY_MODULE,
	STAY_TEXT,
	STAY_JOURNAL, /* of which root's sshd wrote the lines */
};

struct stay {
	int64_t id, time_us, session, rest;
	int64_t instance; /* of everything alone; 0 where all are of one */
	uint8_t source;
	uint8_t end; /* what comparing its id with that of its end gave */
};

/* The first close with the numbers of a session. */
struct stay_end {
	int64_t id, time_us, session, rest;
};

/* All zero: none. */
struct stays {
	struct stay *rows;
	size_t count, cap;
	struct store_numbers by_key; /* the place in ends */
	struct stay_end *ends;
	size_t end_count, end_cap;
};

/* Adds what a query gives (enum store_stay_column). */
int closure_stays_read(struct closure *c, struct stays *s, sqlite3_stmt *rows);
/* Whether the session had ended before that time. *known: there is an end of it among them. */
int closure_stays_had_ended(struct closure *c, const struct stays *s, struct stay *stay,
    int64_t before_us, bool *known, bool *ended);
/* The same of one whose end is not among them, from the whole store. */
int closure_stays_look_for_end(struct closure *c, const struct stay *stay, int64_t instance,
    int64_t before_us, bool *known, bool *ended);
void closure_stays_clear(struct stays *s);

#endif
