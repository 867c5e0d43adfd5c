/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_chain.h"

struct provider {
	const char *name;
	credentials_find *find;
};

/* botocore's order; of one profile: from PROFILE_FIRST to PROFILE_LAST. */
static const struct provider providers[] = {
    {"environment", credentials_environment_find},
    {"assume-role", credentials_role_find},
    {"web-identity", credentials_web_find},
    {"sso", credentials_sso_find},
    {"shared-credentials-file", credentials_shared_file_find},
    {"login", credentials_login_find},
    {"process", credentials_process_find},
    {"config-file", credentials_config_file_find},
    {"container", credentials_container_find},
    {"instance-metadata", credentials_metadata_find},
};

#define PROVIDERS     (sizeof(providers) / sizeof(providers[0]))
#define ENVIRONMENT   0
#define PROFILE_FIRST 2
#define PROFILE_LAST  7

static enum credentials_result
ask(struct credentials_search *s, size_t which, const char *profile, struct aws_credentials *out)
{
	enum credentials_result result = providers[which].find(s, profile, out);

	if (result == CREDENTIALS_FOUND)
		out->provider = providers[which].name;
	return result;
}

enum credentials_result
credentials_chain_find(struct credentials_search *s, struct aws_credentials *out, size_t *which)
{
	enum credentials_result result;

	for (size_t i = 0; i < PROVIDERS; i++) {
		/* who types a profile means that one */
		if (i == ENVIRONMENT && s->settings->profile_typed)
			continue;
		result = ask(s, i, s->settings->profile, out);
		*which = i;
		if (result != CREDENTIALS_NONE)
			return result;
	}
	buf_puts(s->error, "no AWS credentials were found (");
	if (s->settings->profile_typed)
		buf_puts(s->error, "environment: not looked at beside --profile; ");
	buf_put_span(s->error, buf_span(&s->tried));
	buf_puts(s->error, ")");
	return CREDENTIALS_FAILED;
}

enum credentials_result
credentials_chain_again(struct credentials_search *s, struct aws_credentials *out, size_t which)
{
	enum credentials_result result = ask(s, which, s->settings->profile, out);

	if (result != CREDENTIALS_NONE)
		return result;
	buf_puts(s->error, "AWS credentials could not be renewed (");
	buf_put_span(s->error, buf_span(&s->tried));
	buf_puts(s->error, ")");
	return CREDENTIALS_FAILED;
}

enum credentials_result
credentials_chain_profile(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	enum credentials_result result = CREDENTIALS_NONE;
	bool before = s->ignore_environment;

	s->ignore_environment = true;
	for (size_t i = PROFILE_FIRST; i <= PROFILE_LAST && result == CREDENTIALS_NONE; i++)
		result = ask(s, i, profile, out);
	s->ignore_environment = before;
	return result;
}
