/* SPDX-License-Identifier: Apache-2.0 */
/* Whom somebody could make look like the one: names chosen alike, events that are missing, keys
 * that are blacked out. Nobody may be named for sure by them. docs/SEMANTICS.md, "The person". */
#include "tests/unit/people_world.h"

#define TP       (T0 + 600 * S) /* when most pushes are */
#define INSTANCE "i-0aaaaaaaaaaaaaaaa"

/* Mallory calls a session as alice does, in the same second, where no trail is: alice's event fits,
 * but her key is another. Only the console makes keys of its own. */
static void
test_another_key(void **state)
{
	static const struct {
		const char *issued, *used; /* keys */
		bool console, signed_in, internal;
		const char *expect;
	} cases[] = {
	    {"ASIA1", "ASIA1", false, false, false, "iam_user alice exact origin: access_key"},
	    {"ASIA1", "ASIA2", false, false, false, "iam_user alice probable origin: session"},
	    {NULL, "ASIA2", false, false, false, "iam_user alice exact origin: session"},
	    {"ASIA1", NULL, false, false, false, "iam_user alice exact origin: session"},
	    {"ASIA1", "ASIA2", true, false, false, "iam_user alice exact origin: session"},
	    {"ASIA1", "ASIA2", false, true, false, "iam_user alice exact origin: session"},
	    {"ASIA1", "ASIA2", false, false, true, "iam_user alice exact origin: session"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct event e;
		struct world w;

		world_open(&w);
		s = session(&w, "Ops", "deploy", T0, cases[i].used);
		if (cases[i].signed_in)
			s.sign_in_session_arn =
			    SPAN("arn:aws:signin:" REGION ":" HERE ":session/1");
		if (cases[i].internal)
			s.invoked_by = SPAN("AWS Internal");
		assume(&w, iam_user(&w, "alice"), s, cases[i].issued);
		e = event_for(&w.book, TP, NULL, 1);
		e.identity = s;
		e.from_console = cases[i].console;
		add_event(&w.book, &e);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		assert_int_equal(people_compare(&w.people, w.book.ledger.pushes[0].caller,
				     w.book.ledger.pushes[0].caller),
		    strstr(cases[i].expect, "exact") != NULL);
		world_close(&w);
	}
}

/* Keys that are blacked out are equal: GetSessionToken says by its caller whose the key is. */
static void
test_blacked_out_tokens(void **state)
{
	static const char *const by[] = {"alice", "bob"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct user_identity alice;
		struct event e;
		struct world w;

		world_open(&w);
		alice = iam_user(&w, "alice");
		alice.access_key_id = SPAN("REDACTED");
		alice.creation_date = created(&w, T0);
		e = issued(&w, ISSUE_SESSION_TOKEN, T0, iam_user(&w, by[i]));
		e.issued_key_id = SPAN("REDACTED");
		add_issue(&w, e);
		pushed(&w, TP, alice);
		pushed(&w, TP + S, session(&w, "Ops", "other", T0, "REDACTED"));
		world_judge(&w);
		assert_person(&w, 0,
		    i == 0 ? "iam_user alice exact origin: access_key"
			   : "iam_user alice exact origin:");
		assert_person(&w, 1, "unknown other claimed missing:");
		world_close(&w);
	}
}

/* A session of bob's source identity is not what an event made that set alice's; one of bob's
 * federated sessions is not what alice asked for under the same name. */
static void
test_another_source(void **state)
{
	struct user_identity s, federated;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	s = session(&w, "Ops", "deploy", T0, NULL);
	s.source_identity = SPAN("bob");
	e = assumed(&w, ISSUE_ASSUME_ROLE, iam_user(&w, "alice"), s, NULL);
	e.session_source_identity = SPAN("alice");
	add_issue(&w, e);
	pushed(&w, TP, s);
	federated = (struct user_identity){.type = SPAN("FederatedUser"),
	    .principal_id = SPAN(HERE ":deploy"),
	    .arn = SPAN("arn:aws:sts::" HERE ":federated-user/deploy"),
	    .account_id = SPAN(HERE),
	    .issuer_type = SPAN("IAMUser"),
	    .issuer_arn = iam_user(&w, "bob").arn,
	    .creation_date = created(&w, T0)};
	e = issued(&w, ISSUE_FEDERATION_TOKEN, T0, iam_user(&w, "alice"));
	e.issued_principal_id = federated.principal_id;
	add_issue(&w, e);
	pushed(&w, TP + S, federated);
	world_judge(&w);
	assert_person(&w, 0, "unknown bob probable missing:");
	assert_person(&w, 1, "iam_user bob exact missing:");
	world_close(&w);
}

/* The root who signed in is not the one that an administrator made in the same second. */
static void
test_root_of_its_own(void **state)
{
	struct user_identity root = {.type = SPAN("Root"),
	    .principal_id = SPAN(THERE),
	    .arn = SPAN("arn:aws:iam::" THERE ":root"),
	    .account_id = SPAN(THERE),
	    .access_key_id = SPAN("ASIA2")};
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	root.creation_date = created(&w, T0);
	e = issued(&w, ISSUE_ASSUME_ROOT, T0, iam_user(&w, "alice"));
	e.issued_key_id = SPAN("ASIA1");
	e.issued_principal_id = SPAN(THERE);
	add_issue(&w, e);
	pushed(&w, TP, root);
	world_judge(&w);
	assert_person(&w, 0, "root root of " THERE " exact origin:");
	world_close(&w);
}

/* A session's name is its caller's choice: that of an instance leads to nobody who is logged in
 * there, but where AWS says that an instance has it. */
static void
test_named_like_an_instance(void **state)
{
	static const struct {
		const char *delivery, *service, *expect;
	} cases[] = {
	    {NULL, NULL, "unknown - - missing:"},
	    {"2.0", NULL, "iam_user alice probable logins: instance"},
	    {NULL, "ec2.amazonaws.com", "iam_user alice probable logins: instance"},
	    {NULL, "lambda.amazonaws.com", "service - - origin: access_key"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct world w;

		world_open(&w);
		cover(&w.book);
		pushed_for(&w, T0, iam_user(&w, "alice"), INSTANCE, 1);
		logged_in(&w, T0 + 4 * S, 0, INSTANCE, "boot-1", "k1");
		s = session(&w, "Ops", INSTANCE, T0 + 100 * S, "ASIA1");
		s.ec2_role_delivery = span_of(cases[i].delivery);
		if (cases[i].service != NULL)
			assume(&w, service(cases[i].service), s, "ASIA1");
		pushed_for(&w, TP, s, INST, 2);
		world_judge(&w);
		assert_person(&w, 1, cases[i].expect);
		world_close(&w);
	}
}

/* Two users of one name, of two accounts, switch to one role in one second. */
static void
test_two_switches(void **state)
{
	static const struct {
		const char *from[2];
		int64_t created_us; /* of the second one's session */
		const char *expect;
	} cases[] = {
	    {{HERE, HERE}, 0, "iam_user sam exact origin: session"},
	    {{HERE, THERE}, 0, "unknown - - ambiguous:"},
	    {{HERE, THERE}, S, "iam_user sam exact origin: session"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct world w;

		world_open(&w);
		for (size_t k = 0; k < 2; k++) {
			struct event e;

			s = session(
			    &w, "Ops", "sam", T0 + (k != 0 ? cases[i].created_us : 0), NULL);
			e = issued(&w, ISSUE_SWITCH_ROLE, T0 + S, s);
			e.switch_from =
			    world_text(&w, "arn:aws:iam::%s:user/sam", cases[i].from[k]);
			add_issue(&w, e);
		}
		pushed(&w, TP, session(&w, "Ops", "sam", T0, "ASIA1"));
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		assert_int_equal(who_pushed(&w, 0)->candidate_count,
		    strstr(cases[i].expect, "ambiguous") != NULL ? 2 : 0);
		if (i == 2)
			assert_string_equal(word(&w, who_pushed(&w, 0)->principal),
			    "arn:aws:iam::" HERE ":user/sam");
		world_close(&w);
	}
}

/* Two callers of whom nothing says which session they are: two people, perhaps. */
static void
test_sessions_without_marks(void **state)
{
	static const struct {
		const char *created[2];
		const char *expect;
	} cases[] = {
	    {{NULL, NULL}, "unknown - - ambiguous:"},
	    {{"2026-11-22T05:00:00Z", "2026-11-22T05:00:00Z"},
		"unknown shared claimed missing: session"},
	    {{"2026-11-22T05:00:00Z", "2026-11-22T05:00:01Z"}, "unknown - - ambiguous:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct world w;

		world_open(&w);
		s = session(&w, "Ops", "x", T0, NULL);
		for (int k = 0; k < 2; k++) {
			struct user_identity by = session(&w, "Tool", "shared", T0, NULL);

			by.creation_date = span_of(cases[i].created[k]);
			by.mfa = k == 0 ? SPAN("false") : SPAN("true");
			assume(&w, by, s, NULL);
		}
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		world_close(&w);
	}
}

/* A source identity is a name that the first to set it chose: another account's word is a claim,
 * and so is that of whoever made the chain too long to see. */
static void
test_source_identity(void **state)
{
	static const struct {
		const char *by; /* f: another account's, m: nobody knows, d: too many roles */
		const char *expect;
	} cases[] = {
	    {"f", "unknown alice claimed missing: access_key"},
	    {"m", "unknown alice probable missing: access_key"},
	    {"d",
		"unknown alice claimed depth: access_key access_key access_key access_key "
		"access_key access_key access_key access_key"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity by, s;
		struct world w;

		world_open(&w);
		by = iam_user(&w, "mallory");
		if (cases[i].by[0] == 'f')
			by = foreign(by);
		if (cases[i].by[0] == 'm')
			by = session(&w, "Ops", "x", T0 - 600 * S, "ASIAX");
		for (int k = 0; k < (cases[i].by[0] == 'd' ? 10 : 1); k++) {
			s = session(
			    &w, "Ops", "y", T0 + k * 10 * S, world_text(&w, "ASIA%d", k).ptr);
			s.source_identity = SPAN("alice");
			assume(&w, by, s, s.access_key_id.ptr);
			by = s;
		}
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		world_close(&w);
	}
}

/* A record that shares an id with the role owner's, but whose caller is not who the owner saw. */
static void
test_false_twin(void **state)
{
	static const char *const others[] = {"bob", "alice"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct user_identity s;
		struct event e;
		struct world w;

		world_open(&w);
		s = session_in(&w, THERE, "Ops", "x", T0, "ASIA1");
		for (int k = 0; k < 2; k++) {
			struct user_identity by = iam_user(&w, k == 0 ? "alice" : others[i]);

			e = assumed(&w, ISSUE_ASSUME_ROLE, k == 0 ? foreign(by) : by, s, "ASIA1");
			e.shared_event_id = SPAN("shared-1");
			add_issue(&w, e);
		}
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0,
		    i == 0 ? "unknown - - ambiguous:" : "iam_user alice exact origin: access_key");
		world_close(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_another_key),
	    cmocka_unit_test(test_blacked_out_tokens),
	    cmocka_unit_test(test_another_source),
	    cmocka_unit_test(test_root_of_its_own),
	    cmocka_unit_test(test_named_like_an_instance),
	    cmocka_unit_test(test_two_switches),
	    cmocka_unit_test(test_sessions_without_marks),
	    cmocka_unit_test(test_source_identity),
	    cmocka_unit_test(test_false_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
