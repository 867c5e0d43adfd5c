/* SPDX-License-Identifier: Apache-2.0 */
/* Putting sources into a store: each once, whole, and never half. */
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "correlator/store/store_mark.h"
#include "correlator/store/store_schema.h"
#include "correlator/store/store_writer.h"

/* A new store that is being written to. */
static void
shelf_begin(struct shelf *f)
{
	shelf_make(f, "s.db");
	shelf_write(f);
}

/* A source with one push. */
static void
put_push(struct store *s, const char *path, const char *who, int64_t time_us)
{
	source_begin(s, path, INPUT_EVENTS);
	add_push(s, who, time_us, 1);
	source_end(s, 1);
}

/* A store that has the source "a" with a push of ALICE's. */
static void
shelf_with_push(struct shelf *f)
{
	shelf_begin(f);
	put_push(f->s, "a", ALICE, T0);
	ok(f->s, store_write_end(f->s));
}

static void
test_a_new_store_is_one(void **state)
{
	struct shelf f;

	(void)state;
	shelf_make(&f, "new.db");
	shelf_write(&f);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "PRAGMA user_version"), STORE_VERSION);
	assert_int_equal(number_of(f.s, "PRAGMA application_id"), STORE_APPLICATION_ID);
	shelf_close(&f);
	f.s = shelf_open(&f, STORE_READ);
	ok(f.s, store_read_begin(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 0);
	ok(f.s, store_read_end(f.s));
	shelf_remove(&f);
}

/* Names that SQLite would take for something else. */
static void
test_paths(void **state)
{
	static const char *const names[] = {"a?b", "a%41#c", "file:x", ":memory:", "two words"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct shelf f;

		shelf_make(&f, names[i]);
		shelf_write(&f);
		ok(f.s, store_write_end(f.s));
		shelf_close(&f);
		assert_int_equal(access(f.path, F_OK), 0);
		f.s = shelf_open(&f, STORE_READ);
		shelf_remove(&f);
	}
}

