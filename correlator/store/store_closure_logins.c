/* SPDX-License-Identifier: Apache-2.0 */
/* What a login rests on. */
#include "common/base64.h"
#include "common/text_hash.h"
#include "common/time_text.h"
#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"
#include "pam_module/receipt_entry.h"

/* As ledger_merge.c and match_notice.c have it, and a second for what stamps lack. */
#define MERGE_APART_US   (131 * US_PER_SECOND)
#define NOTICE_BEFORE_US (131 * US_PER_SECOND)
#define NOTICE_BEHIND_US (3 * US_PER_SECOND)
/* As match.c has it: a host's word on its own clock. */
#define CLOCK_ERROR_MAX_US (US_PER_HOUR)
/* As receipt_check.c tries, and one more of each. */
#define SIGNERS_BEFORE 9
#define SIGNERS_BEHIND 5
/* So many lines of a signer are looked at for these. */
#define SIGNER_LINES_MAX 2000
/* Lines of one signer are looked for once for all receipts of such a time. */
#define SIGNER_TIME_US (US_PER_HOUR)

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
	return max_of(skew_us, c->match->skew_us) + (grouped ? MERGE_APART_US : 0);
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
closure_window_of_push(
    const struct closure *c, int64_t time_us, int64_t *from_us, int64_t *to_us)
{
	const struct match_options *o = c->match;
	int64_t skew_us = max_of(CLOCK_ERROR_MAX_US, o->skew_us) + MERGE_APART_US;

	*from_us = time_us - skew_us;
	*to_us = time_us + MATCH_VALIDITY_US + max_of(o->grace_us, o->login_grace_us) + skew_us;
}

static int
add_request(struct closure *c, const struct login_record *receipt)
{
	struct receipt_entry e;
	struct buf text;
	int r = 0;

	buf_init(&text, RECEIPT_ENTRY_MAX);
	if (receipt->receipt_entry.ptr != NULL && base64_decode(receipt->receipt_entry, &text) &&
	    receipt_entry_parse(buf_span(&text), &e) == RECEIPT_ENTRY_OK && e.request.len != 0)
		r = closure_add_pushes(c,
		    store_query(c->store, QUERY_PUSHES_OF_REQUEST, store_mark(e.request), 0, 0),
		    CLOSURE_PUSH_ROW);
	buf_clear(&text);
	return r;
}

static int64_t
signer_content(const struct login_record *r)
{
	uint64_t h = text_hash_add(text_hash_mix(1), r->signer.chain);

	for (size_t i = 0; i < r->signer.staple_count; i++)
		h = text_hash_add(text_hash_add(h, r->signer.staples[i].name),
		    r->signer.staples[i].response);
	return (int64_t)h;
}

/* The signer's lines nearest in time: hosts repeat them, so many different ones. */
static int
add_signer_lines(struct closure *c, sqlite3_stmt *rows, struct span sha256, size_t max)
{
	struct store_numbers contents = {0};
	struct store_login login;
	int r = -1;

	for (size_t n = 0; rows != NULL && n < SIGNER_LINES_MAX && contents.count < max; n++) {
		bool added = false;

		r = store_step(c->store, rows);
		if (r != 1)
			break;
		r = closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login);
		if (r == 0 && span_eq(login.record.signer_sha256, sha256)) {
			if (store_numbers_add(&contents, signer_content(&login.record), 0, &added) ==
			    NULL)
				r = store_fail_memory(c->store);
			else if (added)
				r = closure_add_login(c, rows, CLOSURE_LOGIN_ROW);
		}
		if (r != 0)
			break;
	}
	store_numbers_clear(&contents);
	if (rows != NULL)
		(void)sqlite3_reset(rows);
	return r < 0 ? -1 : 0;
}

static int
add_signer(struct closure *c, struct span signer, int64_t time_us)
{
	int64_t mark = store_mark(signer);
	int64_t from_us = time_us - ((time_us % SIGNER_TIME_US) + SIGNER_TIME_US) % SIGNER_TIME_US;
	int64_t to_us = from_us + SIGNER_TIME_US;
	bool added = false;

	if (signer.len == 0)
		return 0;
	if (store_numbers_add(&c->signers,
		(int64_t)text_hash_mix((uint64_t)mark ^ text_hash_mix((uint64_t)from_us)), 0,
		&added) == NULL)
		return store_fail_memory(c->store);
	if (!added)
		return 0;
	if (add_signer_lines(c, store_query(c->store, QUERY_SIGNERS_AT, mark, from_us, to_us),
		signer, SIGNER_LINES_MAX) != 0 ||
	    add_signer_lines(c, store_query(c->store, QUERY_SIGNERS_BEFORE, mark, from_us, 0),
		signer, SIGNERS_BEFORE) != 0)
		return -1;
	return add_signer_lines(c, store_query(c->store, QUERY_SIGNERS_BEHIND, mark, to_us, 0),
	    signer, SIGNERS_BEHIND);
}

