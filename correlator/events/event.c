/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/events/event.h"

#include "common/time_text.h"
#include "correlator/events/event_issue.h"
#include "correlator/events/text_members.h"
#include "pam_module/ssh_key.h"

/* The members of a record, as written. */
struct raw_event {
	struct event event; /* what needs no more than decoding */
	struct span source, name, time, account_id, from_console, success, addendum_reason;
	struct span os_user_2018, key_2018; /* as AWS's guide has printed them since 2018 */
};

#define TEXT(text, member)          .name = (text), .offset = offsetof(struct raw_event, member)
#define INSIDE(text, table)         .name = (text), .inside = (table)
#define STRUCT(text, member, table) TEXT(text, member), .inside = (table)

static const struct text_member ssh_key_2018[] = {
    {TEXT("publicKey", key_2018)},
    {0},
};

static const struct text_member request_parameters[] = {
    {TEXT("instanceId", event.instance_id)},
    {TEXT("instanceOSUser", event.os_user)},
    {TEXT("osUser", os_user_2018)},
    {TEXT("sSHPublicKey", event.key_text)},
    {INSIDE("SSHKey", ssh_key_2018)},
    {TEXT("serialPort", event.serial_port)},
    {TEXT("instanceConnectEndpointId", event.endpoint_id)},
    {TEXT("privateIpAddress", event.private_ip)},
    {TEXT("remotePort", event.remote_port)},
    {0},
};

static const struct text_member response_elements[] = {
    {TEXT("success", success)},
    {0},
};

static const struct text_member addendum[] = {
    {TEXT("reason", addendum_reason)},
    {TEXT("originalEventID", event.original_event_id)},
    {0},
};

static const struct text_member record_members[] = {
    {TEXT("eventSource", source)},
    {TEXT("eventName", name)},
    {TEXT("eventTime", time)},
    {TEXT("eventID", event.event_id)},
    {TEXT("requestID", event.request_id)},
    {TEXT("sharedEventID", event.shared_event_id)},
    {TEXT("recipientAccountId", account_id)},
    {TEXT("awsRegion", event.region)},
    {TEXT("sourceIPAddress", event.source_ip)},
    {TEXT("userAgent", event.user_agent)},
    {TEXT("errorCode", event.error_code)},
    {TEXT("errorMessage", event.error_message)},
    {TEXT("sessionCredentialFromConsole", from_console)},
    {STRUCT("userIdentity", event.identity, user_identity_members)},
    {INSIDE("requestParameters", request_parameters)},
    {INSIDE("responseElements", response_elements)},
    {INSIDE("addendum", addendum)},
    {0},
};

static struct span
trim(struct span s)
{
	static const char blanks[] = " \t\r\n";

	if (s.len != 0 && s.ptr[0] > ' ' && s.ptr[s.len - 1] > ' ') /* nearly always */
		return s;
	while (s.len != 0 && memchr(blanks, s.ptr[0], sizeof(blanks) - 1) != NULL)
		s = span_from(s, 1);
	while (s.len != 0 && memchr(blanks, s.ptr[s.len - 1], sizeof(blanks) - 1) != NULL)
		s.len--;
	return s;
}

/* What follows is amazonaws.com, in some partitions with more behind it. */
#define PUSH_SOURCE "ec2-instance-connect."

static enum event_kind
kind_of(struct span source, struct span name, enum issue_kind *issue)
{
	static const struct {
		const char *name;
		enum event_kind kind;
	} kinds[] = {
	    {"SendSSHPublicKey", EVENT_KEY_PUSH},
	    {"SendSerialConsoleSSHPublicKey", EVENT_SERIAL_PUSH},
	    {"OpenTunnel", EVENT_TUNNEL},
	};

	source = trim(source);
	name = trim(name);
	*issue = event_issue_of(source, name);
	if (*issue != ISSUE_NONE)
		return EVENT_ISSUE;
	if (!span_starts(source, PUSH_SOURCE))
		return EVENT_OTHER;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_is(name, kinds[i].name))
			return kinds[i].kind;
	return EVENT_OTHER;
}

static bool
has_escape(struct span raw)
{
	return raw.len != 0 && memchr(raw.ptr, '\\', raw.len) != NULL;
}

