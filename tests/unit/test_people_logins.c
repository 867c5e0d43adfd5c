/* SPDX-License-Identifier: Apache-2.0 */
/* From the role of an instance to who was logged in there. */
#include "correlator/people/logins_at.h"
#include "tests/unit/people_world.h"

#define BASTION "i-0aaaaaaaaaaaaaaaa"
#define ANOTHER "i-0bbbbbbbbbbbbbbbb"

/* Somebody's push of that key for an instance, and the login that follows it 4 s later. */
static void
enters(struct world *w, int64_t at_us, int64_t until_us, struct user_identity who,
    const char *instance, uint8_t key)
{
	char steps[3] = {'k', (char)('0' + key), '\0'};

	pushed_for(w, at_us, who, instance, key);
	logged_in(w, at_us + 4 * S, until_us, instance, "boot-1", steps);
}

static struct user_identity
instance_role(struct world *w, const char *instance)
{
	struct user_identity s = session(w, "Bastion", instance, T0, "ASIAINSTANCE");

	s.ec2_role_delivery = SPAN("2.0");
	return s;
}

/* Who was on the bastion when its role pushed, at T0 + 1000 s; keys 1 to 4 were theirs. */
static void
test_who_was_there(void **state)
{
	static const struct {
		const char *people; /* a, b: users; A: alice by a role; p: by password */
		int64_t from_us, until_us;
		const char *expect;
		uint32_t candidates, logins;
	} cases[] = {
	    {"", 0, 0, "unknown - - logins: instance", 0, 0},
	    {"a", 500 * S, 0, "iam_user alice probable logins: instance", 1, 1},
	    {"a", 500 * S, 1000 * S, "iam_user alice probable logins: instance", 1, 1},
	    {"a", 500 * S, 1000 * S - 1, "unknown - - logins: instance", 0, 0},
	    {"a", 996 * S, 0, "iam_user alice probable logins: instance", 1, 1},
	    {"a", 997 * S, 0, "unknown - - logins: instance", 0, 0},
	    {"aa", 500 * S, 0, "iam_user alice probable logins: instance", 1, 2},
	    {"aA", 500 * S, 0, "iam_user alice probable logins: instance", 1, 2},
	    {"ab", 500 * S, 0, "unknown - - logins: instance", 2, 2},
	    {"p", 500 * S, 0, "unknown - - logins: instance", 0, 1},
	    {"ap", 500 * S, 0, "unknown - - logins: instance", 1, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_identity by_role;
		const struct person *p;
		uint32_t last;
		struct world w;
		uint8_t key = 1;

		world_open(&w);
		cover(&w.book);
		by_role = session(&w, "Ops", "x", T0, "ASIA1");
		assume(&w, iam_user(&w, "alice"), by_role, "ASIA1");
		for (const char *who = cases[i].people; *who != '\0'; who++, key++) {
			int64_t until_us = cases[i].until_us != 0 ? T0 + cases[i].until_us : 0;

			if (*who == 'p')
				logged_in(&w, T0 + cases[i].from_us + 4 * S, until_us, BASTION,
				    "boot-1", "p");
			else
				enters(&w, T0 + cases[i].from_us, until_us,
				    *who == 'A' ? by_role
						: iam_user(&w, *who == 'a' ? "alice" : "bob"),
				    BASTION, key);
		}
		pushed_for(&w, T0 + 1000 * S, instance_role(&w, BASTION), INST, 9);
		world_judge(&w);
		last = (uint32_t)w.book.ledger.push_count - 1;
		assert_person(&w, last, cases[i].expect);
		p = who_pushed(&w, last);
		assert_int_equal(p->candidate_count, cases[i].candidates);
		assert_int_equal(p->login_count, cases[i].logins);
		/* never certain: nothing ties the two */
		assert_true(people_compare(&w.people, w.book.ledger.pushes[last].caller,
				w.book.ledger.pushes[last].caller) <= 0);
		world_close(&w);
	}
}

/* Open at the end of the log, but the instance has started again since. */
static void
test_boot_ends_what_nothing_closed(void **state)
{
	static const struct {
		const char *boots[3];
		const char *expect;
	} cases[] = {
	    {{"boot-1", "boot-1", "boot-1"}, "unknown - - logins: instance"},
	    {{"boot-1", "boot-2", "boot-2"}, "iam_user bob probable logins: instance"},
	    {{NULL, "boot-2", "boot-2"}, "unknown - - logins: instance"},
	    {{"boot-1", NULL, NULL}, "unknown - - logins: instance"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		world_open(&w);
		cover(&w.book);
		pushed_for(&w, T0, iam_user(&w, "alice"), BASTION, 1);
		logged_in(&w, T0 + 4 * S, 0, BASTION, cases[i].boots[0], "k1");
		pushed_for(&w, T0 + 300 * S, iam_user(&w, "bob"), BASTION, 2);
		logged_in(&w, T0 + 304 * S, 0, BASTION, cases[i].boots[1], "k2");
		logged_in(&w, T0 + 2000 * S, 0, BASTION, cases[i].boots[2], "p");
		pushed_for(&w, T0 + 1000 * S, instance_role(&w, BASTION), INST, 9);
		world_judge(&w);
		assert_person(&w, 2, cases[i].expect);
		world_close(&w);
	}
}

/* Alice on the bastion, from there to another bastion, from there on: three logins. */
static void
test_instance_after_instance(void **state)
{
	const struct person *p;
	struct world w;

	(void)state;
	world_open(&w);
	cover(&w.book);
	enters(&w, T0, 0, iam_user(&w, "alice"), BASTION, 1);
	enters(&w, T0 + 100 * S, 0, instance_role(&w, BASTION), ANOTHER, 2);
	enters(&w, T0 + 200 * S, 0, instance_role(&w, ANOTHER), INST, 3);
	world_judge(&w);
	assert_person(&w, 1, "iam_user alice probable logins: instance");
	assert_person(&w, 2, "iam_user alice probable logins: instance");
	p = people_of_login(&w.people, &w.book.ledger.logins[2]);
	assert_non_null(p);
	assert_string_equal(word(&w, p->name), "alice");
	world_close(&w);
}

/* The role of the instance assumed another one: when it did is what counts. */
static void
test_instance_further_back(void **state)
{
	struct user_identity s, by;
	struct world w;

	(void)state;
	world_open(&w);
	cover(&w.book);
	by = instance_role(&w, BASTION);
	s = session(&w, "Deploy", "botocore-session-1", T0 + 100 * S, "ASIA1");
	assume(&w, by, s, "ASIA1");
	enters(&w, T0, T0 + 200 * S, iam_user(&w, "alice"), BASTION, 1);
	enters(&w, T0 + 300 * S, 0, iam_user(&w, "bob"), BASTION, 2);
	pushed_for(&w, T0 + 1000 * S, s, INST, 9);
	world_judge(&w);
	assert_person(&w, 2, "iam_user alice probable logins: access_key instance");
	assert_int_not_equal(who_pushed(&w, 2)->key, 0);
	assert_true(people_compare(&w.people, w.book.ledger.pushes[2].caller,
			w.book.ledger.pushes[2].caller) <= 0);
	world_close(&w);
}

/* EC2 itself fetches what the role uses: that event leads to nobody. */
static void
test_credentials_from_ec2(void **state)
{
	struct user_identity s;
	struct world w;

	(void)state;
	world_open(&w);
	cover(&w.book);
	s = instance_role(&w, BASTION);
	assume(&w, service("ec2.amazonaws.com"), s, "ASIAINSTANCE");
	enters(&w, T0, 0, iam_user(&w, "alice"), BASTION, 1);
	pushed_for(&w, T0 + 1000 * S, s, INST, 9);
	/* but a session that somebody named after an instance is that somebody's */
	s = session(&w, "Ops", BASTION, T0, "ASIA2");
	assume(&w, iam_user(&w, "mallory"), s, "ASIA2");
	pushed_for(&w, T0 + 1001 * S, s, INST, 9);
	world_judge(&w);
	assert_person(&w, 1, "iam_user alice probable logins: instance");
	assert_person(&w, 2, "iam_user mallory exact origin: access_key");
	world_close(&w);
}

/* Two instances that log in on each other in one second: nobody began it. */
static void
test_cycle_of_instances(void **state)
{
	const char *end;
	struct world w;

	(void)state;
	world_open(&w);
	cover(&w.book);
	pushed_for(&w, T0, instance_role(&w, ANOTHER), BASTION, 1);
	pushed_for(&w, T0, instance_role(&w, BASTION), ANOTHER, 2);
	logged_in(&w, T0, 0, BASTION, "boot-1", "k1");
	logged_in(&w, T0, 0, ANOTHER, "boot-1", "k2");
	world_judge(&w);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(who_pushed(&w, i)->name, 0);
		assert_int_equal(who_pushed(&w, i)->login_count, 1);
	}
	end = chain_end_name((enum chain_end)who_pushed(&w, 1)->end);
	assert_true(strcmp(end, "cycle") == 0 || who_pushed(&w, 0)->end == CHAIN_END_CYCLE);
	world_close(&w);
}

/* Pushes while the same people are there share one row. */
static void
test_rows_are_shared(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	cover(&w.book);
	enters(&w, T0, T0 + 500 * S, iam_user(&w, "alice"), BASTION, 1);
	for (int i = 0; i < 50; i++)
		pushed_for(&w, T0 + (100 + i * 10) * S, instance_role(&w, BASTION), INST, 9);
	world_judge(&w);
	assert_ptr_equal(who_pushed(&w, 1), who_pushed(&w, 2));
	assert_person(&w, 41, "iam_user alice probable logins: instance");
	assert_person(&w, 42, "unknown - - logins: instance");
	assert_int_equal(w.people.person_count, w.book.ledger.caller_count + 2);
	world_close(&w);
}

/* Against counting one by one, for many logins. */
static void
test_logins_at(void **state)
{
	struct ledger *l;
	struct logins_at at;
	struct world w;

	(void)state;
	world_open(&w);
	l = &w.book.ledger;
	for (int i = 0; i < 300; i++)
		logged_in(&w, T0 + (i * 37 % 500) * S,
		    i % 7 == 0 ? 0 : T0 + (i * 37 % 500 + i % 40) * S,
		    i % 3 == 0 ? BASTION : ANOTHER, "boot-1", "p");
	assert_int_equal(ledger_finish(l), 0);
	assert_int_equal(logins_at_build(&at, l), 0);
	for (int t = -1; t < 560; t++) {
		string_id bastion = string_pool_find(&l->pool, SPAN(BASTION));
		uint32_t logins[LOGINS_AT_MAX];
		size_t expect = 0, count;
		bool more;

		for (size_t i = 0; i < l->login_count; i++)
			expect += l->logins[i].instance_id == bastion &&
			    l->logins[i].time_us <= T0 + t * S &&
			    (l->logins[i].closed_us == LOGIN_TIME_UNKNOWN ||
				l->logins[i].closed_us >= T0 + t * S);
		count = logins_at_find(&at, bastion, T0 + t * S, logins, &more);
		assert_int_equal(count, expect < LOGINS_AT_MAX ? expect : LOGINS_AT_MAX);
		assert_int_equal(more, expect > LOGINS_AT_MAX);
		for (size_t i = 1; i < count; i++)
			assert_true(
			    l->logins[logins[i - 1]].time_us <= l->logins[logins[i]].time_us);
	}
	logins_at_clear(&at);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who_was_there),
	    cmocka_unit_test(test_boot_ends_what_nothing_closed),
	    cmocka_unit_test(test_instance_after_instance),
	    cmocka_unit_test(test_instance_further_back),
	    cmocka_unit_test(test_credentials_from_ec2),
	    cmocka_unit_test(test_cycle_of_instances),
	    cmocka_unit_test(test_rows_are_shared),
	    cmocka_unit_test(test_logins_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
