/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "correlator/aws/credentials.h"
#include "correlator/aws/credentials_sts.h"

/* AssumeRoleWithWebIdentity: EKS (IRSA), and whoever else is given a token in a file. */
#define NAME      "web-identity"
#define TOKEN_MAX (64 * 1024) /* STS takes 20,000 characters */

/* The variable hides the profile's value also when it is empty. */
static const char *
web_value(
    const struct credentials_search *s, const char *profile, const char *variable, const char *key)
{
	const char *value = s->ignore_environment ? NULL : getenv(variable);

	return value != NULL ? value : credentials_profile_get(s, profile, key);
}

enum credentials_result
credentials_web_find(struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	const char *path =
	    web_value(s, profile, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
	struct credentials_role role = {.provider = NAME,
	    .role_arn = web_value(s, profile, "AWS_ROLE_ARN", "role_arn"),
	    .session_name = web_value(s, profile, "AWS_ROLE_SESSION_NAME", "role_session_name")};
	enum credentials_result result;
	struct buf token;
	int r;

	if (path == NULL || path[0] == '\0')
		return credentials_lacks(s, NAME, "%sprofile %s has no web_identity_token_file",
		    s->ignore_environment ? "" : "AWS_WEB_IDENTITY_TOKEN_FILE is not set, and ",
		    profile);
	if (role.role_arn == NULL || role.role_arn[0] == '\0')
		return credentials_fail(s, NAME,
		    "there is a token file, but neither AWS_ROLE_ARN nor a role_arn in profile %s",
		    profile);
	buf_init(&token, TOKEN_MAX);
	r = credentials_file_read(path, &token);
	if (r != 0)
		result = credentials_fail(s, NAME, "the token file %s: %s", path, strerror(-r));
	else if (token.len == 0)
		result = credentials_fail(s, NAME, "the token file %s is empty", path);
	else {
		role.web_token = buf_span(&token);
		result = credentials_sts(s, &role, out);
	}
	credentials_wipe(&token);
	return result;
}
