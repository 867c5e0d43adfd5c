/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_closure_stays.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/text_hash.h"

/* Whether the id of the session was compared with that of the close which has its mark. */
enum stay_compared {
	STAY_NOT_COMPARED,
	STAY_SAME,
	STAY_DIFFERENT,
};

void
closure_stays_clear(struct stays *s)
{
	free(s->rows);
	free(s->ends);
	store_numbers_clear(&s->by_key);
	*s = (struct stays){0};
}

/* Equal ids on one instance, or on any (0), have equal keys. */
static int64_t
end_key(const struct stay *stay, int64_t instance)
{
	uint64_t h = (uint64_t)stay->session ^ text_hash_mix((uint64_t)stay->rest);

	return (int64_t)(instance != 0 ? text_hash_mix(h ^ text_hash_mix((uint64_t)instance)) : h);
}

/* Those of the module alone: which of sshd's lines of an end counts, and for which login, is only
 * known when lines of one login were put together (ledger_merge.c). */
static int
add_end(struct closure *c, struct stays *s, const struct stay *end)
{
	const struct stay_end row = {
	    .id = end->id, .time_us = end->time_us, .session = end->session, .rest = end->rest};
	bool added = false;
	uint32_t *at;

	if (end->source != STAY_MODULE)
		return 0;
	if (!array_grow((void **)&s->ends, s->end_count, &s->end_cap, sizeof(*s->ends)))
		return store_fail_memory(c->store);
	at = store_numbers_add(
	    &s->by_key, end_key(end, end->instance), (uint32_t)s->end_count, &added);
	if (at == NULL)
		return store_fail_memory(c->store);
	if (added)
		s->ends[s->end_count++] = row;
	else if (row.time_us < s->ends[*at].time_us)
		s->ends[*at] = row;
	return 0;
}

static int
add_stay(struct closure *c, struct stays *s, const struct stay *stay)
{
	if (!array_grow((void **)&s->rows, s->count, &s->cap, sizeof(*s->rows)))
		return store_fail_memory(c->store);
	s->rows[s->count++] = *stay;
	return 0;
}

int
closure_stays_read(struct closure *c, struct stays *s, sqlite3_stmt *rows)
{
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		int64_t kind = sqlite3_column_int64(rows, STAY_COLUMN_KIND);
		struct stay stay = {
		    .id = sqlite3_column_int64(rows, STAY_COLUMN_ID),
		    .time_us = sqlite3_column_int64(rows, STAY_COLUMN_TIME),
		    .session = sqlite3_column_int64(rows, STAY_COLUMN_SESSION),
		    .rest = sqlite3_column_int64(rows, STAY_COLUMN_REST),
		    .source = (uint8_t)sqlite3_column_int64(rows, STAY_COLUMN_SOURCE),
		    .instance = sqlite3_column_int64(rows, STAY_COLUMN_INSTANCE),
		};

		if ((kind == LOGIN_RECORD_OPEN && add_stay(c, s, &stay) != 0) ||
		    (kind == LOGIN_RECORD_CLOSE && add_end(c, s, &stay) != 0))
			return -1;
	}
	return r;
}

/* The first end that has the session's numbers; NULL when there is none. */
static const struct stay_end *
end_of(const struct stays *s, const struct stay *stay)
{
	const uint32_t *own = NULL, *any;

	if (stay->source != STAY_MODULE)
		return NULL;
	any = store_numbers_find(&s->by_key, end_key(stay, 0));
	if (stay->instance != 0)
		own = store_numbers_find(&s->by_key, end_key(stay, stay->instance));
	if (own == NULL || any == NULL)
		return own != NULL ? &s->ends[*own] : any != NULL ? &s->ends[*any] : NULL;
	return s->ends[*any].time_us < s->ends[*own].time_us ? &s->ends[*any] : &s->ends[*own];
}

/* Compares what is written: that their marks are equal is not enough. */
static int
is_of_session(struct closure *c, int64_t open, int64_t close, bool *is)
{
	sqlite3_stmt *row = store_query(c->store, QUERY_BODIES, open, close, 0);
	struct span a = SPAN_NONE, b = SPAN_NONE;
	int r = row != NULL ? store_step(c->store, row) : -1;

	if (r != 1)
		return r == 0 ? store_fail_damaged(c->store) : -1;
	r = store_login_get_id(store_column(row, 0), &a) == 0 &&
		store_login_get_id(store_column(row, 1), &b) == 0
	    ? 0
	    : store_fail_damaged(c->store);
	*is = r == 0 && span_eq(a, b);
	(void)sqlite3_reset(row);
	return r;
}

/* Whether the end is one of the session, by their ids. The marks are those when both have a rest:
 * else what is written is compared. */
static int
is_end_of(struct closure *c, struct stay *stay, const struct stay_end *end, bool *is)
{
	bool same = false;

	if (stay->rest != 0 && end->rest != 0) {
		*is = stay->session == end->session && stay->rest == end->rest;
		return 0;
	}
	if (stay->end == STAY_NOT_COMPARED) {
		if (is_of_session(c, stay->id, end->id, &same) != 0)
			return -1;
		stay->end = same ? STAY_SAME : STAY_DIFFERENT;
	}
	*is = stay->end == STAY_SAME;
	return 0;
}

int
closure_stays_had_ended(struct closure *c, const struct stays *s, struct stay *stay,
    int64_t before_us, bool *known, bool *ended)
{
	const struct stay_end *end = end_of(s, stay);

	*known = *ended = false;
	if (end == NULL)
		return 0;
	if (is_end_of(c, stay, end, known) != 0)
		return -1;
	*ended = *known && end->time_us < before_us;
	return 0;
}

int
closure_stays_look_for_end(struct closure *c, const struct stay *stay, int64_t instance,
    int64_t before_us, bool *known, bool *ended)
{
	sqlite3_stmt *rows;
	int r = -1;

	*known = *ended = false;
	if (stay->source != STAY_MODULE)
		return 0;
	rows = store_query(c->store, QUERY_CLOSES_OF_SESSION, stay->session, 0, 0);
	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		int64_t of = sqlite3_column_int64(rows, 1);
		bool is = false;

		if (*ended || sqlite3_column_int64(rows, 2) != STAY_MODULE ||
		    (of != 0 && instance != 0 && of != instance))
			continue;
		if (is_of_session(c, stay->id, sqlite3_column_int64(rows, 3), &is) != 0)
			return -1;
		*known = *known || is;
		*ended = is && sqlite3_column_int64(rows, 0) < before_us;
	}
	return r;
}
