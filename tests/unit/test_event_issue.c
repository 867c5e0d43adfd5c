/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"
#include "tests/unit/issue_records.h"

#include "common/time_text.h"
#include "correlator/events/event.h"

static void
read_event(const char *record, struct buf *scratch, struct event *e)
{
	buf_init(scratch, 3 * strlen(record) + 1);
	assert_int_equal(event_parse(span_of(record), scratch, e), EVENT_OK);
	assert_int_equal(e->kind, EVENT_ISSUE);
	assert_int_equal(e->time_us, ISSUE_AT_S * US_PER_SECOND);
	assert_span(e->event_id, "e-1");
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *source, *name;
		enum issue_kind kind;
	} cases[] = {
	    {"sts.amazonaws.com", "AssumeRole", ISSUE_ASSUME_ROLE},
	    {"sts.amazonaws.com", "AssumeRoleWithSAML", ISSUE_ASSUME_ROLE_WITH_SAML},
	    {"sts.amazonaws.com", "AssumeRoleWithWebIdentity", ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY},
	    {"sts.amazonaws.com", "GetFederationToken", ISSUE_FEDERATION_TOKEN},
	    {"sts.amazonaws.com", "GetSessionToken", ISSUE_SESSION_TOKEN},
	    {"sts.amazonaws.com", "AssumeRoot", ISSUE_ASSUME_ROOT},
	    {"sso.amazonaws.com", "GetRoleCredentials", ISSUE_ROLE_CREDENTIALS},
	    {"sso.amazonaws.com", "Federate", ISSUE_FEDERATE},
	    {"signin.amazonaws.com", "ConsoleLogin", ISSUE_CONSOLE_LOGIN},
	    {"signin.amazonaws.com", "SwitchRole", ISSUE_SWITCH_ROLE},
	    {"signin.amazonaws.com", "GetSigninToken", ISSUE_SIGNIN_TOKEN},
	    {"signin.amazonaws.com", "CreateOAuth2Token", ISSUE_OAUTH_TOKEN},
	    {"sts.amazonaws.com.cn", " AssumeRole\\n", ISSUE_ASSUME_ROLE},
	    {"\\u0073ts.amazonaws.com", "Assume\\u0052ole", ISSUE_ASSUME_ROLE},
	    {"sts.amazonaws.com", "GetCallerIdentity", ISSUE_NONE},
	    {"sts.amazonaws.com", "AssumeRole2", ISSUE_NONE},
	    {"sts.amazonaws.com", "", ISSUE_NONE},
	    {"sts.amazonaws.com", "ConsoleLogin", ISSUE_NONE},
	    {"signin.amazonaws.com", "AssumeRole", ISSUE_NONE},
	    {"signin.amazonaws.com", "ExitRole", ISSUE_NONE},
	    {"sso.amazonaws.com", "AssumeRole", ISSUE_NONE},
	    {"sso-directory.amazonaws.com", "Federate", ISSUE_NONE},
	    {"s3.amazonaws.com", "AssumeRole", ISSUE_NONE},
	    {"ssts.amazonaws.com", "AssumeRole", ISSUE_NONE},
	    {"", "AssumeRole", ISSUE_NONE},
	    {NULL, "AssumeRole", ISSUE_NONE},
	    {"sts.amazonaws.com", NULL, ISSUE_NONE},
	    {"ec2-instance-connect.amazonaws.com", "SendSSHPublicKey", ISSUE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record_header h = {
		    .event_source = span_of(cases[i].source),
		    .event_name = span_of(cases[i].name),
		};

		if (event_issue_kind_of(&h) != cases[i].kind ||
		    (event_kind_of(&h) == EVENT_ISSUE) != (cases[i].kind != ISSUE_NONE))
			fail_msg("%s %s", cases[i].source, cases[i].name);
	}
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(issue_kind_name(ISSUE_ASSUME_ROLE), "AssumeRole");
	assert_string_equal(issue_kind_name(ISSUE_OAUTH_TOKEN), "CreateOAuth2Token");
	assert_string_equal(issue_kind_name(ISSUE_NONE), "");
	assert_string_equal(issue_kind_name(ISSUE_KINDS), "");
	for (int kind = ISSUE_NONE + 1; kind < ISSUE_KINDS; kind++)
		assert_true(strlen(issue_kind_name((enum issue_kind)kind)) > 4);
}

