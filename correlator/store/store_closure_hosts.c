/* SPDX-License-Identifier: Apache-2.0 */
/* Who was logged in on a host at a time: from an index alone, which has the beginnings and the ends
 * of its sessions side by side. */
#include <stdlib.h>

#include "common/array.h"
#include "common/text_hash.h"
#include "common/time_text.h"
#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"

/* logins.source */
enum stay_source {
	STAY_MODULE,
	STAY_TEXT,
	STAY_JOURNAL, /* of which root's sshd wrote the lines */
};

struct stay {
	int64_t id, time_us, session;
	int64_t instance; /* of everything alone; 0 where all are of one */
	uint8_t source;
	uint8_t end; /* enum stay_compared */
};

/* Whether the id of the session was compared with that of the close which has its mark. */
enum stay_compared {
	STAY_NOT_COMPARED,
	STAY_SAME,
	STAY_DIFFERENT,
};

/* The first close with the mark of a session. */
struct stay_end {
	int64_t id, time_us;
};

struct stays {
	struct stay *rows;
	size_t count, cap;
	struct store_numbers by_key; /* by end_key: the place in ends */
	struct stay_end *ends;
	size_t end_count, end_cap;
};

/* An instance. */
struct closure_host {
	struct stays stays;
	bool booted; /* its boots came in */
};

static void
stays_clear(struct stays *s)
{
	free(s->rows);
	free(s->ends);
	store_numbers_clear(&s->by_key);
}

void
closure_hosts_clear(struct closure *c)
{
	for (size_t i = 0; i < c->host_count; i++)
		stays_clear(&c->hosts[i].stays);
	free(c->hosts);
}

static int64_t
end_key(int64_t session, int64_t instance)
{
	return instance != 0
	    ? (int64_t)text_hash_mix((uint64_t)session ^ text_hash_mix((uint64_t)instance))
	    : session;
}

/* Those of the module alone: which of sshd's lines of an end counts, and for which login, is only
 * known when lines of one login were put together (ledger_merge.c). */
static int
add_end(struct closure *c, struct stays *s, const struct stay *end)
{
	const struct stay_end row = {.id = end->id, .time_us = end->time_us};
	bool added = false;
	uint32_t *at;

	if (end->source != STAY_MODULE)
		return 0;
	if (!array_grow((void **)&s->ends, s->end_count, &s->end_cap, sizeof(*s->ends)))
		return store_fail_memory(c->store);
	at = store_numbers_add(
	    &s->by_key, end_key(end->session, end->instance), (uint32_t)s->end_count, &added);
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

static int
read_stays(struct closure *c, struct stays *s, sqlite3_stmt *rows)
{
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		int64_t kind = sqlite3_column_int64(rows, STAY_COLUMN_KIND);
		struct stay stay = {
		    .id = sqlite3_column_int64(rows, STAY_COLUMN_ID),
		    .time_us = sqlite3_column_int64(rows, STAY_COLUMN_TIME),
		    .session = sqlite3_column_int64(rows, STAY_COLUMN_SESSION),
		    .source = (uint8_t)sqlite3_column_int64(rows, STAY_COLUMN_SOURCE),
		    .instance = sqlite3_column_int64(rows, STAY_COLUMN_INSTANCE),
		};

		if ((kind == LOGIN_RECORD_OPEN && add_stay(c, s, &stay) != 0) ||
		    (kind == LOGIN_RECORD_CLOSE && add_end(c, s, &stay) != 0))
			return -1;
	}
	return r;
}

/* The instance's sessions, read once. */
static int
find_host(struct closure *c, int64_t instance, uint32_t *at)
{
	struct closure_host host = {.booted = false};
	bool added = false;
	uint32_t *value;

	value = store_numbers_add(&c->host_rows, instance, (uint32_t)c->host_count, &added);
	if (value == NULL)
		return store_fail_memory(c->store);
	*at = *value;
	if (!added)
		return 0;
	if (!array_grow((void **)&c->hosts, c->host_count, &c->host_cap, sizeof(*c->hosts)))
		return store_fail_memory(c->store);
	c->hosts[c->host_count++] = host;
	return read_stays(c, &c->hosts[*at].stays,
	    store_query(c->store, QUERY_STAYS_OF_INSTANCE, instance, 0, 0));
}

