/* SPDX-License-Identifier: Apache-2.0 */
/* What verified receipts do to the verdicts, rule by rule of docs/SEMANTICS.md "Receipts". */
#include "tests/unit/ledger_fixture.h"

#include "common/base64.h"
#include "correlator/evidence/caller_name.h"
#include "correlator/evidence/receipt_ledger.h"

#define KEY     "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINkBDzBtQFzquOuI/9C/tLiNtFn7QYBirM49f4rSAdKz\n"
#define SESSION "%032x"

/* A push with that request id. */
static void
push_request(struct book *b, int64_t time_us, const char *arn, const char *request)
{
	struct event e = event_for(b, time_us, arn, 1);

	e.request_id = span_of(request);
	add_event(b, &e);
}

/* A receipt line of the fixture's n-th session, from 1; request NULL: a note. */
static void
receipt(struct book *b, unsigned session, const char *caller, const char *request)
{
	static char ids[64][33], entries[64][1024];
	static unsigned used;
	char *id = ids[used % 64], *base64 = entries[used++ % 64], text[512];
	struct login_record r;
	struct buf out;

	login_record_init(&r, LOGIN_RECORD_RECEIPT);
	(void)snprintf(id, sizeof(ids[0]), SESSION, session);
	r.id = span_of(id);
	r.time_us = T0 + S;
	if (request == NULL) {
		r.receipt_error = SPAN("no_entry");
	} else {
		(void)snprintf(text, sizeof(text),
		    "#Timestamp=%lld\n#Instance=" INST "\n#Caller=%s\n#Request=%s\n" KEY
		    "c2lnbmF0dXJl\n",
		    (long long)((T0 + 50 * S) / S), caller, request);
		buf_init(&out, sizeof(entries[0]) - 1);
		base64_encode(text, strlen(text), true, &out);
		(void)snprintf(base64, sizeof(entries[0]), "%s", buf_cstr(&out));
		buf_clear(&out);
		r.receipt_entry = span_of(base64);
	}
	assert_int_equal(ledger_add_login_record(&b->ledger, &r), 0);
}

/* Judges with every readable receipt in that state: what the signatures say is tested elsewhere. */
static const struct login *
judge_with(struct book *b, enum receipt_state state)
{
	struct receipts *rs = &b->ledger.receipts;

	assert_int_equal(ledger_finish(&b->ledger), 0);
	for (size_t i = 0; i < rs->count; i++)
		if (rs->rows[i].state == RECEIPT_STATE_UNVERIFIED)
			rs->rows[i].state = (uint8_t)state;
	assert_int_equal(match_run(&b->ledger, &b->options), 0);
	assert_null(match_check_invariants(&b->ledger));
	return &b->ledger.logins[0];
}

/* Covered, one login of key 1 at T0. */
static void
begin(struct book *b)
{
	book_open(b);
	cover(b);
	login(b, T0, "k1");
}

#define assert_judged(l, v, s, r)                                                                  \
	do {                                                                                       \
		assert_string_equal(verdict_name((l)->verdict), verdict_name(v));                  \
		assert_int_equal((l)->strength, (s));                                              \
		assert_int_equal((l)->reason, (r));                                                \
	} while (0)

static void
test_confirmed(void **state)
{
	const struct login *l;
	struct book b;

	(void)state;
	begin(&b);
	push_request(&b, T0 - 10 * S, ALICE, "r1");
	receipt(&b, 1, ALICE, "r1");
	l = judge_with(&b, RECEIPT_STATE_VERIFIED);
	assert_judged(l, VERDICT_ATTRIBUTED, STRENGTH_CONFIRMED, REASON_NONE);
	assert_int_equal(l->match_count, 1);
	assert_int_equal(b.ledger.counts.receipt_states[RECEIPT_STATE_VERIFIED], 1);
	book_close(&b);
}

/* Only what is verified counts: nothing is confirmed, and nothing contradicted. */
static void
test_not_verified(void **state)
{
	static const enum receipt_state states[] = {
	    RECEIPT_STATE_UNVERIFIED, RECEIPT_STATE_REPLAYED};
	static const char *const requests[] = {"r1", "unknown"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct login *l;
		struct book b;

		begin(&b);
		push_request(&b, T0 - 10 * S, ALICE, "r1");
		receipt(&b, 1, BOB, requests[i / 2]);
		l = judge_with(&b, states[i % 2]);
		assert_judged(l, VERDICT_ATTRIBUTED, STRENGTH_MATCHED, REASON_NONE);
		assert_int_equal(l->receipt_count, 1);
		book_close(&b);
	}
}

