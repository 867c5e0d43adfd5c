/* SPDX-License-Identifier: Apache-2.0 */
/* What `aws identitystore list-users` prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "correlator/people/identity_store.h"

#define ARN_A "arn:aws:identitystore::111122223333:identitystore/d-1234567890"
#define ARN_B "arn:aws:identitystore::111122223333:identitystore/d-0000000000"

static const char *const listing =
    "{\n"
    "    \"Users\": [\n"
    "        {\n"
    "            \"UserName\": \"alice\",\n"
    "            \"UserId\": \"id-1\",\n"
    "            \"ExternalIds\": [{\"Issuer\": \"x\", \"Id\": \"y\"}],\n"
    "            \"Name\": {\"FamilyName\": \"A\", \"GivenName\": \"Alice\"},\n"
    "            \"DisplayName\": \"Alice \\u0041\",\n"
    "            \"Emails\": [{\"Value\": \"old@example.com\", \"Type\": \"work\"},\n"
    "                {\"Value\": \"alice@example.com\", \"Primary\": true},\n"
    "                {\"Value\": \"third@example.com\", \"Primary\": true}],\n"
    "            \"IdentityStoreId\": \"d-1234567890\"\n"
    "        }\n"
    "    ],\n"
    "    \"NextToken\": null\n"
    "}\n";

static void
assert_text(struct span s, const char *expect)
{
	if (expect == NULL)
		assert_null(s.ptr);
	else if (!span_is(s, expect))
		fail_msg("%.*s, not %s", (int)s.len, s.ptr != NULL ? s.ptr : "", expect);
}

static void
test_listing(void **state)
{
	const struct identity_user *u;
	struct identity_store s;
	size_t skipped = 0;

	(void)state;
	identity_store_init(&s);
	assert_int_equal(identity_store_add(&s, span_of(listing), &skipped), 0);
	assert_int_equal(skipped, 0);
	u = identity_store_find(&s, SPAN("id-1"), SPAN(ARN_A));
	assert_non_null(u);
	assert_text(u->user_name, "alice");
	assert_text(u->display_name, "Alice A");
	assert_text(u->email, "alice@example.com");
	assert_text(u->store_id, "d-1234567890");
	identity_store_clear(&s);
}

static void
test_forms(void **state)
{
	static const struct {
		const char *text;
		int r;
		size_t count, skipped;
	} cases[] = {
	    {"{\"Users\":[]}", 0, 0, 0},
	    {"[]", 0, 0, 0},
	    {"[{\"UserId\":\"1\",\"UserName\":\"a\"},{\"UserId\":\"2\",\"UserName\":\"b\"}]", 0, 2,
		0},
	    {"{\"UserId\":\"1\",\"UserName\":\"a\"}\n{\"UserId\":\"2\",\"UserName\":\"b\"}\n", 0, 2,
		0},
	    {"{\"UserId\":\"1\",\"UserName\":\"a\"}", 0, 1, 0},
	    {"{\"Users\":[{\"UserId\":\"1\"},{\"UserName\":\"b\"},7,{}]}", 0, 0, 4},
	    {"{\"Users\":[{\"UserId\":\"1\",\"UserName\":\"\"}]}", 0, 0, 1},
	    {"{\"Users\":[{\"UserId\":1,\"UserName\":\"a\"}]}", 0, 0, 1},
	    {"{\"UserId\":\"1\",\"UserName\":\"a\",\"Emails\":{\"x\":1}}", 0, 1, 0},
	    {"{\"UserId\":\"1\",\"UserName\":\"a\",\"Emails\":[null,{\"Value\":7},\"x\"]}", 0, 1,
		0},
	    /* a user twice is one, the later counts */
	    {"[{\"UserId\":\"1\",\"UserName\":\"a\"},{\"UserId\":\"1\",\"UserName\":\"b\"}]", 0, 1,
		0},
	    {"", -1, 0, 0},
	    {"null", -1, 0, 0},
	    {"\"x\"", -1, 0, 0},
	    {"{}", -1, 0, 0},
	    {"{\"Roles\":[]}", -1, 0, 0},
	    {"{\"Users\":{}}", -1, 0, 0},
	    {"{\"Users\":[{\"UserId\":\"1\",\"UserName\":\"a\"}", -1, 0, 0},
	    {"[{\"UserId\":\"1\",\"UserName\":\"a\"}] x", -1, 0, 0},
	    {"user,name\n1,a\n", -1, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct identity_store s;
		size_t skipped = 0;
		int r;

		identity_store_init(&s);
		r = identity_store_add(&s, span_of(cases[i].text), &skipped);
		if (r != cases[i].r || s.count != cases[i].count || skipped != cases[i].skipped)
			fail_msg(
			    "%s: %d, %zu users, %zu skipped", cases[i].text, r, s.count, skipped);
		identity_store_clear(&s);
	}
}