static void
put_file(const struct shelf *f, const void *bytes, size_t len)
{
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
put_database(const struct shelf *f, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What is no store is refused in both modes, with a sentence, and left as it was. */
static void
assert_refused(const struct shelf *f, const char *why)
{
	struct stat before, after;

	assert_int_equal(stat(f->path, &before), 0);
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		char text[256];

		assert_null(shelf_try(f, (enum store_mode)mode, text));
		if (strstr(text, why) == NULL)
			fail_msg("'%s' does not say '%s'", text, why);
	}
	assert_int_equal(stat(f->path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void
test_what_is_no_store_is_refused(void **state)
{
	char zeros[8192] = {0};
	struct shelf f;

	(void)state;
	shelf_make(&f, "other");
	put_file(&f, "hello\n", 6);
	assert_refused(&f, "is no store");
	put_file(&f, zeros, sizeof(zeros));
	assert_refused(&f, "is no store");
	assert_int_equal(unlink(f.path), 0);
	put_database(&f, "CREATE TABLE t(x)");
	assert_refused(&f, "a database of something else");
	assert_int_equal(unlink(f.path), 0);
	put_database(&f, "PRAGMA application_id=0x6c747261; PRAGMA user_version=99");
	assert_refused(&f, "version 99");
	assert_int_equal(unlink(f.path), 0);
	put_database(&f, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
	assert_refused(&f, "a database of something else");
	shelf_remove(&f);
}

static void
test_reading_makes_no_store(void **state)
{
	struct shelf f;
	char text[256];

	(void)state;
	shelf_make(&f, "none");
	assert_null(shelf_try(&f, STORE_READ, text));
	assert_string_equal(text, "there is no store");
	assert_int_not_equal(access(f.path, F_OK), 0);
	put_file(&f, "", 0);
	assert_null(shelf_try(&f, STORE_READ, text));
	assert_string_equal(text, "is no store");
	/* an empty file becomes one */
	shelf_write(&f);
	shelf_close(&f);
	assert_int_equal(unlink(f.path), 0);
	assert_int_equal(mkfifo(f.path, 0600), 0);
	assert_null(shelf_try(&f, STORE_WRITE, text));
	assert_string_equal(text, "is no file");
	assert_int_equal(unlink(f.path), 0);
	assert_int_equal(mkdir(f.path, 0700), 0);
	assert_null(shelf_try(&f, STORE_READ, text));
	assert_string_equal(text, "is a directory");
	assert_int_equal(rmdir(f.path), 0);
	shelf_remove(&f);
}

static void
test_sources_are_known(void **state)
{
	enum store_known known;
	struct store_source source = file_at("a", INPUT_EVENTS);
	const struct ledger_counts counts = {.files = 1};
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	ok(f.s, store_write_knows(f.s, &source, &known));
	assert_int_equal(known, STORE_NEW);
	ok(f.s, store_source_begin(f.s, &source));
	ok(f.s, store_source_end(f.s, &counts, NULL, NULL, false));
	ok(f.s, store_write_knows(f.s, &source, &known));
	assert_int_equal(known, STORE_CHANGED); /* not as a whole */
	ok(f.s, store_source_begin(f.s, &source));
	ok(f.s, store_source_end(f.s, &counts, NULL, NULL, true));
	ok(f.s, store_write_end(f.s));
	shelf_close(&f);
	shelf_write(&f);
	ok(f.s, store_write_knows(f.s, &source, &known));
	assert_int_equal(known, STORE_SAME);
	source.changed_ns++;
	ok(f.s, store_write_knows(f.s, &source, &known));
	assert_int_equal(known, STORE_CHANGED);
	source.changed_ns--;
	source.size++;
	ok(f.s, store_write_knows(f.s, &source, &known));
	assert_int_equal(known, STORE_CHANGED);
	source.role = INPUT_LOGINS;
	ok(f.s, store_write_knows(f.s, &source, &known));
	assert_int_equal(known, STORE_NEW);
	shelf_remove(&f);
}

/* A source that is read again takes the place of what it was. */
static void
test_a_source_is_there_once(void **state)
{
	struct ledger_counts counts;
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	source_begin(f.s, "a", INPUT_EVENTS);
	add_push(f.s, ALICE, T0, 1);
	add_push(f.s, ALICE, T0 + 1, 1);
	ok(f.s, store_source_message(f.s, true, SPAN("damaged")));
	source_end(f.s, 2);
	source_begin(f.s, "b", INPUT_EVENTS);
	add_push(f.s, BOB, T0 + 2, 1);
	source_end(f.s, 10);
	for (int i = 0; i < 2; i++)
		put_push(f.s, "a", ALICE, T0 + 5);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM sources"), 2);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 2);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM messages"), 0);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers"), 2);
	assert_int_equal(number_of(f.s, "SELECT first_us FROM callers WHERE id=1"), T0 + 5);
	load_counts(f.s, &counts);
	assert_int_equal(counts.records, 11);
	assert_int_equal(counts.files, 2);
	shelf_remove(&f);
}

/* The same from a store that was opened again, and for the numbers of rows. */
static void
test_numbers_are_never_given_twice(void **state)
{
	struct shelf f;

	(void)state;
	shelf_with_push(&f);
	ok(f.s, store_exec(f.s, "DELETE FROM pushes"));
	shelf_close(&f);
	shelf_write(&f);
	put_push(f.s, "b", ALICE, T0);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT id FROM pushes"), 2);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers"), 1);
	shelf_remove(&f);
}

static void
test_what_was_not_ended_is_not_there(void **state)
{
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	source_begin(f.s, "a", INPUT_EVENTS);
	add_push(f.s, ALICE, T0, 1);
	shelf_close(&f);
	shelf_write(&f);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 0);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers"), 0);
	put_push(f.s, "a", ALICE, T0);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 1);
	shelf_remove(&f);
}

static void
test_a_source_that_does_not_end_is_dropped(void **state)
{
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	for (int i = 0; i < 3; i++) {
		source_begin(f.s, i == 1 ? "b" : "a", INPUT_EVENTS);
		add_push(f.s, ALICE, T0 + i, 1);
		ok(f.s, store_source_message(f.s, true, SPAN("damaged")));
		if (i == 1)
			source_end(f.s, 1);
	}
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM sources"), 1);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM messages"), 1);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 1);
	assert_int_equal(number_of(f.s, "SELECT first_us FROM callers"), T0 + 1);
	shelf_remove(&f);
}

