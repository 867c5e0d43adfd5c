/* SPDX-License-Identifier: Apache-2.0 */
/* The pushes that can explain a login, or that say why none does. */
#include "common/time_text.h"
#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"
#include "pam_module/ssh_key.h"

/* As match.c has it: a host's word on its own clock. */
#define CLOCK_ERROR_MAX_US (US_PER_HOUR)

static int64_t
max_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How far a clock may be off: of several lines of one login any may be the one that counts. */
static int64_t
skew_of(const struct closure *c, const struct login_record *r, bool grouped)
{
	int64_t skew_us = r->has_clock ? r->clock_max_error_us : 0;

	if (skew_us > CLOCK_ERROR_MAX_US || grouped)
		skew_us = CLOCK_ERROR_MAX_US;
	return max_of(skew_us, c->match->skew_us) + (grouped ? CLOSURE_APART_US : 0);
}

int64_t
closure_later(const struct closure *c, int64_t time_us)
{
	int64_t apart_us = c->has_sets ? 2 * CLOSURE_APART_US : 0;

	return time_us < INT64_MAX - apart_us ? time_us + apart_us : INT64_MAX;
}

int64_t
closure_earlier(const struct closure *c, int64_t time_us)
{
	int64_t apart_us = c->has_sets ? 2 * CLOSURE_APART_US : 0;

	return time_us > INT64_MIN + apart_us ? time_us - apart_us : INT64_MIN;
}

void
closure_window(const struct closure *c, const struct login_record *r, bool grouped,
    int64_t *from_us, int64_t *to_us)
{
	const struct match_options *o = c->match;
	int64_t skew_us = skew_of(c, r, grouped);

	*from_us =
	    r->time_us - MATCH_VALIDITY_US - max_of(o->grace_us, o->login_grace_us) - skew_us;
	*to_us = r->time_us + skew_us;
}

void
closure_window_of_push(const struct closure *c, int64_t time_us, int64_t *from_us, int64_t *to_us)
{
	const struct match_options *o = c->match;
	int64_t skew_us = max_of(CLOCK_ERROR_MAX_US, o->skew_us) + CLOSURE_APART_US;

	*from_us = time_us - skew_us;
	*to_us = time_us + MATCH_VALIDITY_US + max_of(o->grace_us, o->login_grace_us) + skew_us;
}

static enum closure_push_level
push_level(const struct closure_login *row)
{
	switch (row->level) {
	case CLOSURE_LOGIN_SHOWN: return CLOSURE_PUSH_SHOWN;
	case CLOSURE_LOGIN_KNOWN: return CLOSURE_PUSH_PERSON;
	default: return CLOSURE_PUSH_ROW;
	}
}

/* A key that a push could explain, as ledger_logins.c has it. */
static bool
is_pushable(const struct login_auth *a)
{
	return !a->has_cert && !span_ends(a->key_type, "-cert-v01@openssh.com") &&
	    span_is(a->method, "publickey");
}

/* Whether a push of the step's key explains the login, were it not replaced. */
static bool
fits(const struct closure *c, const struct login_record *r, size_t step, const struct event *e)
{
	const struct login login = {
	    .time_us = r->time_us,
	    .clock_max_error_us = r->has_clock ? r->clock_max_error_us : 0,
	    .auth_count = (uint32_t)r->auth_count,
	};
	char fingerprint[SSH_FINGERPRINT_TEXT_LEN];
	int64_t from_us, to_us;

	match_window(c->match, &login, (uint32_t)step, &from_us, &to_us);
	if (e->time_us < from_us || e->time_us > to_us || !is_pushable(&r->auth[step]) ||
	    !e->has_fingerprint ||
	    !span_is(r->auth[step].fingerprint, ssh_fingerprint_text(e->fingerprint, fingerprint)))
		return false;
	return r->host.instance_id.ptr != NULL && span_eq(e->instance_id, r->host.instance_id) &&
	    r->os_user.ptr != NULL && span_eq(e->os_user, r->os_user);
}

/* Whether the push, which is of the step's key, explains the login for certain. */
static int
explains(
    struct closure *c, const struct login_record *r, size_t step, sqlite3_stmt *row, bool *sure)
{
	bool replaced;
	struct event e;