/* What each kind of event says; members that are not listed are absent. */
struct expected {
	const char *name, *record;
	enum issue_kind kind;
	const char *key_id, *principal, *arn, *role, *session, *serial, *source, *tags, *tag_name;
	const char *subject, *subject_type, *issuer, *qualifier, *provider;
	const char *set_account, *set_name, *from, *minted, *mfa;
	bool failed;
};

static const struct expected shapes[] = {
    {.name = "AssumeRole",
	.record = ISSUE_RECORD_ASSUME_ROLE,
	.kind = ISSUE_ASSUME_ROLE,
	.key_id = "ASIAIOSFODNN7EXAMPLE",
	.principal = "AROAEXAMPLE:alice",
	.arn = "arn:aws:sts::111122223333:assumed-role/Admin/alice",
	.role = "arn:aws:iam::111122223333:role/ops/Admin",
	.session = "alice",
	.serial = "arn:aws:iam::111122223333:mfa/alice",
	.source = "alice",
	.tags = "Team=Ops, Email=alice@example.com, Cost=12",
	.tag_name = "alice@example.com"},
    {.name = "AssumeRoleWithSAML",
	.record = ISSUE_RECORD_SAML,
	.kind = ISSUE_ASSUME_ROLE_WITH_SAML,
	.key_id = "ASIAIOSFODNN7EXAMPLE",
	.principal = "AROASAML:alice@example.com",
	.arn = "arn:aws:sts::111122223333:assumed-role/Saml/alice",
	.role = "arn:aws:iam::111122223333:role/Saml",
	.session = "alice@example.com",
	.source = "alice",
	.tags = "User=al\xc3\xaf"
		"ce",
	.tag_name = "al\xc3\xaf"
		    "ce",
	.subject = "alice-subject",
	.subject_type = "persistent",
	.issuer = "https://idp.example.com",
	.qualifier = "qualifier",
	.provider = "arn:aws:iam::111122223333:saml-provider/Idp"},
    {.name = "AssumeRoleWithWebIdentity",
	.record = ISSUE_RECORD_WEB,
	.kind = ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY,
	.key_id = "ASIAIOSFODNN7EXAMPLE",
	.principal = "AROAWEB:run-7",
	.arn = "arn:aws:sts::111122223333:assumed-role/Web/run-7",
	.role = "arn:aws:iam::111122223333:role/Web",
	.session = "run-7",
	.subject = "repo:o/r",
	.provider = "arn:aws:iam::111122223333:oidc-provider/token.example.com"},
    {.name = "AssumeRoleWithWebIdentity, provider of the request",
	.record = ISSUE_RECORD("sts", "AssumeRoleWithWebIdentity",
	    "\"requestParameters\":{\"providerId\":\"www.example.com\"},\"responseElements\":{"
	    "\"subjectFromWebIdentityToken\":\"s\"}"),
	.kind = ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY,
	.subject = "s",
	.provider = "www.example.com"},
    {.name = "GetFederationToken",
	.record = ISSUE_RECORD_FEDERATION,
	.kind = ISSUE_FEDERATION_TOKEN,
	.key_id = "ASIAIOSFODNN7EXAMPLE",
	.principal = "111122223333:bob",
	.arn = "arn:aws:sts::111122223333:federated-user/bob",
	.session = "bob"},
    {.name = "GetSessionToken",
	.record = ISSUE_RECORD_SESSION_TOKEN,
	.kind = ISSUE_SESSION_TOKEN,
	.key_id = "ASIAIOSFODNN7EXAMPLE",
	.serial = "arn:aws:iam::111122223333:mfa/alice"},
    {.name = "AssumeRoot",
	.record = ISSUE_RECORD_ROOT("444455556666"),
	.kind = ISSUE_ASSUME_ROOT,
	.key_id = "ASIAIOSFODNN7EXAMPLE",
	.principal = "444455556666"},
    {.name = "AssumeRoot by ARN",
	.record = ISSUE_RECORD_ROOT("arn:aws:iam::444455556666:root"),
	.kind = ISSUE_ASSUME_ROOT,
	.key_id = "ASIAIOSFODNN7EXAMPLE",
	.principal = "444455556666"},
    {.name = "AssumeRoot of nothing",
	.record = ISSUE_RECORD_ROOT("arn:aws"),
	.kind = ISSUE_ASSUME_ROOT,
	.key_id = "ASIAIOSFODNN7EXAMPLE"},
    {.name = "GetRoleCredentials",
	.record = ISSUE_RECORD_SET("GetRoleCredentials"),
	.kind = ISSUE_ROLE_CREDENTIALS,
	.set_account = "111122223333",
	.set_name = "Admin"},
    {.name = "Federate",
	.record = ISSUE_RECORD_SET("Federate"),
	.kind = ISSUE_FEDERATE,
	.set_account = "111122223333",
	.set_name = "Admin"},
    {.name = "ConsoleLogin",
	.record = ISSUE_RECORD_SIGN_IN("ConsoleLogin", "Success"),
	.kind = ISSUE_CONSOLE_LOGIN,
	.from = "arn:aws:iam::111122223333:user/alice",
	.mfa = "Yes"},
    {.name = "ConsoleLogin that failed",
	.record = ISSUE_RECORD_SIGN_IN("ConsoleLogin", "Failure"),
	.kind = ISSUE_CONSOLE_LOGIN,
	.from = "arn:aws:iam::111122223333:user/alice",
	.mfa = "Yes",
	.failed = true},
    {.name = "SwitchRole",
	.record = ISSUE_RECORD_SIGN_IN("SwitchRole", "Success"),
	.kind = ISSUE_SWITCH_ROLE,
	.from = "arn:aws:iam::111122223333:user/alice",
	.mfa = "Yes"},
    {.name = "SwitchRole that failed",
	.record = ISSUE_RECORD_SIGN_IN("SwitchRole", "Failure"),
	.kind = ISSUE_SWITCH_ROLE,
	.from = "arn:aws:iam::111122223333:user/alice",
	.mfa = "Yes",
	.failed = true},
    {.name = "GetSigninToken",
	.record = ISSUE_RECORD_SIGN_IN("GetSigninToken", "Success"),
	.kind = ISSUE_SIGNIN_TOKEN,
	.from = "arn:aws:iam::111122223333:user/alice",
	.mfa = "Yes"},
    {.name = "CreateOAuth2Token",
	.record = ISSUE_RECORD_OAUTH("true"),
	.kind = ISSUE_OAUTH_TOKEN,
	.minted = ISSUE_SIGN_IN},
    {.name = "CreateOAuth2Token that failed",
	.record = ISSUE_RECORD_OAUTH("false"),
	.kind = ISSUE_OAUTH_TOKEN,
	.minted = ISSUE_SIGN_IN,
	.failed = true},
    {.name = "another kind's sign-in session is not minted",
	.record = ISSUE_RECORD(
	    "signin", "SwitchRole", "\"additionalEventData\":{\"signInSessionArn\":\"a\"}"),
	.kind = ISSUE_SWITCH_ROLE},
    {.name = "denied",
	.record = ISSUE_RECORD("sts", "AssumeRole",
	    "\"errorCode\":\"AccessDenied\",\"requestParameters\":null,\"responseElements\":null"),
	.kind = ISSUE_ASSUME_ROLE,
	.failed = true},
    {.name = "nulls",
	.record = ISSUE_RECORD("sts", "AssumeRole",
	    "\"userIdentity\":null,\"errorCode\":null,\"requestParameters\":{\"roleArn\":null,"
	    "\"tags\":null,\"sourceIdentity\":null},\"responseElements\":{\"credentials\":null,"
	    "\"assumedRoleUser\":null},\"additionalEventData\":null,\"serviceEventDetails\":null"),
	.kind = ISSUE_ASSUME_ROLE},
    {.name = "source identity of the request",
	.record = ISSUE_RECORD("sts", "AssumeRole",
	    "\"responseElements\":{\"sourceIdentity\":\"\"},\"requestParameters\":{"
	    "\"sourceIdentity\":\"asked\"}"),
	.kind = ISSUE_ASSUME_ROLE,
	.source = "asked"},
    {.name = "escaped",
	.record = ISSUE_RECORD("sts", "Assume\\u0052ole",
	    "\"respons\\u0065Elements\":{\"\\u0063redentials\":{\"access\\u004beyId\":"
	    "\"ASIA\\u0031\"},\"assumedRole\\u0055ser\":{\"assumedRoleId\":\"AROA:b\\u00f6b\"}},"
	    "\"requestParameters\":{\"tags\":[{\"ke\\u0079\":\"\\u0055ser\",\"value\":"
	    "\"b\\u00f6b\"}]}"),
	.kind = ISSUE_ASSUME_ROLE,
	.key_id = "ASIA1",
	.principal = "AROA:b\xc3\xb6"
		     "b",
	.tags = "User=b\xc3\xb6"
		"b",
	.tag_name = "b\xc3\xb6"
		    "b"},
    {.name = "hostile types",
	.record = ISSUE_RECORD("sts", "AssumeRole",
	    "\"userIdentity\":[],\"requestParameters\":[{\"roleArn\":\"x\"}],\"responseElements\":{"
	    "\"credentials\":[\"accessKeyId\"],\"assumedRoleUser\":\"AROA\",\"sourceIdentity\":{"
	    "\"a\":1},\"issuer\":17,\"subject\":true},\"additionalEventData\":7,"
	    "\"serviceEventDetails\":\"x\""),
	.kind = ISSUE_ASSUME_ROLE,
	.issuer = "17",
	.subject = "true"},
    {.name = "the last of two counts",
	.record = ISSUE_RECORD("sts", "AssumeRole",
	    "\"responseElements\":{\"credentials\":{\"accessKeyId\":\"A\"}},\"responseElements\":"
	    "{\"credentials\":{}},\"requestParameters\":{\"tags\":[{\"key\":\"User\",\"value\":"
	    "\"a\"}]},\"requestParameters\":{\"tags\":{\"User\":\"b\"}}"),
	.kind = ISSUE_ASSUME_ROLE,
	.tags = "User=b",
	.tag_name = "b"},
};

