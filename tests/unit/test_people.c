/* SPDX-License-Identifier: Apache-2.0 */
/* From callers back to persons, docs/SEMANTICS.md, "The person". */
#include "tests/unit/people_world.h"

#define TP (T0 + 600 * S) /* when most pushes are */

static void
test_long_term_callers(void **state)
{
	struct user_identity root = {.type = SPAN("Root"),
	    .principal_id = SPAN(HERE),
	    .arn = SPAN("arn:aws:iam::" HERE ":root"),
	    .account_id = SPAN(HERE)};
	struct world w;

	(void)state;
	world_open(&w);
	pushed(&w, TP, iam_user(&w, "alice"));
	pushed(&w, TP + S, root);
	pushed(&w, TP + 2 * S, service("ssm.amazonaws.com"));
	pushed(&w, TP + 3 * S, center_user(&w, "user-1"));
	pushed(&w, TP + 4 * S, (struct user_identity){.type = SPAN("Directory")});
	pushed(&w, TP + 5 * S, (struct user_identity){0});
	pushed(&w, TP + 6 * S, saml_user(&w, "alice@example.com"));
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin:");
	assert_person(&w, 1, "root root of " HERE " exact origin:");
	assert_person(&w, 2, "service - - origin:");
	assert_person(&w, 3, "identity_center user-1 exact origin:");
	assert_person(&w, 4, "unknown - - missing:");
	assert_person(&w, 5, "unknown - - missing:");
	assert_person(&w, 6, "saml alice@example.com exact origin:");
	assert_string_equal(word(&w, who_pushed(&w, 0)->key),
	    "iam_user arn:aws:iam::" HERE ":user/team/alice AIDAalice");
	assert_string_equal(word(&w, who_pushed(&w, 1)->key), "root " HERE);
	assert_int_equal(who_pushed(&w, 5)->key, 0);
	world_close(&w);
}

/* Each kind of event that issues the session of a role, and who then is behind it. */
static void
test_issuing_kinds(void **state)
{
	struct user_identity s,
	    web = {.type = SPAN("WebIdentityUser"),
		.principal_id = SPAN("issuer:app:repo"),
		.user_name = SPAN("repo:example/app"),
		.identity_provider = SPAN("token.example.com")};
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	s = session(&w, "Ops", "one", T0, "ASIA1");
	assume(&w, iam_user(&w, "alice"), s, "ASIA1");
	pushed(&w, TP, s);

	s = session(&w, "Ops", "two", T0, "ASIA2");
	e = assumed(&w, ISSUE_ASSUME_ROLE_WITH_SAML, saml_user(&w, "bob@example.com"), s, "ASIA2");
	e.subject = SPAN("bob@example.com");
	e.subject_type = SPAN("persistent");
	e.provider = SPAN("arn:aws:iam::" HERE ":saml-provider/corp");
	add_issue(&w, e);
	pushed(&w, TP + S, s);

	s = session(&w, "Ops", "carol", T0, "ASIA3");
	e = assumed(&w, ISSUE_ASSUME_ROLE_WITH_SAML, saml_user(&w, "_f00"), s, "ASIA3");
	e.subject = SPAN("_f00");
	e.subject_type = SPAN("transient");
	add_issue(&w, e);
	pushed(&w, TP + 2 * S, s);

	s = session(&w, "Ops", "ci", T0, "ASIA4");
	e = assumed(&w, ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY, web, s, "ASIA4");
	e.subject = SPAN("repo:example/app");
	e.provider = SPAN("token.example.com");
	add_issue(&w, e);
	pushed(&w, TP + 3 * S, s);

	s = session(&w, "Lambda", "function", T0, "ASIA5");
	assume(&w, service("lambda.amazonaws.com"), s, "ASIA5");
	pushed(&w, TP + 4 * S, s);
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: access_key");
	assert_person(&w, 1, "saml bob@example.com exact origin: access_key");
	assert_string_equal(word(&w, who_pushed(&w, 1)->key),
	    "saml " HERE " arn:aws:iam::" HERE ":saml-provider/corp bob@example.com");
	assert_person(&w, 2, "saml carol exact origin: access_key");
	assert_int_equal(who_pushed(&w, 2)->key, 0);
	assert_person(&w, 3, "web_identity repo:example/app exact origin: access_key");
	assert_string_equal(word(&w, who_pushed(&w, 3)->provider), "token.example.com");
	assert_person(&w, 4, "service - - origin: access_key");
	world_close(&w);
}

