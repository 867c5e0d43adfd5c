/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "common/json_reader.h"
#include "common/time_text.h"
#include "correlator/annotate/audit_text.h"

#define PATH_MAX_LEN 48
#define DEPTH_MAX    4

enum field {
	FIELD_SES,
	FIELD_JOURNAL_SES,
	FIELD_HOST,
	FIELD_INSTANCE,
	FIELD_BOOT,
	FIELD_TIME,
	FIELD_JOURNAL_TIME, /* microseconds of the epoch */
	FIELD_STAMP,        /* LAUREL's ID */
};

/*
 * Members by their path, nested or written with dots. Of a field the first in this order that is
 * there counts.
 */
static const struct {
	const char *path;
	enum field field;
} members[] = {
    {"_AUDIT_SESSION", FIELD_JOURNAL_SES},
    {"_BOOT_ID", FIELD_BOOT},
    {"_SOURCE_REALTIME_TIMESTAMP", FIELD_JOURNAL_TIME},
    {"__REALTIME_TIMESTAMP", FIELD_JOURNAL_TIME},
    {"ses", FIELD_SES},
    {"audit_session", FIELD_SES},
    {"auditd.session", FIELD_SES},
    {"auditd.log.ses", FIELD_SES},
    {"instance_id", FIELD_INSTANCE},
    {"instanceId", FIELD_INSTANCE},
    {"instance-id", FIELD_INSTANCE},
    {"ec2_instance_id", FIELD_INSTANCE},
    {"cloud.instance.id", FIELD_INSTANCE},
    {"auditd.log.node", FIELD_HOST},
    {"NODE", FIELD_HOST},
    {"_HOSTNAME", FIELD_HOST},
    {"host.name", FIELD_HOST},
    {"host.hostname", FIELD_HOST},
    {"host", FIELD_HOST},
    {"hostname", FIELD_HOST},
    {"node", FIELD_HOST},
    {"boot_id", FIELD_BOOT},
    {"host.boot.id", FIELD_BOOT},
    {"ID", FIELD_STAMP},
    {"@timestamp", FIELD_TIME},
    {"timestamp", FIELD_TIME},
    {"time", FIELD_TIME},
};

#define MEMBER_COUNT (sizeof(members) / sizeof(members[0]))

struct document {
	struct json_reader reader;
	struct buf *scratch;
	struct audit_line *out;
	struct span values[MEMBER_COUNT];
	int64_t record_ses; /* of LAUREL's records */
	bool conflict;      /* something that matters is said twice, differently */
	char path[PATH_MAX_LEN];
};

/* Appends a name to the path of `at` bytes; its length then, or 0 when it is of no use. */
static size_t
push_name(struct document *d, size_t at, struct span name)
{
	size_t dot = at != 0;

	if (name.len == 0 || at + dot + name.len >= sizeof(d->path))
		return 0;
	if (dot != 0)
		d->path[at] = '.';
	memcpy(d->path + at + dot, name.ptr, name.len);
	return at + dot + name.len;
}

static size_t
find_member(struct span path)
{
	size_t i = 0;

	while (i < MEMBER_COUNT && !span_is(path, members[i].path))
		i++;
	return i;
}

static void
read_value(struct document *d, size_t len)
{
	size_t i = len != 0 ? find_member((struct span){d->path, len}) : MEMBER_COUNT;
	struct span text;

	if (i == MEMBER_COUNT) {
		(void)json_skip(&d->reader);
		return;
	}
	text = json_read_text(&d->reader, d->scratch);
	if (d->values[i].ptr != NULL && !span_eq(d->values[i], text))
		d->conflict = true;
	d->values[i] = text;
}

/* A record of LAUREL's: its "ses". */
static void
read_record(struct document *d)
{
	struct span key;

	json_enter(&d->reader, JSON_OBJECT);
	while (json_next_member(&d->reader, &key)) {
		int64_t ses;

		if (!json_key_is(key, "ses")) {
			(void)json_skip(&d->reader);
			continue;
		}
		ses = audit_text_session(json_read_text(&d->reader, d->scratch));
		if (d->record_ses != AUDIT_SESSION_NONE && ses != d->record_ses)
			d->conflict = true;
		if (ses != AUDIT_SESSION_NONE)
			d->record_ses = ses;
	}
}

static void
read_records(struct document *d)
{
	json_enter(&d->reader, JSON_ARRAY);
	while (json_next_element(&d->reader)) {
		if (json_peek(&d->reader) == JSON_OBJECT)
			read_record(d);
		else
			(void)json_skip(&d->reader);
	}
}

/* LAUREL calls records by their type: "SYSCALL", "USER_CMD". */
static bool
is_record_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return name.len != 0;
}

static void
note_top_name(struct document *d, struct span name)
{
	d->out->is_empty = false;
	if (audit_line_name_is_ours(name))
		d->out->has_ours = true;
	if (span_is(name, "SYSTEM_BOOT"))
		d->out->is_boot = true;
}