/* Each identity is one row, also when there are more than the cache has room for at one place. */
static void
test_callers(void **state)
{
	static char longer[2000];
	struct shelf f;
	struct event e;

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	shelf_begin(&f);
	source_begin(f.s, "a", INPUT_EVENTS);
	for (int i = 0; i < 3; i++) {
		add_push(f.s, ALICE, T0 + 10 - i, 1);
		add_push(f.s, BOB, T0 + i, 2);
		e = push_by(ALICE, T0 + i, 1);
		e.identity.user_name = span_of(longer);
		e.from_console = i == 1;
		ok(f.s, store_source_event(f.s, &e));
	}
	source_end(f.s, 9);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers"), 3);
	assert_int_equal(number_of(f.s, "SELECT count(DISTINCT caller) FROM pushes"), 3);
	assert_int_equal(number_of(f.s, "SELECT first_us FROM callers WHERE id=1"), T0 + 8);
	assert_int_equal(number_of(f.s, "SELECT last_us FROM callers WHERE id=1"), T0 + 10);
	assert_int_equal(number_of(f.s, "SELECT console FROM callers WHERE id=1"), 0);
	assert_int_equal(number_of(f.s, "SELECT first_us FROM callers WHERE id=3"), T0);
	assert_int_equal(number_of(f.s, "SELECT last_us FROM callers WHERE id=3"), T0 + 2);
	assert_int_equal(number_of(f.s, "SELECT console FROM callers WHERE id=3"), 1);
	shelf_remove(&f);
}

static int64_t
rows_with(struct store *s, const char *table, const char *column, int64_t mark)
{
	char sql[160];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s WHERE %s=%lld", table, column,
	    (long long)mark);
	return number_of(s, sql);
}

static void
test_marks_of_rows(void **state)
{
	struct store_login open, close = login_at(ID(1), LOGIN_RECORD_CLOSE, T0 + 2);
	struct shelf f;
	struct event e = push_by(ALICE, T0, 1);

	(void)state;
	shelf_begin(&f);
	source_begin(f.s, "a", INPUT_EVENTS);
	e.supersedes = true;
	e.original_event_id = SPAN("e-0");
	ok(f.s, store_source_event(f.s, &e));
	source_end(f.s, 1);
	source_begin(f.s, "b", INPUT_LOGINS);
	open = login_at(ID(1), LOGIN_RECORD_OPEN, T0 + 1);
	for (int i = 0; i < 3; i++)
		open.record.auth[i].fingerprint = i == 2 ? SPAN("SHA256:b") : SPAN("SHA256:a");
	open.record.auth_count = 3;
	ok(f.s, store_source_login(f.s, &open));
	ok(f.s, store_source_login(f.s, &close));
	source_end(f.s, 0);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(
	    rows_with(f.s, "pushes", "instance", store_mark(SPAN("i-0123456789abcdef0"))), 1);
	assert_int_equal(rows_with(f.s, "pushes", "replaces", store_mark(SPAN("e-0"))), 1);
	assert_int_equal(rows_with(f.s, "pushes", "request", store_mark(SPAN("r-1"))), 1);
	assert_int_equal(
	    rows_with(f.s, "pushes", "address", store_mark_address(SPAN("203.0.113.9"))), 1);
	assert_int_equal(rows_with(f.s, "logins", "key", store_mark(SPAN("SHA256:a"))), 1);
	assert_int_equal(rows_with(f.s, "login_keys", "key", store_mark(SPAN("SHA256:b"))), 1);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM login_keys"), 1);
	assert_int_equal(number_of(f.s, "SELECT id>>5 FROM login_keys"), 1);
	/* the close is where its open was */
	assert_int_equal(rows_with(f.s, "logins", "host", store_mark_host(SPAN("web-1"))), 2);
	assert_int_equal(rows_with(f.s, "logins", "session", store_mark_session(SPAN(ID(1)))), 2);
	assert_int_equal(
	    rows_with(f.s, "caller_mentions", "mark", store_mark_lower(SPAN("ADMIN/alice"))), 1);
	shelf_remove(&f);
}