static void
test_tokens_of_users(void **state)
{
	struct user_identity alice, temporary, federated;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	alice = iam_user(&w, "alice");
	/* GetSessionToken: the user all the same, and what it says of MFA */
	temporary = alice;
	temporary.access_key_id = SPAN("ASIA1");
	temporary.creation_date = created(&w, T0);
	e = issued(&w, ISSUE_SESSION_TOKEN, T0, alice);
	e.issued_key_id = SPAN("ASIA1");
	e.mfa_serial = SPAN("arn:aws:iam::" HERE ":mfa/alice");
	add_issue(&w, e);
	pushed(&w, TP, temporary);
	/* the event is not there */
	temporary.access_key_id = SPAN("ASIA2");
	temporary.creation_date = created(&w, T0 + 60 * S);
	pushed(&w, TP + S, temporary);
	/* the console: another key each time, the session's second is that of the sign-in */
	temporary.access_key_id = SPAN("ASIA3");
	temporary.creation_date = created(&w, T0 + 120 * S);
	temporary.mfa = SPAN("false");
	e = issued(&w, ISSUE_CONSOLE_LOGIN, T0 + 121 * S, temporary);
	e.identity.access_key_id = SPAN_NONE;
	e.mfa_used = SPAN("Yes");
	add_issue(&w, e);
	pushed(&w, TP + 2 * S, temporary);
	/* GetFederationToken: the name is the caller's choice, the user is not */
	federated = (struct user_identity){.type = SPAN("FederatedUser"),
	    .principal_id = SPAN(HERE ":mallory"),
	    .arn = SPAN("arn:aws:sts::" HERE ":federated-user/mallory"),
	    .account_id = SPAN(HERE),
	    .access_key_id = SPAN("ASIA4"),
	    .issuer_type = SPAN("IAMUser"),
	    .issuer_arn = alice.arn,
	    .creation_date = created(&w, T0 + 180 * S)};
	e = issued(&w, ISSUE_FEDERATION_TOKEN, T0 + 180 * S, alice);
	e.issued_principal_id = federated.principal_id;
	add_issue(&w, e);
	pushed(&w, TP + 3 * S, federated);
	/* without the event AWS still says whose session it is */
	federated.creation_date = created(&w, T0 + 240 * S);
	pushed(&w, TP + 4 * S, federated);
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: access_key");
	assert_int_equal(who_pushed(&w, 0)->mfa, MFA_SEEN);
	assert_person(&w, 1, "iam_user alice exact origin:");
	assert_int_equal(who_pushed(&w, 1)->mfa, MFA_UNKNOWN);
	assert_person(&w, 2, "iam_user alice exact origin: session");
	assert_int_equal(who_pushed(&w, 2)->mfa, MFA_SEEN);
	assert_person(&w, 3, "iam_user alice exact origin: session");
	assert_person(&w, 4, "iam_user alice exact missing:");
	assert_int_equal(who_pushed(&w, 4)->key, 0);
	assert_int_equal(who_pushed(&w, 4)->missing.kinds, 1u << ISSUE_FEDERATION_TOKEN);
	world_close(&w);
}