enum event_kind
event_kinds_of(const struct record_header *header, enum issue_kind *issue)
{
	struct span source = header->event_source, name = header->event_name;
	enum event_kind kind;
	struct buf text;

	*issue = ISSUE_NONE;
	if (source.ptr == NULL || name.ptr == NULL)
		return EVENT_OTHER;
	if (!has_escape(source) && !has_escape(name))
		return kind_of(source, name, issue);
	buf_init(&text, 3 * (source.len + name.len));
	(void)buf_reserve(&text, text.max);
	source = json_unescape(source, &text);
	name = json_unescape(name, &text);
	kind = source.ptr != NULL && name.ptr != NULL ? kind_of(source, name, issue) : EVENT_OTHER;
	buf_clear(&text);
	return kind;
}

/* Of most services the first letters tell, without a call. */
static bool
is_push_source(struct span source)
{
	return source.len >= 4 && memcmp(source.ptr, PUSH_SOURCE, 4) == 0 &&
	    span_starts(source, PUSH_SOURCE);
}

bool
event_source_of_pushes(struct span event_source)
{
	return is_push_source(trim(event_source));
}

bool
event_source_of_use(struct span event_source)
{
	event_source = trim(event_source);
	return is_push_source(event_source) || event_issue_has_source(event_source);
}

enum event_kind
event_kind_of(const struct record_header *header)
{
	enum issue_kind issue;

	return event_kinds_of(header, &issue);
}

enum issue_kind
event_issue_kind_of(const struct record_header *header)
{
	enum issue_kind issue;

	(void)event_kinds_of(header, &issue);
	return issue;
}

/* The fingerprint of the key that was pushed, or why there is none. */
static enum event_error
read_key(struct event *e)
{
	enum ssh_key_error error;
	struct ssh_key key;
	struct buf blob;

	if (e->key_text.ptr == NULL)
		return EVENT_OK;
	buf_init(&blob, 2 * e->key_text.len + 64);
	error = ssh_key_from_text(e->key_text, &blob, &key);
	buf_clear(&blob);
	if (error == SSH_KEY_ERROR_CRYPTO)
		return EVENT_ERROR_MEMORY;
	if (error != SSH_KEY_OK) {
		e->key_error = span_of(ssh_key_error_text(error));
		return EVENT_OK;
	}
	e->has_fingerprint = true;
	memcpy(e->fingerprint, key.fingerprint, sizeof(e->fingerprint));
	_Static_assert(sizeof(e->key_type_text) == sizeof(key.type), "a key's type fits");
	memcpy(e->key_type_text, key.type, sizeof(key.type));
	e->key_type = span_of(e->key_type_text);
	return EVENT_OK;
}

/* What the raw members mean. */
static void
interpret(const struct raw_event *raw, struct event *e)
{
	*e = raw->event;
	e->kind = kind_of(raw->source, raw->name, &e->issue);
	e->account_id = raw->account_id.ptr != NULL ? raw->account_id : e->identity.account_id;
	if (e->os_user.ptr == NULL)
		e->os_user = raw->os_user_2018;
	if (e->key_text.ptr == NULL)
		e->key_text = raw->key_2018;
	e->failed = e->error_code.len != 0 || span_is(raw->success, "false");
	e->from_console = span_is(raw->from_console, "true");
	e->supersedes = span_is(raw->addendum_reason, "UPDATED_DATA");
}

enum event_error
event_parse(struct span record, struct buf *scratch, struct event *e)
{
	struct raw_event raw = {0};
	struct json_reader r;

	*e = (struct event){0};
	if (record.len > SIZE_MAX / 3 || !buf_reserve(scratch, 3 * record.len))
		return EVENT_ERROR_MEMORY;
	json_reader_init(&r, record);
	if (json_peek(&r) != JSON_OBJECT)
		return EVENT_ERROR_JSON;
	text_members_read(&r, scratch, record_members, &raw);
	if (r.error != JSON_OK)
		return EVENT_ERROR_JSON;
	interpret(&raw, e);
	if (e->kind == EVENT_ISSUE)
		event_issue_read(record, scratch, e);
	if (!time_parse(raw.time, &e->time_us))
		return EVENT_ERROR_TIME;
	return read_key(e);
}

const char *
event_error_text(enum event_error error)
{
	switch (error) {
	case EVENT_OK: return "no error";
	case EVENT_ERROR_JSON: return "the record is not a JSON object";
	case EVENT_ERROR_TIME: return "the record has no readable eventTime";
	case EVENT_ERROR_MEMORY: return "out of memory";
	}
	return "unknown error";
}
