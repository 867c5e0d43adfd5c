/* SPDX-License-Identifier: Apache-2.0 */
/* EC2 Instance Connect's own lines: which pushes they name, and which keys it did not have. */
#include "tests/unit/ledger_fixture.h"

#define HOST         "web1"
#define ROLE         "arn:aws:sts::111122223333:assumed-role/Ops/"
#define CALLED(name) ROLE name

/* The fingerprint text of a key of the fixture. */
static struct span
key_text(uint8_t key)
{
	static char texts[10][SSH_FINGERPRINT_TEXT_LEN];
	uint8_t digest[SHA256_LEN] = {key};

	return span_of(ssh_fingerprint_text(digest, texts[key % 10]));
}

static struct key_notice_text
notice_for(int64_t time_us, const char *request, const char *principal)
{
	return (struct key_notice_text){
	    .time_us = time_us,
	    .instance_id = SPAN(INST),
	    .hostname = SPAN(HOST),
	    .fingerprint = key_text(1),
	    .request_id = span_of(request),
	    .principal = span_of(principal),
	    .provided = true,
	    .proven = true,
	};
}

static void
add_notice(struct book *b, const struct key_notice_text *n)
{
	assert_int_equal(ledger_add_notice(&b->ledger, n), 0);
	b->ledger.counts.syslog_lines++;
	b->ledger.counts.syslog_notices++;
}

static void
provide(struct book *b, int64_t time_us, const char *request, const char *principal)
{
	struct key_notice_text n = notice_for(time_us, request, principal);

	add_notice(b, &n);
}

static void
push_request(struct book *b, int64_t time_us, const char *arn, const char *request)
{
	struct event e = event_for(b, time_us, arn, 1);

	e.request_id = span_of(request);
	add_event(b, &e);
}

/* Two callers pushed the key that logs in at T0: which of them it was is what lines may say. */
static void
begin(struct book *b)
{
	struct login_record r;

	book_open(b);
	cover(b);
	push_request(b, T0 - 20 * S, CALLED("alice"), "r1");
	push_request(b, T0 - 10 * S, CALLED("bob"), "r2");
	r = record_for(b, T0, "k1");
	r.host.hostname = SPAN(HOST ".example.com");
	assert_int_equal(ledger_add_login_record(&b->ledger, &r), 0);
}

static void
expect(
    struct book *b, const char *name, enum verdict verdict, uint32_t pushes, enum strength strength)
{
	const struct login *l;

	judge(b);
	l = &b->ledger.logins[0];
	if (l->verdict != verdict || l->match_count != pushes || l->strength != strength ||
	    l->notice_confirmed != (verdict == VERDICT_ATTRIBUTED))
		fail_msg("%s: %s by %u pushes, strength %d, confirmed %d", name,
		    verdict_name(l->verdict), l->match_count, l->strength, l->notice_confirmed);
}

static void
test_line_decides(void **state)
{
	struct match_test tests[4];
	struct book b;
	size_t more;

	(void)state;
	begin(&b);
	provide(&b, T0 - S, "r1", CALLED("alice"));
	expect(&b, "one of two", VERDICT_ATTRIBUTED, 1, STRENGTH_CONFIRMED);
	assert_int_equal(b.ledger.login_pushes[b.ledger.logins[0].match_first], 0);
	assert_int_equal(b.ledger.pushes[0].state, PUSH_USED);
	assert_int_equal(b.ledger.pushes[1].state, PUSH_UNUSED);
	assert_int_equal(
	    match_explain(&b.ledger, &b.options, &b.ledger.logins[0], tests, 4, &more), 2);
	assert_true(tests[0].has_request && tests[0].by_notice && tests[0].same_request);
	assert_true(tests[0].explains && !tests[1].explains);
	assert_true(tests[1].has_request && tests[1].by_notice && !tests[1].same_request);
	book_close(&b);
}

