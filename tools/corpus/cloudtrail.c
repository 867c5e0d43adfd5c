/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/cloudtrail.h"

#include "common/json_writer.h"
#include "tools/corpus/background.h"
#include "tools/corpus/identity.h"
#include "tools/corpus/session_record.h"

#define KEY_TEXT_MAX 4096
#define HOST_MAX     128

/* What record writers share. */
struct record {
	const struct world *world;
	const struct trail_event *event;
	struct json_writer *out;
	const char *request_id, *event_id;
};

#define AGENT_CLI                                                                                  \
	"aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.8.0-1021-aws md/arch#x86_64 "          \
	"lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe "           \
	"md/prompt#off md/command#ec2-instance-connect.send-ssh-public-key"
#define AGENT_SDK                                                                                  \
	"Boto3/1.34.101 md/Botocore#1.34.101 ua/2.0 os/linux#6.1.90 md/arch#x86_64 "               \
	"lang/python#3.12.3 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.101"
static const char *const agents[] = {AGENT_CLI, AGENT_SDK, "aws-ec2-instance-connect-cli/1.0.3"};
#define AGENT_COUNT (sizeof(agents) / sizeof(agents[0]))
#define BROWSER                                                                                    \
	"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "                  \
	"Chrome/126.0.0.0 Safari/537.36"

char *
trail_event_id(const struct trail_event *e, char out[static UUID_TEXT_LEN])
{
	return uuid_text(e->seed, out);
}

void
trail_event_put_arn(const struct world *w, const struct trail_event *e, struct buf *out)
{
	if (e->actor != NULL)
		actor_put_arn(e->actor, out);
	else
		principal_put_arn(w, e->caller, out);
}

static const char *
event_agent(const struct trail_event *e)
{
	if (e->agent != 0)
		return world_hostile(e->agent);
	if (e->from_console)
		return BROWSER;
	return agents[e->caller.number % AGENT_COUNT];
}

static void
put_head(const struct record *r, const char *source, const char *name)
{
	const struct trail_event *e = r->event;
	char address[32];

	json_put_string(r->out, "eventVersion", "1.10");
	if (e->actor != NULL)
		actor_put(e->actor, r->out);
	else
		identity_put(r->world, e->caller, e->session_us, r->out);
	json_put_time(r->out, "eventTime", e->time_us, 0);
	json_put_string(r->out, "eventSource", source);
	json_put_string(r->out, "eventName", name);
	json_put_string(r->out, "awsRegion", r->world->rows[e->row].region);
	snprintf(address, sizeof(address), "203.0.113.%d", e->caller.number % 254 + 1);
	json_put_string(r->out, "sourceIPAddress", address);
	json_put_string(r->out, "userAgent", event_agent(e));
}

static void
put_addendum(const struct record *r)
{
	char original[UUID_TEXT_LEN];

	if (r->event->supersedes == 0)
		return;
	json_object_begin(r->out, "addendum");
	json_put_string(r->out, "reason", "UPDATED_DATA");
	json_put_string(r->out, "updatedFields", "userIdentity");
	json_put_string(r->out, "originalEventID", uuid_text(r->event->supersedes, original));
	json_object_end(r->out);
}

static void
put_tail(const struct record *r, const char *service)
{
	const struct world_row *row = &r->world->rows[r->event->row];
	char host[HOST_MAX];

	json_put_string(r->out, "requestID", r->request_id);
	json_put_string(r->out, "eventID", r->event_id);
	json_put_bool(r->out, "readOnly", false);
	json_put_string(r->out, "eventType", "AwsApiCall");
	json_put_bool(r->out, "managementEvent", true);
	json_put_string(r->out, "recipientAccountId", row->account);
	put_addendum(r);
	json_put_string(r->out, "eventCategory", "Management");
	json_object_begin(r->out, "tlsDetails");
	json_put_string(r->out, "tlsVersion", "TLSv1.3");
	json_put_string(r->out, "cipherSuite", "TLS_AES_128_GCM_SHA256");
	snprintf(host, sizeof(host), "%s.%s.amazonaws.com", service, row->region);
	json_put_string(r->out, "clientProvidedHostHeader", host);
	json_object_end(r->out);
	if (r->event->from_console)
		json_put_string(r->out, "sessionCredentialFromConsole", "true");
}