static void
test_decides(void **state)
{
	struct match_test tests[8];
	const struct login *l;
	struct book b;
	size_t more;

	(void)state;
	begin(&b);
	push_request(&b, T0 - 10 * S, ALICE, "r1");
	push_request(&b, T0 - 9 * S, BOB, "r2");
	receipt(&b, 1, BOB, "r2");
	l = judge_with(&b, RECEIPT_STATE_VERIFIED);
	assert_judged(l, VERDICT_ATTRIBUTED, STRENGTH_CONFIRMED, REASON_NONE);
	assert_int_equal(l->match_count, 1);
	assert_string_equal(
	    ledger_text(&b.ledger, b.ledger.pushes[b.ledger.login_pushes[0]].request_id), "r2");
	/* the other one is shown, and why it is not it */
	assert_int_equal(match_explain(&b.ledger, &b.options, l, tests, 8, &more), 2);
	assert_true(tests[0].explains && tests[0].same_request);
	assert_true(!tests[1].explains && tests[1].has_request && !tests[1].same_request);
	assert_int_equal(b.ledger.counts.states[PUSH_UNUSED], 1);
	book_close(&b);
}

/* Two principals, two receipts: it is as open as before. */
static void
test_two_receipts(void **state)
{
	const struct login *l;
	struct book b;

	(void)state;
	begin(&b);
	push_request(&b, T0 - 10 * S, ALICE, "r1");
	push_request(&b, T0 - 9 * S, BOB, "r2");
	receipt(&b, 1, ALICE, "r1");
	receipt(&b, 1, BOB, "r2");
	l = judge_with(&b, RECEIPT_STATE_VERIFIED);
	assert_judged(l, VERDICT_AMBIGUOUS, STRENGTH_NONE, REASON_NONE);
	assert_int_equal(l->match_count, 2);
	book_close(&b);
}

static void
test_principal_differs(void **state)
{
	const struct login *l;
	struct book b;

	(void)state;
	begin(&b);
	push_request(&b, T0 - 10 * S, ALICE, "r1");
	receipt(&b, 1, BOB, "r1");
	l = judge_with(&b, RECEIPT_STATE_VERIFIED);
	assert_judged(l, VERDICT_CONTRADICTED, STRENGTH_NONE, REASON_RECEIPT_PRINCIPAL_DIFFERS);
	assert_int_equal(l->match_count, 1);
	book_close(&b);
}

static void
test_request_unknown(void **state)
{
	const struct login *l;
	struct book b;

	(void)state;
	begin(&b);
	push_request(&b, T0 - 10 * S, ALICE, "r1");
	receipt(&b, 1, ALICE, "r9");
	l = judge_with(&b, RECEIPT_STATE_VERIFIED);
	assert_judged(l, VERDICT_CONTRADICTED, STRENGTH_NONE, REASON_RECEIPT_REQUEST_UNKNOWN);
	book_close(&b);
	/* also when no push explains the login at all */
	begin(&b);
	receipt(&b, 1, ALICE, "r9");
	l = judge_with(&b, RECEIPT_STATE_VERIFIED);
	assert_judged(l, VERDICT_CONTRADICTED, STRENGTH_NONE, REASON_RECEIPT_REQUEST_UNKNOWN);
	book_close(&b);
	/* where CloudTrail is not complete the call may still come */
	book_open(&b);
	heartbeat(&b, T0 - US_PER_HOUR);
	heartbeat(&b, T0);
	login(&b, T0, "k1");
	receipt(&b, 1, ALICE, "r9");
	l = judge_with(&b, RECEIPT_STATE_VERIFIED);
	assert_judged(l, VERDICT_PENDING, STRENGTH_NONE, REASON_NONE);
	book_close(&b);
}

/* Confirmed before all of the window was delivered: nothing that comes can change it. */
static void
test_provisional(void **state)
{
	const struct login *l;
	struct book b;

	(void)state;
	for (int two = 0; two < 2; two++) {
		book_open(&b);
		heartbeat(&b, T0 - US_PER_HOUR);
		heartbeat(&b, T0);
		login(&b, T0, "k1");
		push_request(&b, T0 - 10 * S, ALICE, "r1");
		receipt(&b, 1, ALICE, "r1");
		if (two)
			receipt(&b, 1, BOB, "r2");
		l = judge_with(&b, RECEIPT_STATE_VERIFIED);
		assert_judged(l, VERDICT_ATTRIBUTED, STRENGTH_CONFIRMED, REASON_NONE);
		assert_int_equal(l->provisional, two);
		book_close(&b);
	}
}

