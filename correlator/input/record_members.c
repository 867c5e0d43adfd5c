/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_members.h"

#define NAMED(text) .name = (text), .len = sizeof(text) - 1
#define IN_SEEN(m)  .offset = offsetof(struct record_seen, m)

/* Sorted by length. Each wrapper in the spellings of the API, the CLI, subscriptions, exports. */
static const struct record_member members[] = {
    {NAMED("v"), .kind = MEMBER_FLAG, .type = JSON_NUMBER, IN_SEEN(v)},
    {NAMED("seq"), .kind = MEMBER_FLAG, .type = JSON_NUMBER, IN_SEEN(seq)},
    {NAMED("kind"), .kind = MEMBER_FLAG, .type = JSON_STRING, IN_SEEN(kind)},
    {NAMED("detail"), .kind = MEMBER_DETAIL},
    {NAMED("events"), .kind = MEMBER_LIST},
    {NAMED("Events"), .kind = MEMBER_LIST},
    {NAMED("records"), .kind = MEMBER_LIST},
    {NAMED("Records"), .kind = MEMBER_LIST},
    {NAMED("message"), .kind = MEMBER_MESSAGE},
    {NAMED("readOnly"), .kind = MEMBER_TEXT, IN_SEEN(header.read_only)},
    {NAMED("logEvents"), .kind = MEMBER_LIST},
    {NAMED("eventName"), .kind = MEMBER_STRING, IN_SEEN(header.event_name)},
    {NAMED("eventTime"), .kind = MEMBER_STRING, IN_SEEN(header.event_time)},
    {NAMED("awsRegion"), .kind = MEMBER_STRING, IN_SEEN(header.aws_region)},
    {NAMED("eventType"), .kind = MEMBER_WORD, IN_SEEN(insight), .word = "AwsCloudTrailInsight"},
    {NAMED("errorCode"), .kind = MEMBER_TEXT, IN_SEEN(header.error_code)},
    {NAMED("messageType"), .kind = MEMBER_WORD, IN_SEEN(control), .word = "CONTROL_MESSAGE"},
    {NAMED("eventSource"), .kind = MEMBER_STRING, IN_SEEN(header.event_source)},
    {NAMED("userIdentity"), .kind = MEMBER_VALUE, IN_SEEN(header.user_identity)},
    {NAMED("eventCategory"), .kind = MEMBER_WORD, IN_SEEN(insight), .word = "Insight"},
    {NAMED("digestEndTime"), .kind = MEMBER_FLAG, IN_SEEN(digest_end)},
    {NAMED("insightDetails"), .kind = MEMBER_FLAG, .type = JSON_OBJECT, IN_SEEN(insight)},
    {NAMED("digestS3Object"), .kind = MEMBER_FLAG, IN_SEEN(digest_object)},
    {NAMED("CloudTrailEvent"), .kind = MEMBER_EVENT},
    {NAMED("cloudTrailEvent"), .kind = MEMBER_EVENT},
    {NAMED("responseElements"), .kind = MEMBER_VALUE, IN_SEEN(header.response_elements)},
    {NAMED("requestParameters"), .kind = MEMBER_VALUE, IN_SEEN(header.request_parameters)},
    {NAMED("recipientAccountId"), .kind = MEMBER_STRING, IN_SEEN(header.recipient_account_id)},
    {NAMED("additionalEventData"), .kind = MEMBER_VALUE, IN_SEEN(header.additional_event_data)},
    {NAMED("serviceEventDetails"), .kind = MEMBER_VALUE, IN_SEEN(header.service_event_details)},
    {NAMED("__REALTIME_TIMESTAMP"), .kind = MEMBER_FLAG, .type = JSON_STRING, IN_SEEN(journal)},
};

#define MEMBER_COUNT   (sizeof(members) / sizeof(members[0]))
#define MEMBER_LEN_MAX 20

/* Where the names of each length begin in the table; one entry more says where it ends. */
static const unsigned char first_of_len[MEMBER_LEN_MAX + 2] = {
    0,
    0,
    1,
    1,
    2,
    3,
    3,
    6,
    9,
    10,
    16,
    16,
    18,
    19,
    21,
    23,
    25,
    26,
    27,
    28,
    30,
    MEMBER_COUNT,
};

_Static_assert(MEMBER_COUNT == 31, "first_of_len follows the table");

static const struct record_member *
find_escaped(struct span key)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		if (json_key_is(key, members[i].name))
			return &members[i];
	return NULL;
}

const struct record_member *
record_member_find(struct span key)
{
	if (key.len == 0)
		return NULL;
	if (key.len <= MEMBER_LEN_MAX) {
		for (size_t i = first_of_len[key.len]; i < first_of_len[key.len + 1]; i++) {
			const char *name = members[i].name;

			/* most names of the same length differ here: the call is saved */
			if (key.ptr[0] == name[0] && key.ptr[key.len - 1] == name[key.len - 1] &&
			    memcmp(key.ptr, name, key.len) == 0)
				return &members[i];
		}
	}
	return memchr(key.ptr, '\\', key.len) != NULL ? find_escaped(key) : NULL;
}

void
record_member_read(const struct record_member *m, struct json_reader *r, struct record_seen *seen)
{
	void *at = (char *)seen + m->offset;
	enum json_type type = json_peek(r);
	struct span value;

	if (m->kind == MEMBER_STRING || m->kind == MEMBER_WORD ||
	    (m->kind == MEMBER_TEXT && type == JSON_STRING))
		value = json_read_string(r);
	else
		value = json_skip(r);
	if (m->kind == MEMBER_TEXT && (type < JSON_FALSE || type > JSON_STRING))
		value = SPAN_NONE;
	if (m->kind <= MEMBER_TEXT)
		*(struct span *)at = value;
	else if (m->kind == MEMBER_WORD)
		*(bool *)at |= span_is(value, m->word);
	else
		*(bool *)at |= m->type == JSON_NONE ? type != JSON_NULL : type == m->type;
}

enum record_shape
record_shape_of(const struct record_seen *seen)
{
	const struct record_header *h = &seen->header;

	if (seen->insight)
		return RECORD_INSIGHT;
	/* notifications of S3 and others name an "eventSource" too, like aws:s3 */
	if (h->event_source.ptr != NULL && h->event_name.ptr != NULL &&
	    !span_starts(h->event_source, "aws:"))
		return RECORD_CLOUDTRAIL;
	if (seen->v && seen->kind && seen->seq)
		return RECORD_LOGIN;
	if (seen->journal)
		return RECORD_JOURNAL;
	if (seen->digest_end && seen->digest_object)
		return RECORD_DIGEST;
	return seen->control ? RECORD_CONTROL : RECORD_OTHER;
}
