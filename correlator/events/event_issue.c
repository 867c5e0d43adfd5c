/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/events/event_issue.h"

#include "correlator/events/session_tags.h"
#include "correlator/events/text_members.h"

/* The members of an issuing event, as written. */
struct raw_issue {
	struct event event; /* what needs no more than decoding */
	struct span federation_name, saml_provider, web_provider, target;
	struct span asked_source, given_source;
	struct span tags, principal_tags, inherited_tags; /* raw */
	struct span assumed_id, assumed_arn, federated_id, federated_arn;
	struct span saml_subject, web_subject;
	struct span login, switched, token; /* of sign-in events: "Success" or "Failure" */
	struct span success, minted;
};

#define TEXT(text, member)  .name = (text), .offset = offsetof(struct raw_issue, member)
#define RAW(text, member)   TEXT(text, member), .raw = true
#define INSIDE(text, table) .name = (text), .inside = (table)

static const struct text_member request_parameters[] = {
    {TEXT("roleArn", event.role_arn)},
    {TEXT("roleSessionName", event.session_name)},
    {TEXT("name", federation_name)},
    {TEXT("serialNumber", event.mfa_serial)},
    {TEXT("sourceIdentity", asked_source)},
    {TEXT("principalArn", saml_provider)},
    {TEXT("providerId", web_provider)},
    {TEXT("targetPrincipal", target)},
    {RAW("tags", tags)},
    {RAW("principalTags", principal_tags)},
    {RAW("incomingTransitiveTags", inherited_tags)},
    {0},
};

/* Not its sessionToken: nobody has a use for it but a thief. */
static const struct text_member credentials[] = {
    {TEXT("accessKeyId", event.issued_key_id)},
    {0},
};

static const struct text_member assumed_role_user[] = {
    {TEXT("assumedRoleId", assumed_id)},
    {TEXT("arn", assumed_arn)},
    {0},
};

static const struct text_member federated_user[] = {
    {TEXT("federatedUserId", federated_id)},
    {TEXT("arn", federated_arn)},
    {0},
};

static const struct text_member response_elements[] = {
    {INSIDE("credentials", credentials)},
    {INSIDE("assumedRoleUser", assumed_role_user)},
    {INSIDE("federatedUser", federated_user)},
    {TEXT("sourceIdentity", given_source)},
    {TEXT("subject", saml_subject)},
    {TEXT("subjectType", event.subject_type)},
    {TEXT("issuer", event.issuer)},
    {TEXT("nameQualifier", event.name_qualifier)},
    {TEXT("subjectFromWebIdentityToken", web_subject)},
    {TEXT("provider", event.provider)},
    {TEXT("ConsoleLogin", login)},
    {TEXT("SwitchRole", switched)},
    {TEXT("GetSigninToken", token)},
    {0},
};

static const struct text_member additional_event_data[] = {
    {TEXT("SwitchFrom", event.switch_from)},
    {TEXT("MFAUsed", event.mfa_used)},
    {TEXT("signInSessionArn", minted)},
    {TEXT("success", success)},
    {0},
};

static const struct text_member service_event_details[] = {
    {TEXT("account_id", event.set_account)},
    {TEXT("role_name", event.set_name)},
    {0},
};

static const struct text_member issue_members[] = {
    {INSIDE("requestParameters", request_parameters)},
    {INSIDE("responseElements", response_elements)},
    {INSIDE("additionalEventData", additional_event_data)},
    {INSIDE("serviceEventDetails", service_event_details)},
    {0},
};

static const char *const names[ISSUE_KINDS] = {
    [ISSUE_ASSUME_ROLE] = "AssumeRole",
    [ISSUE_ASSUME_ROLE_WITH_SAML] = "AssumeRoleWithSAML",
    [ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY] = "AssumeRoleWithWebIdentity",
    [ISSUE_FEDERATION_TOKEN] = "GetFederationToken",
    [ISSUE_SESSION_TOKEN] = "GetSessionToken",
    [ISSUE_ASSUME_ROOT] = "AssumeRoot",
    [ISSUE_ROLE_CREDENTIALS] = "GetRoleCredentials",
    [ISSUE_FEDERATE] = "Federate",
    [ISSUE_CONSOLE_LOGIN] = "ConsoleLogin",
    [ISSUE_SWITCH_ROLE] = "SwitchRole",
    [ISSUE_SIGNIN_TOKEN] = "GetSigninToken",
    [ISSUE_OAUTH_TOKEN] = "CreateOAuth2Token",
};

