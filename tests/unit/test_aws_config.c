/* SPDX-License-Identifier: Apache-2.0 */
/* The shared config and credentials files. Random files are compared with botocore by
 * tests/integration/aws_config.sh. */
#include "tests/unit/aws_test.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/time_text.h"
#include "correlator/aws/aws_config_file.h"
#include "correlator/aws/aws_config_text.h"

static void
test_values(void **state)
{
	static const struct {
		const char *text, *section, *key, *value;
	} cases[] = {
	    {"[a]\nregion = x\n", "a", "region", "x"},
	    {"[a]\nregion=x", "a", "region", "x"},
	    {"[a]\nregion: x", "a", "region", "x"},
	    {"[a]\n\t region  =  x y \t\r\n", "a", "region", "x y"},
	    {"[a]\nREGION = X\n", "a", "region", "X"},
	    {"[a]\nk = a=b:c\n", "a", "k", "a=b:c"},
	    {"[a]\nk =\n", "a", "k", ""},
	    {"[a]\nk = x # no comment\n", "a", "k", "x # no comment"},
	    {"[a]\nk = \"x\"\n", "a", "k", "\"x\""},
	    {"# [a]\n; k\n[a]\n  # k = y\nk = x\n;k = z\n", "a", "k", "x"},
	    {"[a] # junk\nk = x\n", "a", "k", "x"},
	    {"[x]y]\nk = x\n", "x]y", "k", "x"},
	    {"\xef\xbb\xbf[a]\nk = x\n", "a", "k", "x"},
	    {"[a]\rk = x\rl = y", "a", "l", "y"},
	    {"[a]\r\nk = x\r\n\r\nl = y\r\n", "a", "k", "x"},
	    /* lines that go on */
	    {"[a]\nk = x\n  y\n\tz\nl = 1\n", "a", "k", "x\ny\nz"},
	    {"[a]\nk = x\n\n  y\n# c\n  z\n\n\n", "a", "k", "x\n\ny\nz"},
	    {"[a]\n  k = x\n  l = y\n", "a", "l", "y"},
	    {"[a]\n  k = x\n    l = y\n", "a", "k", "x\nl = y"},
	    /* nested keys */
	    {"[a]\ns3 =\n  x = 1\n  Y = 2\n", "a", "s3.x", "1"},
	    {"[a]\ns3 =\n  x = 1\n  Y = 2\n", "a", "s3.Y", "2"},
	    {"[a]\ns3 =\n  x = 1\n  Y = 2\n", "a", "s3.y", NULL},
	    {"[a]\ns3 =\n  x = 1\n", "a", "s3", ""},
	    {"[a]\ns3 =\n  x = 1\n", "a", "x", NULL},
	    {"[a]\ns3 = z\n  x = 1\n", "a", "s3.x", NULL},
	    {"[a]\ns3 =\n\n# c\n  x = a=b\n", "a", "s3.x", "a=b"},
	    {"[a]\ns3.x = 1\n", "a", "s3.x", NULL},
	    {"[a]\nk =\n  x = 1\n[b]\ns3 =\n  x = 2\n", "a", "s3.x", NULL},
	    /* twice */
	    {"[a]\nk = x\nk = y\n", "a", "k", "y"},
	    {"[a]\nk = x\n[b]\nk = y\n[a]\nl = z\n", "a", "k", "x"},
	    {"[a]\nk = x\n[b]\nk = y\n[a]\nk = z\n", "a", "k", "z"},
	    /* [DEFAULT] stands behind all */
	    {"[DEFAULT]\nk = d\n[a]\nl = x\n", "a", "k", "d"},
	    {"[a]\nk = x\n[DEFAULT]\nk = d\n", "a", "k", "x"},
	    {"[DEFAULT]\ns3 =\n  x = d\n[a]\ns3 =\n  y = 1\n", "a", "s3.x", NULL},
	    {"[DEFAULT]\ns3 =\n  x = d\n[a]\nl = 1\n", "a", "s3.x", "d"},
	    {"[a]\nk = x\n", "b", "k", NULL},
	    {"", "a", "k", NULL},
	    {"\n\n# nothing\n", "a", "k", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct aws_config_text t;
		const char *problem = NULL;
		size_t line = 0;

		aws_config_text_init(&t);
		if (aws_config_text_read(&t, span_of(cases[i].text), &line, &problem) != 0)
			fail_msg("%s: line %zu: %s", cases[i].text, line, problem);
		aws_assert_text(
		    aws_config_text_get(&t, cases[i].section, cases[i].key), cases[i].value);
		aws_config_text_clear(&t);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		struct span text;
		size_t line;
	} cases[] = {
	    {SPAN("k = x\n"), 1},
	    {SPAN("\n# c\n\nk = x\n[a]\n"), 4},
	    {SPAN("[a]\nk\n"), 2},
	    {SPAN("[a]\n= x\n"), 2},
	    {SPAN("[a]\n[]\n"), 2},
	    {SPAN("[a]\n[b\n"), 2},
	    {SPAN("[a]\nk = x\nl\n"), 3},
	    {SPAN("[a]\ns3 =\n  x = 1\n  y\n"), 2}, /* where the list begins */
	    {SPAN("[a]\nk = \xff\n"), 2},
	    {SPAN("[a]\nk = \xed\xa0\x80\n"), 2},
	    {SPAN("[a]\n\nk = a\0b\n"), 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct aws_config_text t;
		const char *problem = NULL;
		size_t line = 0;

		aws_config_text_init(&t);
		assert_int_equal(aws_config_text_read(&t, cases[i].text, &line, &problem), -2);
		assert_non_null(problem);
		assert_int_equal(line, cases[i].line);
		aws_config_text_clear(&t);
	}
}

static void
test_second_word(void **state)
{
	static const struct {
		const char *section, *word; /* NULL: it has not two words */
	} cases[] = {
	    {"profile a", "a"},
	    {" profile \t a ", "a"},
	    {"profile \"a b\"", "a b"},
	    {"profile 'a b'", "a b"},
	    {"profile a\\ b", "a b"},
	    {"profile \"a\\\"b\\c\"", "a\"b\\c"},
	    {"profile 'a\\'", "a\\"},
	    {"profile a'b c'\"d\"", "ab cd"},
	    {"profile ''", ""},
	    {"profile \u00e9", "\u00e9"},
	    {"profile", NULL},
	    {"profile a b", NULL},
	    {"profile 'a", NULL},
	    {"profile \"a", NULL},
	    {"profile a\\", NULL},
	    {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf word;
		int r;

		buf_init(&word, 256);
		r = aws_config_second_word(cases[i].section, &word);
		assert_int_equal(r, cases[i].word != NULL ? 0 : -1);
		if (r == 0)
			aws_assert_text(buf_cstr(&word), cases[i].word);
		buf_clear(&word);
	}
}

static void
test_sections(void **state)
{
	static const char config[] =
	    "[default]\nregion = d\n[profile a]\nregion = a\nendpoint_url = u\n[profile \"a b\"]\n"
	    "region = ab\n[a]\nregion = no\n[sso-session s]\nregion = s\n[services v]\ns3 =\n"
	    "  endpoint_url = v\n[profile c]\nregion = c\ns3 =\n  addressing_style = path\n";
	static const char credentials[] =
	    "[default]\nregion = cd\n[a]\nregion = ca\n[profile b]\nregion = cb\n[c]\ns3 =\n"
	    "  x = y\n";
	static const struct {
		enum aws_config_kind kind;
		const char *name, *key, *value;
		bool has;
	} cases[] = {
	    {AWS_CONFIG_PROFILE, "default", "region", "d", true},
	    {AWS_CONFIG_PROFILE, "a", "region", "a", true},
	    {AWS_CONFIG_PROFILE, "a b", "region", "ab", true},
	    {AWS_CONFIG_PROFILE, "b", "region", NULL, false},
	    {AWS_CONFIG_PROFILE, "s", "region", NULL, false},
	    {AWS_CONFIG_PROFILE, "", "region", NULL, false},
	    {AWS_CONFIG_CREDENTIALS, "default", "region", "cd", true},
	    {AWS_CONFIG_CREDENTIALS, "a", "region", "ca", true},
	    {AWS_CONFIG_CREDENTIALS, "b", "region", NULL, false},
	    {AWS_CONFIG_CREDENTIALS, "profile b", "region", "cb", true},
	    {AWS_CONFIG_SSO_SESSION, "s", "region", "s", true},
	    {AWS_CONFIG_SSO_SESSION, "a", "region", NULL, false},
	    {AWS_CONFIG_SERVICES, "v", "s3.endpoint_url", "v", true},
	};
	struct aws_home home;
	struct aws_config *c;

	(void)state;
	aws_home_make(&home);
	c = aws_home_load(&home, config, credentials);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(aws_config_has(c, cases[i].kind, cases[i].name), cases[i].has);
		aws_assert_text(
		    aws_config_get(c, cases[i].kind, cases[i].name, cases[i].key), cases[i].value);
	}
	aws_assert_text(aws_config_profile_get(c, "a", "region"), "ca");
	aws_assert_text(aws_config_profile_get(c, "a", "endpoint_url"), "u");
	aws_assert_text(aws_config_profile_get(c, "a b", "region"), "ab");
	/* a list of nested keys takes the other's place as a whole */
	aws_assert_text(aws_config_profile_get(c, "c", "s3.x"), "y");
	aws_assert_text(aws_config_profile_get(c, "c", "s3.addressing_style"), NULL);
	aws_assert_text(aws_config_get(c, AWS_CONFIG_PROFILE, "c", "s3.addressing_style"), "path");
	aws_config_free(c);
	/* spelled in two ways, it is the later one, as in botocore */
	c = aws_home_load(&home, "[default]\nk = 1\nl = 1\n[profile default]\nk = 2\n", NULL);
	aws_assert_text(aws_config_get(c, AWS_CONFIG_PROFILE, "default", "k"), "2");
	aws_assert_text(aws_config_get(c, AWS_CONFIG_PROFILE, "default", "l"), NULL);
	aws_config_free(c);
	aws_home_remove(&home);
}

static void
assert_refused(const char *contains, const char *not_contains)
{
	struct buf error;
	const char *text;

	buf_init(&error, 65536);
	assert_null(aws_config_load(&error));
	text = buf_cstr(&error);
	assert_non_null(text);
	if (strstr(text, contains) == NULL)
		fail_msg("%s: should hold %s", text, contains);
	if (not_contains != NULL && strstr(text, not_contains) != NULL)
		fail_msg("%s: should not hold %s", text, not_contains);
	buf_clear(&error);
}

static void
test_files(void **state)
{
	struct aws_home home;
	struct aws_config *c;
	char *large = calloc(1, AWS_CONFIG_FILE_MAX + 2);

	(void)state;
	assert_non_null(large);
	aws_home_make(&home);
	/* nothing there is nothing said, and so are what is no regular file */
	aws_config_free(aws_home_load(&home, NULL, NULL));
	(void)setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", "/", 1);
	aws_config_free(aws_home_load(&home, NULL, NULL));
	(void)setenv("AWS_CONFIG_FILE", home.config, 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", home.credentials, 1);
	/* the line is named, what stands in it is not */
	aws_home_write(home.config, SPAN("[default]\n"));
	aws_home_write(home.credentials, SPAN("[default]\naws_secret_access_key wJalrXUtnFEMI\n"));
	assert_refused("credentials, line 2: ", "wJal");
	(void)unlink(home.credentials);
	/* a link in a circle cannot be opened by root either */
	assert_int_equal(symlink(home.credentials, home.credentials), 0);
	assert_refused("/credentials: ", NULL);
	(void)unlink(home.credentials);
	memset(large, '#', AWS_CONFIG_FILE_MAX + 1);
	aws_home_write(home.config, (struct span){large, AWS_CONFIG_FILE_MAX + 1});
	assert_refused("/config: larger than 1 MiB", NULL);
	large[AWS_CONFIG_FILE_MAX] = '\0';
	c = aws_home_load(&home, large, NULL);
	aws_config_free(c);
	free(large);
	aws_home_remove(&home);
}

static void
test_paths(void **state)
{
	static const struct {
		const char *path, *expanded;
	} cases[] = {
	    {"/a/b", "/a/b"},
	    {"~/x", "/home/h/x"},
	    {"~", "/home/h"},
	    {"a/~", "a/~"},
	    {"~no-such-user/x", "~no-such-user/x"},
	    {"~root/x", "/root/x"},
	    {"$LT_A/x", "/lt/x"},
	    {"${LT_A}x", "/ltx"},
	    {"/x/$LT_A$LT_B", "/x//lt"},
	    {"$LT_NONE/x", "$LT_NONE/x"},
	    {"${LT_NONE}", "${LT_NONE}"},
	    {"${LT_A", "${LT_A"},
	    {"$", "$"},
	    {"$$LT_A$", "$/lt$"},
	    {"${}x", "${}x"},
	    {"", ""},
	};

	(void)state;
	(void)setenv("HOME", "/home/h", 1);
	(void)setenv("LT_A", "/lt", 1);
	(void)setenv("LT_B", "", 1);
	(void)unsetenv("LT_NONE");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 4096);
		aws_config_path(&out, cases[i].path);
		aws_assert_text(buf_cstr(&out), cases[i].expanded);
		buf_clear(&out);
	}
}

/* As many of everything as a file can hold: in no more time than its length asks for. */
static void
test_large(void **state)
{
	static const char *const pieces[] = {"[a]\n", "[a]\nb=\n", "k=\n", " k=\n", "[profile a]\n",
	    "[profile 'a']\n", "\n", "k=\n x\n", "k=\n x=1\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		const int64_t begin = time_now_us();
		struct aws_config_text t;
		const char *problem;
		struct buf text;
		size_t line;

		buf_init(&text, AWS_CONFIG_FILE_MAX);
		buf_puts(&text, "[x]\ns3 =\n");
		while (!text.failed)
			buf_puts(&text, pieces[i]);
		aws_config_text_init(&t);
		(void)aws_config_text_read(&t, buf_span(&text), &line, &problem);
		(void)aws_config_text_get(&t, "x", "s3.none");
		aws_config_text_clear(&t);
		buf_clear(&text);
		assert_true(time_now_us() - begin < 10 * US_PER_SECOND);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_second_word),
	    cmocka_unit_test(test_sections),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
