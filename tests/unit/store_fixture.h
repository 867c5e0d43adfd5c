/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a directory of its own, and sources for it. Include first. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/store/store_private.h"
#include "correlator/store/store_write.h"

#define ALICE "arn:aws:sts::111122223333:assumed-role/Admin/alice"
#define BOB   "arn:aws:sts::111122223333:assumed-role/Admin/bob"
#define ID(n) "0000000" #n "11112222333344445555666f"

#define T0 INT64_C(1792000000000000) /* 2026-10-14 */

struct shelf {
	char dir[64];
	char path[128];
	struct store *s;
};

static inline struct store *
shelf_try(const struct shelf *f, enum store_mode mode, char text[static 256])
{
	struct buf error;
	struct store *s;

	buf_init(&error, 4096);
	s = store_open(f->path, mode, &error);
	(void)snprintf(text, 256, "%s", s == NULL ? buf_cstr(&error) : "");
	buf_clear(&error);
	return s;
}

static inline struct store *
shelf_open(const struct shelf *f, enum store_mode mode)
{
	char text[256];
	struct store *s = shelf_try(f, mode, text);

	if (s == NULL)
		fail_msg("%s", text);
	return s;
}

static inline void
shelf_make(struct shelf *f, const char *name)
{
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/logintrail-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof(f->path), "%s/%s", f->dir, name);
	f->s = NULL;
}

static inline void
shelf_write(struct shelf *f)
{
	f->s = shelf_open(f, STORE_WRITE);
	assert_int_equal(store_write_begin(f->s), 0);
}

static inline void
shelf_close(struct shelf *f)
{
	store_close(f->s);
	f->s = NULL;
}

static inline void
shelf_remove(struct shelf *f)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char path[160];

	shelf_close(f);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", f->path, ends[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(f->dir), 0); /* nothing else is left there */
}

static inline void
ok(struct store *s, int r)
{
	if (r != 0)
		fail_msg("%s", store_error(s));
}

static inline int64_t
number_of(struct store *s, const char *sql)
{
	int64_t n;

	ok(s, store_number(s, sql, -1, &n));
	return n;
}

static inline struct store_source
file_at(const char *path, enum input_role role)
{
	return (struct store_source){
	    .role = role,
	    .path = span_of(path),
	    .place = span_of(path),
	    .size = 100,
	    .changed_ns = 1,
	};
}

static inline void
source_begin(struct store *s, const char *path, enum input_role role)
{
	struct store_source source = file_at(path, role);

	ok(s, store_source_begin(s, &source));
}

/* A file with so many records. */
static inline void
source_end(struct store *s, uint64_t records)
{
	const struct ledger_counts counts = {.files = 1, .records = records};

	ok(s, store_source_end(s, &counts, NULL, NULL, true));
}

/* A push by a session of that name; the key's bytes are all `key`. */
static inline struct event
push_by(const char *session_arn, int64_t time_us, uint8_t key)
{
	struct event e = {
	    .kind = EVENT_KEY_PUSH,
	    .time_us = time_us,
	    .event_id = SPAN("e-1"),
	    .request_id = SPAN("r-1"),
	    .account_id = SPAN("111122223333"),
	    .region = SPAN("us-east-1"),
	    .source_ip = SPAN("203.0.113.9"),
	    .instance_id = SPAN("i-0123456789abcdef0"),
	    .has_fingerprint = true,
	    .identity =
		{
		    .type = SPAN("AssumedRole"),
		    .principal_id = SPAN("AROAEXAMPLE:alice"),
		    .arn = span_of(session_arn),
		    .access_key_id = SPAN("ASIAIOSFODNN7EXAMPLE"),
		    .creation_date = SPAN("2026-10-14T00:00:00Z"),
		},
	};

	memset(e.fingerprint, key, sizeof(e.fingerprint));
	return e;
}

static inline struct store_login
login_at(const char *session, enum login_record_kind kind, int64_t time_us)
{
	struct store_login l = {.source = LOGIN_SOURCE_PAM};

	login_record_init(&l.record, kind);
	l.record.id = span_of(session);
	l.record.time_us = time_us;
	if (kind != LOGIN_RECORD_OPEN)
		return l;
	l.record.host.instance_id = SPAN("i-0123456789abcdef0");
	l.record.host.hostname = SPAN("web-1.example.com");
	l.record.remote_host = SPAN("198.51.100.7");
	return l;
}

static inline void
add_push(struct store *s, const char *who, int64_t time_us, uint8_t key)
{
	struct event e = push_by(who, time_us, key);

	ok(s, store_source_event(s, &e));
}

static inline void
add_login(struct store *s, const char *session, enum login_record_kind kind, int64_t time_us)
{
	struct store_login l = login_at(session, kind, time_us);

	ok(s, store_source_login(s, &l));
}

static inline void
load_counts(struct store *s, struct ledger_counts *c)
{
	sqlite3_stmt *statement = NULL;

	assert_non_null(
	    store_prepared(s, &statement, "SELECT value FROM totals WHERE name='counts'"));
	assert_int_equal(store_step(s, statement), 1);
	assert_int_equal(store_counts_get(store_column(statement, 0), c), 0);
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
}

#endif
