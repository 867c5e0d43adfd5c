/* SPDX-License-Identifier: Apache-2.0 */
/* Who was logged in on a host at a time: from an index alone, which has the beginnings and the ends
 * of its sessions side by side. */
#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/store/store_closure.h"
#include "correlator/store/store_closure_stays.h"
#include "correlator/store/store_mark.h"

/* An instance. */
struct closure_host {
	struct stays stays;
	int64_t to_us; /* up to when they were read */
	bool booted;   /* its boots came in */
};

void
closure_hosts_clear(struct closure *c)
{
	for (size_t i = 0; i < c->host_count; i++)
		closure_stays_clear(&c->hosts[i].stays);
	free(c->hosts);
}

static int
read_host(struct closure *c, int64_t instance, int64_t to_us, struct closure_host *host)
{
	host->to_us = to_us;
	return closure_stays_read(
	    c, &host->stays, store_query(c->store, QUERY_STAYS_OF_INSTANCE, instance, to_us, 0));
}

/* The instance's sessions up to that time. Who asks twice asks for more times: then all. */
static int
find_host(struct closure *c, int64_t instance, int64_t to_us, uint32_t *at)
{
	const struct closure_host host = {.booted = false};
	bool added = false;
	uint32_t *value;

	value = store_numbers_add(&c->host_rows, instance, (uint32_t)c->host_count, &added);
	if (value == NULL)
		return store_fail_memory(c->store);
	*at = *value;
	if (!added && c->hosts[*at].to_us >= to_us)
		return 0;
	if (!added) {
		closure_stays_clear(&c->hosts[*at].stays);
		return read_host(c, instance, INT64_MAX, &c->hosts[*at]);
	}
	if (!array_grow((void **)&c->hosts, c->host_count, &c->host_cap, sizeof(*c->hosts)))
		return store_fail_memory(c->store);
	c->hosts[c->host_count++] = host;
	return read_host(c, instance, to_us, &c->hosts[*at]);
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

	if (closure_stays_had_ended(c, s, stay, from_us, &known, &ended) != 0 ||
	    (!known && closure_stays_look_for_end(c, stay, instance, from_us, &known, &ended) != 0))
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
	if (find_host(c, instance, to_us, &at) != 0)
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
	int r = closure_stays_read(
	    c, &s, store_query(c->store, QUERY_STAYS_OF_HOST, host, closure_later(c, to_us), 0));

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
	closure_stays_clear(&s);
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
	int r = closure_stays_read(
	    c, &s, store_query(c->store, QUERY_STAYS, closure_later(c, to_us), 0, 0));

	for (size_t i = 0; i < s.count && r == 0; i++) {
		bool known, ended;

		if (s.rows[i].time_us > closure_later(c, to_us))
			continue;
		r = closure_stays_had_ended(c, &s, &s.rows[i], from_us, &known, &ended);
		if (r == 0 && !ended)
			r = add_by_id(c, s.rows[i].id, level, wanted);
	}
	closure_stays_clear(&s);
	return r;
}
