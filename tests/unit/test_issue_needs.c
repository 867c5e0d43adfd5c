/* SPDX-License-Identifier: Apache-2.0 */
/* What callers ask for, round by round, and what is to be read for it. */
#include "tests/unit/ledger_fixture.h"

#include <stdlib.h>

#include "correlator/people/issue_needs.h"

#define CREATED "2026-11-22T06:22:40Z"
#define AT_S    INT64_C(1795328560)
#define KEY_ID  "ASIAIOSFODNN7EXAMPLE"
#define SIGN_IN "arn:aws:signin:us-east-1:111122223333:session/3f1c"
#define SET_ROLE                                                                                   \
	"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-central-1/"              \
	"AWSReservedSSO_Power_Users_0123456789abcdef"
#define SET_SESSION                                                                                \
	"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Power_Users_0123456789abcdef/alice"

static void
add_caller(struct book *b, int64_t time_us, const struct user_identity *identity)
{
	struct event e = event_for(b, time_us, NULL, 1);

	e.identity = *identity;
	add_event(b, &e);
}

static struct issue_keys
one_key(enum issue_key_kind kind, struct span a, struct span b, int64_t at_s)
{
	return (struct issue_keys){.keys = {issue_key(kind, a, b, at_s)}, .count = 1};
}

static bool
asks(const struct issue_needs *n, enum issue_key_kind kind, struct span a, struct span b,
    int64_t at_s)
{
	struct issue_keys keys = one_key(kind, a, b, at_s);

	return issue_needs_any(n, &keys);
}

