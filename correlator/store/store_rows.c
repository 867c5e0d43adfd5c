/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a source. */
#include "common/time_text.h"
#include "correlator/store/store_mark.h"
#include "correlator/store/store_mention.h"
#include "correlator/store/store_writer.h"
#include "pam_module/ssh_key.h"

/* How long credentials live: who pushed a key may have got them so long before. */
#define CREDENTIALS_US (36 * US_PER_HOUR)

static bool
is_pruned(const struct store_writer *w, int64_t time_us, int64_t before_us)
{
	return w->floor_us != LOGIN_TIME_UNKNOWN && time_us < w->floor_us - before_us;
}

int64_t
store_floor_pushes(const struct store_writer *w)
{
	return w->floor_us - US_PER_DAY;
}

int64_t
store_floor_issues(const struct store_writer *w)
{
	return w->floor_us - US_PER_DAY - CREDENTIALS_US;
}

static int64_t
take_id(struct store_writer *w, enum store_table table)
{
	w->rows[table].count++;
	return w->next[table]++;
}

/* Begins a row: its body is made already. */
static sqlite3_stmt *
begin_row(struct store *s, enum store_statement number)
{
	sqlite3_stmt *statement = store_sql(s, number);

	if (s->writer->body.failed) {
		(void)store_fail_memory(s);
		return NULL;
	}
	store_batch_add(s, s->writer->body.len);
	return statement;
}

static void
bind_numbers(sqlite3_stmt *statement, const int64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)sqlite3_bind_int64(statement, (int)i + 1, numbers[i]);
}

static int
put_event_body(struct store *s, const struct event *e)
{
	buf_reset(&s->writer->body);
	return store_event_put(e, &s->writer->body) == 0 ? 0 : store_fail_memory(s);
}

int
store_source_event(struct store *s, const struct event *e)
{
	struct store_writer *w = s->writer;
	char text[SSH_FINGERPRINT_TEXT_LEN];
	sqlite3_stmt *statement;
	int64_t caller;

	if (is_pruned(w, e->time_us, US_PER_DAY)) {
		w->dropped.pruned++;
		return 0;
	}
	if (store_caller(s, &e->identity, true, e->time_us, e->from_console, &caller) != 0 ||
	    put_event_body(s, e) != 0)
		return -1;
	statement = begin_row(s, SQL_PUSH_PUT);
	if (statement == NULL)
		return -1;
	bind_numbers(statement,
	    (int64_t[]){take_id(w, STORE_PUSHES), e->time_us,
		e->has_fingerprint ? store_mark(span_of(ssh_fingerprint_text(e->fingerprint, text)))
				   : 0,
		store_mark(e->instance_id), store_mark_address(e->source_ip),
		store_mark(e->event_id), e->supersedes ? store_mark(e->original_event_id) : 0,
		store_mark(e->request_id), caller, e->from_console},
	    10);
	store_bind(statement, 11, buf_span(&w->body));
	return store_run(s, statement);
}

static int
put_pair(struct store *s, enum store_statement number, int64_t id, int64_t value)
{
	sqlite3_stmt *statement = store_sql(s, number);

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, id);
	(void)sqlite3_bind_int64(statement, 2, value);
	return store_run(s, statement);
}

static int
collect(void *ctx, struct span text)
{
	store_marks_add(ctx, store_mark_lower(text));
	return 0;
}

int
store_marks_put(
    struct store *s, enum store_statement number, int64_t row, const struct store_marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		if (put_pair(s, number, row * STORE_SUBROWS + (int64_t)i, marks->marks[i]) != 0)
			return -1;
	return 0;
}

void
store_marks_add(struct store_marks *m, int64_t mark)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->marks[i] == mark)
			return;
	if (m->count == STORE_SUBROWS)
		return;
	m->marks[m->count] = m->count < STORE_MENTIONS_MAX ? mark : STORE_MENTION_ANY;
	m->count++;
}

int
store_source_issue(struct store *s, const struct event *e, const struct issue_keys *keys)
{
	struct store_writer *w = s->writer;
	struct store_marks marks = {0};
	sqlite3_stmt *statement;
	int64_t caller, id;

	if (is_pruned(w, e->time_us, US_PER_DAY + CREDENTIALS_US))
		return 0;
	if (store_caller(s, &e->identity, false, e->time_us, false, &caller) != 0 ||
	    put_event_body(s, e) != 0)
		return -1;
	statement = begin_row(s, SQL_ISSUE_PUT);
	if (statement == NULL)
		return -1;
	id = take_id(w, STORE_ISSUES);
	bind_numbers(statement,
	    (int64_t[]){id, e->time_us, store_mark(e->event_id),
		e->supersedes ? store_mark(e->original_event_id) : 0, caller},
	    5);
	store_bind(statement, 6, buf_span(&w->body));
	if (store_run(s, statement) != 0)
		return -1;
	for (size_t i = 0; i < keys->count; i++)
		if (put_pair(s, SQL_ISSUE_KEY_PUT, id * STORE_SUBROWS + (int64_t)i,
			(int64_t)keys->keys[i]) != 0)
			return -1;
	(void)store_mentions_of_issue(e, collect, &marks);
	return store_marks_put(s, SQL_ISSUE_MENTION_PUT, id, &marks);
}