static int
add_receipt(struct closure *c, const struct login_record *receipt)
{
	return add_request(c, receipt) != 0
	    ? -1
	    : add_signer(c, receipt->receipt_signer, receipt->time_us);
}

/* All records of the session: its end, its receipts, other logins that have its id. */
static int
add_session(struct closure *c, const struct closure_login *row, struct span id)
{
	sqlite3_stmt *rows = store_query(
	    c->store, QUERY_LOGINS_OF_SESSION, row->session, row->session, 0);
	struct store_login login;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (sqlite3_column_int64(rows, LOGIN_COLUMN_ID) == row->id)
			continue;
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login) != 0)
			return -1;
		if (!span_eq(login.record.id, id) || login.record.kind == LOGIN_RECORD_SIGNER)
			continue;
		if (closure_add_login(c, rows, row->level) != 0 ||
		    (login.record.kind == LOGIN_RECORD_RECEIPT &&
			add_receipt(c, &login.record) != 0))
			return -1;
	}
	return r;
}

/* Whether two records can tell of one login. */
static bool
can_be_one(const struct store_login *a, const struct store_login *b)
{
	return (a->source == LOGIN_SOURCE_SYSLOG || b->source == LOGIN_SOURCE_SYSLOG) &&
	    a->record.sshd_pid == b->record.sshd_pid &&
	    a->record.remote_port == b->record.remote_port &&
	    span_eq(a->record.os_user, b->record.os_user) &&
	    span_eq(a->record.remote_host, b->record.remote_host);
}

static int
add_group_from(struct closure *c, sqlite3_stmt *rows, const struct closure_login *row,
    const struct store_login *login, bool *grouped)
{
	struct store_login other;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		if (sqlite3_column_int64(rows, LOGIN_COLUMN_ID) == row->id)
			continue;
		if (closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &other) != 0)
			return -1;
		if (!can_be_one(login, &other))
			continue;
		*grouped = true;
		if (closure_add_login(c, rows, row->level) != 0)
			return -1;
	}
	return r;
}

/* The host's other lines of the same login; each brings those about it, so runs of them come in
 * as a whole. */
static int
add_group(struct closure *c, const struct closure_login *row, const struct store_login *login,
    bool *grouped)
{
	int64_t from_us = row->time_us - MERGE_APART_US, to_us = row->time_us + MERGE_APART_US;

	*grouped = false;
	if (!c->has_sets)
		return 0;
	if (row->instance != 0 &&
	    add_group_from(c,
		store_query(c->store, QUERY_OPENS_OF_INSTANCE, row->instance, from_us, to_us), row,
		login, grouped) != 0)
		return -1;
	return row->host == 0
	    ? 0
	    : add_group_from(c,
		  store_query(c->store, QUERY_OPENS_OF_HOST, row->host, from_us, to_us), row, login,
		  grouped);
}

static int
add_notices_from(struct closure *c, sqlite3_stmt *rows)
{
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1)
		if (closure_add_notice(c, rows) != 0)
			return -1;
	return r;
}

/* EC2 Instance Connect's own lines at the time of the login. */
static int
add_notices(struct closure *c, const struct closure_login *row)
{
	int64_t from_us = row->time_us - NOTICE_BEFORE_US, to_us = row->time_us + NOTICE_BEHIND_US;

	if (!c->has_notices)
		return 0;
	if (row->instance != 0 &&
	    add_notices_from(c,
		store_query(c->store, QUERY_NOTICES_OF_INSTANCE, row->instance, from_us, to_us)) !=
		0)
		return -1;
	return row->host == 0 ? 0
			      : add_notices_from(c,
				    store_query(c->store, QUERY_NOTICES_OF_HOST, row->host, from_us,
					to_us));
}

