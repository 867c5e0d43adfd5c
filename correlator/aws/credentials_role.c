/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlator/aws/credentials.h"
#include "correlator/aws/credentials_chain.h"
#include "correlator/aws/credentials_sts.h"

/* Profiles with a role_arn, each assumed with the credentials of the next one, up to one that has
 * credentials of its own or a credential_source. */
#define NAME      "assume-role"
#define ROLES_MAX 16

struct roles {
	const char *profiles[ROLES_MAX]; /* the first is the one that was asked for */
	size_t count;
	const char *source_profile; /* of the last: where credentials are looked for; or NULL and */
	const char *credential_source; /* "Environment", ... */
};

static bool
is_role(const struct credentials_search *s, const char *profile)
{
	return credentials_profile_get(s, profile, "role_arn") != NULL &&
	    credentials_profile_get(s, profile, "web_identity_token_file") == NULL;
}

static bool
has_keys(const struct credentials_search *s, const char *profile)
{
	return credentials_profile_get(s, profile, "aws_access_key_id") != NULL ||
	    credentials_profile_get(s, profile, "aws_secret_access_key") != NULL;
}

static credentials_find *
find_source(const char *name)
{
	if (strcmp(name, "Environment") == 0)
		return credentials_environment_find;
	if (strcmp(name, "EcsContainer") == 0)
		return credentials_container_find;
	if (strcmp(name, "Ec2InstanceMetadata") == 0)
		return credentials_metadata_find;
	return NULL;
}

static enum credentials_result
check_source_profile(
    struct credentials_search *s, const struct roles *r, const char *profile, const char *source)
{
	bool visited = false;

	if (!credentials_profile_exists(s, source))
		return credentials_fail(s, NAME,
		    "profile %s names the source_profile %s, which there is not", profile, source);
	for (size_t i = 0; i < r->count; i++)
		visited = visited || strcmp(r->profiles[i], source) == 0;
	/* a profile may be its own source when it has keys */
	if (visited && (strcmp(profile, source) != 0 || !has_keys(s, source)))
		return credentials_fail(s, NAME,
		    "the source_profiles go round in a circle: profile %s names %s again", profile,
		    source);
	return CREDENTIALS_FOUND;
}

/* What the profile's role is to be assumed with. */
static enum credentials_result
check_role(struct credentials_search *s, struct roles *r, const char *profile)
{
	const char *mfa = credentials_profile_get(s, profile, "mfa_serial");

	r->source_profile = credentials_profile_get(s, profile, "source_profile");
	r->credential_source = credentials_profile_get(s, profile, "credential_source");
	if (r->source_profile != NULL && r->credential_source != NULL)
		return credentials_fail(s, NAME,
		    "profile %s has both a source_profile and a credential_source", profile);
	if (r->source_profile == NULL && r->credential_source == NULL)
		return credentials_fail(s, NAME,
		    "profile %s has a role_arn, but no source_profile and no credential_source",
		    profile);
	if (r->credential_source != NULL && find_source(r->credential_source) == NULL)
		return credentials_fail(s, NAME,
		    "profile %s: the credential_source %s is none of Environment, EcsContainer, "
		    "Ec2InstanceMetadata",
		    profile, r->credential_source);
	if (mfa != NULL)
		return credentials_fail(s, NAME,
		    "profile %s has an mfa_serial, and no token code can be asked for here: let "
		    "the "
		    "AWS CLI ask for it, eval \"$(aws configure export-credentials --profile %s "
		    "--format env)\", and run this again without that profile",
		    profile, profile);
	return r->source_profile != NULL ? check_source_profile(s, r, profile, r->source_profile)
					 : CREDENTIALS_FOUND;
}

static enum credentials_result
find_roles(struct credentials_search *s, struct roles *r, const char *profile)
{
	enum credentials_result result;

	do {
		if (r->count == ROLES_MAX)
			return credentials_fail(s, NAME, "more than %d roles in a row", ROLES_MAX);
		r->profiles[r->count++] = profile;
		result = check_role(s, r, profile);
		profile = r->source_profile;
	} while (result == CREDENTIALS_FOUND && profile != NULL && !has_keys(s, profile) &&
	    is_role(s, profile));
	return result;
}

/* Those that the last role is assumed with. */
static enum credentials_result
find_first(struct credentials_search *s, const struct roles *r, struct aws_credentials *out)
{
	const char *profile = r->profiles[r->count - 1];
	size_t before = s->tried.len;
	enum credentials_result result;
	struct span missing;

	if (r->source_profile != NULL)
		result = credentials_chain_profile(s, r->source_profile, out);
	else
		result = find_source(r->credential_source)(s, profile, out);
	if (result == CREDENTIALS_FOUND && out->provider == NULL)
		out->provider = r->credential_source;
	if (result != CREDENTIALS_NONE)
		return result;
	missing = span_from(buf_span(&s->tried), before);
	while (span_starts(missing, ";") || span_starts(missing, " "))
		missing = span_from(missing, 1);
	return credentials_fail(s, NAME, "the %s %s of profile %s has no credentials (%.*s)",
	    r->source_profile != NULL ? "source_profile" : "credential_source",
	    r->source_profile != NULL ? r->source_profile : r->credential_source, profile,
	    (int)missing.len, missing.ptr);
}

/* As Python's int(), but for its underscores; what is none does not count. */
static int64_t
duration(const char *text)
{
	long long n;
	char *end;

	if (text == NULL)
		return 0;
	errno = 0;
	n = strtoll(text, &end, 10);
	while (*end == ' ' || *end == '\t')
		end++;
	return end == text || *end != '\0' || errno != 0 ? 0 : n;
}

/* Replaces *c by the credentials of the profile's role. */
static enum credentials_result
assume(struct credentials_search *s, const char *profile, struct aws_credentials *c)
{
	const struct credentials_role role = {.provider = NAME,
	    .role_arn = credentials_profile_get(s, profile, "role_arn"),
	    .session_name = credentials_profile_get(s, profile, "role_session_name"),
	    .external_id = credentials_profile_get(s, profile, "external_id"),
	    .duration_s = duration(credentials_profile_get(s, profile, "duration_seconds")),
	    .signer = c};
	struct aws_credentials assumed = {.expires_us = AWS_CREDENTIALS_NEVER};
	enum credentials_result result = credentials_sts(s, &role, &assumed);

	aws_credentials_clear(c);
	*c = assumed;
	if (result == CREDENTIALS_FOUND)
		c->provider = NAME;
	return result;
}

enum credentials_result
credentials_role_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	struct roles r = {.count = 0};
	enum credentials_result result;

	if (!is_role(s, profile))
		return credentials_lacks(s, NAME, "profile %s has no role_arn", profile);
	result = find_roles(s, &r, profile);
	if (result == CREDENTIALS_FOUND)
		result = find_first(s, &r, out);
	while (result == CREDENTIALS_FOUND && r.count != 0)
		result = assume(s, r.profiles[--r.count], out);
	return result;
}