/* The first end that has the session's mark; NULL when there is none. */
static const struct stay_end *
end_of(const struct stays *s, const struct stay *stay)
{
	const uint32_t *own =
	    store_numbers_find(&s->by_key, end_key(stay->session, stay->instance));
	const uint32_t *any = store_numbers_find(&s->by_key, stay->session);

	if (stay->source != STAY_MODULE)
		return NULL;
	if (own == NULL || any == NULL)
		return own != NULL ? &s->ends[*own] : any != NULL ? &s->ends[*any] : NULL;
	return s->ends[*any].time_us < s->ends[*own].time_us ? &s->ends[*any] : &s->ends[*own];
}

/* Whether the session had ended before that time. *known: there is an end of it at all. */
static int
had_ended(struct closure *c, const struct stays *s, struct stay *stay, int64_t before_us,
    bool *known, bool *ended)
{
	const struct stay_end *end = end_of(s, stay);
	bool same = false;

	*known = end != NULL;
	*ended = end != NULL && end->time_us < before_us;
	if (!*ended)
		return 0;
	if (stay->end == STAY_NOT_COMPARED) {
		if (closure_is_of_session(c, stay->id, end->id, &same) != 0)
			return -1;
		stay->end = same ? STAY_SAME : STAY_DIFFERENT;
	}
	*known = *ended = stay->end == STAY_SAME;
	return 0;
}

/* The same of one whose end is in no index of its host. */
static int
look_for_end(
    struct closure *c, const struct stay *stay, int64_t instance, int64_t before_us, bool *ended)
{
	sqlite3_stmt *rows;
	int r = -1;

	*ended = false;
	if (stay->source != STAY_MODULE)
		return 0;
	rows = store_query(c->store, QUERY_CLOSES_OF_SESSION, stay->session, before_us, 0);
	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		int64_t of = sqlite3_column_int64(rows, 1);

		if (!*ended && sqlite3_column_int64(rows, 2) == STAY_MODULE &&
		    (of == 0 || instance == 0 || of == instance) &&
		    closure_is_of_session(c, stay->id, sqlite3_column_int64(rows, 3), ended) != 0)
			return -1;
	}
	return r;
}

static int
add_by_id(struct closure *c, int64_t id, enum closure_login_level level, closure_filter *wanted)
{
	sqlite3_stmt *row = store_query(c->store, QUERY_LOGIN, id, 0, 0);
	struct store_login login;
	int r = row != NULL ? store_step(c->store, row) : -1;

	if (r != 1)
		return r == 0 ? store_fail_damaged(c->store) : -1;
	r = 0;
	if (wanted != NULL)
		r = closure_read_login(c, store_column(row, LOGIN_COLUMN_BODY), &login);
	if (r == 0 && (wanted == NULL || wanted(c, &login.record)))
		r = closure_add_login(c, row, level);
	(void)sqlite3_reset(row);
	return r;
}

/* *any: one of them came in whose end is not known. */
static int
add_if_open(struct closure *c, const struct stays *s, struct stay *stay, int64_t instance,
    int64_t from_us, enum closure_login_level level, closure_filter *wanted, bool *any)
{
	bool known, ended;

	if (had_ended(c, s, stay, from_us, &known, &ended) != 0 ||
	    (!known && look_for_end(c, stay, instance, from_us, &ended) != 0))
		return -1;
	if (ended)
		return 0;
	*any = *any || !known;
	return add_by_id(c, stay->id, level, wanted);
}

static int
add_open_of(struct closure *c, int64_t instance, int64_t from_us, int64_t to_us,
    enum closure_login_level level, closure_filter *wanted, bool *any)
{
	uint32_t at = 0;

	to_us = closure_later(c, to_us);
	if (find_host(c, instance, &at) != 0)
		return -1;
	/* taking rows in reads no other instance's sessions: the host stays where it is */
	for (size_t i = 0; i < c->hosts[at].stays.count; i++) {
		const struct stays *s = &c->hosts[at].stays;

		if (s->rows[i].time_us <= to_us &&
		    add_if_open(c, s, &s->rows[i], instance, from_us, level, wanted, any) != 0)
			return -1;
	}
	return 0;
}

