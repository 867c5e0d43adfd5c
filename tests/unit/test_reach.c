/* SPDX-License-Identifier: Apache-2.0 */
/* The sessions that an identity reached. */
#include "correlator/people/reach.h"
#include "tests/unit/people_world.h"

#define BASTION "i-0aaaaaaaaaaaaaaaa"

/*
 * Five logins, 100 s apart:
 *   0  alice by her own key, on the bastion, open to the end
 *   1  alice by Ops/one, assumed by Base/x, assumed by her; on INST
 *   2  bob, on INST, whose login is ambiguous: carol pushed the same key
 *   3  the bastion's role, on INST
 *   4  a session without a chain that claims "dave", its sourceIdentity says "erin"
 */
static void
world_reach(struct world *w)
{
	struct user_identity base, one, s;

	world_open(w);
	cover(&w->book);
	pushed_for(w, T0, iam_user(w, "alice"), BASTION, 1);
	logged_in(w, T0 + 4 * S, 0, BASTION, "boot-1", "k1");

	base = session(w, "Base", "x", T0, "ASIABASE");
	one = session(w, "Ops", "one", T0 + 10 * S, "ASIAONE");
	assume(w, iam_user(w, "alice"), base, "ASIABASE");
	assume(w, base, one, "ASIAONE");
	pushed_for(w, T0 + 100 * S, one, INST, 2);
	logged_in(w, T0 + 104 * S, 0, INST, "boot-1", "k2");

	pushed_for(w, T0 + 200 * S, iam_user(w, "bob"), INST, 3);
	pushed_for(w, T0 + 201 * S, iam_user(w, "carol"), INST, 3);
	logged_in(w, T0 + 204 * S, 0, INST, "boot-1", "k3");

	s = session(w, "Bastion", BASTION, T0, "ASIAINST");
	s.ec2_role_delivery = SPAN("2.0");
	pushed_for(w, T0 + 300 * S, s, INST, 4);
	logged_in(w, T0 + 304 * S, 0, INST, "boot-1", "k4");

	s = session(w, "Ops", "dave", T0 + 60 * S, "ASIADAVE");
	s.source_identity = SPAN("erin");
	pushed_for(w, T0 + 400 * S, s, INST, 5);
	logged_in(w, T0 + 404 * S, 0, INST, "boot-1", "k5");
	world_judge(w);
}

static void
test_identities(void **state)
{
	/* '.', 'm' or 'S' for each of the five */
	static const struct {
		const char *identity, *expect;
	} cases[] = {
	    {"alice", "SS.m."},
	    {"ALICE", "SS.m."},
	    {"alic", "....."},
	    {"", "....."},
	    {"arn:aws:iam::" HERE ":user/team/alice", "SS.m."},
	    {"AKIAalice", "SS.m."},
	    {"akiaalice", "....."},
	    {"AIDAalice", "SS.m."},
	    {"ASIABASE", ".S..."},
	    {"Base/x", ".S..."},
	    {"base/x", "....."},
	    {"ase/x", "....."},
	    {"arn:aws:iam::" HERE ":role/Base", ".S..."},
	    {"arn:aws:sts::" HERE ":assumed-role/Base/x", ".S..."},
	    {"arn:aws:sts::" HERE ":assumed-role/Base", ".S..."},
	    {"AROABase:x", ".S..."},
	    {"ASIAONE", ".S..."},
	    {"Ops/one", ".S..."},
	    {"arn:aws:iam::" HERE ":role/Ops", ".S..S"},
	    {"arn:aws:sts::" HERE ":assumed-role/Op", "....."},
	    {"bob", "..m.."},
	    {"AKIAcarol", "..m.."},
	    {"ASIAINST", "...S."},
	    {"dave", "....."}, /* sourceIdentity says more than the name of a session */
	    {"erin", "....m"},
	    {"Ops/dave", "....S"},
	    {"198.51.100.9", ".S..."}, /* of the AssumeRole events */
	    {"203.0.113.7", "SSmSS"},  /* of all pushes */
	    {"203.0.113.70", "....."},
	    {"nobody", "....."},
	};
	struct world w;

	(void)state;
	world_reach(&w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char found[8] = "";
		size_t sure = 0, maybe = 0;
		struct reach r;

		assert_int_equal(
		    reach_run(&r, &w.people, &w.book.options, span_of(cases[i].identity)), 0);
		for (size_t k = 0; k < w.book.ledger.login_count; k++) {
			found[k] = ".mS"[r.logins[k]];
			sure += r.logins[k] == REACH_SURE;
			maybe += r.logins[k] == REACH_MAYBE;
		}
		if (strcmp(found, cases[i].expect) != 0)
			fail_msg("%s: %s, not %s", cases[i].identity, found, cases[i].expect);
		assert_int_equal(r.sure, sure);
		assert_int_equal(r.maybe, maybe);
		reach_clear(&r);
	}
	world_close(&w);
}

