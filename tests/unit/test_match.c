/* SPDX-License-Identifier: Apache-2.0 */
/* Login x push, boundary by boundary: docs/SEMANTICS.md. */
#include "tests/unit/ledger_fixture.h"

static void
assert_login(
    const struct book *b, size_t i, enum verdict verdict, enum reason reason, uint32_t pushes)
{
	assert_true(i < b->ledger.login_count);
	assert_string_equal(
	    verdict_name((enum verdict)b->ledger.logins[i].verdict), verdict_name(verdict));
	assert_int_equal(b->ledger.logins[i].reason, reason);
	assert_int_equal(b->ledger.logins[i].match_count, pushes);
}

/* One push at T0 and one login so much later: explained or not? */
static void
assert_window(const char *steps, int64_t after_us, int64_t clock_error_us, bool explained)
{
	struct login_record r;
	struct book b;

	book_open(&b);
	cover(&b);
	push(&b, T0, ALICE, 1);
	r = record_for(&b, T0 + after_us, steps);
	r.has_clock = true;
	r.clock_synchronized = true;
	r.clock_max_error_us = clock_error_us;
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	judge(&b);
	if (b.ledger.logins[0].match_count != (explained ? 1u : 0u))
		fail_msg("steps %s, %lld us after the push, clock error %lld us: %s", steps,
		    (long long)after_us, (long long)clock_error_us,
		    explained ? "not explained" : "explained");
	book_close(&b);
}

static void
test_window_edges(void **state)
{
	static const struct {
		const char *steps;
		int64_t clock_error_us, first_us, last_us; /* the outermost that are explained */
	} cases[] = {
	    {"k1", 0, -1 * S, 66 * S},           /* 60 + 5 + 1 */
	    {"k1", 999999, -1 * S, 66 * S},      /* less than the 1 s of eventTime */
	    {"k1", 2500000, -2500000, 67500000}, /* the host's own error counts when it is more */
	    {"k1p", 0, -1 * S, 181 * S},         /* a factor followed: 60 + 120 + 1 */
	    {"pk1", 0, -1 * S, 66 * S},          /* the key was the last of two steps */
	    {"k1k2", 0, -1 * S, 181 * S},        /* another key followed */
	    {"k2k1", 0, -1 * S, 66 * S},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_window(cases[i].steps, cases[i].first_us, cases[i].clock_error_us, true);
		assert_window(
		    cases[i].steps, cases[i].first_us - 1, cases[i].clock_error_us, false);
		assert_window(cases[i].steps, cases[i].last_us, cases[i].clock_error_us, true);
		assert_window(cases[i].steps, cases[i].last_us + 1, cases[i].clock_error_us, false);
	}
}

static void
test_options_move_the_edges(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	b.options.grace_us = 30 * S;
	b.options.skew_us = 250000;
	cover(&b);
	push(&b, T0, ALICE, 1);
	login(&b, T0 - 250001, "k1");
	login(&b, T0 - 250000, "k1");
	login(&b, T0 + 90 * S + 250000, "k1");
	login(&b, T0 + 90 * S + 250001, "k1");
	judge(&b);
	assert_login(&b, 0, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 1, VERDICT_ATTRIBUTED, REASON_NONE, 1);
	assert_login(&b, 2, VERDICT_ATTRIBUTED, REASON_NONE, 1);
	assert_login(&b, 3, VERDICT_UNATTRIBUTED, REASON_PUSH_EXPIRED, 0);
	book_close(&b);
}

static void
test_same_principal_is_attributed(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0, ALICE, 1);
	push(&b, T0 + 20 * S, ALICE, 1);
	login(&b, T0 + 25 * S, "k1");
	login(&b, T0 + 30 * S, "k1");
	judge(&b);
	assert_login(&b, 0, VERDICT_ATTRIBUTED, REASON_NONE, 2);
	assert_login(&b, 1, VERDICT_ATTRIBUTED, REASON_NONE, 2);
	assert_int_equal(b.ledger.logins[0].strength, STRENGTH_MATCHED);
	assert_int_equal(b.ledger.pushes[0].state, PUSH_USED);
	assert_int_equal(b.ledger.pushes[0].session_count, 2);
	book_close(&b);
}

