/* SPDX-License-Identifier: Apache-2.0 */
/* What the ledger keeps, what it takes for the same, and what it counts. */
#include "tests/unit/ledger_fixture.h"

static void
test_same_event_is_kept_once(void **state)
{
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	e = event_for(&b, T0, ALICE, 1);
	add_event(&b, &e);
	e.user_agent = SPAN("the organization's copy may say less or more here");
	add_event(&b, &e);
	add_event(&b, &e);
	judge(&b);
	assert_int_equal(b.ledger.counts.pushes, 1);
	assert_int_equal(b.ledger.counts.duplicates, 2);
	assert_int_equal(b.ledger.counts.conflicting, 0);
	book_close(&b);
}

/* Two records that share an id and differ in what matters: neither is chosen. */
static void
test_conflicting_events_are_both_kept(void **state)
{
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	e = event_for(&b, T0, ALICE, 1);
	add_event(&b, &e);
	e.identity.arn = SPAN(BOB);
	add_event(&b, &e);
	add_event(&b, &e); /* the second one again */
	login(&b, T0 + S, "k1");
	judge(&b);
	assert_int_equal(b.ledger.counts.pushes, 2);
	assert_int_equal(b.ledger.counts.conflicting, 1);
	assert_int_equal(b.ledger.counts.duplicates, 1);
	assert_int_equal(b.ledger.logins[0].verdict, VERDICT_AMBIGUOUS);
	book_close(&b);
}

static void
test_events_without_id_are_not_merged(void **state)
{
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	e = event_for(&b, T0, ALICE, 1);
	e.event_id = SPAN_NONE;
	add_event(&b, &e);
	add_event(&b, &e);
	judge(&b);
	assert_int_equal(b.ledger.counts.pushes, 2);
	book_close(&b);
}

