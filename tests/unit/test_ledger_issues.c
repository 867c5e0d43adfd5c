/* SPDX-License-Identifier: Apache-2.0 */
/* What the ledger keeps of issuing events and of callers, for chains; trails without read events.
 */
#include "tests/unit/ledger_fixture.h"

#define CREATED "2026-11-22T06:22:40Z"
#define AT_S    INT64_C(1795328560)

static struct event
issue_for(const char *id, int64_t time_us)
{
	return (struct event){
	    .kind = EVENT_ISSUE,
	    .issue = ISSUE_ASSUME_ROLE,
	    .time_us = time_us,
	    .event_id = span_of(id),
	    .account_id = SPAN("111122223333"),
	    .region = SPAN("us-east-1"),
	    .issued_key_id = SPAN("ASIAIOSFODNN7EXAMPLE"),
	    .issued_principal_id = SPAN("AROAEXAMPLE:alice"),
	    .identity.type = SPAN("IAMUser"),
	    .identity.arn = SPAN(ALICE),
	};
}

static void
add_issue(struct book *b, const struct event *e)
{
	assert_int_equal(ledger_add_issue(&b->ledger, e), 0);
}

static const char *
id_of(const struct book *b, size_t i)
{
	return ledger_text(&b->ledger, b->ledger.issues[i].event_id);
}

static void
test_issues_are_sorted_and_kept_once(void **state)
{
	struct event late, early, same, other;
	struct book b;

	(void)state;
	book_open(&b);
	late = issue_for("a", T0 + S);
	early = issue_for("c", T0);
	same = issue_for("b", T0);
	add_issue(&b, &late);
	add_issue(&b, &early);
	add_issue(&b, &same);
	early.user_agent = SPAN("the organization's copy may say less or more here");
	add_issue(&b, &early);
	other = early; /* the same id in another account is another event */
	other.account_id = SPAN("444455556666");
	add_issue(&b, &other);
	judge(&b);
	assert_int_equal(b.ledger.issue_count, 4);
	assert_int_equal(b.ledger.counts.issues_kept, 4);
	assert_string_equal(id_of(&b, 0), "b");
	assert_string_equal(id_of(&b, 1), "c");
	assert_string_equal(id_of(&b, 2), "c");
	assert_string_equal(ledger_text(&b.ledger, b.ledger.issues[1].account_id), "111122223333");
	assert_string_equal(id_of(&b, 3), "a");
	assert_int_equal(b.ledger.issues[3].kind, ISSUE_ASSUME_ROLE);
	assert_string_equal(
	    ledger_text(&b.ledger, b.ledger.callers[b.ledger.issues[3].caller].arn), ALICE);
	book_close(&b);
}

/* Two records that share an id and differ in what a chain rests on: neither is chosen. */
static void
test_conflicting_issues_are_both_kept(void **state)
{
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	e = issue_for("a", T0);
	add_issue(&b, &e);
	e.identity.arn = SPAN(BOB);
	add_issue(&b, &e);
	add_issue(&b, &e);
	e.issued_key_id = SPAN("ASIAEXAMPLE");
	add_issue(&b, &e);
	judge(&b);
	assert_int_equal(b.ledger.issue_count, 3);
	book_close(&b);
}

static void
test_addendum_replaces_an_issue(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		const bool addendum_first = (way & 1) != 0, own_id = (way & 2) != 0;
		struct event original = issue_for("a", T0), update = issue_for("u", T0);
		struct book b;

		book_open(&b);
		update.supersedes = true;
		update.original_event_id = SPAN("a");
		update.identity.arn = SPAN(BOB);
		if (own_id)
			update.event_id = SPAN("a");
		add_issue(&b, addendum_first ? &update : &original);
		add_issue(&b, addendum_first ? &original : &update);
		judge(&b);
		assert_int_equal(b.ledger.issue_count, 1);
		assert_string_equal(
		    ledger_text(&b.ledger, b.ledger.callers[b.ledger.issues[0].caller].arn), BOB);
		book_close(&b);
	}
}

/* Pushes and issuing events share their callers, who know when they were created and seen. */
static void
test_callers_know_their_times(void **state)
{
	struct event push_event, issue = issue_for("a", T0 - 5 * S);
	const struct caller *c;
	struct book b;

	(void)state;
	book_open(&b);
	push_event = event_for(&b, T0, ALICE, 1);
	push_event.identity = issue.identity;
	push_event.identity.creation_date = SPAN(CREATED);
	issue.identity = push_event.identity;
	add_event(&b, &push_event);
	add_issue(&b, &issue);
	issue.event_id = SPAN("b");
	issue.time_us = T0 + 7 * S;
	add_issue(&b, &issue);
	assert_int_equal(b.ledger.caller_count, 1);
	c = &b.ledger.callers[0];
	assert_true(c->created_us == AT_S * S);
	assert_true(c->first_used_us == T0 - 5 * S);
	assert_true(c->last_used_us == T0 + 7 * S);
	issue.identity.creation_date = SPAN("20261122T062240Z"); /* as AWS documents it */
	add_issue(&b, &issue);
	assert_true(b.ledger.callers[1].created_us == AT_S * S);
	issue.identity.creation_date = SPAN("some day");
	add_issue(&b, &issue);
	assert_true(b.ledger.callers[2].created_us == LOGIN_TIME_UNKNOWN);
	issue.identity.ec2_role_delivery = SPAN("2.0");
	add_issue(&b, &issue);
	assert_int_equal(b.ledger.caller_count, 4);
	assert_string_equal(ledger_text(&b.ledger, b.ledger.callers[3].ec2_role_delivery), "2.0");
	book_close(&b);
}

/* Twenty records of an account that write and none that reads, in all regions together. */
static void
test_write_only(void **state)
{
	static const struct {
		unsigned writes, reads;
		bool write_only;
	} cases[] = {{20, 0, true}, {19, 0, false}, {200, 1, false}, {0, 0, false}, {0, 50, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct coverage c;

		coverage_init(&c);
		coverage_add_access(&c, true); /* no row yet: nothing to note it in */
		for (unsigned k = 0; k < cases[i].writes + cases[i].reads; k++) {
			assert_int_equal(coverage_add(&c, 1, 2 + k % 3, T0, false), 0);
			coverage_add_access(&c, k >= cases[i].writes);
		}
		for (unsigned k = 0; k < 30;
		     k++) { /* another account's, and some that do not say */
			assert_int_equal(coverage_add(&c, 9, 2, T0, false), 0);
			coverage_add_access(&c, k % 2 == 0);
			assert_int_equal(coverage_add(&c, 1, 2, T0, false), 0);
		}
		assert_int_equal(coverage_is_write_only(&c, 1), cases[i].write_only);
		assert_false(coverage_is_write_only(&c, 9));
		assert_false(coverage_is_write_only(&c, 7));
		coverage_clear(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_issues_are_sorted_and_kept_once),
	    cmocka_unit_test(test_conflicting_issues_are_both_kept),
	    cmocka_unit_test(test_addendum_replaces_an_issue),
	    cmocka_unit_test(test_callers_know_their_times),
	    cmocka_unit_test(test_write_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
