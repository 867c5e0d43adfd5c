/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a source. */
#include "common/time_text.h"
#include "correlator/people/people.h"
#include "correlator/store/store_writer.h"

/* A chain of all its steps: credentials live for 36 hours at most. */
#define CHAIN_US ((CHAIN_HOPS_MAX + 1) * 36 * US_PER_HOUR)

int64_t
store_floor_evidence(const struct store_writer *w)
{
	return w->floor_us != LOGIN_TIME_UNKNOWN ? w->floor_us - STORE_EVIDENCE_US : INT64_MIN;
}

int64_t
store_floor_issues(const struct store_writer *w)
{
	return w->floor_us != LOGIN_TIME_UNKNOWN ? store_floor_evidence(w) - CHAIN_US : INT64_MIN;
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

int
store_marks_put(
    struct store *s, enum store_statement number, int64_t row, const struct store_marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		if (put_pair(s, number, row * STORE_SUBROWS + (int64_t)i, marks->marks[i]) != 0)
			return -1;
	return 0;
}

/* Keys of the steps behind the first, which is a column of the row. */
static int
put_later_keys(struct store *s, const struct store_row_parts *p, int64_t id)
{
	for (size_t i = 1; i < p->keys.count; i++) {
		sqlite3_stmt *statement = store_sql(s, SQL_LOGIN_KEY_PUT);

		if (statement == NULL)
			return -1;
		(void)sqlite3_bind_int64(statement, 1, id * STORE_SUBROWS + (int64_t)i);
		(void)sqlite3_bind_int64(statement, 2, p->keys.marks[i]);
		(void)sqlite3_bind_int64(statement, 3, p->row.time_us);
		if (store_run(s, statement) != 0)
			return -1;
	}
	return 0;
}

/* A close that does not say where it was is where its open was. */
static void
find_place(struct store_writer *w, int64_t *columns)
{
	int64_t *const instance = &columns[STORE_LOGIN_INSTANCE],
		       *const host = &columns[STORE_LOGIN_HOST];
	struct store_open *slot =
	    &w->opens[(uint64_t)columns[STORE_LOGIN_SESSION] & (STORE_OPENS - 1)];

	if (columns[STORE_LOGIN_KIND] == LOGIN_RECORD_OPEN) {
		*slot = (struct store_open){columns[STORE_LOGIN_SESSION], *instance, *host};
		w->opens_used = true;
	} else if (columns[STORE_LOGIN_KIND] == LOGIN_RECORD_CLOSE &&
	    slot->session == columns[STORE_LOGIN_SESSION]) {
		*instance = *instance != 0 ? *instance : slot->instance;
		*host = *host != 0 ? *host : slot->host;
	}
}

static bool
lies_before(const struct store_writer *w, int64_t time_us, int64_t floor_us)
{
	return w->floor_us != LOGIN_TIME_UNKNOWN && time_us < floor_us;
}

/* Whether the row is kept out: pruned, or of a kind on which nothing rests. Counts it then. */
static bool
is_kept_out(struct store_writer *w, const struct store_row *row)
{
	switch ((enum store_table)row->table) {
	case STORE_PUSHES:
		/* without what corrects it a record would be believed again */
		if (row->numbers[STORE_PUSH_REPLACES] != 0 ||
		    !lies_before(w, row->time_us, store_floor_evidence(w)))
			return false;
		w->dropped.pruned++;
		return true;
	case STORE_ISSUES:
		return row->numbers[STORE_ISSUE_REPLACES] == 0 &&
		    lies_before(w, row->time_us, store_floor_issues(w));
	case STORE_NOTICES: return lies_before(w, row->time_us, store_floor_evidence(w));
	default: break;
	}
	if (row->numbers[STORE_LOGIN_KIND] > LOGIN_RECORD_SIGNER) {
		w->dropped.login_lines++;
		w->dropped.login_other++;
		return true;
	}
	if (row->numbers[STORE_LOGIN_KIND] != LOGIN_RECORD_SIGNER &&
	    lies_before(w, row->time_us, store_floor_evidence(w)))
		w->is_late = true;
	return false;
}

_Static_assert(LOGIN_RECORD_SIGNER == 3 && LOGIN_RECORD_RECEIPT < 3 && LOGIN_RECORD_CLOSE < 3,
    "the kinds behind it are not kept");

static const struct table_form {
	enum store_statement put;
	int columns;
	bool has_caller;
} forms[STORE_TABLES] = {
    [STORE_LOGINS] = {SQL_LOGIN_PUT, STORE_LOGIN_COLUMNS, false},
    [STORE_PUSHES] = {SQL_PUSH_PUT, 6, true},
    [STORE_ISSUES] = {SQL_ISSUE_PUT, 2, true},
    [STORE_NOTICES] = {SQL_NOTICE_PUT, 2, false},
};

/* In the order of the statements: number, time, columns, the caller and of a push the console. */
static int
put_row(struct store *s, const struct store_row_parts *p, int64_t id, int64_t caller)
{
	const struct table_form *form = &forms[p->row.table];
	sqlite3_stmt *statement = store_sql(s, form->put);
	int at = 1;

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, at++, id);
	(void)sqlite3_bind_int64(statement, at++, p->row.time_us);
	for (int i = 0; i < form->columns; i++)
		(void)sqlite3_bind_int64(statement, at++, p->row.numbers[i]);
	if (form->has_caller)
		(void)sqlite3_bind_int64(statement, at++, caller);
	if (p->row.table == STORE_PUSHES)
		(void)sqlite3_bind_int(statement, at++, p->row.console);
	store_bind(statement, at, p->body);
	store_batch_add(s, p->body.len);
	return store_run(s, statement);
}

