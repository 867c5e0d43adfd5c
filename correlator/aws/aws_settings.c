/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ATTEMPTS_MAX  1000
#define TIMEOUT_MAX_S 3600

/* One setting being read: where its value came from is what an error names. */
struct setting {
	const char *value;    /* NULL: none */
	const char *variable; /* that it is of; NULL: of the profile */
	const char *key;
};

struct reader {
	struct aws_settings *s;
	struct buf *error;
};

static const char *
environment(const char *variable)
{
	const char *value = variable != NULL ? getenv(variable) : NULL;

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The variable's value, else the profile's. */
static struct setting
find(const struct reader *r, const char *variable, const char *key)
{
	struct setting found = {environment(variable), variable, key};

	if (found.value != NULL || key == NULL)
		return found;
	found.value = aws_config_profile_get(r->s->config, r->s->profile, key);
	found.variable = NULL;
	if (found.value != NULL && found.value[0] == '\0')
		found.value = NULL;
	return found;
}

static int
refuse(const struct reader *r, const struct setting *is, const char *should)
{
	if (is->variable != NULL)
		buf_printf(r->error, "%s=%s: should be %s", is->variable, is->value, should);
	else
		buf_printf(r->error, "profile %s: %s = %s: should be %s", r->s->profile, is->key,
		    is->value, should);
	return -1;
}

static int
out_of_memory(const struct reader *r)
{
	buf_puts(r->error, "out of memory");
	return -1;
}

/* Values -----------------------------------------------------------------------------------------
 */

static int
read_bool(const struct reader *r, const char *variable, const char *key, bool *out)
{
	const struct setting is = find(r, variable, key);

	if (is.value == NULL)
		return 0;
	*out = strcasecmp(is.value, "true") == 0;
	if (!*out && strcasecmp(is.value, "false") != 0)
		return refuse(r, &is, "true or false");
	return 0;
}

/* Decimal digits, with blanks around them; -1 for all else. */
static long
parse_number(const char *text)
{
	size_t digits;
	long n = 0;

	text += strspn(text, " \t");
	digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 9 || text[digits + strspn(text + digits, " \t")] != '\0')
		return -1;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	return n;
}

static int
read_number(
    const struct reader *r, const char *variable, const char *key, long min, long max, long *out)
{
	const struct setting is = find(r, variable, key);
	char should[64];
	long n;

	if (is.value == NULL)
		return 0;
	n = parse_number(is.value);
	if (n >= min && n <= max) {
		*out = n;
		return 0;
	}
	(void)snprintf(should, sizeof(should), "a number from %ld to %ld", min, max);
	return refuse(r, &is, should);
}

/* A copy in *out, of what was typed when that is there. */
static int
read_text(
    const struct reader *r, const char *typed, const char *variable, const char *key, char **out)
{
	const char *value = typed != NULL ? typed : find(r, variable, key).value;

	if (value == NULL)
		return 0;
	*out = strdup(value);
	return *out != NULL ? 0 : out_of_memory(r);
}

/* Settings ---------------------------------------------------------------------------------------
 */

static int
read_profile(const struct reader *r, const char *typed)
{
	const char *name = typed;
	bool named;

	if (name == NULL)
		name = environment("AWS_PROFILE");
	if (name == NULL)
		name = environment("AWS_DEFAULT_PROFILE");
	named = name != NULL;
	r->s->profile_typed = typed != NULL;
	r->s->profile = strdup(named ? name : "default");
	if (r->s->profile == NULL)
		return out_of_memory(r);
	if (!named || aws_config_has(r->s->config, AWS_CONFIG_PROFILE, name) ||
	    aws_config_has(r->s->config, AWS_CONFIG_CREDENTIALS, name))
		return 0;
	buf_printf(
	    r->error, "there is no profile %s in the config file or the credentials file", name);
	return -1;
}

static int
read_region(const struct reader *r, const char *typed)
{
	if (typed == NULL)
		typed = environment("AWS_REGION");
	return read_text(r, typed, "AWS_DEFAULT_REGION", "region", &r->s->region);
}

static int
read_retries(const struct reader *r)
{
	const struct setting mode = find(r, "AWS_RETRY_MODE", "retry_mode");
	long attempts;

	if (mode.value == NULL || strcmp(mode.value, "standard") == 0)
		r->s->retry_mode = AWS_RETRY_STANDARD;
	else if (strcmp(mode.value, "legacy") == 0)
		r->s->retry_mode = AWS_RETRY_LEGACY;
	else if (strcmp(mode.value, "adaptive") == 0)
		r->s->retry_mode = AWS_RETRY_ADAPTIVE;
	else
		return refuse(r, &mode, "legacy, standard or adaptive");
	attempts = r->s->retry_mode == AWS_RETRY_LEGACY ? 5 : 3;
	if (read_number(r, "AWS_MAX_ATTEMPTS", "max_attempts", 1, ATTEMPTS_MAX, &attempts) != 0)
		return -1;
	r->s->attempts_max = (int)attempts;
	return 0;
}

static int
read_style(const struct reader *r)
{
	const struct setting style = find(r, NULL, "s3.addressing_style");

	if (style.value == NULL || strcmp(style.value, "auto") == 0)
		return 0;
	r->s->path_style = strcmp(style.value, "path") == 0;
	r->s->virtual_style = strcmp(style.value, "virtual") == 0;
	if (!r->s->path_style && !r->s->virtual_style)
		return refuse(r, &style, "auto, virtual or path");
	return 0;
}

static int
read_metadata(const struct reader *r)
{
	long seconds = 1, attempts = 1;

	if (read_number(r, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", 1,
		TIMEOUT_MAX_S, &seconds) != 0 ||
	    read_number(r, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", 0,
		ATTEMPTS_MAX, &attempts) != 0)
		return -1;
	r->s->metadata_timeout_ms = seconds * 1000;
	r->s->metadata_attempts = (int)attempts;
	return 0;
}

static int
read_endpoints(const struct reader *r)
{
	struct aws_settings *s = r->s;

	if (read_bool(r, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &s->fips) != 0 ||
	    read_bool(r, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", &s->dual_stack) !=
		0 ||
	    read_bool(r, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls",
		&s->ignore_endpoint_urls) != 0)
		return -1;
	s->s3_dual_stack = s->dual_stack;
	return read_bool(r, NULL, "s3.use_dualstack_endpoint", &s->s3_dual_stack);
}

int
aws_settings_init(struct aws_settings *s, const struct aws_options *o,
    const struct aws_config *config, struct buf *error)
{
	const struct reader r = {s, error};

	*s = (struct aws_settings){.config = config};
	if (read_profile(&r, o->profile) == 0 && read_region(&r, o->region) == 0 &&
	    read_text(&r, o->endpoint_url, NULL, NULL, &s->endpoint_url) == 0 &&
	    read_text(&r, NULL, "AWS_CA_BUNDLE", "ca_bundle", &s->ca_bundle) == 0 &&
	    read_endpoints(&r) == 0 && read_style(&r) == 0 && read_retries(&r) == 0 &&
	    read_metadata(&r) == 0)
		return 0;
	aws_settings_clear(s);
	return -1;
}

void
aws_settings_clear(struct aws_settings *s)
{
	free(s->profile);
	free(s->region);
	free(s->endpoint_url);
	free(s->ca_bundle);
	*s = (struct aws_settings){0};
}
