/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "correlator/aws/credentials.h"
#include "correlator/aws/credentials_process.h"

/*
 * Profiles of IAM Identity Center (SSO) and of `aws login`: their tokens and caches are the AWS
 * CLI's own affair, so that is asked for the credentials (AWS CLI 2.9 and later).
 */
#define SSO   "sso"
#define LOGIN "login"

static enum credentials_result
export_credentials(
    struct credentials_search *s, const struct credentials_process *p, struct aws_credentials *out)
{
	char aws[] = "aws", configure[] = "configure", export[] = "export-credentials";
	char profile[] = "--profile", format[] = "--format", process[] = "process";
	char *name = strdup(p->profile);
	char *argv[] = {aws, configure, export, profile, name, format, process, NULL};
	enum credentials_result result;

	if (name == NULL)
		return credentials_fail(s, p->provider, "no memory");
	if (name[0] == '-') /* would be taken for an option */
		result = credentials_fail(
		    s, p->provider, "profile %s: the AWS CLI takes no such name", name);
	else
		result = credentials_process_run(s, p, argv, out);
	free(name);
	return result;
}

/* A value of the profile, or of its sso-session. */
static const char *
sso_value(const struct credentials_search *s, const char *profile, const char *key)
{
	const char *session = credentials_profile_get(s, profile, "sso_session");
	const char *value = credentials_profile_get(s, profile, key);

	if (value == NULL && session != NULL)
		value = aws_config_get(s->settings->config, AWS_CONFIG_SSO_SESSION, session, key);
	return value;
}

enum credentials_result
credentials_sso_find(struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	static const char *const needed[] = {
	    "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"};
	const struct credentials_process process = {SSO,
	    "the profile is for IAM Identity Center (SSO): `aws configure export-credentials`",
	    profile, " (such profiles need the AWS CLI, version 2.9 or later)",
	    " (`aws sso login` for this profile may help)"};
	const char *session = credentials_profile_get(s, profile, "sso_session");

	if (credentials_profile_get(s, profile, "sso_account_id") == NULL &&
	    credentials_profile_get(s, profile, "sso_role_name") == NULL)
		return credentials_lacks(
		    s, SSO, "profile %s has no sso_account_id and no sso_role_name", profile);
	if (session != NULL &&
	    !aws_config_has(s->settings->config, AWS_CONFIG_SSO_SESSION, session))
		return credentials_fail(s, SSO,
		    "profile %s names the sso-session %s, which is not in the config file", profile,
		    session);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (sso_value(s, profile, needed[i]) == NULL)
			return credentials_fail(s, SSO, "profile %s has no %s", profile, needed[i]);
	return export_credentials(s, &process, out);
}

enum credentials_result
credentials_login_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	const struct credentials_process process = {LOGIN,
	    "the profile is one of `aws login`: `aws configure export-credentials`", profile,
	    " (such profiles need the AWS CLI, version 2.32 or later)",
	    " (`aws login` for this profile may help; it needs the AWS CLI 2.32 or later)"};

	if (credentials_profile_get(s, profile, "login_session") == NULL)
		return credentials_lacks(s, LOGIN, "profile %s has no login_session", profile);
	return export_credentials(s, &process, out);
}
