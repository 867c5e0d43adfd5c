/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <time.h>

#include "common/base64.h"
#include "tools/corpus/issuing.h"
#include "tools/corpus/random.h"

/* The global endpoint issues tokens of version 1, which are shorter than the regional ones' (IAM
 * User Guide, "Manage AWS STS in an AWS Region"). */
#define TOKEN_BYTES        640
#define TOKEN_BYTES_GLOBAL 276
#define TOKEN_TEXT         1024
#define TEXT_MAX           4096
#define SESSION_S          3600
#define WHO(w)             (&(w)->issuing->to)

static bool
is_global(const struct issuing_writer *w)
{
	return strcmp(w->row->region, "us-east-1") == 0;
}

/* "Mar 30, 2026, 11:12:29 PM": the text of a Java locale, as the API's log has it. */
static void
put_expiration(struct json_writer *out, int64_t time_us)
{
	time_t ends = (time_t)(time_us / US_PER_SECOND) + SESSION_S;
	struct tm tm;
	char text[64];

	if (gmtime_r(&ends, &tm) == NULL ||
	    strftime(text, sizeof(text), "%b %-d, %Y, %-I:%M:%S %p", &tm) == 0)
		abort();
	json_put_string(out, "expiration", text);
}

static void
put_credentials(const struct issuing_writer *w)
{
	unsigned char bytes[TOKEN_BYTES];
	size_t len = is_global(w) ? TOKEN_BYTES_GLOBAL : TOKEN_BYTES;
	struct buf token;

	buf_init(&token, TOKEN_TEXT);
	random_fill(random_mix(w->issuing->request, 2), bytes, len);
	base64_encode(bytes, len, true, &token);
	json_object_begin(w->out, "credentials");
	json_put_string(w->out, "accessKeyId", w->issuing->shown_key);
	json_put_span(w->out, "sessionToken", buf_span(&token));
	put_expiration(w->out, w->time_us);
	json_object_end(w->out);
	buf_clear(&token);
}

static void
put_role_arn(const struct issuing_writer *w)
{
	char arn[2 * ACTOR_ARN];

	snprintf(arn, sizeof(arn), "arn:aws:iam::%s:role/%s%s", WHO(w)->account, WHO(w)->path,
	    WHO(w)->role);
	json_put_string(w->out, "roleArn", arn);
}

/* Identity Center has a provider of its own in every account. */
static void
put_provider_arn(const struct issuing_writer *w)
{
	bool center = strncmp(WHO(w)->path, "aws-reserved/", 13) == 0;
	char arn[ACTOR_ARN];

	snprintf(arn, sizeof(arn), "arn:aws:iam::%s:saml-provider/%s", WHO(w)->account,
	    center ? "AWSSSO_0123456789abcdef_DO_NOT_DELETE" : "ExampleIdP");
	json_put_string(w->out, "principalArn", arn);
}

static void
put_tags(const struct issuing_writer *w)
{
	if (*w->issuing->email == '\0')
		return;
	json_array_begin(w->out, "tags");
	json_object_begin(w->out, NULL);
	json_put_string(w->out, "key", "Team");
	json_put_string(w->out, "value", "Operations");
	json_object_end(w->out);
	json_object_begin(w->out, NULL);
	json_put_string(w->out, "key", "Email");
	json_put_string(w->out, "value", w->issuing->email);
	json_object_end(w->out);
	json_array_end(w->out);
	json_array_begin(w->out, "transitiveTagKeys");
	json_put_string(w->out, NULL, "Email");
	json_array_end(w->out);
}

static void
put_principal_tags(const struct issuing_writer *w)
{
	if (*w->issuing->email == '\0')
		return;
	json_object_begin(w->out, "principalTags");
	json_put_string(w->out, "Email", w->issuing->email);
	json_object_end(w->out);
}

static void
put_serial(const struct issuing_writer *w)
{
	const struct actor *by = &w->issuing->by;
	char serial[2 * ACTOR_ARN];

	if (!w->issuing->mfa)
		return;
	snprintf(serial, sizeof(serial), "arn:aws:iam::%s:mfa/%s", by->account, by->name);
	json_put_string(w->out, "serialNumber", serial);
}

static void
put_source_identity(const struct issuing_writer *w)
{
	if (*WHO(w)->source_identity != '\0')
		json_put_string(w->out, "sourceIdentity", WHO(w)->source_identity);
}

