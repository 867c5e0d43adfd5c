/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/annotate/session_find.h"

#define S     US_PER_SECOND
#define T0    (INT64_C(1795328560) * S)
#define ONE   "i-0123456789abcdef0"
#define TWO   "i-0fedcba9876543210"
#define BOOT1 "11111111-1111-4111-8111-111111111111"
#define BOOT2 "22222222-2222-4222-8222-222222222222"
#define FLAT1 "11111111111141118111111111111111"
#define MAX   8

/* A login of the ledger: seconds after T0; instance NULL ends the list when the host is NULL too.
 */
struct row {
	int64_t at, ses;
	const char *instance, *hostname, *boot;
};

/* A question, and the row that answers it; UNKNOWN, AMBIGUOUS. */
#define UNKNOWN   (-1)
#define AMBIGUOUS (-2)
#define TIMELESS  INT64_MIN
struct question {
	int64_t at, ses;
	const char *instance, *host, *boot;
	int want;
};

static void
fill(struct ledger *l, struct login logins[static MAX], const struct row *rows)
{
	*l = (struct ledger){.logins = logins};
	string_pool_init(&l->pool);
	for (; rows->instance != NULL || rows->hostname != NULL; rows++) {
		assert_true(l->login_count < MAX);
		logins[l->login_count++] = (struct login){
		    .time_us = T0 + rows->at * S,
		    .closed_us = LOGIN_TIME_UNKNOWN,
		    .audit_session = rows->ses,
		    .instance_id = string_pool_add(&l->pool, span_of(rows->instance), NULL),
		    .hostname = string_pool_add(&l->pool, span_of(rows->hostname), NULL),
		    .boot_id = string_pool_add(&l->pool, span_of(rows->boot), NULL),
		};
	}
}

static struct session_query
query_of(const struct question *q)
{
	return (struct session_query){.instance = span_of(q->instance),
	    .host = span_of(q->host),
	    .boot_id = span_of(q->boot),
	    .ses = q->ses,
	    .has_time = q->at != TIMELESS,
	    .time_us = q->at != TIMELESS ? T0 + q->at * S : 0};
}

static void
ask(struct session_finder *f, const struct question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct session_query q = query_of(&questions[i]);
		uint32_t login = UINT32_MAX;
		enum session_found found = session_find(f, &q, &login);
		int is = found == SESSION_FOUND ? (int)login
		    : found == SESSION_UNKNOWN  ? UNKNOWN
						: AMBIGUOUS;

		if (is != questions[i].want)
			print_message("question %zu\n", i);
		assert_int_equal(is, questions[i].want);
	}
}

static void
check(const struct row *rows, const struct question *questions, size_t count)
{
	struct login logins[MAX];
	struct session_finder *f;
	struct ledger l;

	fill(&l, logins, rows);
	f = session_finder_new(&l);
	assert_non_null(f);
	ask(f, questions, count);
	session_finder_free(f);
	string_pool_clear(&l.pool);
}

#define CHECK(rows, questions) check(rows, questions, sizeof(questions) / sizeof((questions)[0]))

