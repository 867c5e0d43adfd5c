/* SPDX-License-Identifier: Apache-2.0 */
/* What is typed, then the environment, then the profile, then what is so without a word. */
#include "tests/unit/aws_test.h"

#include "correlator/aws/aws_settings.h"

#define VARIABLES_MAX 3

struct settings_case {
	const char *variables[VARIABLES_MAX][2];
	const char *config, *credentials;
	struct aws_options options;
	const char *expect; /* what describe() makes of them, or a part of the sentence */
};

static void
describe(const struct aws_settings *s, struct buf *out)
{
	static const char *const modes[] = {
	    [AWS_RETRY_LEGACY] = "legacy",
	    [AWS_RETRY_STANDARD] = "standard",
	    [AWS_RETRY_ADAPTIVE] = "adaptive",
	};

	buf_puts(out, s->profile);
	buf_printf(
	    out, "%s %s", s->profile_typed ? " typed" : "", s->region != NULL ? s->region : "-");
	if (s->endpoint_url != NULL)
		buf_printf(out, " url=%s", s->endpoint_url);
	if (s->ca_bundle != NULL)
		buf_printf(out, " ca=%s", s->ca_bundle);
	buf_printf(out, "%s%s%s%s%s%s", s->fips ? " fips" : "", s->dual_stack ? " dual" : "",
	    s->s3_dual_stack ? " s3dual" : "", s->ignore_endpoint_urls ? " ignore" : "",
	    s->path_style ? " path" : "", s->virtual_style ? " virtual" : "");
	buf_printf(out, " %s %d %lld/%d", modes[s->retry_mode], s->attempts_max,
	    (long long)s->metadata_timeout_ms, s->metadata_attempts);
}

/* The settings in words; what is wrong with them behind "error: ". */
static void
read_case(const struct aws_home *home, const struct settings_case *c, struct buf *out)
{
	struct aws_config *config = aws_home_load(home, c->config, c->credentials);
	struct aws_settings s;
	struct buf error;

	buf_init(&error, 4096);
	for (size_t i = 0; i < VARIABLES_MAX && c->variables[i][0] != NULL; i++)
		(void)setenv(c->variables[i][0], c->variables[i][1], 1);
	if (aws_settings_init(&s, &c->options, config, &error) == 0) {
		assert_ptr_equal(s.config, config);
		describe(&s, out);
		aws_settings_clear(&s);
	} else {
		buf_puts(out, "error: ");
		buf_put_span(out, buf_span(&error));
	}
	for (size_t i = 0; i < VARIABLES_MAX && c->variables[i][0] != NULL; i++)
		(void)unsetenv(c->variables[i][0]);
	aws_config_free(config);
	buf_clear(&error);
}

static void
check_cases(const struct settings_case *cases, size_t count)
{
	struct aws_home home;

	aws_home_make(&home);
	for (size_t i = 0; i < count; i++) {
		struct buf out;

		buf_init(&out, 4096);
		read_case(&home, &cases[i], &out);
		aws_assert_text(buf_cstr(&out), cases[i].expect);
		buf_clear(&out);
	}
	aws_home_remove(&home);
}

#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))
#define DEFAULTS           " standard 3 1000/1"

static void
test_profiles(void **state)
{
	static const char config[] = "[default]\nregion = d\n[profile a]\nregion = a\n"
				     "[profile empty]\n";
	static const struct settings_case cases[] = {
	    {.expect = "default -" DEFAULTS},
	    {.config = config, .expect = "default d" DEFAULTS},
	    {.config = config, .options = {.profile = "a"}, .expect = "a typed a" DEFAULTS},
	    {.config = config, .options = {.profile = "empty"}, .expect = "empty typed -" DEFAULTS},
	    {.variables = {{"AWS_PROFILE", "a"}}, .config = config, .expect = "a a" DEFAULTS},
	    {.variables = {{"AWS_DEFAULT_PROFILE", "a"}},
		.config = config,
		.expect = "a a" DEFAULTS},
	    {.variables = {{"AWS_PROFILE", "a"}, {"AWS_DEFAULT_PROFILE", "empty"}},
		.config = config,
		.expect = "a a" DEFAULTS},
	    {.variables = {{"AWS_PROFILE", "empty"}},
		.config = config,
		.options = {.profile = "a"},
		.expect = "a typed a" DEFAULTS},
	    {.variables = {{"AWS_PROFILE", ""}}, .config = config, .expect = "default d" DEFAULTS},
	    {.credentials = "[k]\nregion = k\n",
		.options = {.profile = "k"},
		.expect = "k typed k" DEFAULTS},
	    /* the credentials file's word goes before the config file's */
	    {.config = config,
		.credentials = "[a]\nregion = k\n",
		.options = {.profile = "a"},
		.expect = "a typed k" DEFAULTS},
	    {.config = config,
		.options = {.profile = "none"},
		.expect =
		    "error: there is no profile none in the config file or the credentials file"},
	    {.variables = {{"AWS_PROFILE", "none"}},
		.config = config,
		.expect =
		    "error: there is no profile none in the config file or the credentials file"},
	    {.options = {.profile = "default"},
		.expect = "error: there is no profile default in the config file or the "
			  "credentials file"},
	};

	(void)state;
	CHECK_CASES(cases);
}