/* Identities that were created in one hour lie side by side in their index. */
static void
test_callers_lie_by_their_hours(void **state)
{
	static const char *const created[] = {"2026-10-14T00:59:59Z", "2026-10-14T01:00:00Z",
	    "2026-10-14T00:00:00Z", "2026-10-14T01:59:59Z", "", "yesterday"};
	static const int64_t first_hour = T0 / US_PER_HOUR - (T0 / US_PER_HOUR) % 24;
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	source_begin(f.s, "/a", INPUT_EVENTS);
	for (size_t i = 0; i < sizeof(created) / sizeof(created[0]); i++) {
		struct event e = push_by(ALICE, T0, 1);

		e.identity.creation_date = span_of(created[i]);
		ok(f.s, store_source_event(f.s, &e));
		ok(f.s, store_source_event(f.s, &e));
	}
	source_end(f.s, 0);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers"), 6);
	assert_int_equal(number_of(f.s, "SELECT count(DISTINCT mark) FROM callers"), 6);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers WHERE mark>>39=0"), 2);
	assert_int_equal(rows_with(f.s, "callers", "mark>>39", first_hour), 2);
	assert_int_equal(rows_with(f.s, "callers", "mark>>39", first_hour + 1), 2);
	shelf_remove(&f);
}

static void
test_issues(void **state)
{
	struct event e = push_by(ALICE, T0, 0);
	struct issue_keys keys;
	struct shelf f;

	(void)state;
	e.kind = EVENT_ISSUE;
	e.issue = ISSUE_ASSUME_ROLE;
	e.has_fingerprint = false;
	e.issued_key_id = SPAN("ASIAEXAMPLE2");
	e.issued_principal_id = SPAN("AROAOTHER:alice");
	assert_true(issue_keys_of_event(&e, &keys));
	shelf_begin(&f);
	source_begin(f.s, "a", INPUT_EVENTS);
	ok(f.s, store_source_issue(f.s, &e, &keys));
	e.identity.access_key_id = SPAN("ASIAEXAMPLE2");
	ok(f.s, store_source_event(f.s, &e));
	source_end(f.s, 2);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM issue_keys"), keys.count);
	/* what the second caller asks for is what the event can be found by */
	assert_int_equal(number_of(f.s,
			     "SELECT caller_keys.id>>5 FROM caller_keys"
			     " JOIN issue_keys USING (key)"),
	    2);
	assert_int_equal(
	    rows_with(f.s, "issue_mentions", "mark", store_mark_lower(SPAN("ASIAEXAMPLE2"))), 1);
	/* of the first caller no push is known */
	assert_int_equal(number_of(f.s, "SELECT first_us>last_us FROM callers WHERE id=1"), 1);
	assert_int_equal(number_of(f.s, "SELECT first_us>last_us FROM callers WHERE id=2"), 0);
	/* gone again with its source */
	ok(f.s, store_write_begin(f.s));
	source_begin(f.s, "a", INPUT_EVENTS);
	source_end(f.s, 0);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM issue_keys"), 0);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM issue_mentions"), 0);
	shelf_remove(&f);
}

/* More texts than have a mark each: the row is a candidate for whatever is asked. */
static void
test_many_mentions(void **state)
{
	char arn[512] = "arn:aws:sts::111122223333:assumed-role/Admin";
	struct shelf f;

	(void)state;
	for (char c = 'a'; c <= 'z'; c++) {
		size_t len = strlen(arn);

		(void)snprintf(arn + len, sizeof(arn) - len, "/%c", c);
	}
	shelf_begin(&f);
	source_begin(f.s, "a", INPUT_EVENTS);
	add_push(f.s, arn, T0, 1);
	add_push(f.s, ALICE, T0, 1);
	source_end(f.s, 2);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM caller_mentions WHERE id>>5=1"), 32);
	assert_int_equal(number_of(f.s,
			     "SELECT group_concat(id>>5) FROM caller_mentions"
			     " WHERE mark=0"),
	    1);
	shelf_remove(&f);
}

