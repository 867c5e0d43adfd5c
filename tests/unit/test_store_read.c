/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out of a store: everything, or what the answer to a question rests on. */
#include "tests/unit/store_fixture.h"

#include "correlator/people/reach.h"
#include "correlator/store/store_arena.h"
#include "correlator/store/store_numbers.h"
#include "correlator/store/store_read.h"
#include "pam_module/ssh_key.h"

#define S     US_PER_SECOND
#define INST  "i-0123456789abcdef0"
#define OTHER "i-0fedcba9876543210"
#define ALICE "arn:aws:sts::111122223333:assumed-role/Admin/alice"
#undef BOB
#define BOB "arn:aws:iam::111122223333:user/bob"

/* What is put into a store, one source after the other. */
struct desk {
	struct shelf shelf;
	struct ledger ledger;
	struct match_options match;
	bool has_set; /* as if a source were a set of sshd's logs */
	unsigned events;
	char ids[1024][16];
};

static void
desk_open(struct desk *d)
{
	*d = (struct desk){0};
	shelf_make(&d->shelf, "read.db");
	shelf_write(&d->shelf);
	source_begin(d->shelf.s, "/one", INPUT_EVENTS);
	match_options_default(&d->match);
}

static void
change_store(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Ends writing: what follows reads. CloudTrail covers all hours about T0. */
static void
desk_read(struct desk *d)
{
	const struct ledger_counts counts = {.files = 1};
	struct coverage covered;
	struct string_pool pool;

	string_pool_init(&pool);
	coverage_init(&covered);
	for (int hour = -48; hour <= 72; hour++)
		assert_int_equal(
		    coverage_add(&covered, string_pool_add(&pool, SPAN("111122223333"), NULL),
			string_pool_add(&pool, SPAN("us-east-1"), NULL), T0 + hour * US_PER_HOUR,
			false),
		    0);
	ok(d->shelf.s, store_source_end(d->shelf.s, &counts, &covered, &pool, true));
	coverage_clear(&covered);
	string_pool_clear(&pool);
	ok(d->shelf.s, store_write_end(d->shelf.s));
	shelf_close(&d->shelf);
	if (d->has_set)
		change_store(d->shelf.path, "UPDATE sources SET role=2");
	d->shelf.s = shelf_open(&d->shelf, STORE_READ);
	ok(d->shelf.s, store_read_begin(d->shelf.s));
}

static void
desk_close(struct desk *d)
{
	if (d->ledger.pool.count != 0 || d->ledger.index != NULL)
		ledger_clear(&d->ledger);
	shelf_remove(&d->shelf);
}

static struct event
push_at(struct desk *d, const char *who, const char *instance, int64_t time_us, uint8_t key)
{
	struct event e = push_by(who, time_us, key);
	char *id = d->ids[d->events++ % 1024];

	(void)snprintf(id, sizeof(d->ids[0]), "e-%u", d->events);
	e.event_id = e.request_id = span_of(id);
	e.instance_id = span_of(instance);
	e.os_user = SPAN("ec2-user");
	return e;
}

static void
push(struct desk *d, const char *who, const char *instance, int64_t time_us, uint8_t key)
{
	struct event e = push_at(d, who, instance, time_us, key);

	ok(d->shelf.s, store_source_event(d->shelf.s, &e));
}

static struct store_login
login_with(const char *session, const char *instance, int64_t time_us, uint8_t key)
{
	static char fingerprints[256][SSH_FINGERPRINT_TEXT_LEN];
	struct store_login l = login_at(session, LOGIN_RECORD_OPEN, time_us);
	uint8_t digest[SHA256_LEN];

	memset(digest, key, sizeof(digest));
	l.record.host.instance_id = span_of(instance);
	l.record.host.account_id = SPAN("111122223333");
	l.record.host.region = SPAN("us-east-1");
	l.record.os_user = SPAN("ec2-user");
	l.record.auth_count = 1;
	l.record.auth[0] = (struct login_auth){
	    .method = SPAN("publickey"),
	    .key_type = SPAN("ssh-ed25519"),
	    .fingerprint = span_of(ssh_fingerprint_text(digest, fingerprints[key])),
	};
	return l;
}

static void
login(struct desk *d, const char *session, const char *instance, int64_t time_us, uint8_t key)
{
	struct store_login l = login_with(session, instance, time_us, key);

	ok(d->shelf.s, store_source_login(d->shelf.s, &l));
}

static void
logout(struct desk *d, const char *session, int64_t time_us)
{
	struct store_login l = login_at(session, LOGIN_RECORD_CLOSE, time_us);

	ok(d->shelf.s, store_source_login(d->shelf.s, &l));
}

/* Reads what the question is about, and judges it. */
static void
ask(struct desk *d, const struct store_question *q)
{
	if (d->ledger.pool.count != 0)
		ledger_clear(&d->ledger);
	assert_int_equal(ledger_init(&d->ledger), 0);
	ok(d->shelf.s, store_read_question(d->shelf.s, &d->ledger, q, &d->match, NULL, true));
	assert_int_equal(ledger_finish(&d->ledger), 0);
	assert_int_equal(match_run(&d->ledger, &d->match), 0);
	assert_null(match_check_invariants(&d->ledger));
}

static struct store_question
question(void)
{
	return (struct store_question){.pid = -1, .audit_session = -1};
}

/* The sessions of the ledger, by their first digits, in order. */
static void
assert_sessions(const struct desk *d, const char *expect)
{
	char text[256] = "";

	for (size_t i = 0; i < d->ledger.login_count; i++) {
		size_t len = strlen(text);

		(void)snprintf(text + len, sizeof(text) - len, "%s%.3s", i != 0 ? " " : "",
		    ledger_text(&d->ledger, d->ledger.logins[i].session));
	}
	assert_string_equal(text, expect);
}

static void
test_everything(void **state)
{
	const char *const session = "aaa00000000000000000000000000001";
	struct store_login syslog;
	struct desk d;

	(void)state;
	desk_open(&d);
	push(&d, ALICE, INST, T0, 1);
	push(&d, BOB, INST, T0 + 500 * S, 2);
	login(&d, session, INST, T0 + 5 * S, 1);
	logout(&d, session, T0 + 60 * S);
	syslog = login_with("bbb00000000000000000000000000002", INST, T0 + 505 * S, 2);
	syslog.source = LOGIN_SOURCE_SYSLOG;
	ok(d.shelf.s, store_source_login(d.shelf.s, &syslog));
	desk_read(&d);
	assert_int_equal(ledger_init(&d.ledger), 0);
	ok(d.shelf.s, store_read_all(d.shelf.s, &d.ledger));
	assert_int_equal(ledger_finish(&d.ledger), 0);
	assert_int_equal(match_run(&d.ledger, &d.match), 0);
	assert_sessions(&d, "aaa bbb");
	assert_int_equal(d.ledger.push_count, 2);
	assert_true(d.ledger.logins[0].closed_us == T0 + 60 * S);
	assert_int_equal(d.ledger.logins[0].verdict, VERDICT_ATTRIBUTED);
	assert_int_equal(d.ledger.logins[1].verdict, VERDICT_ATTRIBUTED);
	assert_int_equal(d.ledger.counts.kept, 2);
	assert_int_equal(d.ledger.counts.opens, 1);
	assert_int_equal(d.ledger.counts.files, 1);
	desk_close(&d);
}

/* A host of four sessions; of two of them the ids begin alike. */
static void
open_host(struct desk *d)
{
	desk_open(d);
	login(d, "aaa00000111100000000000000000001", INST, T0, 1);
	logout(d, "aaa00000111100000000000000000001", T0 + 100 * S);
	login(d, "bbb00000000000000000000000000002", INST, T0 + 50 * S, 2);
	login(d, "ccc00000000000000000000000000003", INST, T0 + 200 * S, 3);
	logout(d, "ccc00000000000000000000000000003", T0 + 300 * S);
	login(d, "aaa00000222200000000000000000004", OTHER, T0, 4);
	desk_read(d);
}

static void
test_who_was_there(void **state)
{
	static const struct {
		int64_t at_us;
		const char *expect;
	} cases[] = {
	    {-1, ""},
	    {0, "aaa"},
	    {50 * S, "aaa bbb"},
	    {100 * S, "aaa bbb"},
	    {100 * S + 1, "bbb"},
	    {199 * S, "bbb"},
	    {250 * S, "bbb ccc"},
	    {301 * S, "bbb"},
	};
	struct desk d;

	(void)state;
	open_host(&d);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_question q = question();

		q.instance = SPAN(INST);
		q.has_at = true;
		q.at_us = q.at_end_us = T0 + cases[i].at_us;
		ask(&d, &q);
		assert_sessions(&d, cases[i].expect);
	}
	desk_close(&d);
}