static void
test_regions(void **state)
{
	static const char config[] = "[default]\nregion = d\n";
	static const struct settings_case cases[] = {
	    {.variables = {{"AWS_DEFAULT_REGION", "e"}},
		.config = config,
		.expect = "default e" DEFAULTS},
	    {.variables = {{"AWS_DEFAULT_REGION", "e"}, {"AWS_REGION", "r"}},
		.config = config,
		.expect = "default r" DEFAULTS},
	    {.variables = {{"AWS_REGION", "r"}},
		.config = config,
		.options = {.region = "t"},
		.expect = "default t" DEFAULTS},
	    {.variables = {{"AWS_REGION", ""}}, .config = config, .expect = "default d" DEFAULTS},
	    {.config = "[default]\nregion =\n", .expect = "default -" DEFAULTS},
	    /* it is somebody's, not the default's */
	    {.config = "[default]\nregion = d\n[profile a]\n",
		.options = {.profile = "a"},
		.expect = "a typed -" DEFAULTS},
	};

	(void)state;
	CHECK_CASES(cases);
}

static void
test_retries(void **state)
{
	static const struct settings_case cases[] = {
	    {.variables = {{"AWS_RETRY_MODE", "legacy"}}, .expect = "default - legacy 5 1000/1"},
	    {.variables = {{"AWS_RETRY_MODE", "adaptive"}},
		.expect = "default - adaptive 3 1000/1"},
	    {.variables = {{"AWS_RETRY_MODE", "standard"}},
		.config = "[default]\nretry_mode = legacy\nmax_attempts = 7\n",
		.expect = "default - standard 7 1000/1"},
	    {.config = "[default]\nretry_mode = legacy\n", .expect = "default - legacy 5 1000/1"},
	    {.variables = {{"AWS_MAX_ATTEMPTS", " 1 "}},
		.config = "[default]\nmax_attempts = 7\n",
		.expect = "default - standard 1 1000/1"},
	    {.variables = {{"AWS_MAX_ATTEMPTS", "1000"}},
		.expect = "default - standard 1000 1000/1"},
	    {.variables = {{"AWS_MAX_ATTEMPTS", "1001"}},
		.expect = "error: AWS_MAX_ATTEMPTS=1001: should be a number from 1 to 1000"},
	    {.variables = {{"AWS_MAX_ATTEMPTS", "0"}},
		.expect = "error: AWS_MAX_ATTEMPTS=0: should be a number from 1 to 1000"},
	    {.variables = {{"AWS_MAX_ATTEMPTS", "-1"}},
		.expect = "error: AWS_MAX_ATTEMPTS=-1: should be a number from 1 to 1000"},
	    {.variables = {{"AWS_MAX_ATTEMPTS", "3x"}},
		.expect = "error: AWS_MAX_ATTEMPTS=3x: should be a number from 1 to 1000"},
	    {.variables = {{"AWS_MAX_ATTEMPTS", "99999999999999999999"}},
		.expect = "error: AWS_MAX_ATTEMPTS=99999999999999999999: should be a number from 1 "
			  "to 1000"},
	    {.config = "[default]\nmax_attempts = many\n",
		.expect =
		    "error: profile default: max_attempts = many: should be a number from 1 to "
		    "1000"},
	    {.variables = {{"AWS_RETRY_MODE", "Standard"}},
		.expect = "error: AWS_RETRY_MODE=Standard: should be legacy, standard or adaptive"},
	    {.config = "[profile a]\nretry_mode = x\n",
		.options = {.profile = "a"},
		.expect =
		    "error: profile a: retry_mode = x: should be legacy, standard or adaptive"},
	};

	(void)state;
	CHECK_CASES(cases);
}