/* The first login of each boot: where what nothing closed ended (logins_at.c). */
static int
add_boots(struct closure *c, int64_t instance)
{
	sqlite3_stmt *rows =
	    store_query(c->store, QUERY_OPENS_OF_INSTANCE, instance, INT64_MIN, INT64_MAX);
	struct span boot = SPAN_NONE;
	struct store_login login;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login) != 0)
			return -1;
		if (login.record.host.boot_id.ptr == NULL ||
		    span_eq(login.record.host.boot_id, boot))
			continue;
		if (!store_arena_keep(&c->arena, login.record.host.boot_id, &boot))
			return store_fail_memory(c->store);
		if (closure_add_login(c, rows, CLOSURE_LOGIN_LINKED) != 0)
			return -1;
	}
	return r;
}

int
closure_add_present(struct closure *c, struct span instance, int64_t time_us)
{
	int64_t mark = store_mark(instance);
	bool any = false;
	uint32_t at;

	if (add_open_of(c, mark, time_us, time_us + US_PER_SECOND - 1, CLOSURE_LOGIN_KNOWN, NULL,
		&any) != 0)
		return -1;
	at = *store_numbers_find(&c->host_rows, mark);
	if (!any || c->hosts[at].booted)
		return 0;
	c->hosts[at].booted = true;
	return add_boots(c, mark);
}

static int
find_instance(struct closure *c, int64_t login, int64_t *instance)
{
	sqlite3_stmt *row = store_query(c->store, QUERY_LOGIN, login, 0, 0);
	int r = row != NULL ? store_step(c->store, row) : -1;

	if (r != 1)
		return r == 0 ? store_fail_damaged(c->store) : -1;
	*instance = sqlite3_column_int64(row, LOGIN_COLUMN_INSTANCE);
	(void)sqlite3_reset(row);
	return 0;
}

/* Notes that the instance's sessions were looked at. */
static int
note_stays(struct closure *c, int64_t instance, struct store_numbers *done)
{
	const struct stays *s = &c->hosts[*store_numbers_find(&c->host_rows, instance)].stays;
	bool added;

	for (size_t i = 0; i < s->count; i++)
		if (store_numbers_add(done, s->rows[i].id, 0, &added) == NULL)
			return store_fail_memory(c->store);
	return 0;
}

/* Logins of hosts with that name: instance by instance, since anybody can give a host that name and
 * write ends that name an instance. Who knows no instance can be ended by any. */
static int
add_open_by_name(struct closure *c, int64_t host, int64_t from_us, int64_t to_us,
    enum closure_login_level level, closure_filter *wanted)
{
	struct store_numbers done = {0};
	struct stays s = {0};
	int64_t instance = 0;
	bool any = false;
	int r = read_stays(c, &s, store_query(c->store, QUERY_STAYS_OF_HOST, host, 0, 0));

	for (size_t i = 0; i < s.count && r == 0; i++) {
		if (s.rows[i].time_us > closure_later(c, to_us) ||
		    store_numbers_find(&done, s.rows[i].id) != NULL)
			continue;
		r = find_instance(c, s.rows[i].id, &instance);
		if (r == 0 && instance == 0)
			r = add_if_open(c, &s, &s.rows[i], 0, from_us, level, wanted, &any);
		else if (r == 0 &&
		    (add_open_of(c, instance, from_us, to_us, level, wanted, &any) != 0 ||
			note_stays(c, instance, &done) != 0))
			r = -1;
	}
	store_numbers_clear(&done);
	stays_clear(&s);
	return r;
}

int
closure_add_open(struct closure *c, struct span instance_or_host, int64_t from_us, int64_t to_us,
    enum closure_login_level level, closure_filter *wanted)
{
	bool any = false;

	if (add_open_of(c, store_mark(instance_or_host), from_us, to_us, level, wanted, &any) != 0)
		return -1;
	return add_open_by_name(
	    c, store_mark_host(instance_or_host), from_us, to_us, level, wanted);
}

int
closure_add_open_anywhere(struct closure *c, int64_t from_us, int64_t to_us,
    enum closure_login_level level, closure_filter *wanted)
{
	struct stays s = {0};
	int r = read_stays(c, &s, store_query(c->store, QUERY_STAYS, 0, 0, 0));

	for (size_t i = 0; i < s.count && r == 0; i++) {
		bool known, ended;

		if (s.rows[i].time_us > closure_later(c, to_us))
			continue;
		r = had_ended(c, &s, &s.rows[i], from_us, &known, &ended);
		if (r == 0 && !ended)
			r = add_by_id(c, s.rows[i].id, level, wanted);
	}
	stays_clear(&s);
	return r;
}