/* Ids of which the first 15 digits are equal have one mark. */
static void
test_an_end_is_of_one_session(void **state)
{
	static const struct {
		const char *instance; /* else by the host's name, or of all */
		int64_t at_us;
		const char *expect;
	} cases[] = {
	    {INST, 200 * S, "aaa"},
	    {INST, 80 * S, "aaa aaa"},
	    {INST, 900 * S, ""},
	    {"web-1", 200 * S, "aaa"},
	    {NULL, 200 * S, "aaa"},
	};
	struct desk d;

	(void)state;
	desk_open(&d);
	login(&d, "aaa00000000000000000000000000001", INST, T0, 1);
	logout(&d, "aaa00000000000000000000000000001", T0 + 100 * S);
	login(&d, "aaa00000000000000000000000000002", INST, T0 + 50 * S, 2);
	logout(&d, "aaa00000000000000000000000000002", T0 + 800 * S);
	desk_read(&d);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_question q = question();

		if (cases[i].instance != NULL)
			q.instance = span_of(cases[i].instance);
		q.has_at = true;
		q.at_us = q.at_end_us = T0 + cases[i].at_us;
		ask(&d, &q);
		/* the first one of all comes in as the end of it is known to be another's */
		if (cases[i].at_us != 80 * S && cases[i].expect[0] != '\0')
			assert_string_equal(ledger_text(&d.ledger,
						d.ledger.logins[d.ledger.login_count - 1].session),
			    "aaa00000000000000000000000000002");
		else
			assert_true(d.ledger.login_count >= strlen(cases[i].expect) / 3);
	}
	desk_close(&d);
}