static void
check_text(const char *name, const char *what, struct span is, const char *should)
{
	if (!(should == NULL ? is.ptr == NULL : span_is(is, should)))
		fail_msg("%s: %s is '%.*s', should be '%s'", name, what, (int)is.len, is.ptr,
		    should != NULL ? should : "(absent)");
}

static void
check_members(const struct event *e, const struct expected *x)
{
	check_text(x->name, "key id", e->issued_key_id, x->key_id);
	check_text(x->name, "principal", e->issued_principal_id, x->principal);
	check_text(x->name, "arn", e->issued_arn, x->arn);
	check_text(x->name, "role", e->role_arn, x->role);
	check_text(x->name, "session", e->session_name, x->session);
	check_text(x->name, "serial", e->mfa_serial, x->serial);
	check_text(x->name, "source identity", e->session_source_identity, x->source);
	check_text(x->name, "tags", e->tags, x->tags);
	check_text(x->name, "tag name", e->tag_name, x->tag_name);
	check_text(x->name, "subject", e->subject, x->subject);
	check_text(x->name, "subject type", e->subject_type, x->subject_type);
	check_text(x->name, "issuer", e->issuer, x->issuer);
	check_text(x->name, "name qualifier", e->name_qualifier, x->qualifier);
	check_text(x->name, "provider", e->provider, x->provider);
	check_text(x->name, "set account", e->set_account, x->set_account);
	check_text(x->name, "set name", e->set_name, x->set_name);
	check_text(x->name, "switched from", e->switch_from, x->from);
	check_text(x->name, "minted", e->minted_session, x->minted);
	check_text(x->name, "MFA", e->mfa_used, x->mfa);
}