static void
test_lines(void **state)
{
	struct book b;

	(void)state;
	begin(&b);
	receipt(&b, 1, ALICE, "r1");
	receipt(&b, 1, ALICE, "r1"); /* the same log twice */
	receipt(&b, 1, NULL, NULL);
	receipt(&b, 77, ALICE, "r1"); /* of no login */
	judge_with(&b, RECEIPT_STATE_UNVERIFIED);
	assert_int_equal(b.ledger.counts.receipts, 3);
	assert_int_equal(b.ledger.counts.login_duplicates, 1);
	assert_int_equal(b.ledger.counts.receipt_states[RECEIPT_STATE_NOTE], 1);
	assert_int_equal(b.ledger.counts.receipt_states[RECEIPT_STATE_ORPHAN], 1);
	assert_int_equal(b.ledger.counts.receipt_states[RECEIPT_STATE_UNVERIFIED], 1);
	assert_int_equal(b.ledger.logins[0].receipt_count, 2);
	book_close(&b);
}

static void
test_caller_names(void **state)
{
#define ROLE    "arn:aws:iam::111122223333:role/"
#define ASSUMED "arn:aws:sts::111122223333:assumed-role/"
	static const struct {
		const char *caller, *arn;
		bool fits;
	} cases[] = {
	    {ALICE, ALICE, true},
	    {ALICE, BOB, false},
	    {ASSUMED "Ops/alice", ASSUMED "Ops/alice", true},
	    {ASSUMED "Ops/alice", ASSUMED "Ops/bob", false},
	    {ROLE "Ops", ASSUMED "Ops/bob", true},
	    {ROLE "a/path/Ops", ASSUMED "Ops/bob", true},
	    {ASSUMED "Ops", ASSUMED "Ops/bob", true},
	    {ROLE "Dev", ASSUMED "Ops/bob", false},
	    {ROLE "Ops", "arn:aws:sts::444455556666:assumed-role/Ops/bob", false},
	    {ROLE "Ops", "arn:aws-cn:sts::111122223333:assumed-role/Ops/bob", false},
	    {ROLE "Ops", ALICE, false},
	    {ROLE, ASSUMED "Ops/bob", false},
	    {"arn:aws:iam::111122223333:root", ALICE, false},
	    {"", ALICE, true},
	    {"nonsense", ALICE, false},
	    {"arn:::::", "arn:aws:::", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (caller_name_fits(span_of(cases[i].caller), span_of(cases[i].arn)) !=
		    cases[i].fits)
			print_error("%s ~ %s\n", cases[i].caller, cases[i].arn);
		assert_int_equal(caller_name_fits(span_of(cases[i].caller), span_of(cases[i].arn)),
		    cases[i].fits);
		assert_int_equal(caller_name_fits(span_of(cases[i].arn), span_of(cases[i].caller)),
		    cases[i].fits);
	}
	assert_true(caller_name_fits(SPAN_NONE, SPAN(ALICE)));
}

/* EC2 Instance Connect's own line of key 1 and a request. */
static void
notice(struct book *b, const char *request)
{
	const struct key_notice_text n = {
	    .time_us = T0,
	    .instance_id = SPAN(INST),
	    .fingerprint = record_for(b, T0, "k1").auth[0].fingerprint,
	    .request_id = span_of(request),
	    .provided = true,
	    .proven = true,
	};

	assert_int_equal(ledger_add_notice(&b->ledger, &n), 0);
	b->ledger.counts.syslog_lines++;
	b->ledger.counts.syslog_notices++;
}

/* What AWS signed counts, and then what anybody could have written. */
static void
test_receipts_before_lines(void **state)
{
	static const struct {
		const char *caller, *request; /* of the receipt; ALICE made request r1, BOB r2 */
		enum verdict verdict;
		uint32_t pushes;
		bool by_line;
	} cases[] = {
	    {ALICE, "r1", VERDICT_ATTRIBUTED, 1, false},
	    {BOB, "r1", VERDICT_CONTRADICTED, 2, false},
	    {ALICE, NULL, VERDICT_ATTRIBUTED, 1, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct login *l;
		struct book b;

		begin(&b);
		push_request(&b, T0 - 20 * S, ALICE, "r1");
		push_request(&b, T0 - 10 * S, BOB, "r2");
		receipt(&b, 1, cases[i].caller, cases[i].request);
		notice(&b, "r1");
		l = judge_with(&b, RECEIPT_STATE_VERIFIED);
		assert_string_equal(verdict_name(l->verdict), verdict_name(cases[i].verdict));
		assert_int_equal(l->match_count, cases[i].pushes);
		assert_int_equal(l->notice_confirmed, cases[i].by_line);
		book_close(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_receipts_before_lines),
	    cmocka_unit_test(test_confirmed),
	    cmocka_unit_test(test_not_verified),
	    cmocka_unit_test(test_decides),
	    cmocka_unit_test(test_two_receipts),
	    cmocka_unit_test(test_principal_differs),
	    cmocka_unit_test(test_request_unknown),
	    cmocka_unit_test(test_provisional),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_caller_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
