/* SPDX-License-Identifier: Apache-2.0 */
/* What a person is called, docs/SEMANTICS.md, "Names", and what is missing where nobody is. */
#include "correlator/people/caller_kind.h"
#include "tests/unit/people_world.h"

#define TP (T0 + 600 * S)

/* The events of an Identity Center session: GetRoleCredentials by the user, AssumeRoleWithSAML. */
static void
gave_set(struct world *w, int64_t at_us, const char *user_id)
{
	struct event e = issued(w, ISSUE_ROLE_CREDENTIALS, at_us, center_user(w, user_id));

	e.set_account = SPAN(HERE);
	e.set_name = SPAN(SSO_SET);
	add_issue(w, e);
}

static void
gave_saml(struct world *w, struct user_identity s)
{
	struct event e =
	    assumed(w, ISSUE_ASSUME_ROLE_WITH_SAML, saml_user(w, "subject"), s, "ASIAOTHER");

	e.subject = SPAN("subject");
	e.subject_type = SPAN("persistent");
	add_issue(w, e);
}

static const char *const store_of_two =
    "{\"Users\":[{\"UserId\":\"id-alice\",\"UserName\":\"alice\",\"DisplayName\":\"Alice A\","
    "\"IdentityStoreId\":\"d-1234567890\",\"Emails\":[{\"Value\":\"alice@example.com\"}]},"
    "{\"UserId\":\"id-bob\",\"UserName\":\"bob\",\"IdentityStoreId\":\"d-1234567890\"}]}";