/* What lies outside the time asked for may be a line of a login inside: two steps of merging. */
static void
test_lines_about_the_time_come_too(void **state)
{
	static const struct {
		int64_t away_us;
		bool has_set, comes;
	} cases[] = {
	    {0, false, true},
	    {-1 * S, false, false},
	    {-260 * S, true, true},
	    {-300 * S, true, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_question q = question();
		struct store_login line;
		struct desk d;

		desk_open(&d);
		d.has_set = cases[i].has_set;
		line =
		    login_with("aaa00000000000000000000000000001", INST, T0 + cases[i].away_us, 1);
		line.source = LOGIN_SOURCE_SYSLOG;
		ok(d.shelf.s, store_source_login(d.shelf.s, &line));
		desk_read(&d);
		d.match.has_from = true;
		d.match.from_us = T0;
		q.instance = SPAN(INST);
		ask(&d, &q);
		assert_int_equal(d.ledger.login_count, cases[i].comes);
		d.match.has_from = false; /* the same from the other side */
		q.has_at = true;
		q.at_us = q.at_end_us = T0 + 2 * cases[i].away_us;
		ask(&d, &q);
		assert_int_equal(d.ledger.login_count, cases[i].comes);
		desk_close(&d);
	}
}

/* The end that sshd's log has of a line is perhaps not that of the login which the line is of. */
static void
test_ends_of_logs_do_not_count(void **state)
{
	struct store_question q = question();
	struct store_login line, end;
	struct desk d;

	(void)state;
	desk_open(&d);
	d.has_set = true;
	line = login_with("aaa00000000000000000000000000001", INST, T0, 1);
	end = login_at("aaa00000000000000000000000000001", LOGIN_RECORD_CLOSE, T0 + 100 * S);
	line.source = end.source = LOGIN_SOURCE_SYSLOG;
	line.by_journal = end.by_journal = true;
	ok(d.shelf.s, store_source_login(d.shelf.s, &line));
	ok(d.shelf.s, store_source_login(d.shelf.s, &end));
	desk_read(&d);
	q.instance = SPAN(INST);
	q.has_at = true;
	q.at_us = q.at_end_us = T0 + 1000 * S;
	ask(&d, &q);
	assert_sessions(&d, "aaa");
	desk_close(&d);
}

static void
test_what_is_asked(void **state)
{
	static const struct {
		const char *name;
		struct store_question q;
		const char *expect; /* of one time: by instance */
	} cases[] = {
	    {"instance", {.instance = SPAN(INST)}, "aaa bbb ccc"},
	    {"another", {.instance = SPAN("i-00000000000000000")}, ""},
	    {"host", {.instance = SPAN("WEB-1")}, "aaa aaa bbb ccc"},
	    {"session", {.session = SPAN("aaa000001111")}, "aaa"},
	    {"beginning", {.session = SPAN("AAA00000")}, "aaa aaa"},
	    {"whole session", {.session = SPAN("aaa00000222200000000000000000004")}, "aaa"},
	    {"no session", {.session = SPAN("aaa00000222200000000000000000005")}, ""},
	    {"address", {.address = SPAN("::ffff:198.51.100.7")}, "aaa aaa bbb ccc"},
	    {"no address", {.address = SPAN("198.51.100.8")}, ""},
	    {"user", {.user = SPAN("root")}, ""},
	    {"all", {.user = SPAN("ec2-user")}, "aaa aaa bbb ccc"},
	    {"at", {.has_at = true, .at_us = T0 + 250 * S, .at_end_us = T0 + 250 * S},
		"aaa bbb ccc"},
	};
	struct desk d;

	(void)state;
	open_host(&d);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_question q = cases[i].q;

		print_message("%s\n", cases[i].name);
		q.pid = q.audit_session = -1;
		ask(&d, &q);
		assert_sessions(&d, cases[i].expect);
	}
	desk_close(&d);
}

