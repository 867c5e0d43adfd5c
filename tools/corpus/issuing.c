/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/issuing.h"

#define AGENT                                                                                      \
	"aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.8.0-1021-aws md/arch#x86_64 "          \
	"lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe"
#define BROWSER                                                                                    \
	"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "                  \
	"Chrome/126.0.0.0 Safari/537.36"

static const struct {
	const char *source, *host, *name, *type;
	bool read_only, browser;
} events[ISSUING_KINDS] = {
    [ISSUING_ASSUME_ROLE] = {"sts.amazonaws.com", "sts", "AssumeRole", "AwsApiCall", true, false},
    [ISSUING_SAML] = {"sts.amazonaws.com", "sts", "AssumeRoleWithSAML", "AwsApiCall", true, false},
    [ISSUING_WEB_IDENTITY] = {"sts.amazonaws.com", "sts", "AssumeRoleWithWebIdentity", "AwsApiCall",
	true, false},
    [ISSUING_FEDERATION_TOKEN] = {"sts.amazonaws.com", "sts", "GetFederationToken", "AwsApiCall",
	false, false},
    [ISSUING_SESSION_TOKEN] = {"sts.amazonaws.com", "sts", "GetSessionToken", "AwsApiCall", true,
	false},
    [ISSUING_ASSUME_ROOT] = {"sts.amazonaws.com", "sts", "AssumeRoot", "AwsApiCall", true, false},
    [ISSUING_ROLE_CREDENTIALS] = {"sso.amazonaws.com", "portal.sso", "GetRoleCredentials",
	"AwsServiceEvent", true, false},
    [ISSUING_FEDERATE] = {"sso.amazonaws.com", "portal.sso", "Federate", "AwsServiceEvent", true,
	true},
    [ISSUING_CONSOLE_LOGIN] = {"signin.amazonaws.com", "signin", "ConsoleLogin", "AwsConsoleSignIn",
	false, true},
    [ISSUING_SWITCH_ROLE] = {"signin.amazonaws.com", "signin", "SwitchRole", "AwsConsoleSignIn",
	false, true},
    [ISSUING_SIGNIN_TOKEN] = {"signin.amazonaws.com", "signin", "GetSigninToken",
	"AwsConsoleSignIn", false, false},
    [ISSUING_OAUTH_TOKEN] = {"signin.amazonaws.com", "signin", "CreateOAuth2Token", "AwsApiCall",
	true, true},
};

const char *
issuing_name(enum issuing_kind kind)
{
	return events[kind].name;
}

static void
put_head(const struct issuing_writer *w)
{
	const struct issuing *i = w->issuing;
	char address[32];

	json_put_string(w->out, "eventVersion", "1.10");
	actor_put(&i->by, w->out);
	json_put_time(w->out, "eventTime", w->time_us, 0);
	json_put_string(w->out, "eventSource", events[i->kind].source);
	json_put_string(w->out, "eventName", events[i->kind].name);
	json_put_string(w->out, "awsRegion", w->row->region);
	snprintf(address, sizeof(address), "203.0.113.%u", (unsigned)(i->request % 254 + 1));
	if (i->internal)
		snprintf(address, sizeof(address), "AWS Internal");
	else if (i->by.type == ACTOR_SERVICE)
		snprintf(address, sizeof(address), "%.31s", i->by.invoked_by);
	json_put_string(w->out, "sourceIPAddress", address);
	json_put_string(w->out, "userAgent",
	    i->internal                       ? "AWS Internal"
		: events[i->kind].browser     ? BROWSER
		: i->by.type == ACTOR_SERVICE ? i->by.invoked_by
					      : AGENT);
}

static void
put_resources(const struct issuing_writer *w)
{
	const struct actor *to = &w->issuing->to;
	char arn[2 * ACTOR_ARN];

	if (to->type != ACTOR_ROLE || w->issuing->failed)
		return;
	snprintf(arn, sizeof(arn), "arn:aws:iam::%s:role/%s%s", to->account, to->path, to->role);
	json_array_begin(w->out, "resources");
	json_object_begin(w->out, NULL);
	json_put_string(w->out, "accountId", to->account);
	json_put_string(w->out, "type", "AWS::IAM::Role");
	json_put_string(w->out, "ARN", arn);
	json_object_end(w->out);
	json_array_end(w->out);
}

static void
put_tail(const struct issuing_writer *w, const char *event_id)
{
	const struct issuing *i = w->issuing;
	bool sts = i->kind <= ISSUING_ASSUME_ROOT;
	char id[UUID_TEXT_LEN], host[128];

	json_put_string(w->out, "requestID", uuid_text(i->request, id));
	json_put_string(w->out, "eventID", event_id);
	json_put_bool(w->out, "readOnly", events[i->kind].read_only);
	if (sts)
		put_resources(w);
	json_put_string(w->out, "eventType", events[i->kind].type);
	json_put_bool(w->out, "managementEvent", true);
	json_put_string(w->out, "recipientAccountId", w->row->account);
	if (i->shared != 0)
		json_put_string(w->out, "sharedEventID", uuid_text(i->shared, id));
	json_put_string(w->out, "eventCategory", "Management");
	json_object_begin(w->out, "tlsDetails");
	json_put_string(w->out, "tlsVersion", "TLSv1.3");
	json_put_string(w->out, "cipherSuite", "TLS_AES_128_GCM_SHA256");
	snprintf(host, sizeof(host), "%s.%s.amazonaws.com", events[i->kind].host, w->row->region);
	json_put_string(w->out, "clientProvidedHostHeader", host);
	json_object_end(w->out);
}

void
issuing_put_record(const struct issuing *i, const struct world_row *row, int64_t time_us,
    const char *event_id, struct buf *out)
{
	struct json_writer writer;
	const struct issuing_writer w = {i, row, &writer, time_us};

	json_writer_init(&writer, out);
	json_object_begin(&writer, NULL);
	put_head(&w);
	if (i->kind <= ISSUING_ASSUME_ROOT)
		sts_put_elements(&w);
	else
		sign_in_put_elements(&w);
	put_tail(&w, event_id);
	json_object_end(&writer);
}