static void
test_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct buf scratch;
		struct event e;

		read_event(shapes[i].record, &scratch, &e);
		if (e.issue != shapes[i].kind || e.failed != shapes[i].failed)
			fail_msg(
			    "%s: kind %d, failed %d", shapes[i].name, (int)e.issue, (int)e.failed);
		check_members(&e, &shapes[i]);
		buf_clear(&scratch);
	}
}

/* The caller of an issuing event is read like any other's. */
static void
test_identity(void **state)
{
	struct buf scratch;
	struct event e;

	(void)state;
	read_event(ISSUE_RECORD_SET("GetRoleCredentials"), &scratch, &e);
	assert_span(e.identity.type, "IdentityCenterUser");
	assert_span(e.identity.on_behalf_of_user, "u-1");
	assert_span(e.identity.credential_id, "c-1");
	assert_span(e.account_id, "111122223333");
	buf_clear(&scratch);
}

static void
check_tags(const char *request, const char *tags, const char *name)
{
	struct buf scratch;
	struct event e;
	char *record;

	assert_true(
	    asprintf(&record, ISSUE_RECORD("sts", "AssumeRole", "\"requestParameters\":{%s}"),
		request) > 0);
	read_event(record, &scratch, &e);
	check_text(request, "tags", e.tags, tags);
	check_text(request, "name", e.tag_name, name);
	buf_clear(&scratch);
	free(record);
}