static void
test_hosts(void **state)
{
	static const struct row rows[] = {
	    {0, 42, ONE, "web-1.example.com", BOOT1},
	    {1, 42, TWO, "web-2.example.com", BOOT2},
	    {2, 43, ONE, "web-1.example.com", BOOT1},
	    {3, 44, NULL, "old", NULL},
	    {0},
	};
	static const struct question questions[] = {
	    {9, 42, ONE, NULL, NULL, 0},
	    {9, 42, TWO, NULL, NULL, 1},
	    {9, 42, NULL, "web-1", NULL, 0},
	    {9, 42, NULL, "WEB-2.other.example", NULL, 1},
	    {9, 42, NULL, ONE, NULL, 0},
	    {9, 42, NULL, TWO ".eu-central-1.compute.internal", NULL, 1},
	    {9, 42, ONE, "web-2", NULL, 0}, /* an instance id says more */
	    {9, 42, NULL, "web-3", NULL, UNKNOWN},
	    {9, 42, NULL, "web", NULL, UNKNOWN},
	    {9, 42, NULL, "", NULL, UNKNOWN},
	    {9, 42, "i-00000000", NULL, NULL, UNKNOWN},
	    {9, 42, NULL, NULL, NULL, AMBIGUOUS},
	    {9, 43, NULL, NULL, NULL, 2},
	    {9, 42, NULL, NULL, BOOT1, 0}, /* a boot is one host's */
	    {9, 44, NULL, "old", NULL, 3},
	    {9, 44, ONE, "old", NULL, 3},
	    {9, 44, ONE, NULL, NULL, UNKNOWN},
	    {9, 45, NULL, NULL, NULL, UNKNOWN},
	};

	(void)state;
	CHECK(rows, questions);
}

/* The kernel counts from 1 again in every boot. */
static void
test_two_boots(void **state)
{
	static const struct row rows[] = {
	    {0, 3, ONE, "web-1", BOOT1},
	    {100, 4, ONE, "web-1", BOOT1},
	    {1000, 3, ONE, "web-1", BOOT2},
	    {0},
	};
	static const struct question questions[] = {
	    {50, 3, ONE, NULL, BOOT1, 0},
	    {5000, 3, ONE, NULL, BOOT1, 0}, /* programs outlive sessions */
	    {5000, 3, ONE, NULL, FLAT1, 0},
	    {TIMELESS, 3, ONE, NULL, BOOT1, 0},
	    {1000, 3, ONE, NULL, BOOT2, 2},
	    {TIMELESS, 3, ONE, NULL, BOOT2, 2},
	    {994, 3, ONE, NULL, BOOT2, UNKNOWN}, /* before it */
	    {5000, 4, ONE, NULL, BOOT2, UNKNOWN},
	    {5000, 3, ONE, NULL, "33333333333343338333333333333333", UNKNOWN},
	    /* a line that does not know its boot */
	    {-6, 3, ONE, NULL, NULL, UNKNOWN},
	    {-5, 3, ONE, NULL, NULL, 0},
	    {50, 3, ONE, NULL, NULL, 0},
	    {50, 3, ONE, NULL, "not a boot", 0},
	    {994, 3, ONE, NULL, NULL, 0},
	    {995, 3, ONE, NULL, NULL, 2}, /* within the clocks' slack: the newer */
	    {1000, 3, ONE, NULL, NULL, 2},
	    {999, 4, ONE, NULL, NULL, 1},
	    {1000, 4, ONE, NULL, NULL, UNKNOWN}, /* the host has started since */
	    {TIMELESS, 4, ONE, NULL, NULL, UNKNOWN},
	};

	(void)state;
	CHECK(rows, questions);
}

/* A login that has no audit session tells of its boot all the same. */
static void
test_boot_of_others(void **state)
{
	static const struct row rows[] = {
	    {0, 3, ONE, NULL, BOOT1},
	    {100, -1, ONE, NULL, BOOT2},
	    {200, 9, TWO, NULL, BOOT2},
	    {0},
	};
	static const struct question questions[] = {
	    {99, 3, ONE, NULL, NULL, 0},
	    {100, 3, ONE, NULL, NULL, UNKNOWN},
	    {100, -1, ONE, NULL, NULL, UNKNOWN},
	    {100, 4294967295, ONE, NULL, NULL, UNKNOWN},
	};

	(void)state;
	CHECK(rows, questions);
}