/* Anybody on the host can write into a log of text: such a line confirms, and chooses nobody. */
static void
test_text_decides_nothing(void **state)
{
	struct key_notice_text n = notice_for(T0 - S, "r1", CALLED("alice"));
	struct login_record record;
	struct book b;

	(void)state;
	n.proven = false;
	begin(&b);
	add_notice(&b, &n);
	expect(&b, "one of two people", VERDICT_AMBIGUOUS, 2, STRENGTH_NONE);
	book_close(&b);

	book_open(&b);
	cover(&b);
	push_request(&b, T0 - 20 * S, CALLED("alice"), "r1");
	push_request(&b, T0 - 10 * S, CALLED("alice"), "r2");
	record = record_for(&b, T0, "k1");
	assert_int_equal(ledger_add_login_record(&b.ledger, &record), 0);
	add_notice(&b, &n);
	expect(&b, "one person's", VERDICT_ATTRIBUTED, 2, STRENGTH_CONFIRMED);
	book_close(&b);
}

/* Each in its own way is no line about this login. */
static void
test_when_a_line_counts(void **state)
{
	static const struct {
		const char *name;
		int64_t after_us;
		const char *request, *principal, *instance, *host;
		uint8_t key;
		bool querying, unproven, counts;
	} cases[] = {
	    {"130 s before", -130 * S, "r1", NULL, INST, HOST, 1, false, false, true},
	    {"earlier", -130 * S - 1, "r1", NULL, INST, HOST, 1, false, false, false},
	    {"2 s behind", 2 * S, "r1", NULL, INST, HOST, 1, false, false, true},
	    {"later", 2 * S + 1, "r1", NULL, INST, HOST, 1, false, false, false},
	    {"an unknown request", 0, "r9", NULL, INST, HOST, 1, false, false, false},
	    {"no request", 0, NULL, CALLED("alice"), INST, HOST, 1, false, false, false},
	    {"another key", 0, "r1", NULL, INST, HOST, 2, false, false, false},
	    {"another instance of that name", 0, "r1", NULL, OTHER, HOST, 1, false, false, false},
	    {"another name", 0, "r1", NULL, INST, "web2", 1, false, false, true},
	    {"no instance, the name", 0, "r1", NULL, NULL, HOST, 1, false, false, true},
	    {"no instance, a longer name", 0, "r1", NULL, NULL, HOST ".internal", 1, false, false,
		true},
	    {"no instance, another name", 0, "r1", NULL, NULL, "web2", 1, false, false, false},
	    {"nothing says where", 0, "r1", NULL, NULL, NULL, 1, false, false, false},
	    {"only asked", 0, "r1", NULL, INST, HOST, 1, true, false, false},
	    {"another user wrote it", 0, "r1", NULL, INST, HOST, 1, false, true, false},
	    {"the role", 0, "r1", "arn:aws:iam::111122223333:role/team/Ops", INST, HOST, 1, false,
		false, true},
	    {"another caller", 0, "r1", CALLED("bob"), INST, HOST, 1, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key_notice_text n =
		    notice_for(T0 + cases[i].after_us, cases[i].request, cases[i].principal);
		struct book b;

		begin(&b);
		n.instance_id = span_of(cases[i].instance);
		n.hostname = span_of(cases[i].host);
		n.fingerprint = key_text(cases[i].key);
		n.provided = !cases[i].querying;
		n.unproven = cases[i].unproven;
		add_notice(&b, &n);
		if (cases[i].counts)
			expect(&b, cases[i].name, VERDICT_ATTRIBUTED, 1, STRENGTH_CONFIRMED);
		else
			expect(&b, cases[i].name, VERDICT_AMBIGUOUS, 2, STRENGTH_NONE);
		assert_int_equal(b.ledger.counts.notices_unproven, cases[i].unproven);
		book_close(&b);
	}
}

/* The script prints every pushed key that fits: who else pushed it is not ruled out. */
static void
test_both_are_named(void **state)
{
	struct book b;

	(void)state;
	begin(&b);
	provide(&b, T0 - S, "r1", CALLED("alice"));
	provide(&b, T0 - S, "r2", CALLED("bob"));
	judge(&b);
	assert_int_equal(b.ledger.logins[0].verdict, VERDICT_AMBIGUOUS);
	assert_int_equal(b.ledger.logins[0].match_count, 2);
	assert_true(b.ledger.logins[0].notice_confirmed);
	book_close(&b);
}

/* A line can be written by anybody: it makes no push of one that could not explain the login, and
 * no contradiction of a caller that differs. */
static void
test_line_adds_nothing(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	cover(&b);
	push_request(&b, T0 - 300 * S, ALICE, "r1");
	provide(&b, T0, "r1", ALICE);
	login(&b, T0, "k1");
	judge(&b);
	assert_int_equal(b.ledger.logins[0].verdict, VERDICT_UNATTRIBUTED);
	assert_int_equal(b.ledger.logins[0].reason, REASON_PUSH_EXPIRED);
	book_close(&b);
	book_open(&b);
	cover(&b);
	push_request(&b, T0 - 10 * S, ALICE, "r1");
	provide(&b, T0, "r1", BOB);
	login(&b, T0, "k1");
	judge(&b);
	assert_int_equal(b.ledger.logins[0].verdict, VERDICT_ATTRIBUTED);
	assert_int_equal(b.ledger.logins[0].strength, STRENGTH_MATCHED);
	assert_false(b.ledger.logins[0].notice_confirmed);
	book_close(&b);
}

/* A push whose window is not covered to its end stays provisional: a line is no receipt. */
static void
test_provisional_stays(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	heartbeat(&b, T0 - US_PER_HOUR);
	heartbeat(&b, T0);
	push_request(&b, T0 - 10 * S, ALICE, "r1");
	provide(&b, T0, "r1", ALICE);
	login(&b, T0, "k1");
	judge(&b);
	assert_int_equal(b.ledger.logins[0].strength, STRENGTH_CONFIRMED);
	assert_true(b.ledger.logins[0].provisional);
	book_close(&b);
}

/* A host that is heard of by the script's lines alone is no uninstrumented one. */
static void
test_heard_of(void **state)
{
	struct book b;

	(void)state;
	for (int heard = 0; heard < 2; heard++) {
		book_open(&b);
		cover(&b);
		push_request(&b, T0, ALICE, "r1");
		if (heard)
			provide(&b, T0 + S, "r1", ALICE);
		judge(&b);
		assert_int_equal(
		    b.ledger.pushes[0].state, heard ? PUSH_UNUSED : PUSH_UNINSTRUMENTED);
		book_close(&b);
	}
}

/*
 * Lines of one host and key, each a letter and the tenths of seconds behind T0: Q querying, P
 * providing, lower case when another user wrote it. Refusals are expected as "times@tenths", with
 * "?" when unproven.
 */
struct talk {
	const char *lines, *refusals;
};

static void
talk_fill(struct book *b, const char *lines, bool journal)
{
	while (*lines != '\0') {
		struct key_notice_text n = notice_for(0, NULL, NULL);
		int used = 0;
		long tenths = 0;
		char word = 0;

		assert_int_equal(sscanf(lines, " %c%ld %n", &word, &tenths, &used), 2);
		n.time_us = T0 + tenths * (S / 10);
		n.provided = word == 'P' || word == 'p';
		n.unproven = word == 'q' || word == 'p';
		n.boot_id = journal ? SPAN("0123456789abcdef0123456789abcdef") : SPAN_NONE;
		add_notice(b, &n);
		lines += used;
	}
}

static void
talk_refusals(const struct ledger *l, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < l->refusal_count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%u@%lld%s", i != 0 ? " " : "",
		    l->refusals[i].times, (long long)((l->refusals[i].time_us - T0) / (S / 10)),
		    l->refusals[i].unproven ? "?" : "");
}

