/* SPDX-License-Identifier: Apache-2.0 */
/* Retention: what goes, what stays as evidence, and that it is the same for what comes later. */
#include "tests/unit/store_fixture.h"

#include "correlator/people/people.h"

/* Pruned by this time, what counts lies at T0 and later. */
#define PRUNED (T0 + STORE_EVIDENCE_US)
#define DAY    US_PER_DAY
/* The steps of a chain, each of 36 hours. */
#define CHAIN_US ((CHAIN_HOPS_MAX + 1) * 36 * US_PER_HOUR)

static void
end_by_syslog(struct store *s, const char *session, int64_t time_us)
{
	struct store_login l = login_at(session, LOGIN_RECORD_CLOSE, time_us);

	l.source = LOGIN_SOURCE_SYSLOG;
	ok(s, store_source_login(s, &l));
}

static void
add_close_of_other(struct store *s, const char *session, int64_t time_us)
{
	struct store_login l = login_at(session, LOGIN_RECORD_CLOSE, time_us);

	l.record.host.instance_id = SPAN("i-0fedcba9876543210");
	ok(s, store_source_login(s, &l));
}

static void
add_addendum(struct store *s, int64_t time_us)
{
	struct event e = push_by(ALICE, time_us, 1);

	e.supersedes = true;
	e.original_event_id = SPAN("e-0");
	ok(s, store_source_event(s, &e));
}

static void
add_issues(struct store *s)
{
	const struct issue_keys keys = {.count = 1, .keys = {7}};
	struct event e = push_by(BOB, T0 - CHAIN_US - 1, 1);

	e.kind = EVENT_ISSUE;
	ok(s, store_source_issue(s, &e, &keys));
	e.time_us = T0 - CHAIN_US;
	ok(s, store_source_issue(s, &e, &keys));
}

static void
fill_for_prune(struct store *s)
{
	source_begin(s, "a", INPUT_EVENTS);
	add_addendum(s, T0 - 2); /* without it what it corrects would be believed */
	add_push(s, ALICE, T0 - 1, 1);
	add_push(s, ALICE, T0, 1);
	add_push(s, ALICE, T0 + DAY, 1);
	add_issues(s);
	source_end(s, 6);
	source_begin(s, "b", INPUT_LOGINS);
	add_login(s, ID(1), LOGIN_RECORD_OPEN, T0 - 2);
	add_login(s, ID(1), LOGIN_RECORD_RECEIPT, T0 - 2);
	add_login(s, ID(1), LOGIN_RECORD_CLOSE, T0 - 1);
	/* these may still have been there */
	add_login(s, ID(2), LOGIN_RECORD_OPEN, T0 - 2);
	add_login(s, ID(2), LOGIN_RECORD_RECEIPT, T0 - 1);
	add_login(s, ID(2), LOGIN_RECORD_CLOSE, T0);
	add_login(s, ID(3), LOGIN_RECORD_OPEN, T0 - 2);
	add_login(s, ID(4), LOGIN_RECORD_OPEN, T0 - 2);
	end_by_syslog(s, ID(4), T0 - 1);
	add_login(s, ID(7), LOGIN_RECORD_OPEN, T0 - 2);
	add_close_of_other(s, ID(7), T0 - 1);
	/* ends of what nobody has seen begin */
	add_login(s, ID(5), LOGIN_RECORD_CLOSE, T0 - 1);
	add_login(s, ID(6), LOGIN_RECORD_CLOSE, T0);
	add_login(s, "", LOGIN_RECORD_SIGNER, T0 - 9);
	add_login(s, "", LOGIN_RECORD_ROTATE, T0 + 9);
	source_end(s, 0);
}