static void
test_two_principals_are_ambiguous(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0, ALICE, 1);
	push(&b, T0 + 20 * S, BOB, 1);
	login(&b, T0 + 10 * S, "k1"); /* before bob's */
	login(&b, T0 + 25 * S, "k1");
	login(&b, T0 + 70 * S, "k1"); /* alice's has ended */
	judge(&b);
	assert_login(&b, 0, VERDICT_ATTRIBUTED, REASON_NONE, 1);
	assert_login(&b, 1, VERDICT_AMBIGUOUS, REASON_NONE, 2);
	assert_int_equal(b.ledger.logins[1].strength, STRENGTH_NONE);
	assert_login(&b, 2, VERDICT_ATTRIBUTED, REASON_NONE, 1);
	assert_int_equal(b.ledger.login_pushes[b.ledger.logins[2].match_first], 1);
	book_close(&b);
}

/* A role session's name can be chosen by anyone: the same ARN with another principalId is another.
 */
static void
test_same_arn_other_principal_id(void **state)
{
	struct event first, second;
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	first = event_for(&b, T0, ALICE, 1);
	second = event_for(&b, T0 + S, ALICE, 1);
	first.identity.principal_id = SPAN("AIDAOLD");
	second.identity.principal_id = SPAN("AIDANEW");
	add_event(&b, &first);
	add_event(&b, &second);
	login(&b, T0 + 10 * S, "k1");
	judge(&b);
	assert_login(&b, 0, VERDICT_AMBIGUOUS, REASON_NONE, 2);
	book_close(&b);
}

static void
test_nameless_callers_are_nobody(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0, NULL, 1);
	push(&b, T0 + S, NULL, 1);
	login(&b, T0 + 10 * S, "k1");
	judge(&b);
	assert_login(&b, 0, VERDICT_AMBIGUOUS, REASON_NONE, 2);
	book_close(&b);
}

static void
test_reasons(void **state)
{
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0 - 600 * S, ALICE, 1);
	e = event_for(&b, T0, ALICE, 2);
	e.os_user = SPAN("root");
	add_event(&b, &e);
	e = event_for(&b, T0, ALICE, 3);
	e.instance_id = SPAN(OTHER);
	add_event(&b, &e);
	e = event_for(&b, T0, ALICE, 4);
	e.failed = true;
	add_event(&b, &e);
	push(&b, T0 + 60 * S, ALICE, 6); /* pushed only behind the login */
	login(&b, T0 + 1 * S, "k1");
	login(&b, T0 + 2 * S, "k2");
	login(&b, T0 + 3 * S, "k3");
	login(&b, T0 + 4 * S, "k4");
	login(&b, T0 + 5 * S, "k5");
	login(&b, T0 + 6 * S, "k6");
	login(&b, T0 + 7 * S, "p");
	login(&b, T0 + 8 * S, "h1");
	login(&b, T0 + 9 * S, "c1");
	judge(&b);
	assert_login(&b, 0, VERDICT_UNATTRIBUTED, REASON_PUSH_EXPIRED, 0);
	assert_login(&b, 1, VERDICT_UNATTRIBUTED, REASON_PUSHED_FOR_OTHER_USER, 0);
	assert_login(&b, 2, VERDICT_UNATTRIBUTED, REASON_PUSHED_FOR_OTHER_INSTANCE, 0);
	assert_login(&b, 3, VERDICT_UNATTRIBUTED, REASON_PUSH_FAILED, 0);
	assert_login(&b, 4, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 5, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 6, VERDICT_UNATTRIBUTED, REASON_NO_KEY, 0);
	assert_login(&b, 7, VERDICT_UNATTRIBUTED, REASON_NO_KEY, 0);
	assert_login(&b, 8, VERDICT_UNATTRIBUTED, REASON_CERTIFICATE, 0);
	book_close(&b);
}

/* sshd accepts a certificate by its CA: a push of the key inside explains nothing. */
static void
test_certificate_is_never_explained(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0, ALICE, 1);
	login(&b, T0 + 1 * S, "c1");
	login(&b, T0 + 2 * S, "h1");
	login(&b, T0 + 3 * S, "c1k1"); /* but the plain key in the next step is explained */
	judge(&b);
	assert_login(&b, 0, VERDICT_UNATTRIBUTED, REASON_CERTIFICATE, 0);
	assert_login(&b, 1, VERDICT_UNATTRIBUTED, REASON_NO_KEY, 0);
	assert_login(&b, 2, VERDICT_ATTRIBUTED, REASON_NONE, 1);
	book_close(&b);
}

