/* SPDX-License-Identifier: Apache-2.0 */
/* Which logins a question is about: candidates, among which what reads the ledger chooses. */
#include <string.h>
#include <strings.h>

#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"
#include "correlator/store/store_read_rows.h"

#define NUMBER_ANY (-1)

static bool
fits_session(struct span wanted, struct span id)
{
	return wanted.ptr == NULL ||
	    (id.len >= wanted.len && strncasecmp(id.ptr, wanted.ptr, wanted.len) == 0);
}

static bool
fits_host(struct span wanted, const struct login_record *r)
{
	return wanted.ptr == NULL || span_eq(r->host.instance_id, wanted) ||
	    (r->host.hostname.len != 0 &&
		store_mark_host(r->host.hostname) == store_mark_host(wanted));
}

/* From when to when rows can lie that tell of a login in the time asked for. */
static int64_t
first_us(const struct closure *c)
{
	return c->match->has_from ? closure_earlier(c, c->match->from_us) : INT64_MIN;
}

static int64_t
last_us(const struct closure *c)
{
	int64_t to_us = c->match->has_to ? c->match->to_us : INT64_MAX;

	if (c->question->has_at && c->question->at_end_us < to_us)
		to_us = c->question->at_end_us;
	return closure_later(c, to_us);
}

/* Whether the login can be one that is asked for. What other lines of the host can add to it is
 * open: that of its host (of which one says it, and brings this one), and its audit session. */
static bool
fits(const struct closure *c, const struct login_record *r)
{
	const struct store_question *q = c->question;

	return r->time_us >= first_us(c) && r->time_us <= last_us(c) &&
	    (q->pid == NUMBER_ANY || r->sshd_pid == q->pid) &&
	    (q->audit_session == NUMBER_ANY || r->audit_session == q->audit_session ||
		r->audit_session < 0) &&
	    (q->user.ptr == NULL || span_eq(r->os_user, q->user)) &&
	    (q->address.ptr == NULL ||
		store_mark_address(r->remote_host) == store_mark_address(q->address)) &&
	    fits_host(q->instance, r) && fits_session(q->session, r->id);
}

/* Takes in what fits of the rows that a query gives. */
static int
add_rows(struct closure *c, sqlite3_stmt *rows)
{
	struct store_login login;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login) != 0)
			return -1;
		if (login.record.kind == LOGIN_RECORD_OPEN && fits(c, &login.record) &&
		    closure_add_login(c, rows, CLOSURE_LOGIN_SHOWN) != 0)
			return -1;
	}
	return r;
}

/* The mark of the first or the last session id that begins so. */
static int64_t
mark_of_edge(struct span session, char digit)
{
	char text[LOGIN_SESSION_ID_LEN];

	memset(text, digit, sizeof(text));
	memcpy(text, session.ptr, session.len < sizeof(text) ? session.len : sizeof(text));
	return store_mark_session((struct span){text, sizeof(text)});
}

static int
add_by_session(struct closure *c, struct span session)
{
	int64_t first = mark_of_edge(session, '0'), last = mark_of_edge(session, 'f');

	return add_rows(c, store_query(c->store, QUERY_LOGINS_OF_SESSION, first, last, 0));
}

/* Hosts may write a fingerprint in more ways than one. */
static int
add_by_key(struct closure *c, struct span fingerprint, int64_t from_us, int64_t to_us)
{
	static const char *const forms[] = {"SHA256:%.*s", "SHA256:%.*s=", "%.*s", "%.*s="};
	struct span digits =
	    span_starts(fingerprint, "SHA256:") ? span_from(fingerprint, 7) : fingerprint;
	char text[128];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		int64_t mark;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(text, sizeof(text), forms[i], (int)digits.len, digits.ptr);
#pragma GCC diagnostic pop
		mark = store_mark(span_of(text));
		if (add_rows(c, store_query(c->store, QUERY_OPENS_OF_KEY, mark, from_us, to_us)) !=
			0 ||
		    add_rows(c,
			store_query(c->store, QUERY_OPENS_OF_LATER_KEY, mark, from_us, to_us)) != 0)
			return -1;
	}
	return 0;
}

static int
add_by_host(struct closure *c, struct span host, int64_t from_us, int64_t to_us)
{
	const struct store_question *q = c->question;

	if (q->has_at)
		return closure_add_open(c, host, q->at_us, to_us, CLOSURE_LOGIN_SHOWN, fits);
	if (add_rows(c,
		store_query(c->store, QUERY_OPENS_OF_INSTANCE, store_mark(host), from_us, to_us)) !=
	    0)
		return -1;
	return add_rows(
	    c, store_query(c->store, QUERY_OPENS_OF_HOST, store_mark_host(host), from_us, to_us));
}

/* By what says the most. */
static int
add_candidates(struct closure *c)
{
	const struct store_question *q = c->question;
	int64_t from_us = first_us(c), to_us = last_us(c);

	if (q->session.ptr != NULL)
		return add_by_session(c, q->session);
	if (q->fingerprint.ptr != NULL)
		return add_by_key(c, q->fingerprint, from_us, to_us);
	if (q->instance.ptr != NULL)
		return add_by_host(c, q->instance, from_us, to_us);
	if (q->address.ptr != NULL)
		return add_rows(c,
		    store_query(c->store, QUERY_OPENS_FROM_ADDRESS, store_mark_address(q->address),
			from_us, to_us));
	if (q->has_at)
		return closure_add_open_anywhere(c, q->at_us, to_us, CLOSURE_LOGIN_SHOWN, fits);
	return add_rows(c, store_query(c->store, QUERY_OPENS_IN_TIME, from_us, to_us, 0));
}

int
store_read_question(struct store *s, struct ledger *l, const struct store_question *q,
    const struct match_options *match, const struct identity_store *users, bool people)
{
	struct closure c;
	int r = -1;

	if (closure_init(&c, s, l, q, match, people) != 0 || store_read_coverage(s, l) != 0)
		goto out;
	if (q->identity.ptr != NULL ? closure_reach_begin(&c, users) != 0 : add_candidates(&c) != 0)
		goto out;
	if (closure_run(&c) == 0)
		r = closure_put(&c);
out:
	closure_clear(&c);
	return r;
}