/* The same rows, whether they were there before or come later. */
static void
assert_pruned(struct store *s, int among)
{
	struct ledger_counts counts;

	assert_int_equal(number_of(s, "SELECT count(*) FROM pushes"), 3 + among);
	assert_int_equal(number_of(s, "SELECT count(*) FROM issues"), 1);
	assert_int_equal(number_of(s, "SELECT count(*) FROM issue_keys"), 1);
	assert_int_equal(number_of(s, "SELECT count(*) FROM logins WHERE kind=0"), 4);
	assert_int_equal(number_of(s, "SELECT count(*) FROM logins WHERE kind=1"), 4);
	assert_int_equal(number_of(s, "SELECT count(*) FROM logins WHERE kind=2"), 1);
	assert_int_equal(number_of(s, "SELECT count(*) FROM logins WHERE kind=3"), 1);
	assert_int_equal(number_of(s, "SELECT count(*) FROM callers"), 2);
	assert_int_equal(number_of(s, "SELECT first_us FROM callers WHERE last_us>0"), T0 - 2);
	load_counts(s, &counts);
	assert_int_equal(counts.records, 6);
	assert_int_equal(counts.pruned, 1);
	assert_int_equal(counts.login_pruned, 4);
	assert_int_equal(counts.login_lines, 4 + 1);
	assert_int_equal(counts.login_other, 1);
}

/* among: so many pushes that stay: of few rows that go the indexes are kept, of many made anew. */
static void
check_prune(int among)
{
	struct store_about about;
	uint64_t dropped;
	struct shelf f;

	shelf_make(&f, "s.db");
	shelf_write(&f);
	fill_for_prune(f.s);
	source_begin(f.s, "c", INPUT_EVENTS);
	for (int i = 0; i < among; i++)
		add_push(f.s, ALICE, T0 + i, 3);
	source_end(f.s, 0);
	ok(f.s, store_prune(f.s, PRUNED, &dropped));
	ok(f.s, store_write_end(f.s));
	assert_int_equal(dropped, 1 + 1 + 4);
	assert_pruned(f.s, among);
	ok(f.s, store_about(f.s, &about));
	assert_int_equal(about.pruned_us, PRUNED);
	store_about_clear(&about);
	/* never back */
	ok(f.s, store_write_begin(f.s));
	ok(f.s, store_prune(f.s, PRUNED - 5, &dropped));
	assert_int_equal(dropped, 0);
	/* what comes now obeys it too, and takes the place of what was there */
	fill_for_prune(f.s);
	ok(f.s, store_write_end(f.s));
	assert_pruned(f.s, among);
	assert_int_equal(number_of(f.s, "SELECT count(*) FROM sources"), 3);
	assert_int_equal(number_of(f.s,
			     "SELECT count(*) FROM sqlite_master WHERE type='index'"
			     " AND name LIKE 'logins%'"),
	    6);
	shelf_remove(&f);
}

static void
test_prune(void **state)
{
	(void)state;
	check_prune(0);
	check_prune(1000);
}

static void
test_prune_cuts_coverage(void **state)
{
	const struct ledger_counts counts = {.files = 1};
	struct coverage coverage, got;
	struct string_pool pool, names;
	sqlite3_stmt *statement = NULL;
	uint64_t dropped;
	struct shelf f;

	(void)state;
	shelf_make(&f, "s.db");
	coverage_init(&coverage);
	coverage_init(&got);
	string_pool_init(&pool);
	string_pool_init(&names);
	for (int i = -10; i < 3; i++)
		assert_int_equal(coverage_add(&coverage, 0, 0, T0 + i * DAY / 2, false), 0);
	shelf_write(&f);
	source_begin(f.s, "a", INPUT_EVENTS);
	ok(f.s, store_source_end(f.s, &counts, &coverage, &pool, true));
	ok(f.s, store_prune(f.s, PRUNED, &dropped));
	ok(f.s, store_write_end(f.s));
	assert_non_null(
	    store_prepared(f.s, &statement, "SELECT value FROM totals WHERE name='coverage'"));
	assert_int_equal(store_step(f.s, statement), 1);
	assert_int_equal(store_coverage_get(store_column(statement, 0), &got, &names), 0);
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	assert_int_equal(got.count, 1);
	assert_int_equal(got.rows[0].first_us, T0);
	assert_int_equal(got.rows[0].newest_us, T0 + DAY);
	assert_int_equal(got.rows[0].records, 13);
	coverage_finish(&got, &names);
	assert_int_equal(coverage_judge(&got, 0, 0, T0, T0 + 1), COVERAGE_FULL);
	assert_int_equal(coverage_judge(&got, 0, 0, T0 - 1, T0), COVERAGE_NONE);
	coverage_clear(&got);
	coverage_clear(&coverage);
	string_pool_clear(&pool);
	string_pool_clear(&names);
	shelf_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_prune),
	    cmocka_unit_test(test_prune_cuts_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