static void
test_tags(void **state)
{
	static const struct {
		const char *request, *tags, *name;
	} cases[] = {
	    {"\"tags\":[]", NULL, NULL},
	    {"\"tags\":{}", NULL, NULL},
	    {"\"tags\":\"User=a\"", NULL, NULL},
	    {"\"tags\":[1,\"x\",null,[{\"key\":\"User\",\"value\":\"a\"}],{}]", NULL, NULL},
	    {"\"tags\":[{\"key\":\"User\"},{\"value\":\"a\"}]", NULL, NULL},
	    {"\"tags\":[{\"key\":\"User\",\"value\":7},{\"key\":{},\"value\":\"a\"}]", NULL, NULL},
	    {"\"tags\":[{\"value\":\"a\",\"x\":{\"key\":\"k\"},\"key\":\"User\"}]", "User=a", "a"},
	    {"\"tags\":[{\"key\":\"user\",\"value\":\"1\"},{\"key\":\"UserName\",\"value\":\"2\"}]",
		"user=1, UserName=2", "2"},
	    {"\"principalTags\":{\"user\":\"1\",\"UserName\":\"2\",\"Username\":\"3\",\"User\":"
	     "\"4\",\"email\":\"5\",\"Email\":\"6\"}",
		"user=1, UserName=2, Username=3, User=4, email=5, Email=6", "6"},
	    {"\"principalTags\":{\"Email\":\"first\",\"Email\":\"second\"}",
		"Email=first, Email=second", "first"},
	    {"\"principalTags\":{\"Email\":\"\",\"User\":\"a\"}", "Email=, User=a", "a"},
	    {"\"principalTags\":{\"EMAIL\":\"a\"}", "EMAIL=a", NULL},
	    {"\"principalTags\":{\"a\":null,\"b\":[\"x\"],\"c\":\"d\"}", "c=d", NULL},
	    {"\"incomingTransitiveTags\":{\"Email\":\"old\"},\"tags\":[{\"key\":\"Email\","
	     "\"value\":\"new\"}]",
		"Email=new, Email=old", "new"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_tags(cases[i].request, cases[i].tags, cases[i].name);
}

/* More than 1 KiB: whole tags up to there, and the name is found all the same. */
static void
test_many_tags(void **state)
{
	struct buf request, text;

	(void)state;
	buf_init(&request, 1 << 16);
	buf_init(&text, 1 << 16);
	buf_puts(&request, "\"principalTags\":{\"email\":\"a\"");
	buf_puts(&text, "email=a");
	for (unsigned i = 0; i < 100; i++) {
		buf_printf(&request, ",\"key%03u\":\"0123456789\\u0041\"", i);
		if (text.len + 20 <= 1024)
			buf_printf(&text, ", key%03u=0123456789A", i);
	}
	buf_puts(&request, ",\"Email\":\"b\\u0062\"}");
	buf_puts(&text, ", ...");
	check_tags(buf_cstr(&request), buf_cstr(&text), "bb");
	buf_reset(&request);
	buf_puts(&request, "\"principalTags\":{\"User\":\"");
	buf_reset(&text);
	for (int i = 0; i < 2000; i++)
		buf_puts(&text, "x");
	buf_put_span(&request, buf_span(&text));
	buf_puts(&request, "\",\"a\":\"b\"}");
	check_tags(buf_cstr(&request), "...", buf_cstr(&text));
	buf_clear(&request);
	buf_clear(&text);
}

/* The session token is not among what is kept, whatever it is called. */
static void
test_no_session_token(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct span *spans;
		struct buf scratch;
		struct event e;

		read_event(shapes[i].record, &scratch, &e);
		spans = &e.issued_key_id;
		for (; spans <= &e.mfa_used; spans++)
			assert_false(span_is(*spans, "SECRET-TOKEN"));
		buf_clear(&scratch);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_identity),
	    cmocka_unit_test(test_tags),
	    cmocka_unit_test(test_many_tags),
	    cmocka_unit_test(test_no_session_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