static void
test_about(void **state)
{
	struct store_about about;
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	for (int i = 0; i < 2; i++) {
		ok(f.s, store_write_input(f.s, INPUT_LOGINS, "b"));
		ok(f.s, store_write_input(f.s, INPUT_EVENTS, "s3 like/a"));
	}
	source_begin(f.s, "a", INPUT_EVENTS);
	for (int i = 0; i < 2 * STORE_MESSAGES_MAX; i++)
		ok(f.s, store_source_message(f.s, i % 4 == 0, SPAN("cut short")));
	source_end(f.s, 0);
	ok(f.s, store_write_end(f.s));
	shelf_close(&f);
	f.s = shelf_open(&f, STORE_READ);
	ok(f.s, store_read_begin(f.s));
	ok(f.s, store_about(f.s, &about));
	ok(f.s, store_read_end(f.s));
	assert_int_equal(about.input_count, 2);
	assert_int_equal(about.inputs[0].role, INPUT_LOGINS);
	assert_string_equal(about.inputs[1].uri, "s3 like/a");
	assert_int_equal(about.errors, STORE_MESSAGES_MAX / 2);
	assert_int_equal(about.warnings, STORE_MESSAGES_MAX + STORE_MESSAGES_MAX / 2);
	assert_int_equal(about.message_count, STORE_MESSAGES_MAX);
	assert_string_equal(about.messages[0].subject, "a");
	assert_string_equal(about.messages[0].text, "cut short");
	assert_true(about.messages[0].is_error && !about.messages[1].is_error);
	assert_int_equal(about.pruned_us, LOGIN_TIME_UNKNOWN);
	store_about_clear(&about);
	shelf_remove(&f);
}

struct seen {
	char text[256];
};

static int
note_text(void *ctx, enum input_role role, struct span path, int64_t changed_us, struct span text)
{
	struct seen *seen = ctx;
	size_t len = strlen(seen->text);

	(void)snprintf(seen->text + len, sizeof(seen->text) - len, "%d:%.*s:%lld:%.*s ", (int)role,
	    (int)path.len, path.ptr, (long long)changed_us, (int)text.len, text.ptr);
	return 0;
}

static void
add_text(struct store *s, const char *path, int64_t set, const char *text)
{
	source_begin(s, path, INPUT_LOGINS);
	ok(s, store_source_text(s, set, 7, span_of(text)));
	source_end(s, 0);
}

static void
derive(struct store *s, const char *options, const char *texts)
{
	struct seen seen = {.text = ""};
	struct ledger_counts counts = {.syslog_logins = 1};
	struct span got;
	bool found;
	int64_t set;

	ok(s, store_set_changed(s, &set, &got, &found));
	assert_true(found);
	assert_true(span_is(got, options));
	ok(s, store_set_begin(s, set));
	ok(s, store_set_texts(s, set, note_text, &seen));
	assert_string_equal(seen.text, texts);
	add_login(s, ID(1), LOGIN_RECORD_OPEN, T0);
	ok(s, store_set_end(s, &counts));
}

static void
assert_nothing_changed(struct store *s)
{
	struct span options;
	bool found;
	int64_t set;

	ok(s, store_set_changed(s, &set, &options, &found));
	assert_false(found);
}

static void
test_sets(void **state)
{
	struct ledger_counts counts;
	int64_t set, again, other;
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	ok(f.s, store_set(f.s, SPAN("zone UTC"), &set));
	ok(f.s, store_set(f.s, SPAN("zone UTC"), &again));
	ok(f.s, store_set(f.s, SPAN(""), &other));
	assert_int_equal(set, again);
	assert_int_not_equal(set, other);
	assert_nothing_changed(f.s);
	add_text(f.s, "b.log", set, "second");
	add_text(f.s, "a.log", set, "");
	derive(f.s, "zone UTC", "0:a.log:7: 0:b.log:7:second ");
	assert_nothing_changed(f.s);
	ok(f.s, store_write_end(f.s));
	shelf_close(&f);
	shelf_write(&f);
	assert_nothing_changed(f.s);
	/* one of its files changes: the logins that were derived go when they are derived anew */
	add_text(f.s, "a.log", set, "first");
	derive(f.s, "zone UTC", "0:a.log:7:first 0:b.log:7:second ");
	/* one is no log of sshd any more */
	source_begin(f.s, "b.log", INPUT_LOGINS);
	source_end(f.s, 0);
	derive(f.s, "zone UTC", "0:a.log:7:first ");
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM logins"), 1);
	load_counts(f.s, &counts);
	assert_int_equal(counts.syslog_logins, 1);
	assert_int_equal(counts.files, 2);
	shelf_remove(&f);
}