static void
ask_session(struct desk *d, const char *session, bool tests)
{
	struct store_question q = question();

	q.session = span_of(session);
	q.tests = tests;
	ask(d, &q);
}

static const struct login *
login_of(const struct desk *d, const char *session)
{
	for (size_t i = 0; i < d->ledger.login_count; i++)
		if (strcmp(ledger_text(&d->ledger, d->ledger.logins[i].session), session) == 0)
			return &d->ledger.logins[i];
	fail_msg("%s is not there", session);
	return NULL;
}

/* A key with many pushes: no more of them come in than the answer needs. */
static void
test_a_login_brings_its_pushes(void **state)
{
	static const struct {
		const char *session;
		bool tests;
		enum verdict verdict;
		enum reason reason;
		size_t pushes_max;
	} cases[] = {
	    {"aaa00000000000000000000000000001", false, VERDICT_ATTRIBUTED, REASON_NONE, 1},
	    {"aaa00000000000000000000000000001", true, VERDICT_ATTRIBUTED, REASON_NONE, 303},
	    {"bbb00000000000000000000000000002", false, VERDICT_UNATTRIBUTED, REASON_PUSH_EXPIRED,
		2},
	    {"ccc00000000000000000000000000003", false, VERDICT_UNATTRIBUTED,
		REASON_PUSHED_FOR_OTHER_INSTANCE, 1},
	    {"ddd00000000000000000000000000004", false, VERDICT_UNATTRIBUTED,
		REASON_KEY_NEVER_PUSHED, 0},
	    {"eee00000000000000000000000000005", false, VERDICT_UNATTRIBUTED, REASON_PUSH_FAILED,
		1},
	};
	struct event failed;
	struct desk d;

	(void)state;
	desk_open(&d);
	for (int i = 0; i < 300; i++)
		push(&d, BOB, OTHER, T0 - 10000 * S + i * S, 1);
	push(&d, ALICE, INST, T0, 1);
	push(&d, ALICE, INST, T0 + S, 2); /* another key: a near miss */
	failed = push_at(&d, BOB, INST, T0, 5);
	failed.failed = true;
	ok(d.shelf.s, store_source_event(d.shelf.s, &failed));
	login(&d, cases[0].session, INST, T0 + 5 * S, 1);
	login(&d, cases[2].session, INST, T0 + 9000 * S, 1);
	login(&d, cases[3].session, "i-00000000000000000", T0, 1);
	login(&d, cases[4].session, INST, T0, 4);
	login(&d, cases[5].session, INST, T0, 5);
	desk_read(&d);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask_session(&d, cases[i].session, cases[i].tests);
		assert_int_equal(login_of(&d, cases[i].session)->verdict, cases[i].verdict);
		assert_int_equal(login_of(&d, cases[i].session)->reason, cases[i].reason);
		assert_in_range(d.ledger.push_count, 0, cases[i].pushes_max);
	}
	ask_session(&d, cases[0].session, true);
	assert_int_equal(d.ledger.push_count, 303); /* all of the key, and two near misses */
	desk_close(&d);
}

