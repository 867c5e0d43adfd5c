/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/host_instance.h"

#include "common/json_reader.h"
#include "pam_module/host_files.h"

#define IDENTITY_MAX   ((size_t)64 * 1024)
#define CLOUD_INIT_MAX ((size_t)1024 * 1024)

struct identity {
	struct span instance_id, account_id, region;
};

bool
host_is_instance_id(struct span s)
{
	return span_starts(s, "i-") && s.len >= 10 && s.len <= 19 &&
	    host_is_made_of(span_from(s, 2), "0123456789abcdef");
}

/* The members of the object that stands next. Values hold no escapes, or they are not taken. */
static void
read_identity(struct json_reader *json, struct identity *id)
{
	struct span key;

	if (json_peek(json) != JSON_OBJECT) {
		(void)json_skip(json);
		return;
	}
	for (json_enter(json, JSON_OBJECT); json_next_member(json, &key);) {
		if (json_key_is(key, "instance_id"))
			id->instance_id = json_read_string(json);
		else if (json_key_is(key, "account_id"))
			id->account_id = json_read_string(json);
		else if (json_key_is(key, "region"))
			id->region = json_read_string(json);
		else
			(void)json_skip(json);
	}
}

static struct identity
parse_identity(struct span text)
{
	struct identity id = {.instance_id = SPAN_NONE};
	struct json_reader json;

	json_reader_init(&json, text);
	read_identity(&json, &id);
	return json.error == JSON_OK ? id : (struct identity){.instance_id = SPAN_NONE};
}

/* cloud-init's standard keys stand in "v1". */
static struct identity
parse_cloud_init(struct span text)
{
	struct identity id = {.instance_id = SPAN_NONE};
	struct json_reader json;
	struct span key;

	json_reader_init(&json, text);
	if (json_peek(&json) != JSON_OBJECT)
		return id;
	for (json_enter(&json, JSON_OBJECT); json_next_member(&json, &key);) {
		if (json_key_is(key, "v1"))
			read_identity(&json, &id);
		else
			(void)json_skip(&json);
	}
	id.account_id = SPAN_NONE;
	return json.error == JSON_OK ? id : (struct identity){.instance_id = SPAN_NONE};
}

static void
take(struct span *known, struct span found, bool valid, struct buf *storage)
{
	if (known->ptr == NULL && valid)
		*known = host_store(storage, found);
}

static void
merge(const struct identity *id, struct buf *storage, struct login_record *r)
{
	if (!host_is_instance_id(id->instance_id) ||
	    (r->host.instance_id.ptr != NULL && !span_eq(r->host.instance_id, id->instance_id)))
		return;
	take(&r->host.instance_id, id->instance_id, true, storage);
	take(&r->host.account_id, id->account_id,
	    id->account_id.len == 12 && host_is_made_of(id->account_id, "0123456789"), storage);
	take(&r->host.region, id->region,
	    id->region.len <= 32 &&
		host_is_made_of(id->region, "abcdefghijklmnopqrstuvwxyz0123456789-"),
	    storage);
}

static void
read_file(const char *path, size_t max, bool private, struct identity (*parse)(struct span),
    struct buf *storage, struct login_record *r)
{
	struct identity id;
	struct buf text;

	buf_init(&text, max + 8192);
	if (host_file_read(path, max, private, &text)) {
		id = parse(buf_span(&text));
		merge(&id, storage, r);
	}
	buf_clear(&text);
}

static bool
is_complete(const struct login_record *r)
{
	return r->host.instance_id.ptr != NULL && r->host.region.ptr != NULL;
}

void
host_instance_read(const struct host_paths *paths, struct buf *storage, struct login_record *r)
{
	struct identity tag = {.instance_id = SPAN_NONE};
	char text[64];

	read_file(paths->identity, IDENTITY_MAX, true, parse_identity, storage, r);
	if (is_complete(r))
		return;
	tag.instance_id = host_file_line(paths->dmi_asset_tag, text, sizeof(text));
	merge(&tag, storage, r);
	read_file(paths->cloud_init, CLOUD_INIT_MAX, false, parse_cloud_init, storage, r);
}
