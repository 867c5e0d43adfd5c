/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/json_writer.h"
#include "common/time_text.h"
#include "correlator/aws/aws_credentials.h"

/*
 * What the chain finds in the environment that this is started in: for
 * tests/integration/credentials.sh, which compares it with botocore. Writes an object to the file
 * that LOGINTRAIL_CREDENTIALS_OUT names; LOGINTRAIL_CREDENTIALS_PROFILE is a profile that was
 * typed.
 */
static int
find(struct aws_credentials *c, struct buf *error)
{
	/* nobody is there: a URL that is typed for what is read has no part in finding credentials
	 */
	struct aws_options options = {.profile = getenv("LOGINTRAIL_CREDENTIALS_PROFILE"),
	    .endpoint_url = "http://127.0.0.1:1"};
	struct aws_config *config = aws_config_load(error);
	struct aws_credential_source *source;
	struct aws_settings settings;
	int r = -1;

	if (config == NULL)
		return -1;
	if (aws_settings_init(&settings, &options, config, error) == 0) {
		source = aws_credential_source_new(&settings);
		assert_non_null(source);
		r = aws_credentials_get(source, time_now_us(), false, c, error);
		aws_credential_source_free(source);
		aws_settings_clear(&settings);
	}
	aws_config_free(config);
	return r;
}

static void
test_case(void **state)
{
	const char *path = getenv("LOGINTRAIL_CREDENTIALS_OUT");
	struct aws_credentials c = {.expires_us = AWS_CREDENTIALS_NEVER};
	struct json_writer w;
	struct buf error, out;

	(void)state;
	if (path == NULL)
		skip();
	buf_init(&error, 65536);
	buf_init(&out, 1 << 20);
	json_writer_init(&w, &out);
	json_object_begin(&w, NULL);
	if (find(&c, &error) != 0)
		json_put_span(&w, "error", buf_span(&error));
	json_put_string(&w, "id", c.access_key_id);
	json_put_string(&w, "secret", c.secret_access_key);
	json_put_string(&w, "token", c.session_token);
	json_put_string(&w, "account", c.account_id);
	json_put_string(&w, "provider", c.provider);
	if (c.expires_us != AWS_CREDENTIALS_NEVER)
		json_put_int(&w, "expires", c.expires_us / US_PER_SECOND);
	json_object_end(&w);
	assert_false(out.failed);
	file_write(path, out.ptr, out.len, 0600);
	aws_credentials_clear(&c);
	buf_clear(&out);
	buf_clear(&error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