static void
test_endpoints(void **state)
{
	static const struct settings_case cases[] = {
	    {.variables = {{"AWS_USE_FIPS_ENDPOINT", "TRUE"}}, .expect = "default - fips" DEFAULTS},
	    {.variables = {{"AWS_USE_DUALSTACK_ENDPOINT", "true"}},
		.expect = "default - dual s3dual" DEFAULTS},
	    {.config = "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = True\n",
		.expect = "default - fips dual s3dual" DEFAULTS},
	    {.variables = {{"AWS_USE_FIPS_ENDPOINT", "false"}},
		.config = "[default]\nuse_fips_endpoint = true\n",
		.expect = "default -" DEFAULTS},
	    {.config = "[default]\ns3 =\n  use_dualstack_endpoint = true\n",
		.expect = "default - s3dual" DEFAULTS},
	    {.variables = {{"AWS_USE_DUALSTACK_ENDPOINT", "true"}},
		.config = "[default]\ns3 =\n  use_dualstack_endpoint = false\n",
		.expect = "default - dual" DEFAULTS},
	    {.config = "[default]\ns3 =\n  addressing_style = path\n",
		.expect = "default - path" DEFAULTS},
	    {.config = "[default]\ns3 =\n  addressing_style = virtual\n",
		.expect = "default - virtual" DEFAULTS},
	    {.config = "[default]\ns3 =\n  addressing_style = auto\n",
		.expect = "default -" DEFAULTS},
	    {.config = "[default]\naddressing_style = path\n", .expect = "default -" DEFAULTS},
	    {.config = "[default]\ns3 =\n  addressing_style = dns\n",
		.expect =
		    "error: profile default: s3.addressing_style = dns: should be auto, virtual or "
		    "path"},
	    {.variables = {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
		.expect = "default - ignore" DEFAULTS},
	    {.config = "[default]\nignore_configured_endpoint_urls = true\n",
		.expect = "default - ignore" DEFAULTS},
	    {.options = {.endpoint_url = "http://x"}, .expect = "default - url=http://x" DEFAULTS},
	    {.variables = {{"AWS_USE_FIPS_ENDPOINT", "1"}},
		.expect = "error: AWS_USE_FIPS_ENDPOINT=1: should be true or false"},
	    {.config = "[default]\nuse_dualstack_endpoint = yes\n",
		.expect = "error: profile default: use_dualstack_endpoint = yes: should be true or "
			  "false"},
	};

	(void)state;
	CHECK_CASES(cases);
}

static void
test_others(void **state)
{
	static const struct settings_case cases[] = {
	    {.variables = {{"AWS_CA_BUNDLE", "/e.pem"}},
		.config = "[default]\nca_bundle = /p.pem\n",
		.expect = "default - ca=/e.pem" DEFAULTS},
	    {.config = "[default]\nca_bundle = /p.pem\n", .expect = "default - ca=/p.pem" DEFAULTS},
	    {.variables = {{"AWS_METADATA_SERVICE_TIMEOUT", "5"},
		 {"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "4"}},
		.config = "[default]\nmetadata_service_timeout = 9\n",
		.expect = "default - standard 3 5000/4"},
	    {.config =
		    "[default]\nmetadata_service_timeout = 9\nmetadata_service_num_attempts = 0\n",
		.expect = "default - standard 3 9000/0"},
	    {.variables = {{"AWS_METADATA_SERVICE_TIMEOUT", "0"}},
		.expect =
		    "error: AWS_METADATA_SERVICE_TIMEOUT=0: should be a number from 1 to 3600"},
	    {.variables = {{"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "x"}},
		.expect =
		    "error: AWS_METADATA_SERVICE_NUM_ATTEMPTS=x: should be a number from 0 to "
		    "1000"},
	};

	(void)state;
	CHECK_CASES(cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_profiles),
	    cmocka_unit_test(test_regions),
	    cmocka_unit_test(test_retries),
	    cmocka_unit_test(test_endpoints),
	    cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
