/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "correlator/events/user_identity.h"

static void
read_identity(const char *json, struct buf *scratch, struct user_identity *u)
{
	struct json_reader r;

	buf_reset(scratch);
	assert_true(buf_reserve(scratch, 3 * strlen(json)));
	json_reader_init(&r, span_of(json));
	memset(u, 0x55, sizeof(*u));
	user_identity_read(&r, scratch, u);
	assert_int_equal(r.error, JSON_OK);
	assert_true(r.at == r.end);
}

static void
test_all_members(void **state)
{
	struct user_identity u;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1 << 16);
	read_identity("{\"type\":\"AssumedRole\",\"principalId\":\"AROA:alice\",\"arn\":\"arn:x\","
		      "\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIA\",\"userName\":\"n\","
		      "\"invokedBy\":\"AWS Internal\",\"identityProvider\":\"idp\","
		      "\"credentialId\":\"cred\",\"unknown\":{\"type\":\"no\"},"
		      "\"onBehalfOf\":{\"userId\":\"u-1\",\"identityStoreArn\":\"arn:store\"},"
		      "\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":"
		      "\"AROA\",\"arn\":\"arn:role\",\"accountId\":\"111122223333\",\"userName\":"
		      "\"Ops\"},\"webIdFederationData\":{\"type\":\"no\"},\"attributes\":{"
		      "\"creationDate\":\"20131102T010628Z\",\"mfaAuthenticated\":\"false\"},"
		      "\"sourceIdentity\":\"b\\u00f6b\",\"signInSessionArn\":\"arn:s\","
		      "\"ec2RoleDelivery\":\"2.0\",\"assumedRoot\":\"true\"}}",
	    &scratch, &u);
	assert_span(u.type, "AssumedRole");
	assert_span(u.principal_id, "AROA:alice");
	assert_span(u.arn, "arn:x");
	assert_span(u.account_id, "111122223333");
	assert_span(u.access_key_id, "ASIA");
	assert_span(u.user_name, "n");
	assert_span(u.invoked_by, "AWS Internal");
	assert_span(u.identity_provider, "idp");
	assert_span(u.credential_id, "cred");
	assert_span(u.on_behalf_of_user, "u-1");
	assert_span(u.on_behalf_of_store, "arn:store");
	assert_span(u.issuer_type, "Role");
	assert_span(u.issuer_arn, "arn:role");
	assert_span(u.issuer_user_name, "Ops");
	assert_span(u.issuer_principal_id, "AROA");
	assert_span(u.creation_date, "20131102T010628Z");
	assert_span(u.mfa, "false");
	assert_span(u.source_identity,
	    "b\xc3\xb6"
	    "b");
	assert_span(u.assumed_root, "true");
	assert_span(u.sign_in_session_arn, "arn:s");
	assert_span(u.ec2_role_delivery, "2.0");
	buf_clear(&scratch);
}

static void
test_empty_forms(void **state)
{
	static const char *const forms[] = {"null", "{}", "[]", "\"x\"", "7", "true",
	    "{\"sessionContext\":{}}", "{\"sessionContext\":null,\"onBehalfOf\":\"x\"}",
	    "{\"sessionContext\":{\"sessionIssuer\":{},\"attributes\":[]}}"};
	static const struct user_identity none;
	struct user_identity u;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1 << 16);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		read_identity(forms[i], &scratch, &u);
		assert_memory_equal(&u, &none, sizeof(u));
	}
	buf_clear(&scratch);
}

/* The last of two counts, with nothing left of the first. */
static void
test_named_twice(void **state)
{
	struct user_identity u;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1 << 16);
	read_identity("{\"type\":\"a\",\"type\":\"b\",\"onBehalfOf\":{\"userId\":\"u\"},"
		      "\"onBehalfOf\":{\"identityStoreArn\":\"s\"}}",
	    &scratch, &u);
	assert_span(u.type, "b");
	assert_span(u.on_behalf_of_user, NULL);
	assert_span(u.on_behalf_of_store, "s");
	buf_clear(&scratch);
}

static void
test_absent_and_empty_differ(void **state)
{
	struct user_identity u;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1 << 16);
	read_identity("{\"accessKeyId\":\"\",\"arn\":null}", &scratch, &u);
	assert_non_null(u.access_key_id.ptr);
	assert_int_equal(u.access_key_id.len, 0);
	assert_null(u.arn.ptr);
	buf_clear(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_members),
	    cmocka_unit_test(test_empty_forms),
	    cmocka_unit_test(test_named_twice),
	    cmocka_unit_test(test_absent_and_empty_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
