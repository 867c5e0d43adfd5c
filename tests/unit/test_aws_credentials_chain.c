/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/aws_credentials_fixture.h"

struct chain_case {
	const char *name;
	const char *variables[6]; /* name, value, ... */
	const char *config, *credentials, *profile;
	const char *got; /* "ID PROVIDER", or a part of the error */
};

static void
check(const struct chain_case *k)
{
	struct credentials_bed b;
	const char *got;

	for (size_t i = 0; i < 6 && k->variables[i] != NULL; i += 2)
		assert_int_equal(setenv(k->variables[i], k->variables[i + 1], 1), 0);
	bed_open(&b, k->config, k->credentials, k->profile);
	got = bed_get(&b, 0, false);
	if (strstr(got, k->got) == NULL || strstr(got, SECRET) != NULL)
		fail_msg("%s:\n%s\nshould have\n%s", k->name, got, k->got);
	bed_close(&b);
}

#define ENVIRONMENT "AWS_ACCESS_KEY_ID", "IDENV", "AWS_SECRET_ACCESS_KEY", SECRET
#define KEYS(id)    "aws_access_key_id = " id "\naws_secret_access_key = " SECRET "\n"
#define ROLE        "role_arn = arn:aws:iam::111122223333:role/reader\n"

/* Who comes before whom. */
static void
test_order(void **state)
{
	static const struct chain_case cases[] = {
	    {"environment before all", {ENVIRONMENT}, "[default]\n" KEYS("IDCONF"),
		"[default]\n" KEYS("IDCRED"), NULL, "IDENV environment"},
	    {"not beside a profile that was typed", {ENVIRONMENT}, "[profile a]\n" KEYS("IDCONF"),
		"", "a", "IDCONF config-file"},
	    {"but beside AWS_PROFILE", {ENVIRONMENT, "AWS_PROFILE", "a"},
		"[profile a]\n" KEYS("IDCONF"), "", NULL, "IDENV environment"},
	    {"credentials file before config file", {NULL}, "[default]\n" KEYS("IDCONF"),
		"[default]\n" KEYS("IDCRED"), NULL, "IDCRED shared-credentials-file"},
	    {"process before config file", {NULL},
		"[default]\ncredential_process = /bin/cat DIR/none\n" KEYS("IDCONF"), "", NULL,
		"(process): credential_process of profile default ended with status 1"},
	    {"credentials file before process", {NULL},
		"[default]\ncredential_process = /bin/cat DIR/none\n", "[default]\n" KEYS("IDCRED"),
		NULL, "IDCRED shared-credentials-file"},
	    {"a process named in the credentials file", {NULL}, "",
		"[default]\ncredential_process = /bin/false\n", NULL, "(process): "},
	    {"config file before the container", {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "ftp://x"},
		"[default]\n" KEYS("IDCONF"), "", NULL, "IDCONF config-file"},
	    {"web identity before the credentials file", {"AWS_WEB_IDENTITY_TOKEN_FILE", "/none"},
		"", "[default]\n" KEYS("IDCRED"), NULL,
		"(web-identity): there is a token file, but"},
	    {"not beside a profile that was typed", {"AWS_WEB_IDENTITY_TOKEN_FILE", "/none"}, "",
		"[a]\n" KEYS("IDCRED"), "a", "IDCRED shared-credentials-file"},
	    {"a role before its own keys", {NULL},
		"[default]\n" ROLE "credential_source = Environment\n" KEYS("IDCONF"), "", NULL,
		"(assume-role): the credential_source Environment of profile default has no "
		"credentials "
		"(environment: AWS_ACCESS_KEY_ID is not set)"},
	    {"SSO before the credentials file", {NULL}, "[default]\nsso_role_name = reader\n",
		"[default]\n" KEYS("IDCRED"), NULL, "(sso): profile default has no sso_start_url"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

/* What is half there is an error of its own, and nobody else is asked. */
static void
test_halves(void **state)
{
	static const struct chain_case cases[] = {
	    {"no secret", {"AWS_ACCESS_KEY_ID", "IDENV"}, "", "[default]\n" KEYS("IDCRED"), NULL,
		"(environment): AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not"},
	    {"an empty key is none", {"AWS_ACCESS_KEY_ID", ""}, "", "[default]\n" KEYS("IDCRED"),
		NULL, "IDCRED shared-credentials-file"},
	    {"a line break", {"AWS_ACCESS_KEY_ID", "ID\n", "AWS_SECRET_ACCESS_KEY", SECRET}, "", "",
		NULL, "the access key id holds a character that none has"},
	    {"a line break in the token", {ENVIRONMENT, "AWS_SESSION_TOKEN", "a\r\nb"}, "", "",
		NULL, "the session token holds a character that none has"},
	    {"no time", {ENVIRONMENT, "AWS_CREDENTIAL_EXPIRATION", "soon"}, "", "", NULL,
		"AWS_CREDENTIAL_EXPIRATION is not a time"},
	    {"no secret in the file", {NULL}, "[default]\n" KEYS("IDCONF"),
		"[default]\naws_access_key_id = IDCRED\n", NULL,
		"profile default has an aws_access_key_id and no aws_secret_access_key"},
	    {"no key in the file", {NULL}, "[default]\n" KEYS("IDCONF"),
		"[default]\naws_secret_access_key = x\n", NULL, "IDCONF config-file"},
	    {"a quote", {NULL}, "[default]\ncredential_process = \"/bin/cat\n", "", NULL,
		"has a quote that is not closed"},
	    {"no program", {NULL}, "[default]\ncredential_process = DIR/none --secret hidden\n", "",
		NULL, "credential_process of profile default could not be started: No such file"},
	    {"a container's URI", {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/"}, "",
		"", NULL, "AWS_CONTAINER_CREDENTIALS_FULL_URI is http of a host"},
	    {"a relative one before a full one",
		{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/",
		    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "x"},
		"", "", NULL, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path"},
	    {"a container's token",
		{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/",
		    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "hidden\r\nx"},
		"", "", NULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break"},
	    {"a container's token file",
		{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/",
		    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/none"},
		"", "", NULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE /none: No such file"},
	    {"a token file that is not there",
		{"AWS_WEB_IDENTITY_TOKEN_FILE", "/none", "AWS_ROLE_ARN", "arn"}, "", "", NULL,
		"(web-identity): the token file /none: No such file"},
	    {"an empty variable hides the profile's", {"AWS_WEB_IDENTITY_TOKEN_FILE", ""},
		"[default]\nweb_identity_token_file = /none\n" KEYS("IDCONF"), "", NULL,
		"IDCONF config-file"},
	    {"an sso-session", {NULL},
		"[default]\nsso_session = s\nsso_role_name = r\nsso_account_id = 1\n", "", NULL,
		"names the sso-session s, which is not"},
	    {"an sso-session that lacks something", {NULL},
		"[default]\nsso_session = s\nsso_role_name = r\nsso_account_id = 1\n"
		"[sso-session s]\nsso_region = us-east-1\n",
		"", NULL, "profile default has no sso_start_url"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

static void
test_roles(void **state)
{
	static const struct chain_case cases[] = {
	    {"no source", {NULL}, "[default]\n" ROLE, "", NULL,
		"has a role_arn, but no source_profile and no credential_source"},
	    {"two sources", {NULL},
		"[default]\n" ROLE "source_profile = a\ncredential_source = Environment\n", "",
		NULL, "has both a source_profile and a credential_source"},
	    {"a source that there is not", {NULL}, "[default]\n" ROLE "source_profile = a\n", "",
		NULL, "names the source_profile a, which there is not"},
	    {"no such kind", {NULL}, "[default]\n" ROLE "credential_source = environment\n", "",
		NULL, "the credential_source environment is none of Environment"},
	    {"itself, without keys", {NULL}, "[default]\n" ROLE "source_profile = default\n", "",
		NULL, "go round in a circle: profile default names default again"},
	    {"a circle", {NULL},
		"[profile a]\n" ROLE "source_profile = b\n[profile b]\n" ROLE
		"source_profile = c\n[profile c]\n" ROLE "source_profile = a\n",
		"", "a", "go round in a circle: profile c names a again"},
	    {"itself, further on", {NULL},
		"[profile a]\n" ROLE "source_profile = b\n[profile b]\n" ROLE
		"source_profile = b\n",
		"", "a", "go round in a circle: profile b names b again"},
	    {"a token code", {NULL},
		"[profile a]\n" ROLE
		"source_profile = b\nmfa_serial = arn:aws:iam::111122223333:mfa/x\n",
		"[b]\n" KEYS("IDCRED"), "a",
		"eval \"$(aws configure export-credentials --profile a"},
	    {"a source without credentials", {ENVIRONMENT},
		"[profile a]\n" ROLE "source_profile = b\n[profile b]\nregion = us-east-1\n", "",
		"a",
		"the source_profile b of profile a has no credentials (web-identity: profile b has "
		"no "
		"web_identity_token_file; sso: "},
	    {"a source with half of them", {NULL},
		"[profile a]\n" ROLE "source_profile = b\n[profile b]\naws_secret_access_key = x\n",
		"", "a", "the source_profile b of profile a has no credentials"},
	};
	char many[4096] = "[profile p0]\n" ROLE "source_profile = p1\n";
	const struct chain_case deep = {
	    "too many", {NULL}, many, "", "p0", "more than 16 roles in a row"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
	for (int i = 1; i < 20; i++)
		(void)snprintf(many + strlen(many), sizeof(many) - strlen(many),
		    "[profile p%d]\n" ROLE "source_profile = p%d\n", i, i + 1);
	check(&deep);
}

/* Without any, all that were asked are named. */
static void
test_none(void **state)
{
	static const char *const names[] = {"no AWS credentials were found (",
	    "environment: ", "assume-role: ", "web-identity: ", "sso: ",
	    "shared-credentials-file: ", "login: ", "process: ", "config-file: ", "container: ",
	    "instance-metadata: AWS_EC2_METADATA_DISABLED is true)"};
	struct credentials_bed b;
	const char *got;

	(void)state;
	bed_open(&b, "", "", NULL);
	got = bed_get(&b, 0, false);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strstr(got, names[i]) == NULL)
			fail_msg("%s: no \"%s\"", got, names[i]);
	/* as much of it as there is room for */
	buf_clear(&b.error);
	b.error.max = 100;
	got = bed_get(&b, 0, false);
	assert_non_null(got);
	assert_int_equal(strlen(got), 99);
	bed_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_halves),
	    cmocka_unit_test(test_roles),
	    cmocka_unit_test(test_none),
	};

	environment_clear();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