static void
read_object(struct document *d, size_t at, int depth)
{
	struct span key;

	json_enter(&d->reader, JSON_OBJECT);
	while (json_next_member(&d->reader, &key)) {
		struct span name = json_unescape(key, d->scratch);
		enum json_type type = json_peek(&d->reader);
		size_t len = push_name(d, at, name);
		bool is_record = depth == 0 && is_record_name(name);

		if (depth == 0)
			note_top_name(d, name);
		if (is_record && type == JSON_OBJECT)
			read_record(d);
		else if (is_record && type == JSON_ARRAY)
			read_records(d);
		else if (type == JSON_OBJECT && len != 0 && depth + 1 < DEPTH_MAX)
			read_object(d, len, depth + 1);
		else
			read_value(d, len);
	}
}

static struct span
first_value(const struct document *d, enum field field)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		if (members[i].field == field && d->values[i].ptr != NULL && d->values[i].len != 0)
			return d->values[i];
	}
	return SPAN_NONE;
}

/* All that name a session must name the same. */
static int64_t
common_session(struct document *d)
{
	int64_t ses = d->record_ses;

	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		int64_t n;

		if (members[i].field != FIELD_SES || d->values[i].ptr == NULL)
			continue;
		n = audit_text_session(d->values[i]);
		if (ses != AUDIT_SESSION_NONE && n != ses)
			d->conflict = true;
		ses = n;
	}
	return ses;
}

/* Digits alone are an epoch's seconds, milli-, micro- or nanoseconds, told by their size. */
static bool
read_time(struct span text, int64_t *us)
{
	static const int64_t seconds_max = INT64_C(100000000000);
	int64_t n = 0;

	if (time_parse(text, us) || audit_text_stamp(text, us))
		return true;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || i >= 18 + (text.ptr[0] == '1'))
			return false;
		n = n * 10 + (text.ptr[i] - '0');
	}
	if (n < seconds_max)
		*us = n * US_PER_SECOND;
	else if (n < seconds_max * 1000)
		*us = n * 1000;
	else
		*us = n < seconds_max * 1000000 ? n : n / 1000;
	return text.len != 0;
}

static bool
read_journal_time(struct span text, int64_t *us)
{
	int64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || i >= 18)
			return false;
		n = n * 10 + (text.ptr[i] - '0');
	}
	*us = n;
	return text.len != 0;
}

/* The part of a host name before its first dot. */
static struct span
short_name(struct span host)
{
	struct span head = host;

	(void)span_cut(&host, '.', &head);
	return head;
}

/* Whether members name different hosts, of which one may be a collector's, and none is auditd's or
 * the journal's own. */
static bool
hosts_disagree(const struct document *d)
{
	static const char *const own[] = {"auditd.log.node", "NODE", "_HOSTNAME"};
	struct span first = short_name(first_value(d, FIELD_HOST));

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (d->values[find_member(span_of(own[i]))].ptr != NULL)
			return false;
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		struct span other = short_name(d->values[i]);

		if (members[i].field == FIELD_HOST && other.len != 0 &&
		    (other.len != first.len || strncasecmp(other.ptr, first.ptr, first.len) != 0))
			return true;
	}
	return false;
}

static void
conclude(struct document *d)
{
	struct audit_line *out = d->out;
	struct span ses = first_value(d, FIELD_JOURNAL_SES);
	struct span stamp = first_value(d, FIELD_JOURNAL_TIME);
	bool is_journal = ses.ptr != NULL || stamp.ptr != NULL ||
	    d->values[find_member(SPAN("_BOOT_ID"))].ptr != NULL;

	/* Names of capital letters are free to clients of the journal. */
	if (is_journal) {
		d->values[find_member(SPAN("NODE"))] = SPAN_NONE;
		out->is_boot = false;
	}
	out->ses = is_journal ? audit_text_session(ses) : common_session(d);
	out->has_time = read_journal_time(stamp, &out->time_us);
	if (!out->has_time && !is_journal)
		out->has_time = audit_text_stamp(first_value(d, FIELD_STAMP), &out->time_us);
	if (!out->has_time)
		out->has_time = read_time(first_value(d, FIELD_TIME), &out->time_us);
	out->host = first_value(d, FIELD_HOST);
	out->instance = first_value(d, FIELD_INSTANCE);
	out->boot_id = first_value(d, FIELD_BOOT);
	if (d->conflict || (out->instance.ptr == NULL && hosts_disagree(d)))
		out->ses = AUDIT_SESSION_NONE;
}

bool
audit_json_parse(struct span line, struct buf *scratch, struct audit_line *out)
{
	struct document d = {.scratch = scratch, .out = out, .record_ses = AUDIT_SESSION_NONE};

	if (!buf_reserve(scratch, line.len * 3))
		return false;
	out->is_empty = true;
	json_reader_init(&d.reader, line);
	read_object(&d, 0, 0);
	if (d.reader.error != JSON_OK)
		return false;
	out->close_at = json_offset(&d.reader) - 1;
	(void)json_peek(&d.reader); /* passes white space */
	if (json_offset(&d.reader) != line.len)
		return false;
	conclude(&d);
	return true;
}