static void
test_figures_and_range(void **state)
{
	struct reach r;
	struct world w;

	(void)state;
	world_reach(&w);
	assert_int_equal(reach_run(&r, &w.people, &w.book.options, SPAN("alice")), 0);
	assert_int_equal(r.hosts, 2);
	assert_int_equal(r.first_us, T0 + 4 * S);
	assert_int_equal(r.last_us, T0 + 304 * S);
	assert_int_equal(r.pushes[0], REACH_SURE);
	assert_int_equal(r.pushes[2], REACH_NONE);
	reach_clear(&r);
	/* the way leads through a login outside the range all the same */
	w.book.options.has_from = true;
	w.book.options.from_us = T0 + 200 * S;
	assert_int_equal(reach_run(&r, &w.people, &w.book.options, SPAN("alice")), 0);
	assert_int_equal(r.sure, 0);
	assert_int_equal(r.maybe, 1);
	assert_int_equal(r.hosts, 1);
	assert_int_equal(r.first_us, T0 + 304 * S);
	reach_clear(&r);
	assert_int_equal(reach_run(&r, &w.people, &w.book.options, SPAN("nobody")), 0);
	assert_int_equal(r.first_us, LOGIN_TIME_UNKNOWN);
	assert_int_equal(r.last_us, LOGIN_TIME_UNKNOWN);
	reach_clear(&r);
	world_close(&w);
}

/* Where a chain is ambiguous each candidate may have been it. */
static void
test_candidates(void **state)
{
	static const char *const names[] = {"alice", "bob", "AKIAalice"};
	struct reach r;
	struct world w;

	(void)state;
	world_open(&w);
	cover(&w.book);
	assume(&w, iam_user(&w, "alice"), session(&w, "Ops", "s", T0, NULL), "ASIA1");
	assume(&w, iam_user(&w, "bob"), session(&w, "Ops", "s", T0, NULL), "ASIA2");
	pushed_for(&w, T0 + 100 * S, session(&w, "Ops", "s", T0, "ASIA3"), INST, 1);
	logged_in(&w, T0 + 104 * S, 0, INST, "boot-1", "k1");
	world_judge(&w);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(reach_run(&r, &w.people, &w.book.options, span_of(names[i])), 0);
		assert_int_equal(r.logins[0], REACH_MAYBE);
		reach_clear(&r);
	}
	world_close(&w);
}

/* Who fetched the permission set is probable, the name of the session is certain. */
static void
test_permission_set(void **state)
{
	static const struct {
		const char *identity;
		enum reach_grade grade;
	} cases[] = {
	    {"alice", REACH_SURE}, {"id-alice", REACH_MAYBE}, {"198.51.100.9", REACH_MAYBE}};
	struct event e;
	struct reach r;
	struct world w;

	(void)state;
	world_open(&w);
	cover(&w.book);
	e = issued(&w, ISSUE_ROLE_CREDENTIALS, T0, center_user(&w, "id-alice"));
	e.set_account = SPAN(HERE);
	e.set_name = SPAN(SSO_SET);
	add_issue(&w, e);
	pushed_for(&w, T0 + 100 * S, session(&w, SSO, "alice", T0, "ASIA3"), INST, 1);
	logged_in(&w, T0 + 104 * S, 0, INST, "boot-1", "k1");
	world_judge(&w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    reach_run(&r, &w.people, &w.book.options, span_of(cases[i].identity)), 0);
		assert_int_equal(r.logins[0], cases[i].grade);
		reach_clear(&r);
	}
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_identities),
	    cmocka_unit_test(test_figures_and_range),
	    cmocka_unit_test(test_candidates),
	    cmocka_unit_test(test_permission_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