	if (closure_read_event(c, store_column(row, PUSH_COLUMN_BODY), &e) != 0 ||
	    closure_is_replaced(c, sqlite3_column_int64(row, PUSH_COLUMN_EVENT), &e, &replaced) !=
		0)
		return -1;
	if (e.kind == EVENT_KEY_PUSH && !e.failed && !replaced && fits(c, r, step, &e))
		*sure = true;
	return 0;
}

/* Pushes of the key for the instance. */
static sqlite3_stmt *
query_there(struct closure *c, int64_t key, int64_t instance, int64_t from_us, int64_t to_us)
{
	sqlite3_stmt *rows = store_query(c->store, QUERY_PUSHES_OF_KEY_THERE, key, from_us, to_us);

	if (rows != NULL)
		(void)sqlite3_bind_int64(rows, 4, instance);
	return rows;
}

/* The pushes of a step's key that can explain the login. *sure: one of them certainly does. */
static int
add_window(struct closure *c, const struct closure_login *row, const struct login_record *r,
    size_t step, bool grouped, bool *sure)
{
	int64_t from_us, to_us, key = store_mark(r->auth[step].fingerprint);
	sqlite3_stmt *rows;
	int result = -1;

	closure_window(c, r, grouped, &from_us, &to_us);
	rows = grouped || row->instance == 0
	    ? store_query(c->store, QUERY_PUSHES_OF_KEY, key, from_us, to_us)
	    : query_there(c, key, row->instance, from_us, to_us);
	while (rows != NULL && (result = store_step(c->store, rows)) == 1)
		if (closure_add_push(c, rows, push_level(row)) != 0 ||
		    (!grouped && !*sure && explains(c, r, step, rows, sure) != 0))
			return -1;
	return result;
}

/* All pushes of a key. */
static int
add_key(struct closure *c, int64_t key)
{
	bool added = false;

	if (store_numbers_add(&c->keys, key, 0, &added) == NULL)
		return store_fail_memory(c->store);
	if (!added)
		return 0;
	return closure_add_pushes(c,
	    store_query(c->store, QUERY_PUSHES_OF_KEY, key, INT64_MIN, INT64_MAX),
	    CLOSURE_PUSH_ROW);
}

/* What match_reason.c asks of a key: all of its pushes for the instance, and whether one for
 * another instance succeeded before the window's end. */
static int
add_reasons(
    struct closure *c, const struct closure_login *row, const struct login_record *r, int64_t key)
{
	int64_t from_us, to_us;
	bool found = false;
	sqlite3_stmt *rows;
	int result;

	closure_window(c, r, false, &from_us, &to_us);
	if (closure_add_pushes(
		c, query_there(c, key, row->instance, INT64_MIN, INT64_MAX), CLOSURE_PUSH_ROW) != 0)
		return -1;
	rows = store_query(c->store, QUERY_PUSHES_OF_KEY_ELSEWHERE, key, row->instance, to_us);
	result = rows != NULL ? 0 : -1;
	while (!found && result == 0 && (result = store_step(c->store, rows)) == 1) {
		struct event e;
		bool replaced;

		result = closure_read_event(c, store_column(rows, PUSH_COLUMN_BODY), &e);
		if (result == 0)
			result = closure_is_replaced(
			    c, sqlite3_column_int64(rows, PUSH_COLUMN_EVENT), &e, &replaced);
		if (result == 0 && e.kind == EVENT_KEY_PUSH && !e.failed && !replaced) {
			result = closure_add_push(c, rows, CLOSURE_PUSH_ROW);
			found = true;
		}
	}
	if (rows != NULL)
		(void)sqlite3_reset(rows);
	return result;
}

int
closure_add_keys(
    struct closure *c, const struct closure_login *row, const struct login_record *r, bool grouped)
{
	bool sure = false;

	for (size_t i = 0; i < r->auth_count; i++)
		if (add_window(c, row, r, i, grouped, &sure) != 0)
			return -1;
	if (row->level < CLOSURE_LOGIN_SHOWN || (sure && !c->tests))
		return 0;
	for (size_t i = 0; i < r->auth_count; i++) {
		int64_t key = store_mark(r->auth[i].fingerprint);

		if (key != 0 &&
		    (grouped || c->tests ? add_key(c, key) : add_reasons(c, row, r, key)) != 0)
			return -1;
	}
	return 0;
}