/* What follows is amazonaws.com, in some partitions with more behind it. */
static const struct {
	const char *prefix;
	enum issue_kind first, last;
} sources[] = {
    {"sts.", ISSUE_ASSUME_ROLE, ISSUE_ASSUME_ROOT},
    {"sso.", ISSUE_ROLE_CREDENTIALS, ISSUE_FEDERATE},
    {"signin.", ISSUE_CONSOLE_LOGIN, ISSUE_OAUTH_TOKEN},
};

enum issue_kind
event_issue_of(struct span source, struct span name)
{
	if (source.len == 0 || source.ptr[0] != 's') /* of most records this is all */
		return ISSUE_NONE;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (!span_starts(source, sources[i].prefix))
			continue;
		for (int kind = sources[i].first; kind <= (int)sources[i].last; kind++)
			if (span_is(name, names[kind]))
				return (enum issue_kind)kind;
	}
	return ISSUE_NONE;
}

bool
event_issue_has_source(struct span source)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		/* of most services the first letters tell, without a call */
		if (source.len >= 4 && memcmp(source.ptr, sources[i].prefix, 4) == 0 &&
		    span_starts(source, sources[i].prefix))
			return true;
	return false;
}

const char *
issue_kind_name(enum issue_kind kind)
{
	return kind > ISSUE_NONE && kind < ISSUE_KINDS ? names[kind] : "";
}

struct span
event_issue_root(struct span target)
{
	struct span field = target;

	if (!span_starts(target, "arn:"))
		return target;
	for (int i = 0; i < 5; i++)
		if (!span_cut(&target, ':', &field))
			return SPAN_NONE;
	return field;
}

static struct span
first_of(struct span a, struct span b)
{
	return a.len != 0 ? a : b;
}

static void
read_tags(const struct raw_issue *raw, struct buf *scratch, struct event *e)
{
	struct session_tags tags;

	session_tags_begin(&tags, scratch);
	session_tags_add(&tags, raw->tags);
	session_tags_add(&tags, raw->principal_tags);
	session_tags_add(&tags, raw->inherited_tags);
	e->tags = session_tags_end(&tags);
	e->tag_name = tags.name;
}

static bool
is_failure(const struct raw_issue *raw)
{
	return raw->event.error_code.len != 0 || span_is(raw->login, "Failure") ||
	    span_is(raw->switched, "Failure") || span_is(raw->token, "Failure") ||
	    span_is(raw->success, "false") || span_is(raw->success, "False");
}

void
event_issue_read(struct span record, struct buf *scratch, struct event *e)
{
	struct raw_issue raw = {.event = *e};
	struct json_reader r;

	json_reader_init(&r, record);
	text_members_read(&r, scratch, issue_members, &raw);
	*e = raw.event;
	e->failed = is_failure(&raw);
	e->session_name = first_of(e->session_name, raw.federation_name);
	e->session_source_identity = first_of(raw.given_source, raw.asked_source);
	e->issued_principal_id = first_of(raw.assumed_id, raw.federated_id);
	e->issued_arn = first_of(raw.assumed_arn, raw.federated_arn);
	if (e->issue == ISSUE_ASSUME_ROOT)
		e->issued_principal_id = event_issue_root(raw.target);
	e->subject = first_of(raw.saml_subject, raw.web_subject);
	e->provider = first_of(e->provider, raw.web_provider);
	if (e->issue == ISSUE_ASSUME_ROLE_WITH_SAML)
		e->provider = raw.saml_provider;
	if (e->issue == ISSUE_OAUTH_TOKEN)
		e->minted_session = raw.minted;
	read_tags(&raw, scratch, e);
}