static void
test_what_each_type_asks_for(void **state)
{
	static const struct {
		const char *type, *key_id, *created, *sign_in, *arn, *issuer;
		size_t count;
	} cases[] = {
	    {"IAMUser", "AKIAIOSFODNN7EXAMPLE", NULL, NULL, NULL, NULL, 0},
	    {"Root", "AKIAIOSFODNN7EXAMPLE", CREATED, NULL, NULL, NULL, 0},
	    {"AWSService", KEY_ID, CREATED, NULL, NULL, NULL, 0},
	    {"SAMLUser", KEY_ID, NULL, NULL, NULL, NULL, 0},
	    {"WebIdentityUser", KEY_ID, NULL, NULL, NULL, NULL, 0},
	    {"IdentityCenterUser", KEY_ID, CREATED, SIGN_IN, NULL, NULL, 0},
	    {"AWSAccount", NULL, NULL, NULL, NULL, NULL, 0},
	    {"IAMUser", KEY_ID, CREATED, NULL, NULL, NULL, 1 + 5},
	    {"IAMUser", NULL, CREATED, NULL, NULL, NULL, 5},
	    {"AssumedRole", KEY_ID, CREATED, NULL, NULL, NULL, 1 + 5},
	    {"AssumedRole", "AKIAIOSFODNN7EXAMPLE", CREATED, NULL, NULL, NULL, 5},
	    {"AssumedRole", KEY_ID, "20261122T062240Z", NULL, NULL, NULL, 1 + 5},
	    {"AssumedRole", KEY_ID, NULL, NULL, NULL, NULL, 1},
	    {"AssumedRole", "", CREATED, SIGN_IN, NULL, NULL, 1 + 5},
	    {"AssumedRole", KEY_ID, CREATED, NULL, NULL, SET_ROLE, 1 + 5 + 11},
	    {"AssumedRole", KEY_ID, CREATED, NULL, SET_SESSION, NULL, 1 + 5 + 11},
	    {"AssumedRole", KEY_ID, CREATED, NULL, SET_SESSION, ALICE, 1 + 5},
	    {"Unheard", KEY_ID, NULL, NULL, NULL, NULL, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity u = {
		    .type = span_of(cases[i].type),
		    .principal_id = SPAN("AROAEXAMPLE:alice"),
		    .access_key_id = span_of(cases[i].key_id),
		    .account_id = SPAN("111122223333"),
		    .creation_date = span_of(cases[i].created),
		    .sign_in_session_arn = span_of(cases[i].sign_in),
		    .arn = span_of(cases[i].arn),
		    .issuer_arn = span_of(cases[i].issuer),
		};
		struct issue_needs n;
		struct book b;

		book_open(&b);
		issue_needs_init(&n);
		add_caller(&b, AT_S * S, &u);
		assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
		assert_int_equal(n.round.count, cases[i].count);
		issue_needs_clear(&n);
		book_close(&b);
	}
}

/* The seconds about a session's creation, and the name of the permission set. */
static void
test_keys(void **state)
{
	const struct span session = SPAN("AROAEXAMPLE:alice"), account = SPAN("111122223333");
	const struct user_identity u = {.type = SPAN("AssumedRole"),
	    .principal_id = session,
	    .access_key_id = SPAN(KEY_ID),
	    .account_id = account,
	    .creation_date = SPAN(CREATED),
	    .sign_in_session_arn = SPAN(SIGN_IN),
	    .issuer_arn = SPAN(SET_ROLE)};
	struct issue_needs n;
	struct book b;

	(void)state;
	book_open(&b);
	issue_needs_init(&n);
	add_caller(&b, AT_S * S, &u);
	assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
	assert_true(asks(&n, ISSUE_KEY_ACCESS, SPAN(KEY_ID), SPAN_NONE, 0));
	assert_true(asks(&n, ISSUE_KEY_SIGN_IN, SPAN(SIGN_IN), SPAN_NONE, 0));
	for (int64_t off = -7; off <= 7; off++) {
		assert_int_equal(
		    asks(&n, ISSUE_KEY_SESSION, session, SPAN_NONE, AT_S + off), llabs(off) <= 2);
		assert_int_equal(asks(&n, ISSUE_KEY_SET, account, SPAN("Power_Users"), AT_S + off),
		    llabs(off) <= 5);
	}
	assert_false(asks(&n, ISSUE_KEY_SET, account, SPAN("Power"), AT_S));
	issue_needs_clear(&n);
	book_close(&b);
}

static void
test_only_new_things_are_asked_for(void **state)
{
	struct user_identity u = {
	    .type = SPAN("AssumedRole"), .access_key_id = SPAN(KEY_ID), .arn = SPAN(ALICE)};
	struct issue_needs n;
	struct book b;

	(void)state;
	book_open(&b);
	issue_needs_init(&n);
	add_caller(&b, AT_S * S, &u);
	u.arn = SPAN(BOB); /* another caller with the same key */
	add_caller(&b, (AT_S + 10) * S, &u);
	assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
	assert_int_equal(b.ledger.caller_count, 2);
	assert_int_equal(n.round.count, 1);
	assert_true(n.round.rows[0].from_us == AT_S * S - 36 * US_PER_HOUR);
	assert_true(n.round.rows[0].to_us == (AT_S + 310) * S);
	assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
	assert_int_equal(n.round.count, 0);
	u.arn = SPAN(ALICE "2"); /* within the time that was asked for */
	add_caller(&b, (AT_S + 5) * S, &u);
	assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
	assert_int_equal(n.round.count, 0);
	u.arn = SPAN(ALICE); /* nothing says when it was created, and it is seen later again */
	add_caller(&b, (AT_S + 20) * S, &u);
	assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
	assert_int_equal(n.round.count, 1);
	assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
	assert_int_equal(n.round.count, 0);
	issue_needs_clear(&n);
	book_close(&b);
}

static void
note(struct issue_index *x, uint32_t file, uint32_t place, uint64_t key, int64_t at_us)
{
	struct issue_keys keys = {
	    .keys = {key}, .count = 1, .time_us = at_us, .first_us = at_us, .last_us = at_us};

	assert_int_equal(issue_index_add(x, file, place, &keys), 0);
}

/* Each place once, in order; a file to look through as a whole has no places. Files of another time
 * are left alone, those of the time that is asked for are not. */
static void
test_places(void **state)
{
	const struct user_identity u = {.type = SPAN("AssumedRole"),
	    .access_key_id = SPAN(KEY_ID),
	    .principal_id = SPAN("AROAEXAMPLE:alice"),
	    .creation_date = SPAN(CREATED)};
	const uint64_t access = issue_key(ISSUE_KEY_ACCESS, SPAN(KEY_ID), SPAN_NONE, 0);
	const uint64_t session =
	    issue_key(ISSUE_KEY_SESSION, SPAN("AROAEXAMPLE:alice"), SPAN_NONE, AT_S);
	static const struct issue_place expected[] = {{1, 5}, {1, 90}, {2, ISSUE_PLACE_UNKNOWN},
	    {5, ISSUE_PLACE_UNKNOWN}, {6, ISSUE_PLACE_UNKNOWN}};
	struct issue_places places = {0};
	struct issue_needs n;
	struct issue_index x;
	struct book b;

	(void)state;
	book_open(&b);
	issue_needs_init(&n);
	issue_index_init(&x, 7);
	add_caller(&b, AT_S * S, &u);
	note(&x, 0, 1, access + 1, AT_S * S);
	note(&x, 1, 90, access, AT_S * S);
	note(&x, 1, 90, session, AT_S * S);
	note(&x, 1, 5, session, AT_S * S);
	note(&x, 2, 1, access, AT_S * S);
	note(&x, 2, ISSUE_PLACE_UNKNOWN, session, AT_S * S);
	note(&x, 2, 8, access, AT_S * S);
	note(&x, 3, 1, 1, (AT_S - 3600) * S);
	note(&x, 4, 1, 1, (AT_S + 3600) * S);
	note(&x, 5, 1, 1, (AT_S - 3600) * S);
	note(&x, 5, 1, 1, (AT_S + 3600) * S);
	note(&x, 6, 1, 1, AT_S * S);
	issue_index_finish(&x);
	assert_int_equal(issue_needs_round(&n, &b.ledger), 0);
	assert_int_equal(issue_needs_places(&n, &x, &places), 0);
	assert_int_equal(places.count, sizeof(expected) / sizeof(expected[0]));
	assert_memory_equal(places.rows, expected, sizeof(expected));
	free(places.rows);
	issue_index_clear(&x);
	issue_needs_clear(&n);
	book_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_each_type_asks_for),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_only_new_things_are_asked_for),
	    cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
