/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_AWS_TEST_H
#define TESTS_UNIT_AWS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/buf.h"
#include "correlator/aws/aws_config.h"

/* The shared files and the environment of a test: a directory of its own, nothing of the user's. */
struct aws_home {
	char directory[64], config[96], credentials[96];
};

static inline void
aws_home_write(const char *path, struct span text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
	assert_int_equal(fclose(file), 0);
}

static inline void
aws_home_make(struct aws_home *h)
{
	static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION",
	    "AWS_DEFAULT_REGION", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_CA_BUNDLE",
	    "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
	    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_METADATA_SERVICE_TIMEOUT",
	    "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
	    "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_CLOUDTRAIL",
	    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"};

	(void)snprintf(h->directory, sizeof(h->directory), "/tmp/logintrail-aws-XXXXXX");
	assert_non_null(mkdtemp(h->directory));
	(void)snprintf(h->config, sizeof(h->config), "%s/config", h->directory);
	(void)snprintf(h->credentials, sizeof(h->credentials), "%s/credentials", h->directory);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		(void)unsetenv(variables[i]);
	(void)setenv("AWS_CONFIG_FILE", h->config, 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", h->credentials, 1);
	(void)setenv("HOME", h->directory, 1);
}

static inline void
aws_home_remove(struct aws_home *h)
{
	(void)unlink(h->config);
	(void)unlink(h->credentials);
	assert_int_equal(rmdir(h->directory), 0);
}

/* Of these texts, NULL for a file that is missing; the test ends where they are not to be read. */
static inline struct aws_config *
aws_home_load(const struct aws_home *h, const char *config, const char *credentials)
{
	struct aws_config *c;
	struct buf error;

	(void)unlink(h->config);
	(void)unlink(h->credentials);
	if (config != NULL)
		aws_home_write(h->config, span_of(config));
	if (credentials != NULL)
		aws_home_write(h->credentials, span_of(credentials));
	buf_init(&error, 65536);
	c = aws_config_load(&error);
	if (c == NULL)
		fail_msg("%.*s", (int)error.len, error.ptr);
	buf_clear(&error);
	return c;
}

static inline void
aws_assert_text(const char *is, const char *should)
{
	if (should == NULL)
		assert_null(is);
	else if (is == NULL || strcmp(is, should) != 0)
		fail_msg("%s, not %s", is != NULL ? is : "(null)", should);
}

#endif