static void
test_push_states(void **state)
{
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0, ALICE, 1);
	push(&b, T0 + 1 * S, ALICE, 2);
	e = event_for(&b, T0 + 2 * S, ALICE, 1);
	e.failed = true;
	add_event(&b, &e);
	e = event_for(&b, T0 + 3 * S, ALICE, 1);
	e.instance_id = SPAN(OTHER);
	add_event(&b, &e);
	e = event_for(&b, T0 + 4 * S, ALICE, 1);
	e.kind = EVENT_SERIAL_PUSH;
	add_event(&b, &e);
	login(&b, T0 + 10 * S, "k1");
	judge(&b);
	assert_int_equal(b.ledger.pushes[0].state, PUSH_USED);
	assert_int_equal(b.ledger.pushes[1].state, PUSH_UNUSED);
	assert_int_equal(b.ledger.pushes[2].state, PUSH_FAILED);
	assert_int_equal(b.ledger.pushes[3].state, PUSH_UNINSTRUMENTED);
	assert_int_equal(b.ledger.counts.pushes_in, 4); /* the serial console is apart */
	assert_int_equal(b.ledger.counts.serial_pushes, 1);
	assert_login(&b, 0, VERDICT_ATTRIBUTED, REASON_NONE, 1);
	book_close(&b);
}

static void
test_coverage_decides_what_can_be_said(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	heartbeat(&b, T0);
	heartbeat(&b, T0 + 2 * US_PER_HOUR);
	login(&b, T0 + 65 * S, "k1"); /* begins before the first */
	login(&b, T0 + 66 * S, "k1");
	login(&b, T0 + 2 * US_PER_HOUR - 15 * 60 * S - 1 * S, "k1"); /* the last that is settled */
	login(&b, T0 + 2 * US_PER_HOUR - 15 * 60 * S, "k1");
	login(&b, T0 + 9 * US_PER_HOUR, "p"); /* nothing could explain it, covered or not */
	judge(&b);
	assert_login(&b, 0, VERDICT_UNCOVERED, REASON_NONE, 0);
	assert_login(&b, 1, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 2, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 3, VERDICT_PENDING, REASON_NONE, 0);
	assert_login(&b, 4, VERDICT_UNATTRIBUTED, REASON_NO_KEY, 0);
	book_close(&b);
}

static void
test_explained_beyond_coverage_is_provisional(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	heartbeat(&b, T0 - US_PER_HOUR);
	heartbeat(&b, T0);
	push(&b, T0, ALICE, 1);
	login(&b, T0 + 2 * S, "k1");
	judge(&b);
	assert_login(&b, 0, VERDICT_ATTRIBUTED, REASON_NONE, 1);
	assert_true(b.ledger.logins[0].provisional);
	book_close(&b);
}

static void
test_hole_in_the_trail(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	heartbeat(&b, T0);
	heartbeat(&b, T0 + 24 * US_PER_HOUR);
	heartbeat(&b, T0 + 72 * US_PER_HOUR);
	heartbeat(&b, T0 + 73 * US_PER_HOUR);
	login(&b, T0 + 12 * US_PER_HOUR, "k1"); /* a quiet day */
	login(&b, T0 + 40 * US_PER_HOUR, "k1"); /* two days without anything */
	judge(&b);
	assert_login(&b, 0, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 1, VERDICT_UNCOVERED, REASON_NONE, 0);
	book_close(&b);
}

static void
test_stated_coverage(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	b.ledger.coverage.stated = true;
	b.ledger.coverage.complete_until_us = T0 + 50 * US_PER_HOUR;
	heartbeat(&b, T0);
	login(&b, T0 + 40 * US_PER_HOUR, "k1");
	login(&b, T0 + 50 * US_PER_HOUR - S, "k1");
	login(&b, T0 + 50 * US_PER_HOUR, "k1");
	judge(&b);
	assert_login(&b, 0, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 1, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 2, VERDICT_PENDING, REASON_NONE, 0);
	book_close(&b);
}