static void
test_assumed_root(void **state)
{
	struct user_identity root = {.type = SPAN("Root"),
	    .principal_id = SPAN(THERE),
	    .arn = SPAN("arn:aws:iam::" THERE ":root"),
	    .account_id = SPAN(THERE),
	    .access_key_id = SPAN("ASIA1")};
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	root.creation_date = created(&w, T0);
	e = issued(&w, ISSUE_ASSUME_ROOT, T0, iam_user(&w, "alice"));
	e.issued_key_id = SPAN("ASIA1");
	add_issue(&w, e);
	root.assumed_root = SPAN("true");
	pushed(&w, TP, root);
	/* without the event: somebody, and certainly not the account itself */
	root.access_key_id = SPAN("ASIA2");
	root.creation_date = created(&w, T0 + 60 * S);
	pushed(&w, TP + S, root);
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: access_key");
	assert_person(&w, 1, "unknown - - missing:");
	assert_int_equal(who_pushed(&w, 1)->missing.kinds, 1u << ISSUE_ASSUME_ROOT);
	assert_int_equal(who_pushed(&w, 1)->missing.account_id, 0);
	world_close(&w);
}

/* One act in two accounts: whichever copies there are, in whichever order. */
static void
test_twins(void **state)
{
	static const struct {
		const char *copies; /* 'c' the caller's, 'o' the role owner's */
		const char *expect;
	} cases[] = {
	    {"co", "iam_user alice exact origin: access_key"},
	    {"oc", "iam_user alice exact origin: access_key"},
	    {"c", "iam_user alice exact origin: access_key"},
	    {"o", "unknown nobody-known claimed missing: access_key"},
	};

	(void)state;
	for (int shared = 0; shared < 2; shared++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			struct user_identity alice, s;
			const struct person *p;
			struct world w;

			world_open(&w);
			alice = iam_user(&w, "alice");
			s = session_in(&w, THERE, "Ops", "nobody-known", T0, "ASIA1");
			for (const char *copy = cases[i].copies; *copy != '\0'; copy++) {
				struct event e = assumed(&w, ISSUE_ASSUME_ROLE,
				    *copy == 'c' ? alice : foreign(alice), s, "ASIA1");

				e.account_id = *copy == 'c' ? SPAN(HERE) : SPAN(THERE);
				if (shared != 0)
					e.shared_event_id = SPAN("shared-1");
				else
					e.request_id = SPAN("request-1");
				add_issue(&w, e);
			}
			pushed(&w, TP, s);
			world_judge(&w);
			assert_person(&w, 0, cases[i].expect);
			p = who_pushed(&w, 0);
			if (p->end == CHAIN_END_MISSING) {
				assert_string_equal(word(&w, p->missing.account_id), HERE);
				assert_string_equal(word(&w, p->missing.region), REGION);
				assert_int_equal(p->missing.kinds, 1u << ISSUE_ASSUME_ROLE);
				assert_int_equal(p->missing.from_us, T0 - 2 * S);
				assert_int_equal(p->missing.to_us, T0 + 2 * S);
				assert_string_equal(word(&w, p->principal), "AWSAccount AIDAalice");
			}
			world_close(&w);
		}
	}
}

/* Only the owner's copy shows the key; the caller's is known by the event that they share. */
static void
test_twin_without_key(void **state)
{
	struct user_identity alice, s;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	alice = iam_user(&w, "alice");
	s = session_in(&w, THERE, "Ops", "x", T0, "ASIA1");
	e = assumed(&w, ISSUE_ASSUME_ROLE, foreign(alice), s, "ASIA1");
	e.shared_event_id = SPAN("shared-1");
	add_issue(&w, e);
	e = assumed(&w, ISSUE_ASSUME_ROLE, alice, s, NULL);
	e.shared_event_id = SPAN("shared-1");
	e.issued_principal_id = SPAN_NONE;
	add_issue(&w, e);
	pushed(&w, TP, s);
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: access_key");
	world_close(&w);
}