static int
put_about(struct store *s, const struct store_row_parts *p, int64_t id)
{
	switch ((enum store_table)p->row.table) {
	case STORE_LOGINS: return put_later_keys(s, p, id);
	case STORE_ISSUES:
		return store_marks_put(s, SQL_ISSUE_KEY_PUT, id, &p->keys) == 0
		    ? store_marks_put(s, SQL_ISSUE_MENTION_PUT, id, &p->marks)
		    : -1;
	default: return 0;
	}
}

int
store_source_row(struct store *s, struct span packed)
{
	struct store_writer *w = s->writer;
	struct store_row_parts p;
	int64_t id, caller = 0;

	store_row_take(&packed, &p);
	if (is_kept_out(w, &p.row))
		return 0;
	if (forms[p.row.table].has_caller && store_caller(s, &p, &caller) != 0)
		return -1;
	if (p.row.table == STORE_LOGINS)
		find_place(w, p.row.numbers);
	id = w->next[p.row.table]++;
	w->rows[p.row.table].count++;
	return put_row(s, &p, id, caller) == 0 ? put_about(s, &p, id) : -1;
}

/* made: 0 when the row was, into w->body. */
static int
put_made(struct store *s, int made)
{
	return made == 0 ? store_source_row(s, buf_span(&s->writer->body)) : store_fail_memory(s);
}

static struct buf *
clean_body(struct store *s)
{
	buf_reset(&s->writer->body);
	return &s->writer->body;
}

int
store_source_event(struct store *s, const struct event *e)
{
	return put_made(s, store_row_event(e, clean_body(s)));
}

int
store_source_issue(struct store *s, const struct event *e, const struct issue_keys *keys)
{
	return put_made(s, store_row_issue(e, keys, clean_body(s)));
}

int
store_source_login(struct store *s, const struct store_login *r)
{
	return put_made(s, store_row_login(r, clean_body(s)));
}

int
store_source_notice(struct store *s, const struct key_notice_text *n)
{
	return put_made(s, store_row_notice(n, clean_body(s)));
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