/* What a role is asked for with: by key, assertion or token. */
static void
put_role_request(const struct issuing_writer *w)
{
	put_role_arn(w);
	json_put_string(w->out, "roleSessionName", WHO(w)->name);
	put_source_identity(w);
	if (w->issuing->kind == ISSUING_ASSUME_ROLE) {
		put_serial(w);
		put_tags(w);
	} else {
		put_principal_tags(w);
	}
	if (w->issuing->kind == ISSUING_SAML) {
		json_put_string(w->out, "sAMLAssertionID", "_0123456789abcdef0123456789abcdef");
		put_provider_arn(w);
	} else if (w->issuing->kind == ISSUING_WEB_IDENTITY) {
		json_put_string(w->out, "providerId", w->issuing->by.provider);
	}
	json_put_int(w->out, "durationSeconds", SESSION_S);
}

static void
put_request(const struct issuing_writer *w)
{
	char principal[ACTOR_ARN];

	json_object_begin(w->out, "requestParameters");
	switch ((enum issuing_kind)w->issuing->kind) {
	case ISSUING_SESSION_TOKEN:
		put_serial(w);
		json_put_int(w->out, "durationSeconds", SESSION_S);
		break;
	case ISSUING_FEDERATION_TOKEN:
		json_put_string(w->out, "name", WHO(w)->name);
		json_put_int(w->out, "durationSeconds", SESSION_S);
		break;
	case ISSUING_ASSUME_ROOT:
		snprintf(principal, sizeof(principal), "%s", WHO(w)->account);
		json_put_string(w->out, "targetPrincipal", principal);
		json_object_begin(w->out, "taskPolicyArn");
		json_put_string(
		    w->out, "arn", "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials");
		json_object_end(w->out);
		break;
	default: put_role_request(w);
	}
	json_object_end(w->out);
}

static void
put_issued_user(const struct issuing_writer *w, const char *member, const char *id_key)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	actor_put_principal_id(WHO(w), &text);
	json_object_begin(w->out, member);
	json_put_span(w->out, id_key, buf_span(&text));
	buf_reset(&text);
	actor_put_arn(WHO(w), &text);
	json_put_span(w->out, "arn", buf_span(&text));
	json_object_end(w->out);
	buf_clear(&text);
}

static void
put_subject(const struct issuing_writer *w)
{
	const struct issuing *i = w->issuing;

	if (i->kind == ISSUING_SAML) {
		json_put_string(w->out, "subject", i->by.name);
		json_put_string(w->out, "subjectType", i->transient ? "transient" : "persistent");
		json_put_string(w->out, "issuer", i->issuer);
		json_put_string(w->out, "nameQualifier", i->by.id);
		json_put_string(w->out, "audience", "https://signin.aws.amazon.com/saml");
	} else if (i->kind == ISSUING_WEB_IDENTITY) {
		json_put_string(w->out, "subjectFromWebIdentityToken", i->by.name);
		json_put_string(w->out, "provider", i->by.provider);
		json_put_string(w->out, "audience", "sts.amazonaws.com");
	}
}

static void
put_response(const struct issuing_writer *w)
{
	if (w->issuing->failed) {
		json_put_null(w->out, "responseElements");
		return;
	}
	json_object_begin(w->out, "responseElements");
	put_credentials(w);
	switch ((enum issuing_kind)w->issuing->kind) {
	case ISSUING_SESSION_TOKEN:
	case ISSUING_ASSUME_ROOT: break;
	case ISSUING_FEDERATION_TOKEN:
		put_issued_user(w, "federatedUser", "federatedUserId");
		break;
	default:
		put_issued_user(w, "assumedRoleUser", "assumedRoleId");
		put_source_identity(w);
		put_subject(w);
	}
	json_object_end(w->out);
}

void
sts_put_elements(const struct issuing_writer *w)
{
	if (w->issuing->failed) {
		json_put_string(w->out, "errorCode", "AccessDenied");
		json_put_string(w->out, "errorMessage",
		    "User is not authorized to perform: sts:AssumeRole on resource");
	}
	put_request(w);
	put_response(w);
	json_object_begin(w->out, "additionalEventData");
	json_object_begin(w->out, "RequestDetails");
	json_put_string(w->out, "awsServingRegion", w->row->region);
	json_put_string(w->out, "endpointType", is_global(w) ? "global" : "regional");
	json_object_end(w->out);
	json_object_end(w->out);
}