/* An addendum drops what it replaces, whatever it is about itself. */
static void
test_what_replaces_a_push_comes_with_it(void **state)
{
	struct event addendum;
	struct desk d;

	(void)state;
	desk_open(&d);
	push(&d, ALICE, INST, T0, 1);
	addendum = push_at(&d, BOB, OTHER, T0 + S, 2);
	addendum.supersedes = true;
	addendum.original_event_id = SPAN("e-1");
	ok(d.shelf.s, store_source_event(d.shelf.s, &addendum));
	login(&d, "aaa00000000000000000000000000001", INST, T0 + 5 * S, 1);
	desk_read(&d);
	ask_session(&d, "aaa00000000000000000000000000001", false);
	assert_int_equal(d.ledger.logins[0].verdict, VERDICT_UNATTRIBUTED);
	assert_int_equal(d.ledger.logins[0].reason, REASON_KEY_NEVER_PUSHED);
	assert_int_equal(d.ledger.counts.superseded, 1);
	desk_close(&d);
}

/* Who else the push lets in is shown with it; and that its instance told of a login at all. */
static void
test_a_push_brings_its_sessions(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	push(&d, ALICE, INST, T0, 1);
	login(&d, "aaa00000000000000000000000000001", INST, T0 + 5 * S, 1);
	login(&d, "bbb00000000000000000000000000002", INST, T0 + 40 * S, 1);
	login(&d, "ccc00000000000000000000000000003", INST, T0 + 400 * S, 1);
	push(&d, ALICE, OTHER, T0, 2);
	login(&d, "ddd00000000000000000000000000004", OTHER, T0 - 4000 * S, 7);
	login(&d, "eee00000000000000000000000000005", INST, T0 + 5 * S, 2);
	desk_read(&d);
	ask_session(&d, "aaa00000000000000000000000000001", false);
	assert_sessions(&d, "aaa bbb");
	assert_int_equal(d.ledger.pushes[0].session_count, 2);
	ask_session(&d, "eee00000000000000000000000000005", true);
	assert_int_equal(d.ledger.push_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(d.ledger.pushes[i].state,
		    strcmp(ledger_text(&d.ledger, d.ledger.pushes[i].instance_id), OTHER) == 0
			? PUSH_UNUSED
			: PUSH_USED);
	desk_close(&d);
}

/* A session that user bob took on, and an event that gave it to him. */
static struct event
assumed(struct desk *d, const char *session_arn, int64_t time_us)
{
	struct event e = push_at(d, session_arn, INST, time_us, 0);

	e.kind = EVENT_ISSUE;
	e.issue = ISSUE_ASSUME_ROLE;
	e.has_fingerprint = false;
	e.instance_id = e.os_user = SPAN_NONE;
	e.issued_key_id = e.identity.access_key_id;
	e.issued_principal_id = e.identity.principal_id;
	e.issued_arn = e.identity.arn;
	e.identity = (struct user_identity){
	    .type = SPAN("IAMUser"),
	    .principal_id = SPAN("AIDAEXAMPLEBOB"),
	    .arn = SPAN(BOB),
	    .account_id = SPAN("111122223333"),
	    .access_key_id = SPAN("AKIAIOSFODNN7EXAMPLE"),
	    .user_name = SPAN("bob"),
	};
	return e;
}

static void
test_reach_follows_what_was_issued(void **state)
{
	static const char *const identities[] = {"AKIAIOSFODNN7EXAMPLE", BOB, "Bob", ALICE,
	    "ASIAIOSFODNN7EXAMPLE", "Admin/alice", "203.0.113.9", "carol"};
	struct issue_keys keys;
	struct event e;
	struct desk d;

	(void)state;
	desk_open(&d);
	e = assumed(&d, ALICE, T0);
	assert_true(time_parse(SPAN("2026-10-14T00:00:00Z"), &e.time_us));
	assert_true(issue_keys_of_event(&e, &keys));
	ok(d.shelf.s, store_source_issue(d.shelf.s, &e, &keys));
	push(&d, ALICE, INST, T0, 1);
	login(&d, "aaa00000000000000000000000000001", INST, T0 + 5 * S, 1);
	e = push_at(&d, "arn:aws:iam::111122223333:user/dave", INST, T0, 3);
	e.identity.type = SPAN("IAMUser");
	e.identity.access_key_id = SPAN("AKIAI44QH8DHBEXAMPLE");
	e.identity.principal_id = SPAN("AIDAEXAMPLEDAVE");
	e.identity.creation_date = SPAN_NONE;
	ok(d.shelf.s, store_source_event(d.shelf.s, &e));
	login(&d, "bbb00000000000000000000000000002", INST, T0 + 5 * S, 3);
	desk_read(&d);
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
		struct store_question q = question();
		struct people people;
		struct reach reach;
		bool all = strcmp(identities[i], "203.0.113.9") == 0;
		bool none = strcmp(identities[i], "carol") == 0;

		print_message("%s\n", identities[i]);
		q.identity = span_of(identities[i]);
		ask(&d, &q);
		assert_int_equal(people_resolve(&people, &d.ledger, NULL), 0);
		assert_int_equal(reach_run(&reach, &people, &d.match, q.identity), 0);
		assert_int_equal(reach.sure, all ? 2 : !none);
		assert_int_equal(d.ledger.login_count, all ? 2 : !none);
		reach_clear(&reach);
		people_clear(&people);
	}
	desk_close(&d);
}