/* Without account and region a host may be in any of those given: all of them must cover it. */
static void
test_host_of_unknown_place(void **state)
{
	struct string_pool *pool;
	struct login_record r;
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	pool = &b.ledger.pool;
	assert_int_equal(
	    coverage_add(&b.ledger.coverage, string_pool_add(pool, SPAN("444455556666"), NULL),
		string_pool_add(pool, SPAN("us-east-1"), NULL), T0 + US_PER_HOUR, false),
	    0);
	r = record_for(&b, T0, "k1");
	r.host.account_id = r.host.region = SPAN_NONE;
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	r = record_for(&b, T0 + S, "k1");
	r.host.account_id = r.host.region = SPAN_NONE;
	r.host.instance_id = SPAN(OTHER); /* a push says where that one is */
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	e = event_for(&b, T0 + 600 * S, ALICE, 9);
	e.instance_id = SPAN(OTHER);
	add_event(&b, &e);
	judge(&b);
	assert_login(&b, 0, VERDICT_UNCOVERED, REASON_NONE, 0);
	assert_login(&b, 1, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	book_close(&b);
}

static void
test_host_that_does_not_know_itself(void **state)
{
	struct login_record r;
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0, ALICE, 1);
	r = record_for(&b, T0 + S, "k1"); /* may well be the instance that the key was pushed for */
	r.host.instance_id = SPAN_NONE;
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	r = record_for(&b, T0 + 2 * S, "k2"); /* nobody pushed it anywhere */
	r.host.instance_id = SPAN_NONE;
	assert_int_equal(ledger_add_login_record(&b.ledger, &r), 0);
	judge(&b);
	assert_login(&b, 0, VERDICT_UNCOVERED, REASON_NONE, 0);
	assert_login(&b, 1, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	book_close(&b);
}

/* Many instances with one key: the summary that the index keeps must say the same as a search. */
static void
test_key_of_many_instances(void **state)
{
	char names[40][24];
	struct event e;
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	for (int i = 0; i < 40; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "i-%017x", i);
		e = event_for(&b, T0 + (100 + i) * S, ALICE, 1);
		e.instance_id = span_of(names[i]);
		add_event(&b, &e);
	}
	login(&b, T0 + 98 * S, "k1"); /* 1 s and more before the first */
	login(&b, T0 + 99 * S, "k1");
	judge(&b);
	assert_login(&b, 0, VERDICT_UNATTRIBUTED, REASON_KEY_NEVER_PUSHED, 0);
	assert_login(&b, 1, VERDICT_UNATTRIBUTED, REASON_PUSHED_FOR_OTHER_INSTANCE, 0);
	book_close(&b);
}

static void
test_range(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	b.options.has_from = b.options.has_to = true;
	b.options.from_us = T0 + 10 * S;
	b.options.to_us = T0 + 20 * S;
	push(&b, T0, ALICE, 1); /* outside, but explains what is inside */
	login(&b, T0 + 10 * S - 1, "k1");
	login(&b, T0 + 10 * S, "k1");
	login(&b, T0 + 20 * S - 1, "k1");
	login(&b, T0 + 20 * S, "k1");
	judge(&b);
	assert_int_equal(b.ledger.counts.logins_in, 2);
	assert_int_equal(b.ledger.counts.verdicts[VERDICT_ATTRIBUTED], 2);
	assert_int_equal(b.ledger.counts.pushes_in, 0);
	book_close(&b);
}

static void
test_explain_orders_by_closeness(void **state)
{
	struct match_test tests[8];
	struct event e;
	struct book b;
	size_t n, more;

	(void)state;
	book_open(&b);
	cover(&b);
	push(&b, T0 - 75 * S, ALICE, 1); /* 9 s too early for the window */
	e = event_for(&b, T0, BOB, 1);
	e.instance_id = SPAN(OTHER);
	add_event(&b, &e);
	push(&b, T0 - 5 * S, BOB, 2); /* another key */
	push(&b, T0 - 500 * S, BOB, 3);
	login(&b, T0, "k1");
	judge(&b);
	n = match_explain(&b.ledger, &b.options, &b.ledger.logins[0], tests, 8, &more);
	assert_int_equal(n, 3);
	assert_int_equal(more, 0);
	assert_true(tests[0].same_key && tests[0].same_instance && tests[0].same_user);
	assert_false(tests[0].explains);
	assert_int_equal(tests[0].off_us, -9 * S);
	assert_false(tests[1].same_key && tests[2].same_key);
	n = match_explain(&b.ledger, &b.options, &b.ledger.logins[0], tests, 1, &more);
	assert_int_equal(n, 1);
	assert_int_equal(more, 2);
	book_close(&b);
}