static void
test_refusals(void **state)
{
	static const struct talk talks[] = {
	    {"Q0 P3", ""},
	    {"Q0 P3 Q5 P8", ""}, /* sshd asks twice */
	    {"Q0 P100", ""},
	    {"Q0 P101", "1@0"},
	    {"Q0", "1@0"},
	    {"Q0 Q50 Q90", "3@0"},
	    {"Q0 Q200 P201 Q500", "1@0 1@500"}, /* what was answered ends the run */
	    {"P1 Q2", "1@2"},
	    {"P0 P1 Q2 P3", ""},
	    {"Q0 P1 P2", ""}, /* two callers pushed the key */
	    {"Q0 Q36000", "2@0"},
	    {"Q0 Q36001", "1@0 1@36001"},
	    {"q0", "1@0?"},
	    {"q0 p1", ""},
	    {"Q0 p1", "1@0"}, /* what another user wrote answers nothing */
	    {"q0 P1", ""},
	    {"q0 Q5", "2@0"},
	    {"Q0 q100 p101 Q200", "2@0"},
	    {"Q9 P0", ""}, /* a stamp of whole seconds */
	    {"Q10 P9", "1@10"},
	    {"Q19 P0", "1@19"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
		char text[256];
		struct book b;

		book_open(&b);
		talk_fill(&b, talks[i].lines, i % 2 == 0);
		judge(&b);
		talk_refusals(&b.ledger, text, sizeof(text));
		if (strcmp(text, talks[i].refusals) != 0)
			fail_msg("%s: \"%s\", should be \"%s\"", talks[i].lines, text,
			    talks[i].refusals);
		assert_int_equal(b.ledger.counts.keys_refused, b.ledger.refusal_count);
		book_close(&b);
	}
}

/* The journal and a file of one host tell of the same. */
static void
test_refused_once(void **state)
{
	char text[256];
	struct book b;

	(void)state;
	book_open(&b);
	talk_fill(&b, "Q3 Q54", true);
	talk_fill(&b, "Q0 Q50", false);
	judge(&b);
	talk_refusals(&b.ledger, text, sizeof(text));
	assert_string_equal(text, "2@0");
	book_close(&b);
}

static void
ask(struct book *b, int64_t time_us, const char *instance, const char *host, uint8_t key)
{
	struct key_notice_text n = notice_for(time_us, NULL, NULL);

	n.instance_id = span_of(instance);
	n.hostname = span_of(host);
	n.fingerprint = key_text(key);
	n.provided = false;
	add_notice(b, &n);
}

/* Hosts and keys are kept apart. */
static void
test_refusals_apart(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	ask(&b, T0, INST, HOST, 1);
	ask(&b, T0 + S, OTHER, HOST, 1);
	ask(&b, T0 + 2 * S, INST, HOST, 2);
	ask(&b, T0 + 3 * S, NULL, HOST, 1);
	ask(&b, T0 + 4 * S, NULL, HOST ".example.com", 1);
	ask(&b, T0 + 5 * S, NULL, "web2", 1);
	provide(&b, T0 + 6 * S, "r1", NULL);
	judge(&b);
	assert_int_equal(b.ledger.refusal_count, 4);
	assert_string_equal(ledger_text(&b.ledger, b.ledger.refusals[0].instance_id), OTHER);
	assert_int_equal(b.ledger.refusals[2].times, 2);
	book_close(&b);
}

static void
push_to(struct book *b, int64_t time_us, const char *instance, bool failed)
{
	struct event e = event_for(b, time_us, ALICE, 1);

	e.instance_id = span_of(instance);
	e.failed = failed;
	add_event(b, &e);
}

static void
test_last_push(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	push_to(&b, T0, OTHER, false);
	push_to(&b, T0 + 10 * S, INST, false);
	push_to(&b, T0 + 20 * S, INST, true);
	push_to(&b, T0 + 30 * S, OTHER, false);
	push_to(&b, T0 + 500 * S, INST, false);
	ask(&b, T0 - S, INST, HOST, 1);
	provide(&b, T0, NULL, NULL);
	ask(&b, T0 + 5 * S, INST, HOST, 1);
	provide(&b, T0 + 30 * S, NULL, NULL);
	ask(&b, T0 + 100 * S, INST, HOST, 1);
	ask(&b, T0 + 100 * S, NULL, "web2", 1);
	ask(&b, T0 + 600 * S, INST, HOST, 2);
	b.options.has_to = true;
	b.options.to_us = T0 + 600 * S;
	judge(&b);
	assert_int_equal(b.ledger.refusal_count, 4);
	assert_int_equal(b.ledger.refusals[0].last_push, 0); /* to another instance */
	assert_int_equal(b.ledger.refusals[1].last_push, 3); /* the host is no instance */
	assert_int_equal(b.ledger.refusals[2].last_push, 1); /* not what failed, nor later */
	assert_int_equal(b.ledger.refusals[3].last_push, UINT32_MAX);
	assert_int_equal(b.ledger.counts.keys_refused, 3); /* of the time asked for */
	book_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_line_decides),
	    cmocka_unit_test(test_text_decides_nothing),
	    cmocka_unit_test(test_when_a_line_counts),
	    cmocka_unit_test(test_both_are_named),
	    cmocka_unit_test(test_line_adds_nothing),
	    cmocka_unit_test(test_provisional_stays),
	    cmocka_unit_test(test_heard_of),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_refused_once),
	    cmocka_unit_test(test_refusals_apart),
	    cmocka_unit_test(test_last_push),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