static void
test_find(void **state)
{
	static const struct {
		const char *id, *arn, *name;
	} cases[] = {
	    {"one", ARN_A, "one-a"},
	    {"one", ARN_B, "one-b"},
	    {"one", NULL, NULL}, /* two stores, and nothing decides */
	    {"one", "arn:aws:identitystore::111122223333:identitystore/d-1111111111", NULL},
	    {"two", ARN_A, "two"}, /* of no store */
	    {"two", NULL, "two"},
	    {"three", ARN_A, "three"},
	    {"three", ARN_B, NULL},
	    {"three", NULL, "three"},
	    {"three", "arn:aws:identitystore::111122223333:identitystore/xd-1234567890", NULL},
	    {"three", "d-1234567890", "three"},
	    {"four", ARN_A, NULL},
	    {"on", ARN_A, NULL},
	    {"", ARN_A, NULL},
	    {NULL, NULL, NULL},
	};
	struct identity_store s;
	size_t skipped = 0;

	(void)state;
	identity_store_init(&s);
	assert_null(identity_store_find(&s, SPAN("one"), SPAN_NONE));
	assert_int_equal(
	    identity_store_add(&s,
		SPAN("[{\"UserId\":\"three\",\"UserName\":\"three\",\"IdentityStoreId\":"
		     "\"d-1234567890\"},{\"UserId\":\"one\",\"UserName\":\"one-b\","
		     "\"IdentityStoreId\":\"d-0000000000\"}]"),
		&skipped),
	    0);
	/* a file that is none leaves the rest as it was */
	assert_int_equal(
	    identity_store_add(&s, SPAN("[{\"UserId\":\"four\",\"UserName\":\"x\"},"), &skipped),
	    -1);
	assert_int_equal(identity_store_add(&s,
			     SPAN("[{\"UserId\":\"two\",\"UserName\":\"two\"},{\"UserId\":\"one\","
				  "\"UserName\":\"one-a\",\"IdentityStoreId\":\"d-1234567890\"}]"),
			     &skipped),
	    0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct identity_user *u =
		    identity_store_find(&s, span_of(cases[i].id), span_of(cases[i].arn));

		assert_text(u != NULL ? u->user_name : SPAN_NONE, cases[i].name);
	}
	identity_store_clear(&s);
}

/* Across files too the later word counts. */
static void
test_renamed(void **state)
{
	struct identity_store s;
	size_t skipped = 0;

	(void)state;
	identity_store_init(&s);
	for (int i = 0; i < 200; i++) {
		char text[128];
		const struct identity_user *u;

		(void)snprintf(
		    text, sizeof(text), "[{\"UserId\":\"%d\",\"UserName\":\"n%d\"}]", i % 7, i);
		assert_int_equal(identity_store_add(&s, span_of(text), &skipped), 0);
		(void)snprintf(text, sizeof(text), "%d", i % 7);
		u = identity_store_find(&s, span_of(text), SPAN_NONE);
		assert_non_null(u);
		(void)snprintf(text, sizeof(text), "n%d", i);
		assert_text(u->user_name, text);
	}
	assert_int_equal(s.count, 7);
	identity_store_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_listing),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_renamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