/* A text that is not what it is said to be. */
static void
test_damaged_text(void **state)
{
	static const char *const damage[] = {"UPDATE texts SET deflated=x'00ff'",
	    "UPDATE texts SET size=size+1", "UPDATE texts SET size=-1",
	    "UPDATE texts SET size=1000000000000"};

	(void)state;
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		struct seen seen = {.text = ""};
		struct shelf f;
		int64_t set;

		shelf_begin(&f);
		ok(f.s, store_set(f.s, SPAN(""), &set));
		add_text(f.s, "a.log", set, "text");
		ok(f.s, store_exec(f.s, damage[i]));
		assert_int_equal(store_set_texts(f.s, set, note_text, &seen), -1);
		assert_string_equal(store_error(f.s), "the store is damaged");
		shelf_remove(&f);
	}
}

/* While one writes, another reads what was committed, and sees one state all along. */
static void
test_reading_beside_writing(void **state)
{
	struct store *reader;
	struct shelf f;

	(void)state;
	shelf_with_push(&f);
	reader = shelf_open(&f, STORE_READ);
	ok(reader, store_read_begin(reader));
	ok(f.s, store_write_begin(f.s));
	put_push(f.s, "b", ALICE, T0);
	assert_int_equal(number_of(reader, "SELECT count(*) FROM pushes"), 1);
	ok(f.s, store_write_end(f.s));
	assert_int_equal(number_of(reader, "SELECT count(*) FROM pushes"), 1);
	ok(reader, store_read_end(reader));
	assert_int_equal(number_of(reader, "SELECT count(*) FROM pushes"), 2);
	assert_int_equal(store_exec(reader, "DELETE FROM pushes"), -1);
	store_close(reader);
	shelf_remove(&f);
}

/* The same while a new store is filled, which is done without a log. */
static void
test_reading_while_it_is_filled(void **state)
{
	struct store *reader;
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	assert_false(f.s->has_log);
	put_push(f.s, "a", ALICE, T0);
	reader = shelf_open(&f, STORE_READ);
	assert_int_equal(number_of(reader, "SELECT count(*) FROM pushes"), 0);
	ok(f.s, store_batch_commit(f.s));
	assert_int_equal(number_of(reader, "SELECT count(*) FROM pushes"), 1);
	ok(f.s, store_batch_begin(f.s));
	/* a reader in the middle of its view keeps the log away, and nothing else */
	ok(reader, store_read_begin(reader));
	assert_int_equal(number_of(reader, "SELECT count(*) FROM pushes"), 1);
	assert_int_equal(sqlite3_busy_timeout(f.s->db, 10), SQLITE_OK);
	put_push(f.s, "b", BOB, T0);
	assert_int_equal(store_write_end(f.s), -1);
	ok(reader, store_read_end(reader));
	ok(f.s, store_write_end(f.s));
	assert_true(f.s->has_log);
	assert_int_equal(number_of(reader, "SELECT count(*) FROM pushes"), 2);
	store_close(reader);
	shelf_remove(&f);
}

/* A disk that is full: nothing of the batch is there, and all that was before. */
static void
test_no_space(void **state)
{
	const struct ledger_counts counts = {.files = 1};
	struct shelf f;
	int r = 0;

	(void)state;
	shelf_with_push(&f);
	ok(f.s, store_write_begin(f.s));
	ok(f.s, store_exec(f.s, "PRAGMA max_page_count=60"));
	source_begin(f.s, "b", INPUT_EVENTS);
	for (int i = 0; i < 100000 && r == 0; i++) {
		struct event e = push_by(BOB, T0 + i, 1);

		r = store_source_event(f.s, &e);
	}
	assert_int_equal(r, -1);
	assert_string_equal(store_error(f.s), "no space is left for it");
	/* nothing goes on as if it had not been */
	assert_int_equal(store_source_end(f.s, &counts, NULL, NULL, true), -1);
	assert_int_equal(store_write_end(f.s), -1);
	assert_string_equal(store_error(f.s), "no space is left for it");
	shelf_close(&f);
	shelf_write(&f);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 1);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers"), 1);
	shelf_remove(&f);
}