/* Whether an addendum replaces the push: then it is none. */
static int
is_replaced(struct closure *c, int64_t event, const struct event *e, bool *replaced)
{
	*replaced = false;
	if (!c->has_push_addenda || event == 0 ||
	    (e->supersedes && span_eq(e->event_id, e->original_event_id)))
		return 0;
	return store_query_any(c->store, QUERY_PUSHES_REPLACING, event, replaced);
}

/* One push for each account and region that pushes to the instance name: where it is, when the
 * login does not say. */
static int
add_places(struct closure *c, int64_t instance)
{
	sqlite3_stmt *rows =
	    store_query(c->store, QUERY_PUSHES_OF_INSTANCE, instance, INT64_MIN, INT64_MAX);
	struct store_numbers places = {0};
	bool added, replaced;
	struct event e;
	int r = -1;

	while (rows != NULL && (r = store_step(c->store, rows)) == 1) {
		uint64_t place = text_hash_mix(instance != 0);

		if (closure_read_event(c, store_column(rows, PUSH_COLUMN_BODY), &e) != 0 ||
		    is_replaced(c, sqlite3_column_int64(rows, PUSH_COLUMN_EVENT), &e, &replaced) !=
			0) {
			r = -1;
			break;
		}
		place = text_hash_add(text_hash_add(place, e.account_id), e.region);
		place ^= (uint64_t)(e.account_id.ptr == NULL) << 1 | (e.region.ptr == NULL);
		if (replaced)
			continue;
		if (store_numbers_add(&places, (int64_t)place, 0, &added) == NULL)
			r = store_fail_memory(c->store);
		else if (added)
			r = closure_add_push(c, rows, CLOSURE_PUSH_ROW);
		if (r < 0)
			break;
	}
	if (rows != NULL)
		(void)sqlite3_reset(rows);
	store_numbers_clear(&places);
	return r < 0 ? -1 : 0;
}

static int
add_place(struct closure *c, const struct closure_login *row, const struct login_record *r)
{
	bool added = false;

	if (row->instance == 0 || (r->host.account_id.ptr != NULL && r->host.region.ptr != NULL))
		return 0;
	if (store_numbers_add(&c->placed, row->instance, 0, &added) == NULL)
		return store_fail_memory(c->store);
	return added ? add_places(c, row->instance) : 0;
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

/* The pushes of a key that can explain the login. */
static int
add_window(struct closure *c, const struct closure_login *row, const struct login_record *r,
    int64_t key, bool grouped)
{
	int64_t from_us, to_us;
	sqlite3_stmt *rows;
	int result = -1;

	closure_window(c, r, grouped, &from_us, &to_us);
	rows = store_query(c->store, QUERY_PUSHES_OF_KEY, key, from_us, to_us);
	while (rows != NULL && (result = store_step(c->store, rows)) == 1) {
		int64_t instance = sqlite3_column_int64(rows, PUSH_COLUMN_INSTANCE);
		bool can = instance == row->instance || row->instance == 0 || grouped;

		if (can && closure_add_push(c, rows, push_level(row)) != 0)
			return -1;
	}
	return result;
}

/* All pushes of a key: why none of them explains the login. */
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

static int
add_keys(struct closure *c, const struct closure_login *row, const struct login_record *r,
    bool grouped)
{
	for (size_t i = 0; i < r->auth_count; i++) {
		int64_t key = store_mark(r->auth[i].fingerprint);

		if (key == 0)
			continue;
		if (add_window(c, row, r, key, grouped) != 0 ||
		    (row->level == CLOSURE_LOGIN_SHOWN && add_key(c, key) != 0))
			return -1;
	}
	return 0;
}

int
closure_close_login(struct closure *c, uint32_t at)
{
	const struct closure_login row = c->logins[at];
	struct store_login login;
	bool grouped;

	if (row.done >= row.level)
		return 0;
	c->logins[at].done = row.level;
	if (closure_read_login(c, row.body, &login) != 0 ||
	    add_session(c, &row, login.record.id) != 0 ||
	    add_group(c, &row, &login, &grouped) != 0 || add_notices(c, &row) != 0 ||
	    add_place(c, &row, &login.record) != 0 ||
	    add_keys(c, &row, &login.record, grouped) != 0)
		return -1;
	if (row.level < CLOSURE_LOGIN_SHOWN)
		return 0;
	if (c->tests && closure_add_tests(c, &row, &login.record, grouped) != 0)
		return -1;
	return c->reach != NULL ? closure_reach_login(c, &row, login.record.host.instance_id)
				: 0;
}