static void
test_three_roles_deep(void **state)
{
	struct user_identity a, b, c;
	struct world w;

	(void)state;
	world_open(&w);
	a = session(&w, "A", "same", T0, "ASIAA");
	b = session(&w, "B", "same", T0 + 10 * S, "ASIAB");
	c = session_in(&w, THERE, "C", "same", T0 + 20 * S, NULL);
	assume(&w, iam_user(&w, "alice"), a, "ASIAA");
	assume(&w, a, b, "ASIAB");
	assume(&w, b, c, "ASIAX"); /* the console used another key than this */
	pushed(&w, TP, c);
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: session access_key access_key");
	assert_string_equal(word(&w, who_pushed(&w, 0)->session_name), "same");
	assert_string_equal(
	    word(&w, who_pushed(&w, 0)->principal), "arn:aws:iam::" HERE ":user/team/alice");
	world_close(&w);
}

/* The second in which a session was created tells sessions of one name apart. */
static void
test_reused_session_names(void **state)
{
	static const struct {
		int64_t after_us;
		const char *expect;
	} cases[] = {
	    {0, "iam_user alice exact origin: session"},
	    {2 * S, "iam_user alice exact origin: session"},
	    {-2 * S, "iam_user alice exact origin: session"},
	    {3 * S, "unknown shared claimed missing:"},
	    {-3 * S, "unknown shared claimed missing:"},
	    {100 * S, "iam_user bob exact origin: session"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		world_open(&w);
		assume(&w, iam_user(&w, "alice"), session(&w, "Ops", "shared", T0, NULL), NULL);
		assume(&w, iam_user(&w, "bob"), session(&w, "Ops", "shared", T0 + 100 * S, NULL),
		    NULL);
		pushed(&w, TP, session(&w, "Ops", "shared", T0 + cases[i].after_us, "ASIAZ"));
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		world_close(&w);
	}
}

/* A key that was blacked out is everybody's: the event must have come before the use, and be about
 * the same session. */
static void
test_access_key_must_fit(void **state)
{
	static const struct {
		int64_t issued_us;
		const char *principal, *expect;
		int64_t created_us; /* of the session; 0: it does not say */
	} cases[] = {
	    {0, NULL, "iam_user alice exact origin: access_key", 0},
	    {-60 * S, NULL, "iam_user alice exact origin: access_key", -62 * S},
	    {-60 * S, NULL, "iam_user alice exact origin: access_key", -58 * S},
	    {-60 * S, NULL, "unknown other claimed missing:", -63 * S},
	    {-60 * S, NULL, "unknown other claimed missing:", -57 * S},
	    {0, "AROAOps:other", "iam_user alice exact origin: access_key", 0},
	    {0, "AROAOps:else", "unknown other claimed missing:", 0},
	    {2 * S, NULL, "iam_user alice exact origin: access_key", 0},
	    {3 * S, NULL, "unknown other claimed missing:", 0},
	    {-36 * US_PER_HOUR, NULL, "iam_user alice exact origin: access_key", 0},
	    {-36 * US_PER_HOUR - S, NULL, "unknown other claimed missing:", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct event e;
		struct world w;

		world_open(&w);
		s = session(&w, "Ops", "other", TP + cases[i].created_us, "REDACTED");
		if (cases[i].created_us == 0)
			s.creation_date = SPAN_NONE;
		e = issued(&w, ISSUE_ASSUME_ROLE, TP + cases[i].issued_us, iam_user(&w, "alice"));
		e.issued_key_id = SPAN("REDACTED");
		e.issued_principal_id = span_of(cases[i].principal);
		add_issue(&w, e);
		pushed(&w, TP, s);
		pushed(&w, TP + 100 * S, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		world_close(&w);
	}
}

/* Two people, one role, one session name, one second. */
static void
test_two_people_at_once(void **state)
{
	const struct person *p, *first, *second;
	struct world w;

	(void)state;
	world_open(&w);
	for (int i = 0; i < 2; i++) {
		struct user_identity s =
		    session(&w, "Ops", "shared", T0, i == 0 ? "ASIA1" : "ASIA2");

		assume(&w, iam_user(&w, i == 0 ? "alice" : "bob"), s, i == 0 ? "ASIA1" : "ASIA2");
		pushed(&w, TP + i * S, s);
	}
	pushed(&w, TP + 2 * S, session(&w, "Ops", "shared", T0, "ASIA3"));
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: access_key");
	assert_person(&w, 1, "iam_user bob exact origin: access_key");
	assert_person(&w, 2, "unknown - - ambiguous:");
	p = who_pushed(&w, 2);
	assert_int_equal(p->candidate_count, 2);
	first = &w.people.persons[w.people.candidates[p->candidate_first]];
	second = &w.people.persons[w.people.candidates[p->candidate_first + 1]];
	assert_string_equal(word(&w, first->name), "alice");
	assert_string_equal(word(&w, second->name), "bob");
	assert_int_equal(first->hop_count, 1);
	assert_string_equal(
	    word(&w, w.book.ledger.issues[w.people.hops[first->hop_first].issue].event_id),
	    "issue-00001");
	world_close(&w);
}

/* The same user asked twice: nothing is ambiguous. */
static void
test_one_person_twice(void **state)
{
	struct user_identity other_key;
	struct world w;

	(void)state;
	world_open(&w);
	other_key = iam_user(&w, "alice");
	other_key.access_key_id = SPAN("AKIAOTHER");
	assume(&w, iam_user(&w, "alice"), session(&w, "Ops", "shared", T0 + S, NULL), NULL);
	assume(&w, other_key, session(&w, "Ops", "shared", T0, NULL), NULL);
	pushed(&w, TP, session(&w, "Ops", "shared", T0, "ASIA3"));
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: session");
	/* the nearer one */
	assert_int_equal(
	    w.book.ledger.issues[w.people.hops[who_pushed(&w, 0)->hop_first].issue].time_us, T0);
	world_close(&w);
}

/* Sixty-five people and more, and as many candidates as are kept. */
static void
test_many_at_once(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	for (int i = 0; i < 70; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "user%d", i);
		assume(&w, iam_user(&w, name), session(&w, "Ops", "shared", T0, NULL), NULL);
	}
	pushed(&w, TP, session(&w, "Ops", "shared", T0, "ASIA3"));
	world_judge(&w);
	assert_person(&w, 0, "unknown - - ambiguous:");
	assert_int_equal(who_pushed(&w, 0)->candidate_count, 16);
	world_close(&w);
}

static void
test_sign_in_sessions(void **state)
{
	struct user_identity console, s;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	/* "aws login": the console session of a role mints another sign-in session */
	console = session(&w, "Ops", "alice", T0, NULL);
	console.sign_in_session_arn = SPAN("arn:aws:signin:" REGION ":" HERE ":session/1");
	assume(&w, iam_user(&w, "alice"), console, "ASIAX");
	e = issued(&w, ISSUE_OAUTH_TOKEN, T0 + 60 * S, console);
	e.minted_session = SPAN("arn:aws:signin:" REGION ":" HERE ":session/2");
	add_issue(&w, e);
	s = session(&w, "Ops", "alice", T0, "ASIA9");
	s.sign_in_session_arn = e.minted_session;
	pushed(&w, TP, s);
	/* a role switched to from a sign-in that is known */
	e = issued(&w, ISSUE_CONSOLE_LOGIN, T0 + 70 * S, iam_user(&w, "bob"));
	e.identity.access_key_id = SPAN_NONE;
	e.identity.sign_in_session_arn = SPAN("arn:aws:signin:" REGION ":" HERE ":session/3");
	add_issue(&w, e);
	s = session(&w, "Ops", "bob", T0 + 90 * S, "ASIA8");
	s.sign_in_session_arn = e.identity.sign_in_session_arn;
	pushed(&w, TP + S, s);
	/* its own token, which it cannot have been issued by */
	s = session(&w, "Ops", "carol", T0 + 95 * S, "ASIA7");
	s.sign_in_session_arn = SPAN("arn:aws:signin:" REGION ":" HERE ":session/4");
	e = issued(&w, ISSUE_OAUTH_TOKEN, T0 + 96 * S, s);
	e.minted_session = s.sign_in_session_arn;
	add_issue(&w, e);
	pushed(&w, TP + 2 * S, s);
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: sign_in_session session");
	assert_person(&w, 1, "iam_user bob exact origin: sign_in_session");
	assert_person(&w, 2, "unknown carol claimed missing:");
	world_close(&w);
}

/* The console: AssumeRole by "AWS Internal", rotated keys, and SwitchRole with the real address. */
static void
test_console_switch(void **state)
{
	struct user_identity s, asked;
	const struct hop *hop;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	s = session(&w, "Ops", "alice", T0, "ASIA1");
	asked = iam_user(&w, "alice");
	asked.access_key_id = SPAN("ASIAROTATED");
	asked.invoked_by = SPAN("AWS Internal");
	asked.creation_date = created(&w, T0 - 600 * S);
	assume(&w, asked, s, "ASIAX");
	e = issued(&w, ISSUE_SWITCH_ROLE, T0 + S, s);
	e.identity.access_key_id = SPAN_NONE;
	e.switch_from = SPAN("arn:aws:iam::" HERE ":user/team/alice");
	e.mfa_used = SPAN("Yes");
	add_issue(&w, e);
	pushed(&w, TP, s);
	s.access_key_id = SPAN("ASIA2");
	pushed(&w, TP + S, s);
	world_judge(&w);
	for (uint32_t i = 0; i < 2; i++) {
		assert_person(&w, i, "iam_user alice exact origin: session");
		hop = &w.people.hops[who_pushed(&w, i)->hop_first];
		assert_int_equal(w.book.ledger.issues[hop->issue].kind, ISSUE_ASSUME_ROLE);
		assert_int_not_equal(hop->also, HOP_NONE);
		assert_int_equal(w.book.ledger.issues[hop->also].kind, ISSUE_SWITCH_ROLE);
		assert_int_equal(who_pushed(&w, i)->mfa, MFA_SEEN);
	}
	assert_int_equal(people_compare(&w.people, w.book.ledger.pushes[0].caller,
			     w.book.ledger.pushes[1].caller),
	    1);
	world_close(&w);
}

static void
test_switch_alone(void **state)
{
	static const struct {
		const char *from, *expect;
	} cases[] = {
	    {"arn:aws:iam::" HERE ":user/team/alice", "iam_user alice exact origin: session"},
	    {"arn:aws:iam::" HERE ":root", "root root of " HERE " exact origin: session"},
	    {"arn:aws:sts::" HERE ":assumed-role/Other/bob",
		"unknown ally claimed missing: session"},
	    {"nonsense", "unknown ally claimed missing: session"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct event e;
		struct world w;

		world_open(&w);
		s = session(&w, "Ops", "ally", T0, "ASIA1");
		e = issued(&w, ISSUE_SWITCH_ROLE, T0, s);
		e.identity.access_key_id = SPAN_NONE;
		e.switch_from = span_of(cases[i].from);
		add_issue(&w, e);
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		assert_string_equal(word(&w, who_pushed(&w, 0)->principal), cases[i].from);
		if (i == 2)
			assert_string_equal(word(&w, who_pushed(&w, 0)->missing.account_id), HERE);
		world_close(&w);
	}
}

/* A console sign-in by SAML: ConsoleLogin tells of the session and did not issue it. */
static void
test_console_by_saml(void **state)
{
	struct user_identity s;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	for (int with_saml = 0; with_saml < 2; with_saml++) {
		int64_t at_us = T0 + with_saml * 100 * S;

		s = session(&w, "Corp", "alice", at_us, "ASIA1");
		e = issued(&w, ISSUE_CONSOLE_LOGIN, at_us + S, s);
		e.identity.access_key_id = SPAN_NONE;
		add_issue(&w, e);
		e = assumed(&w, ISSUE_ASSUME_ROLE_WITH_SAML, saml_user(&w, "alice@example.com"), s,
		    "ASIAX");
		e.subject = SPAN("alice@example.com");
		e.subject_type = SPAN("persistent");
		if (with_saml != 0)
			add_issue(&w, e);
		pushed(&w, TP + with_saml * S, s);
	}
	world_judge(&w);
	assert_person(&w, 0, "unknown alice claimed missing:");
	assert_true((who_pushed(&w, 0)->missing.kinds & 1u << ISSUE_ASSUME_ROLE_WITH_SAML) != 0);
	assert_person(&w, 1, "saml alice@example.com exact origin: session");
	assert_int_equal(
	    w.book.ledger.issues[w.people.hops[who_pushed(&w, 1)->hop_first].also].kind,
	    ISSUE_CONSOLE_LOGIN);
	world_close(&w);
}

static void
test_depth(void **state)
{
	static const struct {
		int roles;
		const char *end;
	} cases[] = {{8, "origin"}, {9, "depth"}, {30, "depth"}};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct user_identity by;
		struct world w;

		world_open(&w);
		by = iam_user(&w, "alice");
		for (int i = 0; i < cases[c].roles; i++) {
			struct user_identity s = session(
			    &w, "Ops", "x", T0 + i * 10 * S, world_text(&w, "ASIA%d", i).ptr);

			assume(&w, by, s, s.access_key_id.ptr);
			by = s;
		}
		pushed(&w, TP, by);
		world_judge(&w);
		assert_string_equal(
		    chain_end_name((enum chain_end)who_pushed(&w, 0)->end), cases[c].end);
		assert_int_equal(who_pushed(&w, 0)->hop_count, 8);
		world_close(&w);
	}
}

static void
test_cycle(void **state)
{
	struct user_identity a, b;
	struct world w;

	(void)state;
	world_open(&w);
	a = session(&w, "A", "x", T0, "ASIAA");
	b = session(&w, "B", "y", T0, "ASIAB");
	assume(&w, a, b, "ASIAB");
	assume(&w, b, a, "ASIAA");
	pushed(&w, TP, a);
	world_judge(&w);
	assert_string_equal(chain_end_name((enum chain_end)who_pushed(&w, 0)->end), "cycle");
	assert_int_not_equal(who_pushed(&w, 0)->sure, SURE_EXACT);
	world_close(&w);
}

/* Sessions of one role and one name are one principal; alice's and bob's are two people's. */
static void
test_two_people_one_principal(void **state)
{
	static const struct {
		const char *by[3]; /* who assumed the role; NULL: nothing says */
		enum verdict verdict;
	} cases[] = {
	    {{"alice", "alice", "alice"}, VERDICT_ATTRIBUTED},
	    {{"alice", "alice", NULL}, VERDICT_ATTRIBUTED},
	    {{NULL, NULL, NULL}, VERDICT_ATTRIBUTED},
	    {{"alice", "alice", "bob"}, VERDICT_AMBIGUOUS},
	    {{NULL, "alice", "bob"}, VERDICT_AMBIGUOUS},
	    {{"alice", NULL, "bob"}, VERDICT_AMBIGUOUS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		world_open(&w);
		cover(&w.book);
		for (size_t k = 0; k < 3; k++) {
			const char *key = world_text(&w, "ASIA%zu", k).ptr;
			struct user_identity s =
			    session(&w, "Ops", "deploy", T0 + (int64_t)k * 60 * S, key);

			if (cases[i].by[k] != NULL)
				assume(&w, iam_user(&w, cases[i].by[k]), s, key);
			pushed_for(&w, TP + (int64_t)k * S, s, INST, 1);
		}
		logged_in(&w, TP + 10 * S, 0, INST, "boot-1", "k1");
		world_judge(&w);
		assert_int_equal(w.book.ledger.logins[0].match_count, 3);
		assert_int_equal(w.book.ledger.logins[0].verdict, cases[i].verdict);
		world_close(&w);
	}
}

static void
test_same_person(void **state)
{
	struct user_identity a, b, c;
	const struct ledger *l;
	struct world w;

	(void)state;
	world_open(&w);
	l = &w.book.ledger;
	a = session(&w, "A", "x", T0, "ASIAA");
	b = session(&w, "B", "y", T0, "ASIAB");
	c = session(&w, "C", "alice", T0, "ASIAC");
	assume(&w, iam_user(&w, "alice"), a, "ASIAA");
	assume(&w, iam_user(&w, "alice"), b, "ASIAB");
	/* alice by a claimed name alone */
	pushed_for(&w, TP, a, INST, 1);
	pushed_for(&w, TP + S, b, INST, 1);
	pushed_for(&w, TP + 2 * S, c, INST, 1);
	pushed_for(&w, TP + 3 * S, iam_user(&w, "alice"), INST, 2);
	logged_in(&w, TP - S, TP, INST, "boot-1", "k1");
	world_judge(&w);
	assert_int_equal(people_compare(&w.people, l->pushes[0].caller, l->pushes[1].caller), 1);
	assert_int_equal(people_compare(&w.people, l->pushes[0].caller, l->pushes[3].caller), 1);
	assert_true(people_compare(&w.people, l->pushes[0].caller, l->pushes[2].caller) <= 0);
	assert_true(people_compare(&w.people, l->pushes[2].caller, l->pushes[2].caller) <= 0);
	assert_true(people_compare(NULL, 0, 0) <= 0);
	assert_null(people_of_push(NULL, 0));
	assert_null(people_of_login(NULL, &l->logins[0]));
	world_close(&w);
}

/* One person by two principals: the login is that person's. */
static void
test_login_of_one_person(void **state)
{
	struct user_identity a, b;
	const struct person *p;
	struct world w;

	(void)state;
	world_open(&w);
	a = session(&w, "A", "x", T0, "ASIAA");
	b = session(&w, "B", "y", T0, "ASIAB");
	assume(&w, iam_user(&w, "alice"), a, "ASIAA");
	assume(&w, iam_user(&w, "alice"), b, "ASIAB");
	pushed(&w, TP, a);
	pushed(&w, TP + S, b);
	logged_in(&w, TP + 5 * S, 0, INST, "boot-1", "k1");
	world_judge(&w);
	assert_int_equal(w.book.ledger.logins[0].verdict, VERDICT_ATTRIBUTED);
	p = people_of_login(&w.people, &w.book.ledger.logins[0]);
	assert_non_null(p);
	assert_string_equal(word(&w, p->name), "alice");
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_long_term_callers),
	    cmocka_unit_test(test_issuing_kinds),
	    cmocka_unit_test(test_tokens_of_users),
	    cmocka_unit_test(test_assumed_root),
	    cmocka_unit_test(test_twins),
	    cmocka_unit_test(test_twin_without_key),
	    cmocka_unit_test(test_three_roles_deep),
	    cmocka_unit_test(test_reused_session_names),
	    cmocka_unit_test(test_access_key_must_fit),
	    cmocka_unit_test(test_two_people_at_once),
	    cmocka_unit_test(test_one_person_twice),
	    cmocka_unit_test(test_many_at_once),
	    cmocka_unit_test(test_sign_in_sessions),
	    cmocka_unit_test(test_console_switch),
	    cmocka_unit_test(test_switch_alone),
	    cmocka_unit_test(test_console_by_saml),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_cycle),
	    cmocka_unit_test(test_two_people_one_principal),
	    cmocka_unit_test(test_same_person),
	    cmocka_unit_test(test_login_of_one_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
