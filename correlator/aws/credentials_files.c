/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials.h"

/* The keys that stand in a profile of one of the two files; what the other file has does not count.
 */
struct credentials_file {
	const char *provider, *file;
	enum aws_config_kind kind;
};

static enum credentials_result
find_in(struct credentials_search *s, const struct credentials_file *f, const char *profile,
    struct aws_credentials *out)
{
	const struct aws_config *c = s->settings->config;
	const char *id = aws_config_get(c, f->kind, profile, "aws_access_key_id");
	const char *secret = aws_config_get(c, f->kind, profile, "aws_secret_access_key");
	const char *token = aws_config_get(c, f->kind, profile, "aws_security_token");
	const char *wrong;

	if (!aws_config_has(c, f->kind, profile))
		return credentials_lacks(
		    s, f->provider, "the %s has no profile %s", f->file, profile);
	if (id == NULL)
		return credentials_lacks(
		    s, f->provider, "profile %s has no aws_access_key_id", profile);
	if (secret == NULL)
		return credentials_fail(s, f->provider,
		    "profile %s has an aws_access_key_id and no aws_secret_access_key", profile);
	if (token == NULL)
		token = aws_config_get(c, f->kind, profile, "aws_session_token");
	wrong = credentials_set(out, span_of(id), span_of(secret), span_of(token));
	if (wrong != NULL)
		return credentials_fail(s, f->provider, "profile %s: %s", profile, wrong);
	credentials_set_account(
	    out, span_of(aws_config_get(c, f->kind, profile, "aws_account_id")));
	return CREDENTIALS_FOUND;
}

enum credentials_result
credentials_shared_file_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	static const struct credentials_file file = {
	    "shared-credentials-file", "credentials file", AWS_CONFIG_CREDENTIALS};

	return find_in(s, &file, profile, out);
}

enum credentials_result
credentials_config_file_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	static const struct credentials_file file = {
	    "config-file", "config file", AWS_CONFIG_PROFILE};

	return find_in(s, &file, profile, out);
}