/* Killed in the middle of a batch that is partly in the log already. */
static void
test_killed(void **state)
{
	struct shelf f;
	pid_t child;
	int status;

	(void)state;
	shelf_make(&f, "s.db");
	child = fork();
	if (child == 0) {
		shelf_write(&f);
		for (int i = 0; i < 3; i++) {
			put_push(f.s, i == 0 ? "a" : i == 1 ? "b" : "c", ALICE, T0);
			if (i == 1)
				ok(f.s, store_write_end(f.s));
			if (i == 1)
				ok(f.s, store_write_begin(f.s));
		}
		(void)sqlite3_db_cacheflush(f.s->db);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	shelf_write(&f);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM sources"), 2);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 2);
	shelf_remove(&f);
}

/* Where nothing can be made beside the file it is read as it lies there. */
static void
test_read_only_place(void **state)
{
	struct shelf f;
	char text[256];
	pid_t child;
	int status;

	(void)state;
	shelf_make(&f, "s?%41.db");
	shelf_write(&f);
	ok(f.s, store_write_end(f.s));
	shelf_close(&f);
	assert_int_equal(chmod(f.path, 0444), 0);
	assert_int_equal(chmod(f.dir, 0555), 0);
	child = fork();
	if (child == 0) {
		struct store *s;
		int64_t n = -1;

		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(2);
		s = shelf_try(&f, STORE_READ, text);
		if (s == NULL || s->way != STORE_STILL || store_read_begin(s) != 0 ||
		    store_number(s, "SELECT count(*) FROM pushes", -1, &n) != 0 ||
		    store_read_end(s) != 0)
			_exit(3);
		store_close(s);
		if (shelf_try(&f, STORE_WRITE, text) != NULL)
			_exit(4);
		_exit(n == 0 && strcmp(text, "cannot be written to") == 0 ? 0 : 5);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(f.dir, 0755), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	shelf_remove(&f);
}

/* Opened by a user who can make nothing beside it. */
static void
shelf_open_still(struct shelf *f)
{
	bool is_root = geteuid() == 0;
	char text[256];

	assert_int_equal(chmod(f->path, 0444), 0);
	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(is_root ? seteuid(65534) : 0, 0);
	f->s = shelf_try(f, STORE_READ, text);
	assert_int_equal(is_root ? seteuid(0) : 0, 0);
	assert_int_equal(chmod(f->dir, 0755), 0);
	assert_string_equal(text, "");
	assert_int_equal(f->s->way, STORE_STILL);
}

/* There are no locks then: what was read may not belong together. */
static void
test_writing_beside_reading_without_locks(void **state)
{
	const struct timespec times[2] = {{.tv_sec = T0 / US_PER_SECOND}, {.tv_sec = 1}};
	struct shelf f;

	(void)state;
	for (int written = 0; written < 2; written++) {
		shelf_with_push(&f);
		shelf_close(&f);
		shelf_open_still(&f);
		ok(f.s, store_read_begin(f.s));
		assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 1);
		if (written)
			assert_int_equal(utimensat(AT_FDCWD, f.path, times, 0), 0);
		assert_int_equal(store_read_end(f.s), written ? -1 : 0);
		if (written)
			assert_string_equal(store_error(f.s), "was written to while it was read");
		shelf_remove(&f);
	}
}

/* Two make the same store at once: it is made once. */
static void
test_made_by_two(void **state)
{
	struct shelf f;
	pid_t children[4];

	(void)state;
	shelf_make(&f, "s.db");
	for (size_t i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			char text[256], name[16];
			const struct ledger_counts counts = {.files = 1};
			struct store *s = shelf_try(&f, STORE_WRITE, text);
			struct store_source source;

			(void)snprintf(name, sizeof(name), "%zu", i);
			source = file_at(name, INPUT_EVENTS);
			_exit(s != NULL && store_write_begin(s) == 0 &&
				    store_source_begin(s, &source) == 0 &&
				    store_source_end(s, &counts, NULL, NULL, true) == 0 &&
				    store_write_end(s) == 0
				? 0
				: 1);
		}
	}
	for (size_t i = 0; i < 4; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	f.s = shelf_open(&f, STORE_READ);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM sources"), 4);
	shelf_remove(&f);
}

/* What another process commits between two batches is not written over. */
static void
test_two_writers_take_turns(void **state)
{
	struct ledger_counts counts;
	struct store *other;
	struct shelf f;

	(void)state;
	shelf_with_push(&f);
	other = shelf_open(&f, STORE_WRITE);
	ok(other, store_write_begin(other));
	put_push(other, "b", BOB, T0);
	ok(other, store_write_end(other));
	ok(f.s, store_write_begin(f.s));
	put_push(f.s, "c", BOB, T0);
	ok(f.s, store_write_end(f.s));
	store_close(other);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM sources"), 3);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM pushes"), 3);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM callers"), 2);
	load_counts(f.s, &counts);
	assert_int_equal(counts.records, 3);
	shelf_remove(&f);
}