/* The keys of the record's steps. The first is a column of its row. */
static int
put_login_keys(struct store *s, const struct login_record *r, int64_t id)
{
	int64_t keys[LOGIN_RECORD_AUTH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < r->auth_count; i++) {
		int64_t key = store_mark(r->auth[i].fingerprint);
		size_t k = 0;

		while (k < count && keys[k] != key)
			k++;
		if (key != 0 && k == count)
			keys[count++] = key;
	}
	for (size_t i = 1; i < count; i++) {
		sqlite3_stmt *statement = store_sql(s, SQL_LOGIN_KEY_PUT);

		if (statement == NULL)
			return -1;
		bind_numbers(statement,
		    (int64_t[]){id * STORE_SUBROWS + (int64_t)i, keys[i], r->time_us}, 3);
		if (store_run(s, statement) != 0)
			return -1;
	}
	return 0;
}

static int64_t
first_key(const struct login_record *r)
{
	for (size_t i = 0; i < r->auth_count; i++)
		if (r->auth[i].fingerprint.len != 0)
			return store_mark(r->auth[i].fingerprint);
	return 0;
}

static int64_t
session_of(const struct login_record *r)
{
	return r->kind == LOGIN_RECORD_SIGNER ? store_mark(r->signer_sha256)
					      : store_mark_session(r->id);
}

/* Where it was; a close that does not say so, where its open was. */
static struct store_open
place_of(struct store_writer *w, const struct login_record *r)
{
	struct store_open at = {
	    .session = session_of(r),
	    .instance = store_mark(r->host.instance_id),
	    .host = store_mark_host(r->host.hostname),
	};
	struct store_open *slot = &w->opens[(uint64_t)at.session & (STORE_OPENS - 1)];

	if (r->kind == LOGIN_RECORD_OPEN) {
		*slot = at;
		w->opens_used = true;
	} else if (r->kind == LOGIN_RECORD_CLOSE && slot->session == at.session) {
		at.instance = at.instance != 0 ? at.instance : slot->instance;
		at.host = at.host != 0 ? at.host : slot->host;
	}
	return at;
}

/* As logins.source has it: whose word it is. */
static int64_t
source_of(const struct store_login *r)
{
	return r->source == LOGIN_SOURCE_PAM ? 0 : r->by_journal ? 2 : 1;
}

static int
put_login(struct store *s, const struct store_login *r)
{
	struct store_writer *w = s->writer;
	const struct login_record *record = &r->record;
	struct store_open at = place_of(w, record);
	sqlite3_stmt *statement;
	int64_t id;

	buf_reset(&w->body);
	if (store_login_put(r, &w->body) != 0)
		return store_fail_memory(s);
	statement = begin_row(s, SQL_LOGIN_PUT);
	if (statement == NULL)
		return -1;
	id = take_id(w, STORE_LOGINS);
	bind_numbers(statement,
	    (int64_t[]){id, record->time_us, record->kind, source_of(r), at.session, at.instance,
		at.host, first_key(record), store_mark_address(record->remote_host)},
	    9);
	store_bind(statement, 10, buf_span(&w->body));
	return store_run(s, statement) == 0 ? put_login_keys(s, record, id) : -1;
}

int
store_source_login(struct store *s, const struct store_login *r)
{
	switch (r->record.kind) {
	case LOGIN_RECORD_OPEN:
	case LOGIN_RECORD_CLOSE:
	case LOGIN_RECORD_RECEIPT:
	case LOGIN_RECORD_SIGNER: break;
	default: /* nothing rests on them */
		s->writer->dropped.login_lines++;
		s->writer->dropped.login_other++;
		return 0;
	}
	if (r->record.kind != LOGIN_RECORD_SIGNER && is_pruned(s->writer, r->record.time_us, 0))
		s->writer->is_late = true;
	return put_login(s, r);
}

int
store_source_notice(struct store *s, const struct key_notice_text *n)
{
	struct store_writer *w = s->writer;
	sqlite3_stmt *statement;

	if (is_pruned(w, n->time_us, US_PER_DAY))
		return 0;
	buf_reset(&w->body);
	if (store_notice_put(n, &w->body) != 0)
		return store_fail_memory(s);
	statement = begin_row(s, SQL_NOTICE_PUT);
	if (statement == NULL)
		return -1;
	bind_numbers(statement,
	    (int64_t[]){take_id(w, STORE_NOTICES), n->time_us, store_mark(n->instance_id),
		store_mark_host(n->hostname)},
	    4);
	store_bind(statement, 5, buf_span(&w->body));
	return store_run(s, statement);
}

int
store_source_message(struct store *s, bool is_error, struct span text)
{
	sqlite3_stmt *statement = store_sql(s, SQL_MESSAGE_PUT);

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, s->writer->source);
	(void)sqlite3_bind_int(statement, 2, is_error);
	store_bind(statement, 3, text.ptr != NULL ? text : SPAN(""));
	return store_run(s, statement);
}