/* A push by the role of the instance. */
static void
push_by_role(struct desk *d, const char *instance, int64_t time_us, uint8_t key)
{
	struct event e =
	    push_at(d, "arn:aws:sts::111122223333:assumed-role/Web/" INST, instance, time_us, key);

	e.identity.principal_id = SPAN("AROAWEBEXAMPLE:" INST);
	e.identity.access_key_id = SPAN("ASIAI44QH8DHBEXAMPLE");
	ok(d->shelf.s, store_source_event(d->shelf.s, &e));
}

#define AAA   "aaa00000000000000000000000000001"
#define SHORT "aaa0000000000000"

/* The instance's role is whoever is logged in there: a close that names another instance, or that
 * is of another session, ends nothing. */
static void
test_reach_goes_on_until_the_end(void **state)
{
	static const struct {
		const char *open, *close, *instance;
		const char *reached;
		const char *there; /* and whose the role was */
	} cases[] = {
	    {AAA, AAA, NULL, "aaa", "ccc"},
	    {AAA, AAA, INST, "aaa", "ccc"},
	    {AAA, AAA, OTHER, "aaa ccc", "aaa ccc"},
	    {AAA, "aaa00000000000000000000000000002", NULL, "aaa ccc", "aaa ccc"},
	    {AAA, "AAA00000000000000000000000000001", INST, "aaa ccc", "aaa ccc"},
	    {AAA, "aaa0000000000000", INST, "aaa ccc", "aaa ccc"},
	    /* not of the usual form */
	    {SHORT, SHORT, INST, "aaa", "ccc"},
	    {SHORT, SHORT "00", INST, "aaa ccc", "aaa ccc"},
	    {SHORT, SHORT "0000000000000000", INST, "aaa ccc", "aaa ccc"},
	    {"s-1", "s-1", INST, "s-1", "ccc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_question q = question();
		struct store_login end = login_at(cases[i].close, LOGIN_RECORD_CLOSE, T0 + 600 * S);
		struct desk d;

		desk_open(&d);
		push(&d, ALICE, INST, T0, 1);
		login(&d, cases[i].open, INST, T0 + 5 * S, 1);
		if (cases[i].instance != NULL)
			end.record.host.instance_id = span_of(cases[i].instance);
		ok(d.shelf.s, store_source_login(d.shelf.s, &end));
		push_by_role(&d, OTHER, T0 + 3600 * S, 3);
		login(&d, "ccc00000000000000000000000000003", OTHER, T0 + 3605 * S, 3);
		desk_read(&d);
		q.identity = SPAN(ALICE);
		ask(&d, &q);
		assert_sessions(&d, cases[i].reached);
		ask_session(&d, "ccc00000000000000000000000000003", false);
		assert_sessions(&d, cases[i].there);
		desk_close(&d);
	}
}

/* What nothing closed ends with the boot: a close of a session whose id begins alike is none. */
static void
test_a_boot_ends_what_is_not_closed(void **state)
{
	static const char *const cases[][2] = {
	    {AAA, "aaa00000000000000000000000000009"},
	    {SHORT, SHORT "00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_login first = login_with(cases[i][0], INST, T0, 1);
		struct store_login end = login_at(cases[i][1], LOGIN_RECORD_CLOSE, T0 + 1800 * S);
		struct store_login next =
		    login_with("bbb00000000000000000000000000002", INST, T0 + 100 * S, 2);
		struct desk d;

		desk_open(&d);
		first.record.host.boot_id = SPAN("boot-1");
		ok(d.shelf.s, store_source_login(d.shelf.s, &first));
		next.record.host.boot_id = SPAN("boot-2");
		ok(d.shelf.s, store_source_login(d.shelf.s, &next));
		logout(&d, "bbb00000000000000000000000000002", T0 + 150 * S);
		end.record.host.instance_id = SPAN(INST);
		ok(d.shelf.s, store_source_login(d.shelf.s, &end));
		push_by_role(&d, OTHER, T0 + 3600 * S, 3);
		login(&d, "ccc00000000000000000000000000003", OTHER, T0 + 3605 * S, 3);
		desk_read(&d);
		ask_session(&d, "ccc00000000000000000000000000003", false);
		assert_sessions(&d, "aaa bbb ccc");
		desk_close(&d);
	}
}

/* Of the reports of one event the first counts, and what the others say beside it does not. */
static void
test_events_of_one_id_come_together(void **state)
{
	struct store_question q = question();
	struct event e;
	struct desk d;

	(void)state;
	desk_open(&d);
	push(&d, ALICE, INST, T0, 1);
	e = push_at(&d, ALICE, INST, T0, 1);
	e.event_id = e.request_id = SPAN("e-1");
	e.source_ip = SPAN("203.0.113.77");
	ok(d.shelf.s, store_source_event(d.shelf.s, &e));
	desk_read(&d);
	q.identity = SPAN("203.0.113.77");
	ask(&d, &q);
	assert_int_equal(d.ledger.push_count, 1);
	assert_string_equal(ledger_text(&d.ledger, d.ledger.pushes[0].source_ip), "203.0.113.9");
	desk_close(&d);
}

/* Pushes of an instance's role that follow each other have one maker: who was there at each. */
static void
test_neighbours_bring_who_was_there(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	login(&d, "aaa00000000000000000000000000001", INST, T0, 1);
	login(&d, "bbb00000000000000000000000000002", INST, T0 + 115 * S, 2);
	logout(&d, "bbb00000000000000000000000000002", T0 + 130 * S);
	push_by_role(&d, OTHER, T0 + 100 * S, 3);
	push_by_role(&d, OTHER, T0 + 120 * S, 4);
	push_by_role(&d, OTHER, T0 + 140 * S, 3);
	login(&d, "ccc00000000000000000000000000003", OTHER, T0 + 150 * S, 3);
	desk_read(&d);
	ask_session(&d, "ccc00000000000000000000000000003", false);
	assert_sessions(&d, "aaa bbb ccc");
	desk_close(&d);
}

/* However often one form of a signer was written, an older one is found behind it. */
static void
test_forms_of_a_signer_are_found(void **state)
{
	const char *const session = "aaa00000000000000000000000000001";
	struct store_login r;
	struct desk d;

	(void)state;
	desk_open(&d);
	login(&d, session, INST, T0, 1);
	r = login_at(session, LOGIN_RECORD_RECEIPT, T0);
	r.record.receipt_signer = SPAN("51976e");
	ok(d.shelf.s, store_source_login(d.shelf.s, &r));
	for (int i = 0; i < 2500; i++) {
		r = login_at("", LOGIN_RECORD_SIGNER, T0 - 7200 * S - i * S);
		r.record.id = SPAN_NONE;
		r.record.signer_sha256 = SPAN("51976e");
		r.record.signer.chain = i < 2499 ? SPAN("new") : SPAN("old");
		ok(d.shelf.s, store_source_login(d.shelf.s, &r));
	}
	desk_read(&d);
	ask_session(&d, session, false);
	assert_int_equal(d.ledger.receipts.signer_count, 2);
	desk_close(&d);
}

/* By many keys or by few, all events that are asked for come in. */
static void
test_issues_of_a_round(void **state)
{
	static const size_t rounds[] = {1, 3, 400};
	struct issue_keys keys;
	struct event e;
	struct desk d;

	(void)state;
	desk_open(&d);
	for (int i = 0; i < 50; i++) {
		char key[32];

		(void)snprintf(key, sizeof(key), "ASIA%d", i);
		e = assumed(&d, ALICE, T0 + i * S);
		e.issued_key_id = span_of(key);
		assert_true(issue_keys_of_event(&e, &keys));
		ok(d.shelf.s, store_source_issue(d.shelf.s, &e, &keys));
	}
	desk_read(&d);
	for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
		struct issue_needs needs;
		struct issue_need rows[400];
		size_t expect = rounds[i] < 50 ? rounds[i] : 50;

		issue_needs_init(&needs);
		for (size_t k = 0; k < rounds[i]; k++) {
			char key[32];
			int n = snprintf(key, sizeof(key), "ASIA%zu", k);

			rows[k] =
			    (struct issue_need){.key = issue_key(ISSUE_KEY_ACCESS,
						    (struct span){key, (size_t)n}, SPAN_NONE, 0)};
		}
		for (size_t k = 1; k < rounds[i]; k++) /* by key */
			for (size_t j = k; j > 0 && rows[j].key < rows[j - 1].key; j--) {
				struct issue_need swap = rows[j];

				rows[j] = rows[j - 1];
				rows[j - 1] = swap;
			}
		needs.round = (struct issue_need_list){rows, rounds[i], rounds[i]};
		assert_int_equal(ledger_init(&d.ledger), 0);
		ok(d.shelf.s, store_read_issues(d.shelf.s, &d.ledger, &needs));
		assert_int_equal(d.ledger.issue_count, expect);
		ledger_clear(&d.ledger);
	}
	desk_close(&d);
}

/* Every body in turn, shorter by one byte. */
static void
test_damaged_rows_are_an_error(void **state)
{
	static const char *const damages[] = {
	    "UPDATE logins SET body=substr(body,1,length(body)-1)",
	    "UPDATE pushes SET body=substr(body,1,length(body)-1)",
	    "UPDATE callers SET body=substr(body,1,length(body)-1)",
	    "UPDATE logins SET time=9223372036854775807",
	    "UPDATE pushes SET caller=77",
	    "DELETE FROM callers",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct store_question q = question();
		struct desk d;
		int r;

		desk_open(&d);
		push(&d, ALICE, INST, T0, 1);
		login(&d, "aaa00000000000000000000000000001", INST, T0 + 5 * S, 1);
		desk_read(&d);
		shelf_close(&d.shelf);
		change_store(d.shelf.path, damages[i]);
		d.shelf.s = shelf_open(&d.shelf, STORE_READ);
		q.instance = SPAN(INST);
		assert_int_equal(ledger_init(&d.ledger), 0);
		r = store_read_question(d.shelf.s, &d.ledger, &q, &d.match, NULL, true);
		print_message("%s: %s\n", damages[i], r != 0 ? store_error(d.shelf.s) : "read");
		assert_int_equal(r, i == 3 && r == 0 ? 0 : -1);
		desk_close(&d);
	}
}

static void
test_numbers_and_bytes_are_kept(void **state)
{
	struct store_numbers set = {0};
	struct store_arena arena = {0};
	struct span copies[3];
	bool added;

	(void)state;
	assert_null(store_numbers_find(&set, 0));
	for (int64_t i = -5000; i < 5000; i++) {
		assert_int_equal(
		    *store_numbers_add(&set, i * i * i, (uint32_t)(i + 5000), &added), i + 5000);
		assert_true(added);
	}
	assert_int_equal(*store_numbers_add(&set, 27, 1, &added), 5003);
	assert_false(added);
	assert_int_equal(*store_numbers_find(&set, -8), 4998);
	assert_null(store_numbers_find(&set, 2));
	assert_int_equal(set.count, 10000);
	store_numbers_clear(&set);
	assert_true(store_arena_keep(&arena, SPAN(""), &copies[0]));
	assert_true(store_arena_keep(&arena, SPAN("abc"), &copies[1]));
	for (int i = 0; i < 100000; i++)
		assert_true(store_arena_keep(&arena, SPAN("0123456789"), &copies[2]));
	assert_int_equal(copies[0].len, 0);
	assert_true(span_is(copies[1], "abc") && span_is(copies[2], "0123456789"));
	store_arena_clear(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everything),
	    cmocka_unit_test(test_who_was_there),
	    cmocka_unit_test(test_an_end_is_of_one_session),
	    cmocka_unit_test(test_a_boot_ends_what_is_not_closed),
	    cmocka_unit_test(test_lines_about_the_time_come_too),
	    cmocka_unit_test(test_ends_of_logs_do_not_count),
	    cmocka_unit_test(test_what_is_asked),
	    cmocka_unit_test(test_a_login_brings_its_pushes),
	    cmocka_unit_test(test_what_replaces_a_push_comes_with_it),
	    cmocka_unit_test(test_a_push_brings_its_sessions),
	    cmocka_unit_test(test_reach_follows_what_was_issued),
	    cmocka_unit_test(test_reach_goes_on_until_the_end),
	    cmocka_unit_test(test_events_of_one_id_come_together),
	    cmocka_unit_test(test_neighbours_bring_who_was_there),
	    cmocka_unit_test(test_forms_of_a_signer_are_found),
	    cmocka_unit_test(test_issues_of_a_round),
	    cmocka_unit_test(test_damaged_rows_are_an_error),
	    cmocka_unit_test(test_numbers_and_bytes_are_kept),
	};

	return cmocka_run_group_tests_name("store_read", tests, NULL, NULL);
}
