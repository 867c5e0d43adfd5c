/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/issuing.h"

#define CONSOLE "https://eu-central-1.console.aws.amazon.com/ec2/home?region=eu-central-1"

static void
put_additional(const struct issuing_writer *w)
{
	const struct issuing *i = w->issuing;

	json_object_begin(w->out, "additionalEventData");
	switch ((enum issuing_kind)i->kind) {
	case ISSUING_CONSOLE_LOGIN:
		json_put_string(w->out, "LoginTo", CONSOLE);
		json_put_string(w->out, "MobileVersion", "No");
		json_put_string(w->out, "MFAUsed", i->mfa ? "Yes" : "No");
		break;
	case ISSUING_SWITCH_ROLE:
		json_put_string(w->out, "SwitchFrom", i->switch_from);
		json_put_string(w->out, "RedirectTo", CONSOLE);
		break;
	case ISSUING_OAUTH_TOKEN:
		json_put_string(w->out, "success", "true");
		json_put_string(w->out, "grant_type", "authorization_code");
		json_put_string(w->out, "signInSessionArn", i->minted);
		break;
	default:
		json_put_string(w->out, "MobileVersion", "No");
		json_put_string(w->out, "MFAUsed", "No");
	}
	json_object_end(w->out);
}

static void
put_request(const struct issuing_writer *w)
{
	if (w->issuing->kind != ISSUING_OAUTH_TOKEN) {
		json_put_null(w->out, "requestParameters");
		return;
	}
	json_object_begin(w->out, "requestParameters");
	json_put_string(w->out, "client_id", "arn:aws:signin:::devtools/same-device");
	json_put_string(w->out, "resource", "arn:aws:signin:::devtools");
	json_object_end(w->out);
}

static void
put_response(const struct issuing_writer *w)
{
	const char *name = issuing_name(w->issuing->kind);

	if (w->issuing->kind != ISSUING_CONSOLE_LOGIN && w->issuing->kind != ISSUING_SWITCH_ROLE &&
	    w->issuing->kind != ISSUING_SIGNIN_TOKEN) {
		json_put_null(w->out, "responseElements");
		return;
	}
	json_object_begin(w->out, "responseElements");
	json_put_string(w->out, name, w->issuing->failed ? "Failure" : "Success");
	json_object_end(w->out);
}

/* The permission set of AWSReservedSSO_SET_0123456789abcdef. */
static void
put_permission_set(const struct issuing_writer *w)
{
	const struct actor *to = &w->issuing->to;
	size_t head = strlen("AWSReservedSSO_"), len = strlen(to->role);
	struct span set = {to->role + head, len - head - 17};

	json_object_begin(w->out, "serviceEventDetails");
	json_put_span(w->out, "role_name", set);
	json_put_string(w->out, "account_id", to->account);
	json_object_end(w->out);
}

void
sign_in_put_elements(const struct issuing_writer *w)
{
	bool center =
	    w->issuing->kind == ISSUING_ROLE_CREDENTIALS || w->issuing->kind == ISSUING_FEDERATE;

	if (w->issuing->failed)
		json_put_string(w->out, "errorMessage", "Failed authentication");
	put_request(w);
	put_response(w);
	if (center)
		put_permission_set(w);
	else
		put_additional(w);
}