/* Who holds the lock is waited for, and then named. */
static void
test_locked(void **state)
{
	struct store *other;
	struct shelf f;

	(void)state;
	shelf_begin(&f);
	other = shelf_open(&f, STORE_WRITE);
	assert_int_equal(sqlite3_busy_timeout(other->db, 20), SQLITE_OK);
	assert_int_equal(store_write_begin(other), -1);
	assert_string_equal(store_error(other), "another process has been writing to it for 30 s");
	ok(f.s, store_write_end(f.s));
	ok(other, store_write_begin(other));
	store_close(other);
	shelf_remove(&f);
}

/* A store whose numbers or totals are damaged. */
static void
test_damaged_totals(void **state)
{
	static const char *const damage[] = {
	    "UPDATE totals SET value=x'ff' WHERE name='counts'",
	    "UPDATE totals SET value=x'ff' WHERE name='coverage'",
	    "UPDATE totals SET value=x'00' WHERE name='numbers'",
	    "UPDATE totals SET value=x'0102020202020200' WHERE name='numbers'",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		struct shelf f;

		shelf_begin(&f);
		ok(f.s, store_write_end(f.s));
		ok(f.s, store_exec(f.s, damage[i]));
		assert_int_equal(store_write_begin(f.s), -1);
		assert_string_equal(store_error(f.s), "the store is damaged");
		shelf_remove(&f);
	}
}

/* A source whose rows are said to be where they cannot be. */
static void
test_damaged_ranges(void **state)
{
	struct shelf f;
	struct store_source source = file_at("a", INPUT_EVENTS);

	(void)state;
	shelf_with_push(&f);
	ok(f.s, store_exec(f.s, "UPDATE sources SET push_first=-9223372036854775807"));
	ok(f.s, store_write_begin(f.s));
	assert_int_equal(store_source_begin(f.s, &source), -1);
	assert_string_equal(store_error(f.s), "the store is damaged");
	shelf_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_new_store_is_one),
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_what_is_no_store_is_refused),
	    cmocka_unit_test(test_reading_makes_no_store),
	    cmocka_unit_test(test_sources_are_known),
	    cmocka_unit_test(test_a_source_is_there_once),
	    cmocka_unit_test(test_numbers_are_never_given_twice),
	    cmocka_unit_test(test_what_was_not_ended_is_not_there),
	    cmocka_unit_test(test_a_source_that_does_not_end_is_dropped),
	    cmocka_unit_test(test_callers),
	    cmocka_unit_test(test_marks_of_rows),
	    cmocka_unit_test(test_issues),
	    cmocka_unit_test(test_callers_lie_by_their_hours),
	    cmocka_unit_test(test_many_mentions),
	    cmocka_unit_test(test_about),
	    cmocka_unit_test(test_sets),
	    cmocka_unit_test(test_damaged_text),
	    cmocka_unit_test(test_reading_beside_writing),
	    cmocka_unit_test(test_reading_while_it_is_filled),
	    cmocka_unit_test(test_no_space),
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_read_only_place),
	    cmocka_unit_test(test_writing_beside_reading_without_locks),
	    cmocka_unit_test(test_made_by_two),
	    cmocka_unit_test(test_two_writers_take_turns),
	    cmocka_unit_test(test_locked),
	    cmocka_unit_test(test_damaged_totals),
	    cmocka_unit_test(test_damaged_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
