/* SPDX-License-Identifier: Apache-2.0 */
#include "common/time_text.h"
#include "correlator/aws/credentials.h"

#define NAME "environment"

/* The order of the two is botocore's. */
static struct span
session_token(void)
{
	const char *token = credentials_variable("AWS_SECURITY_TOKEN");

	return span_of(token != NULL ? token : credentials_variable("AWS_SESSION_TOKEN"));
}

enum credentials_result
credentials_environment_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	const char *id = credentials_variable("AWS_ACCESS_KEY_ID");
	const char *secret = credentials_variable("AWS_SECRET_ACCESS_KEY");
	const char *expires = credentials_variable("AWS_CREDENTIAL_EXPIRATION");
	const char *wrong;

	(void)profile;
	if (id == NULL)
		return credentials_lacks(s, NAME, "AWS_ACCESS_KEY_ID is not set");
	if (secret == NULL)
		return credentials_fail(
		    s, NAME, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not");
	wrong = credentials_set(out, span_of(id), span_of(secret), session_token());
	if (wrong != NULL)
		return credentials_fail(s, NAME, "%s", wrong);
	if (expires != NULL && !time_parse(span_of(expires), &out->expires_us)) {
		aws_credentials_clear(out);
		return credentials_fail(s, NAME, "AWS_CREDENTIAL_EXPIRATION is not a time");
	}
	credentials_set_account(out, span_of(credentials_variable("AWS_ACCOUNT_ID")));
	return CREDENTIALS_FOUND;
}