/* An addendum with UPDATED_DATA stands for the event that it names, whichever comes first. */
static void
test_addendum_replaces(void **state)
{
	static const struct {
		bool addendum_first, own_id;
	} cases[] = {{false, false}, {true, false}, {false, true}, {true, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event original, update;
		struct book b;

		book_open(&b);
		cover(&b);
		original = event_for(&b, T0, ALICE, 1);
		update = event_for(&b, T0, BOB, 1);
		update.supersedes = true;
		update.original_event_id = original.event_id;
		if (cases[i].own_id)
			update.event_id = original.event_id;
		add_event(&b, cases[i].addendum_first ? &update : &original);
		add_event(&b, cases[i].addendum_first ? &original : &update);
		login(&b, T0 + S, "k1");
		judge(&b);
		assert_int_equal(b.ledger.counts.pushes, 1);
		assert_int_equal(b.ledger.counts.superseded, 1);
		assert_int_equal(b.ledger.counts.conflicting, 0);
		assert_int_equal(b.ledger.logins[0].verdict, VERDICT_ATTRIBUTED);
		assert_string_equal(
		    ledger_text(&b.ledger, b.ledger.callers[b.ledger.pushes[0].caller].principal),
		    BOB);
		book_close(&b);
	}
}

/* An addendum to an addendum: the last one counts. */
static void
test_addenda_chain(void **state)
{
	struct event first, second, third;
	struct book b;

	(void)state;
	book_open(&b);
	first = event_for(&b, T0, ALICE, 1);
	second = event_for(&b, T0, ALICE, 2);
	third = event_for(&b, T0, ALICE, 3);
	second.supersedes = third.supersedes = true;
	second.original_event_id = first.event_id;
	third.original_event_id = second.event_id;
	add_event(&b, &first);
	add_event(&b, &second);
	add_event(&b, &third);
	judge(&b);
	assert_int_equal(b.ledger.counts.superseded, 2);
	assert_int_equal(b.ledger.push_count, 1);
	assert_string_equal(
	    ledger_text(&b.ledger, b.ledger.pushes[0].event_id), third.event_id.ptr);
	book_close(&b);
}

static void
close_session(struct book *b, const struct login_record *open, int64_t time_us)
{
	struct login_record r;

	login_record_init(&r, LOGIN_RECORD_CLOSE);
	r.id = open->id;
	r.time_us = time_us;
	assert_int_equal(ledger_add_login_record(&b->ledger, &r), 0);
}

static void
test_closes_end_their_sessions(void **state)
{
	struct login_record first, second, third, stranger;
	struct book b;

	(void)state;
	book_open(&b);
	first = record_for(&b, T0, "k1");
	second = record_for(&b, T0 + S, "k1");
	third = record_for(&b, T0 + 2 * S, "k1");
	stranger = record_for(&b, T0, "k1");
	close_session(&b, &first, T0 + 60 * S); /* rotated files may come in any order */
	assert_int_equal(ledger_add_login_record(&b.ledger, &first), 0);
	assert_int_equal(ledger_add_login_record(&b.ledger, &second), 0);
	assert_int_equal(ledger_add_login_record(&b.ledger, &third), 0);
	close_session(&b, &first, T0 + 60 * S); /* the same line from a copy */
	close_session(&b, &second, T0 + 90 * S);
	close_session(&b, &stranger, T0 + 99 * S);
	judge(&b);
	assert_true(b.ledger.logins[0].closed_us == T0 + 60 * S);
	assert_true(b.ledger.logins[1].closed_us == T0 + 90 * S);
	assert_true(b.ledger.logins[2].closed_us == LOGIN_TIME_UNKNOWN);
	assert_int_equal(b.ledger.counts.login_duplicates, 1);
	assert_int_equal(b.ledger.counts.orphan_closes, 1);
	assert_int_equal(b.ledger.counts.closes, 3);
	book_close(&b);
}

/* Logins with one session id: a copy that was altered, or a forged one on another host. */
static void
test_a_close_ends_all_logins_of_its_session(void **state)
{
	struct login_record first, twin, other, end;
	struct book b;

	(void)state;
	book_open(&b);
	first = record_for(&b, T0, "k1");
	twin = other = first;
	twin.time_us = T0 + S;
	twin.host.instance_id = SPAN("i-0fedcba9876543210");
	other.time_us = T0 + 2 * S;
	other.host.instance_id = SPAN_NONE;
	assert_int_equal(ledger_add_login_record(&b.ledger, &twin), 0);
	assert_int_equal(ledger_add_login_record(&b.ledger, &first), 0);
	assert_int_equal(ledger_add_login_record(&b.ledger, &other), 0);
	login_record_init(&end, LOGIN_RECORD_CLOSE);
	end.id = first.id;
	end.time_us = T0 + 50 * S;
	end.host.instance_id = twin.host.instance_id; /* only its own, and who knows none */
	assert_int_equal(ledger_add_login_record(&b.ledger, &end), 0);
	end.time_us = T0 + 40 * S;
	end.host.instance_id = SPAN("i-00000000000000000"); /* nobody's but who knows none */
	assert_int_equal(ledger_add_login_record(&b.ledger, &end), 0);
	close_session(&b, &first, T0 + 60 * S);
	judge(&b);
	assert_int_equal(b.ledger.login_count, 3);
	assert_true(b.ledger.logins[0].closed_us == T0 + 60 * S);
	assert_true(b.ledger.logins[1].closed_us == T0 + 50 * S);
	assert_true(b.ledger.logins[2].closed_us == T0 + 40 * S);
	assert_int_equal(b.ledger.counts.orphan_closes, 0);
	assert_int_equal(b.ledger.counts.closes, 3);
	book_close(&b);
}

static void
test_same_login_is_kept_once(void **state)
{
	struct login_record r;
	struct book b;

	(void)state;
	book_open(&b);
	r = record_for(&b, T0, "k1");
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	r.os_user = SPAN("root"); /* same session, another story */
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	judge(&b);
	assert_int_equal(b.ledger.login_count, 2);
	assert_int_equal(b.ledger.counts.login_duplicates, 2);
	assert_int_equal(b.ledger.counts.login_conflicting, 1);
	book_close(&b);
}

static void
test_callers_are_kept_once(void **state)
{
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	push(&b, T0, ALICE, 1);
	push(&b, T0 + S, ALICE, 2);
	push(&b, T0 + 2 * S, BOB, 3);
	e = event_for(&b, T0 + 3 * S, NULL, 4);
	e.identity.type = SPAN("AWSService");
	e.identity.invoked_by = SPAN("ssm.amazonaws.com");
	add_event(&b, &e);
	judge(&b);
	assert_int_equal(b.ledger.caller_count, 3);
	assert_string_equal(
	    ledger_text(&b.ledger, b.ledger.callers[2].principal), "AWSService ssm.amazonaws.com");
	assert_true(ledger_principal_eq(&b.ledger, 0, 0));
	assert_false(ledger_principal_eq(&b.ledger, 0, 1));
	assert_false(ledger_principal_eq(&b.ledger, 2, 2)); /* a service is nobody in particular */
	book_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_event_is_kept_once),
	    cmocka_unit_test(test_conflicting_events_are_both_kept),
	    cmocka_unit_test(test_events_without_id_are_not_merged),
	    cmocka_unit_test(test_addendum_replaces),
	    cmocka_unit_test(test_addenda_chain),
	    cmocka_unit_test(test_closes_end_their_sessions),
	    cmocka_unit_test(test_a_close_ends_all_logins_of_its_session),
	    cmocka_unit_test(test_same_login_is_kept_once),
	    cmocka_unit_test(test_callers_are_kept_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