/* Whether callers are one person as a test says it: by the last letter of their user's name. */
static int
compare_last_letters(const void *ctx, uint32_t a, uint32_t b)
{
	const struct ledger *l = ctx;
	struct span x = string_pool_span(&l->pool, l->callers[a].arn);
	struct span y = string_pool_span(&l->pool, l->callers[b].arn);

	if (x.len == 0 || y.len == 0)
		return 0;
	return x.ptr[x.len - 1] == y.ptr[y.len - 1] ? 1 : -1;
}

static void
test_one_person_by_two_principals(void **state)
{
	static const struct {
		const char *third;
		bool hook;
		enum verdict verdict;
	} cases[] = {
	    {ALICE, true, VERDICT_ATTRIBUTED},
	    {ALICE, false, VERDICT_AMBIGUOUS},
	    {"arn:aws:iam::111122223333:user/lee", true, VERDICT_ATTRIBUTED},
	    {BOB, true, VERDICT_AMBIGUOUS}, /* the last of three is somebody else */
	    {NULL, true, VERDICT_AMBIGUOUS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct login *l;
		struct book b;

		book_open(&b);
		cover(&b);
		push(&b, T0, ALICE, 1);
		push(&b, T0 + S, "arn:aws:iam::111122223333:user/eve", 1);
		push(&b, T0 + 2 * S, cases[i].third, 1);
		push(&b, T0 + 3 * S, BOB, 2);
		login(&b, T0 + 10 * S, "k1");
		login(&b, T0 + 10 * S, "k2");
		b.options.compare_persons = cases[i].hook ? compare_last_letters : NULL;
		b.options.compare_persons_ctx = &b.ledger;
		judge(&b);
		l = &b.ledger.logins[0];
		assert_login(&b, 0, cases[i].verdict, REASON_NONE, 3);
		assert_int_equal(l->same_person, cases[i].verdict == VERDICT_ATTRIBUTED);
		assert_int_equal(l->strength,
		    cases[i].verdict == VERDICT_ATTRIBUTED ? STRENGTH_MATCHED : STRENGTH_NONE);
		assert_int_equal(b.ledger.counts.verdicts[cases[i].verdict],
		    1 + (cases[i].verdict == VERDICT_ATTRIBUTED));
		/* one principal is one without the hook */
		assert_login(&b, 1, VERDICT_ATTRIBUTED, REASON_NONE, 1);
		assert_false(b.ledger.logins[1].same_person);
		book_close(&b);
	}
}

static void
test_invariants_can_fail(void **state)
{
	struct ledger_counts *c;
	struct book b;

	(void)state;
	book_open(&b);
	login(&b, T0, "k1");
	judge(&b);
	c = &b.ledger.counts;
	c->syslog_lines = 7;
	assert_string_equal(match_check_invariants(&b.ledger),
	    "syslog lines = logins + ends + notices + partials + others + unreadable + unbelieved");
	c->syslog_logins = c->syslog_ends = c->syslog_notices = c->syslog_partials = 1;
	c->syslog_others = c->syslog_unreadable = c->syslog_unbelieved = 1;
	assert_string_equal(match_check_invariants(&b.ledger),
	    "logins = opens + syslog logins - syslog duplicates - syslog pruned");
	c->syslog_duplicates = 1;
	assert_null(match_check_invariants(&b.ledger));
	book_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_person_by_two_principals),
	    cmocka_unit_test(test_invariants_can_fail),
	    cmocka_unit_test(test_window_edges),
	    cmocka_unit_test(test_options_move_the_edges),
	    cmocka_unit_test(test_same_principal_is_attributed),
	    cmocka_unit_test(test_two_principals_are_ambiguous),
	    cmocka_unit_test(test_same_arn_other_principal_id),
	    cmocka_unit_test(test_nameless_callers_are_nobody),
	    cmocka_unit_test(test_reasons),
	    cmocka_unit_test(test_certificate_is_never_explained),
	    cmocka_unit_test(test_push_states),
	    cmocka_unit_test(test_coverage_decides_what_can_be_said),
	    cmocka_unit_test(test_explained_beyond_coverage_is_provisional),
	    cmocka_unit_test(test_hole_in_the_trail),
	    cmocka_unit_test(test_stated_coverage),
	    cmocka_unit_test(test_host_of_unknown_place),
	    cmocka_unit_test(test_host_that_does_not_know_itself),
	    cmocka_unit_test(test_key_of_many_instances),
	    cmocka_unit_test(test_range),
	    cmocka_unit_test(test_explain_orders_by_closeness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