static void
put_error(const struct record *r)
{
	if (r->event->outcome == OUTCOME_DENIED) {
		json_put_string(r->out, "errorCode", "AccessDenied");
		json_put_string(r->out, "errorMessage",
		    "User is not authorized to perform: ec2-instance-connect:SendSSHPublicKey");
	} else if (r->event->outcome == OUTCOME_REFUSED) {
		json_put_string(r->out, "errorCode", "EC2InstanceStateInvalidException");
		json_put_string(
		    r->out, "errorMessage", "Instance state is not valid for this operation.");
	}
}

static void
put_response(const struct record *r)
{
	if (r->event->outcome == OUTCOME_DENIED || r->event->outcome == OUTCOME_REFUSED) {
		json_put_null(r->out, "responseElements");
		return;
	}
	json_object_begin(r->out, "responseElements");
	json_put_string(r->out, "requestId", r->request_id);
	json_put_bool(r->out, "success", r->event->outcome == OUTCOME_OK);
	json_object_end(r->out);
}

static void
put_key(const struct record *r)
{
	const struct trail_event *e = r->event;
	struct buf text;

	buf_init(&text, KEY_TEXT_MAX);
	key_put_text(e->key, e->key_form,
	    e->agent != 0 ? world_hostile(e->agent) : "alice@workstation", &text);
	json_put_span(r->out, "sSHPublicKey", buf_span(&text));
	buf_clear(&text);
}

static void
put_push_parameters(const struct record *r)
{
	const struct trail_event *e = r->event;
	char id[INSTANCE_ID_LEN];

	if (e->outcome == OUTCOME_DENIED) {
		json_put_null(r->out, "requestParameters");
		return;
	}
	json_object_begin(r->out, "requestParameters");
	json_put_string(r->out, "instanceId", instance_id(e->instance, id));
	if (e->kind == TRAIL_SERIAL_PUSH)
		json_put_int(r->out, "serialPort", 0);
	else
		json_put_string(r->out, "instanceOSUser", world_user(e->user));
	put_key(r);
	json_object_end(r->out);
}

static void
put_push(const struct record *r)
{
	put_head(r, "ec2-instance-connect.amazonaws.com",
	    r->event->kind == TRAIL_PUSH ? "SendSSHPublicKey" : "SendSerialConsoleSSHPublicKey");
	put_error(r);
	put_push_parameters(r);
	put_response(r);
	put_tail(r, "ec2-instance-connect");
}

static void
put_tunnel(const struct record *r)
{
	char address[32];

	put_head(r, "ec2-instance-connect.amazonaws.com", "OpenTunnel");
	json_object_begin(r->out, "requestParameters");
	json_put_string(r->out, "instanceConnectEndpointId", "eice-0123456789abcdef0");
	json_put_string(r->out, "maxTunnelDuration", "3600");
	json_put_string(r->out, "remotePort", "22");
	snprintf(address, sizeof(address), "10.0.%u.%u", r->event->instance.row,
	    r->event->instance.number % 250u + 4);
	json_put_string(r->out, "privateIpAddress", address);
	json_object_end(r->out);
	json_put_null(r->out, "responseElements");
	put_tail(r, "ec2-instance-connect");
}

void
cloudtrail_put_record(const struct world *w, const struct trail_event *e, struct buf *out)
{
	char request_id[UUID_TEXT_LEN], event_id[UUID_TEXT_LEN];
	struct json_writer writer;
	struct record r = {.world = w, .event = e, .out = &writer};

	if (e->kind == TRAIL_BACKGROUND) {
		background_put_record(w, e, out);
		return;
	}
	r.request_id = uuid_text(random_mix(e->seed, 1), request_id);
	r.event_id = trail_event_id(e, event_id);
	if (e->kind == TRAIL_ISSUING) {
		issuing_put_record(e->issuing, &w->rows[e->row], e->time_us, r.event_id, out);
		return;
	}
	if (e->kind == TRAIL_SESSION) {
		session_put_record(w, e, out);
		return;
	}
	json_writer_init(&writer, out);
	json_object_begin(&writer, NULL);
	if (e->kind == TRAIL_TUNNEL)
		put_tunnel(&r);
	else
		put_push(&r);
	json_object_end(&writer);
}
