/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_AWS_CREDENTIALS_FIXTURE_H
#define TESTS_UNIT_AWS_CREDENTIALS_FIXTURE_H

/* What the tests of credentials share: an environment with nothing of AWS in it but two files. */
#include "tests/unit/host_test.h"

#include "common/time_text.h"
#include "correlator/aws/aws_credentials.h"

#define ID     "AKIAIOSFODNN7EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

struct credentials_bed {
	char *dir, *config_path, *credentials_path;
	struct aws_config *config;
	struct aws_settings settings;
	struct aws_credential_source *source;
	struct buf error;
};

static inline void
environment_clear(void)
{
	for (char **at = environ; *at != NULL;) {
		char name[64];

		if (strncmp(*at, "AWS_", 4) != 0) {
			at++;
			continue;
		}
		assert_true(snprintf(name, sizeof(name), "%.*s", (int)strcspn(*at, "="), *at) < 64);
		assert_int_equal(unsetenv(name), 0);
		at = environ;
	}
}

/* DIR in the texts is the scratch directory. */
static inline void
bed_write(const char *dir, const char *path, const char *text, mode_t mode)
{
	struct buf out;
	const char *at;

	buf_init(&out, 65536);
	while ((at = strstr(text, "DIR")) != NULL) {
		buf_put(&out, text, (size_t)(at - text));
		buf_puts(&out, dir);
		text = at + 3;
	}
	buf_puts(&out, text);
	file_write(path, buf_span(&out).ptr, out.len, mode);
	buf_clear(&out);
}

static inline void
bed_put(const struct credentials_bed *b, const char *name, const char *text)
{
	char *path = path_in(b->dir, name);

	bed_write(b->dir, path, text, 0755);
	free(path);
}

/* Writes the two files and opens a source for the profile; NULL: the default one, not typed. */
static inline void
bed_open(
    struct credentials_bed *b, const char *config, const char *credentials, const char *profile)
{
	struct aws_options options = {.profile = profile, .region = "us-east-1"};

	b->dir = scratch_make();
	b->config_path = path_in(b->dir, "config");
	b->credentials_path = path_in(b->dir, "credentials");
	bed_write(b->dir, b->config_path, config, 0600);
	bed_write(b->dir, b->credentials_path, credentials, 0600);
	assert_int_equal(setenv("AWS_CONFIG_FILE", b->config_path, 1), 0);
	assert_int_equal(setenv("AWS_SHARED_CREDENTIALS_FILE", b->credentials_path, 1), 0);
	assert_int_equal(setenv("AWS_EC2_METADATA_DISABLED", "true", 1), 0);
	buf_init(&b->error, 16384);
	b->config = aws_config_load(&b->error);
	assert_non_null(b->config);
	assert_int_equal(aws_settings_init(&b->settings, &options, b->config, &b->error), 0);
	b->source = aws_credential_source_new(&b->settings);
	assert_non_null(b->source);
}

static inline void
bed_close(struct credentials_bed *b)
{
	aws_credential_source_free(b->source);
	aws_settings_clear(&b->settings);
	aws_config_free(b->config);
	buf_clear(&b->error);
	free(b->config_path);
	free(b->credentials_path);
	scratch_remove(b->dir);
	environment_clear();
}

/* What is got at that time, as "ID PROVIDER" or "error: SENTENCE". */
static inline const char *
bed_get(struct credentials_bed *b, int64_t now_us, bool renew)
{
	struct aws_credentials c;

	buf_reset(&b->error);
	buf_puts(&b->error, "error: ");
	if (aws_credentials_get(b->source, now_us, renew, &c, &b->error) == 0) {
		buf_reset(&b->error);
		buf_printf(&b->error, "%s %s", c.access_key_id, c.provider);
	}
	aws_credentials_clear(&c);
	return buf_cstr(&b->error);
}

#endif