/* Without boot ids a lower number shows that the host has started anew. */
static void
test_no_boot(void **state)
{
	static const struct row rows[] = {
	    {0, 7, ONE, NULL, NULL},
	    {2, 6, ONE, NULL, NULL}, /* recorded in the other order */
	    {10, 8, ONE, NULL, NULL},
	    {100, 2, ONE, NULL, NULL},
	    {110, 7, ONE, NULL, NULL},
	    {50, -1, ONE, NULL, NULL}, /* no number is not a lower one */
	    {0},
	};
	static const struct question questions[] = {
	    {50, 7, ONE, NULL, NULL, 0},
	    {99, 8, ONE, NULL, NULL, 2},
	    {100, 8, ONE, NULL, NULL, UNKNOWN},
	    {103, 7, ONE, NULL, NULL, UNKNOWN},
	    {110, 7, ONE, NULL, NULL, 4},
	    {9999, 7, ONE, NULL, BOOT1, 4},
	    {9999, 6, ONE, NULL, NULL, UNKNOWN},
	    {TIMELESS, 7, ONE, NULL, NULL, UNKNOWN},
	};

	(void)state;
	CHECK(rows, questions);
}

static void
test_ambiguous(void **state)
{
	static const struct row rows[] = {
	    {0, 3, ONE, NULL, BOOT1},
	    {50, 3, ONE, NULL, BOOT1}, /* one boot gives a number once */
	    {100, 4, TWO, NULL, NULL},
	    {104, 4, TWO, NULL, NULL},
	    {200, 5, TWO, NULL, NULL},
	    {206, 5, TWO, NULL, NULL},
	    {0},
	};
	static const struct question questions[] = {
	    {90, 3, ONE, NULL, NULL, AMBIGUOUS},
	    {90, 3, ONE, NULL, BOOT1, AMBIGUOUS},
	    {9, 3, ONE, NULL, BOOT1, 0},
	    {190, 4, TWO, NULL, NULL, AMBIGUOUS},
	    {290, 5, TWO, NULL, NULL, 5},
	};

	(void)state;
	CHECK(rows, questions);
}

static void
test_boot_notes(void **state)
{
	static const struct row rows[] = {
	    {0, 3, ONE, "web-1", NULL},
	    {0, 3, TWO, "web-2", NULL},
	    {200, 4, ONE, "web-1", NULL},
	    {300, 9, ONE, "web-1", BOOT1},
	    {0},
	};
	static const struct question before[] = {{150, 3, ONE, NULL, NULL, 0}};
	static const struct question booted = {100, -1, NULL, "web-1", NULL, 0};
	static const struct question booted_late = {400, -1, NULL, "web-1", NULL, 0};
	static const struct question after[] = {
	    {99, 3, ONE, NULL, NULL, 0},
	    {100, 3, ONE, NULL, NULL, UNKNOWN},
	    {150, 3, TWO, NULL, NULL, 1},
	    {250, 4, ONE, NULL, NULL, 2},
	};
	static const struct question late[] = {
	    {450, 4, ONE, NULL, NULL, UNKNOWN},
	    {450, 9, ONE, NULL, BOOT1, 3}, /* boot ids know better */
	};
	struct session_query q = query_of(&booted);
	struct login logins[MAX];
	struct session_finder *f;
	struct ledger l;

	(void)state;
	fill(&l, logins, rows);
	f = session_finder_new(&l);
	assert_non_null(f);
	ask(f, before, 1);
	session_find_boot(f, &q);
	ask(f, after, sizeof(after) / sizeof(after[0]));
	q = query_of(&booted_late);
	session_find_boot(f, &q);
	ask(f, late, sizeof(late) / sizeof(late[0]));
	session_finder_free(f);
	string_pool_clear(&l.pool);
}

static void
test_empty(void **state)
{
	static const struct row rows[] = {{0}};
	static const struct question questions[] = {{0, 1, NULL, NULL, NULL, UNKNOWN}};

	(void)state;
	CHECK(rows, questions);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hosts),
	    cmocka_unit_test(test_two_boots),
	    cmocka_unit_test(test_boot_of_others),
	    cmocka_unit_test(test_no_boot),
	    cmocka_unit_test(test_ambiguous),
	    cmocka_unit_test(test_boot_notes),
	    cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
