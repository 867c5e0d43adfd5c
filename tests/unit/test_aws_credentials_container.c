/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "correlator/aws/credentials_container_uri.h"

struct uri_case {
	const char *uri;
	const char *url; /* NULL: refused */
};

static void
check(const char *(*judge)(struct buf *, const char *), const struct uri_case *k)
{
	const char *wrong;
	struct buf out;

	buf_init(&out, 256);
	wrong = judge(&out, k->uri);
	if ((wrong == NULL) != (k->url != NULL))
		fail_msg("%s: %s", k->uri, wrong != NULL ? wrong : "taken");
	if (k->url != NULL)
		assert_string_equal(buf_cstr(&out), k->url);
	else
		assert_int_equal(out.len, 0);
	buf_clear(&out);
}

static void
test_relative(void **state)
{
	static const struct uri_case cases[] = {
	    {"/v2/credentials/0f?a=b", "http://169.254.170.2/v2/credentials/0f?a=b"},
	    {"/", "http://169.254.170.2/"},
	    {"", NULL},
	    {"v2/credentials", NULL},
	    {".evil.example/", NULL},
	    {"@evil.example/", NULL},
	    {":8080/", NULL},
	    {"/a b", NULL},
	    {"/a\r\nHost: b", NULL},
	    {"/a\\b", NULL},
	    {"/\303\244", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(credentials_container_relative, &cases[i]);
}

#define SAME(uri)                                                                                  \
	{                                                                                          \
		uri, uri                                                                           \
	}

static void
test_full(void **state)
{
	static const struct uri_case cases[] = {
	    SAME("https://credentials.example/get"),
	    SAME("HTTPS://credentials.example:8443"),
	    SAME("http://127.0.0.1:8080/get?a=b"),
	    SAME("http://127.9.9.9/"),
	    SAME("http://localhost:1/x"),
	    SAME("http://LocalHost"),
	    SAME("http://169.254.170.2/x"),
	    SAME("http://169.254.170.23/v1/credentials"),
	    SAME("http://[fd00:ec2::23]/v1/credentials"),
	    SAME("http://[::1]:80"),
	    {"http://169.254.169.254/x", NULL},
	    {"http://credentials.example/get", NULL},
	    {"http://127.0.0.1.example/", NULL},
	    {"http://127.0.0.1@credentials.example/", NULL},
	    {"http://localhost@credentials.example/", NULL},
	    {"http://localhost:a@credentials.example/", NULL},
	    {"http://credentials.example?@localhost/", NULL},
	    {"http://credentials.example#@localhost/", NULL},
	    {"http://credentials.example\\@localhost/", NULL},
	    {"http://[::1", NULL},
	    {"http://[::1]x/", NULL},
	    {"http://[fd00:ec2::254]/", NULL},
	    {"http://2130706433/", NULL},
	    {"http://0x7f.1/", NULL},
	    {"http://", NULL},
	    {"http:///x", NULL},
	    {"https://:80/", NULL},
	    {"https://user@host/", NULL},
	    {"ftp://localhost/", NULL},
	    {"file:///etc/passwd", NULL},
	    {"localhost/x", NULL},
	    {"/x", NULL},
	    {"", NULL},
	    {"http://localhost/ x", NULL},
	    {"http://localhost/\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(credentials_container_full, &cases[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_relative),
	    cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