/* A session of alice's, and who is said to have asked for her permission set around that time. */
static void
test_permission_set(void **state)
{
	static const struct {
		const char *users; /* a: alice, b: bob, m: many times alice */
		int64_t after_us;
		bool saml, store;
		const char *expect, *user_id;
	} cases[] = {
	    /* nothing says that the one who asked is the one whom the session is named after */
	    {"a", 0, true, false, "identity_center alice exact origin: session permission_set",
		"-"},
	    {"b", 0, true, false, "identity_center alice exact origin: session permission_set",
		"-"},
	    {"a", 0, true, true, "identity_center alice exact origin: session permission_set",
		"id-alice"},
	    {"a", 5 * S, true, true, "identity_center alice exact origin: session permission_set",
		"id-alice"},
	    {"a", -5 * S, true, true, "identity_center alice exact origin: session permission_set",
		"id-alice"},
	    {"a", 6 * S, true, true, "identity_center alice exact origin: session", "-"},
	    {"a", -6 * S, true, true, "identity_center alice exact origin: session", "-"},
	    /* somebody else, and only the store can tell */
	    {"b", 0, true, true, "identity_center alice exact origin: session", "-"},
	    {"ab", 0, true, true, "identity_center alice exact origin: session permission_set",
		"id-alice"},
	    {"ab", 0, true, false, "identity_center alice exact origin: session", "-"},
	    {"aa", 0, true, true, "identity_center alice exact origin: session permission_set",
		"id-alice"},
	    {"", 0, true, true, "identity_center alice exact origin: session", "-"},
	    /* without AssumeRoleWithSAML */
	    {"a", 0, false, false, "identity_center alice exact origin: permission_set", "-"},
	    {"a", 0, false, true, "identity_center alice exact origin: permission_set", "id-alice"},
	    {"b", 0, false, true, "identity_center alice exact missing:", "-"},
	    {"", 0, false, false, "identity_center alice exact missing:", "-"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct world w;

		world_open(&w);
		s = session(&w, SSO, "alice", T0, "ASIA1");
		if (cases[i].store)
			world_knows(&w, store_of_two);
		for (const char *u = cases[i].users; *u != '\0'; u++)
			gave_set(&w, T0 + cases[i].after_us, *u == 'a' ? "id-alice" : "id-bob");
		if (cases[i].saml)
			gave_saml(&w, s);
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		assert_string_equal(word(&w, who_pushed(&w, 0)->user_id), cases[i].user_id);
		assert_string_equal(word(&w, who_pushed(&w, 0)->key),
		    "identity_center_session arn:aws:iam::" HERE ":role/" SSO " alice");
		world_close(&w);
	}
}

/* onBehalfOf in the caller itself is AWS's word for the user. */
static void
test_on_behalf_of(void **state)
{
	static const struct {
		const char *store, *role, *expect, *email;
	} cases[] = {
	    {NULL, SSO, "identity_center alice exact missing:", "-"},
	    {NULL, "Ops", "identity_center id-alice exact missing:", "-"},
	    {"[]", "Ops", "identity_center id-alice exact missing:", "-"},
	    {"{\"UserId\":\"id-alice\",\"UserName\":\"Alice.A\",\"Emails\":[{\"Value\":\"a@example."
	     "com\"}]}",
		SSO, "identity_center Alice.A exact missing:", "a@example.com"},
	    {"{\"UserId\":\"id-alice\",\"UserName\":\"Alice.A\",\"IdentityStoreId\":\"d-"
	     "0000000000\"}",
		SSO, "identity_center alice exact missing:", "-"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity s;
		struct world w;

		world_open(&w);
		s = session(&w, cases[i].role, "alice", T0, "ASIA1");
		s.on_behalf_of_user = SPAN("id-alice");
		s.on_behalf_of_store = SPAN(STORE);
		if (cases[i].store != NULL)
			world_knows(&w, cases[i].store);
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		assert_string_equal(word(&w, who_pushed(&w, 0)->email), cases[i].email);
		assert_string_equal(
		    word(&w, who_pushed(&w, 0)->key), "identity_center " STORE " id-alice");
		world_close(&w);
	}
}

/* A role assumed from an Identity Center session; and roles that only look like one. */
static void
test_sso_behind_a_role(void **state)
{
	static const struct {
		const char *role, *expect;
	} cases[] = {
	    {SSO, "identity_center alice exact missing: access_key"},
	    {"aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_0123456789abcdef",
		"identity_center alice exact missing: access_key"},
	    {"AWSReservedSSO_Operators_0123456789abcdef",
		"unknown alice claimed missing: access_key"},
	    {"x/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_0123456789abcdef",
		"unknown alice claimed missing: access_key"},
	    {"aws-reserved/sso.amazonaws.com.example/Operators",
		"unknown alice claimed missing: access_key"},
	    /* the path decides, not what the role is called */
	    {"aws-reserved/sso.amazonaws.com/us-west-2/Operators",
		"identity_center alice exact missing: access_key"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity by, s;
		struct world w;

		world_open(&w);
		by = session(&w, cases[i].role, "alice", T0, "ASIA1");
		s = session(&w, "Ops", "botocore-session-1", T0 + 60 * S, "ASIA2");
		assume(&w, by, s, "ASIA2");
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		world_close(&w);
	}
}

static void
test_claims(void **state)
{
	static const struct {
		const char *source, *tag, *name, *expect;
	} cases[] = {
	    {NULL, NULL, "alice", "unknown alice claimed missing: access_key"},
	    {NULL, NULL, "i-0123456789abcdef0-x",
		"unknown i-0123456789abcdef0-x claimed missing: access_key"},
	    {NULL, NULL, "botocore-session-1699", "unknown - - missing: access_key"},
	    {NULL, "alice@example.com", "bob",
		"unknown alice@example.com claimed missing: access_key"},
	    {"alice", "bob@example.com", "carol", "unknown alice probable missing: access_key"},
	    {"alice", NULL, "botocore-session-1699", "unknown alice probable missing: access_key"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity by, s;
		struct event e;
		struct world w;

		world_open(&w);
		by = session(&w, "First", cases[i].name, T0, "ASIA1");
		s = session(&w, "Ops", "1699999999999999999", T0 + 60 * S, "ASIA2");
		e = assumed(&w, ISSUE_ASSUME_ROLE, by, s, "ASIA2");
		e.session_source_identity = span_of(cases[i].source);
		e.tag_name = span_of(cases[i].tag);
		e.tags = cases[i].tag != NULL ? SPAN("Email=x") : SPAN_NONE;
		add_issue(&w, e);
		pushed(&w, TP, s);
		world_judge(&w);
		assert_person(&w, 0, cases[i].expect);
		assert_int_equal(who_pushed(&w, 0)->key, 0);
		assert_string_equal(word(&w, who_pushed(&w, 0)->source_identity),
		    cases[i].source != NULL ? cases[i].source : "-");
		assert_string_equal(
		    word(&w, who_pushed(&w, 0)->tags), cases[i].tag != NULL ? "Email=x" : "-");
		world_close(&w);
	}
}

/* An exact chain counts, whatever sourceIdentity says; both are there to be shown. */
static void
test_source_identity_against_chain(void **state)
{
	struct user_identity s;
	struct world w;

	(void)state;
	world_open(&w);
	s = session(&w, "Ops", "x", T0, "ASIA1");
	s.source_identity = SPAN("bob");
	assume(&w, iam_user(&w, "alice"), s, "ASIA1");
	pushed(&w, TP, s);
	world_judge(&w);
	assert_person(&w, 0, "iam_user alice exact origin: access_key");
	assert_string_equal(word(&w, who_pushed(&w, 0)->source_identity), "bob");
	world_close(&w);
}

static void
test_machine_names(void **state)
{
	static const struct {
		const char *name;
		bool instance, machine;
	} cases[] = {
	    {"i-0123456789abcdef0", true, true},
	    {"i-01234567", true, true},
	    {"i-0123456", false, false},
	    {"i-0123456789abcdef01", false, false},
	    {"i-0123456789ABCDEF0", false, false},
	    {"i-0123456789abcdefg", false, false},
	    {"", false, true},
	    {"1699999999", false, true},
	    {"1699.12", false, true},
	    {"--", false, false},
	    {"botocore-session-1699", false, true},
	    {"aws-sdk-java-1699", false, true},
	    {"aws-go-sdk-1699", false, true},
	    {"AWSCLI-Session", false, true},
	    {"AWSCodeBuild-0a1b", false, true},
	    {"GitHubActions", false, true},
	    {"0123456789abcdef0123456789abcdef", false, true},
	    {"01234567-89ab-cdef-0123-456789abcdef", false, true},
	    {"01234567-89ab-cdef-0123-456789abcde", false, false},
	    {"alice", false, false},
	    {"alice2", false, false},
	    {"deadbeef", false, false},
	    {"abcdef", false, false},
	    {"botocore", false, false},
	    {"alice@example.com", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (name_is_instance(span_of(cases[i].name)) != cases[i].instance ||
		    name_is_machine(span_of(cases[i].name)) != cases[i].machine)
			fail_msg("%s", cases[i].name);
	}
}

static void
test_missing(void **state)
{
	const unsigned roles = 1u << ISSUE_ASSUME_ROLE | 1u << ISSUE_ASSUME_ROLE_WITH_SAML |
	    1u << ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY;
	struct user_identity s;
	const struct person *p;
	struct world w;

	(void)state;
	world_open(&w);
	pushed(&w, TP, session_in(&w, THERE, "Ops", "x", T0, "ASIA1"));
	pushed(&w, TP + S, session(&w, SSO, "alice", T0, "ASIA2"));
	s = session(&w, "Ops", "x", T0, "ASIA3");
	s.creation_date = SPAN_NONE;
	pushed(&w, TP + 2 * S, s);
	s = session(&w, "Ops", "y", T0, "ASIA4");
	s.sign_in_session_arn = SPAN("arn:aws:signin:" REGION ":" HERE ":session/1");
	pushed(&w, TP + 3 * S, s);
	world_judge(&w);
	p = who_pushed(&w, 0);
	assert_int_equal(p->missing.kinds, roles);
	assert_string_equal(word(&w, p->missing.account_id), THERE);
	assert_int_equal(p->missing.region, 0);
	assert_int_equal(p->missing.from_us, T0 - 2 * S);
	assert_int_equal(p->missing.to_us, T0 + 2 * S);
	assert_false(p->missing.write_only);
	assert_int_equal(who_pushed(&w, 1)->missing.kinds, 1u << ISSUE_ASSUME_ROLE_WITH_SAML);
	p = who_pushed(&w, 2);
	assert_int_equal(p->missing.from_us, TP + 2 * S - 12 * US_PER_HOUR);
	assert_int_equal(p->missing.to_us, TP + 2 * S);
	assert_int_equal(who_pushed(&w, 3)->missing.kinds,
	    roles | 1u << ISSUE_CONSOLE_LOGIN | 1u << ISSUE_OAUTH_TOKEN);
	world_close(&w);
}

static void
test_write_only(void **state)
{
	static const struct {
		int writes, reads;
		bool expect;
	} cases[] = {{19, 0, false}, {20, 0, true}, {40, 1, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		world_open(&w);
		heartbeat(&w.book, T0);
		for (int n = 0; n < cases[i].writes + cases[i].reads; n++)
			coverage_add_access(&w.book.ledger.coverage, n < cases[i].reads);
		pushed(&w, TP, session(&w, "Ops", "x", T0, "ASIA1"));
		world_judge(&w);
		assert_int_equal(who_pushed(&w, 0)->missing.write_only, cases[i].expect);
		world_close(&w);
	}
}

static void
test_mfa(void **state)
{
	struct user_identity s, by;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	/* AWS's own attribute, of whoever asked */
	s = session(&w, "Ops", "a", T0, "ASIA1");
	by = iam_user(&w, "alice");
	by.mfa = SPAN("true");
	assume(&w, by, s, "ASIA1");
	pushed(&w, TP, s);
	/* a device's serial number in the request */
	s = session(&w, "Ops", "b", T0, "ASIA2");
	e = assumed(&w, ISSUE_ASSUME_ROLE, iam_user(&w, "bob"), s, "ASIA2");
	e.mfa_serial = SPAN("arn:aws:iam::" HERE ":mfa/bob");
	add_issue(&w, e);
	pushed(&w, TP + S, s);
	/* none of it */
	s = session(&w, "Ops", "c", T0, "ASIA3");
	assume(&w, iam_user(&w, "carol"), s, "ASIA3");
	pushed(&w, TP + 2 * S, s);
	s = session(&w, "Ops", "d", T0, "ASIA4");
	s.mfa = SPAN_NONE;
	pushed(&w, TP + 3 * S, s);
	world_judge(&w);
	assert_int_equal(who_pushed(&w, 0)->mfa, MFA_SEEN);
	assert_int_equal(who_pushed(&w, 1)->mfa, MFA_SEEN);
	assert_int_equal(who_pushed(&w, 2)->mfa, MFA_NOT_SEEN);
	assert_int_equal(who_pushed(&w, 3)->mfa, MFA_UNKNOWN);
	world_close(&w);
}

/* What could look like another key does not. */
static void
test_keys_are_unmistakable(void **state)
{
	static const char *const subjects[] = {"a b", "a%20b", "a%2520b"};
	struct world w;

	(void)state;
	world_open(&w);
	for (size_t i = 0; i < 3; i++) {
		struct user_identity s = session(
		    &w, "Ops", world_text(&w, "s%zu", i).ptr, T0, world_text(&w, "ASIA%zu", i).ptr);
		struct event e = assumed(&w, ISSUE_ASSUME_ROLE_WITH_SAML,
		    saml_user(&w, subjects[i]), s, s.access_key_id.ptr);

		e.subject = span_of(subjects[i]);
		e.provider = SPAN("p");
		add_issue(&w, e);
		pushed(&w, TP + (int64_t)i * S, s);
	}
	world_judge(&w);
	for (uint32_t i = 0; i < 3; i++)
		for (uint32_t k = 0; k < 3; k++)
			assert_int_equal(people_compare(&w.people, w.book.ledger.pushes[i].caller,
					     w.book.ledger.pushes[k].caller),
			    i == k ? 1 : -1);
	world_close(&w);
}

/* Members that are there and say nothing are equal to nothing. */
static void
test_empty_members(void **state)
{
	struct user_identity s, by;
	struct event e;
	struct world w;

	(void)state;
	world_open(&w);
	s = session(&w, "Ops", "x", T0, "");
	by = iam_user(&w, "mallory");
	e = assumed(&w, ISSUE_ASSUME_ROLE, by, session(&w, "Other", "y", T0, NULL), "");
	e.shared_event_id = e.request_id = SPAN("");
	add_issue(&w, e);
	s.source_identity = s.on_behalf_of_user = s.sign_in_session_arn = s.ec2_role_delivery =
	    SPAN("");
	pushed(&w, TP, s);
	/* and two acts without numbers are two */
	s = session(&w, "Ops", "z", T0, NULL);
	for (int i = 0; i < 2; i++) {
		e = assumed(&w, ISSUE_ASSUME_ROLE, iam_user(&w, i == 0 ? "alice" : "bob"), s, "");
		e.shared_event_id = e.request_id = SPAN("");
		add_issue(&w, e);
	}
	pushed(&w, TP + S, s);
	/* an ARN without a session */
	s = session(&w, SSO, "x", T0, "ASIA1");
	s.arn = SPAN("arn:aws:sts::" HERE ":assumed-role/AWSReservedSSOalice");
	s.principal_id = SPAN("redacted");
	pushed(&w, TP + 2 * S, s);
	s.principal_id = SPAN("AROAX:alice");
	pushed(&w, TP + 3 * S, s);
	world_judge(&w);
	assert_person(&w, 0, "unknown x claimed missing:");
	assert_int_equal(who_pushed(&w, 0)->source_identity, 0);
	assert_person(&w, 1, "unknown - - ambiguous:");
	assert_person(&w, 2, "unknown - - missing:");
	assert_person(&w, 3, "identity_center alice exact missing:");
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_permission_set),
	    cmocka_unit_test(test_on_behalf_of),
	    cmocka_unit_test(test_sso_behind_a_role),
	    cmocka_unit_test(test_claims),
	    cmocka_unit_test(test_source_identity_against_chain),
	    cmocka_unit_test(test_machine_names),
	    cmocka_unit_test(test_missing),
	    cmocka_unit_test(test_write_only),
	    cmocka_unit_test(test_mfa),
	    cmocka_unit_test(test_empty_members),
	    cmocka_unit_test(test_keys_are_unmistakable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
