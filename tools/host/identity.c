/* SPDX-License-Identifier: Apache-2.0 */
/* logintrail-host identity: which instance this is, asked once, at boot, for the recorder to know.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "common/json_reader.h"
#include "common/json_writer.h"
#include "common/time_text.h"
#include "pam_module/host_files.h"
#include "pam_module/host_instance.h"
#include "pam_module/receipt_metadata.h"
#include "tools/host/host.h"

#define METADATA_DEFAULT "http://169.254.169.254"
#define DOCUMENT_PATH    "dynamic/instance-identity/document"
#define DOCUMENT_MAX     ((size_t)64 * 1024)
#define ATTEMPT_US       (3 * US_PER_SECOND)
#define PAUSE_NS         500000000L

/* Of the instance identity document; raw JSON strings, which hold no escapes when they are valid.
 */
struct document {
	struct span instance_id, account_id, region;
};

static int64_t
monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static bool
read_document(struct span text, struct document *d)
{
	struct json_reader json;
	struct span key;

	*d = (struct document){.instance_id = SPAN_NONE};
	json_reader_init(&json, text);
	if (json_peek(&json) != JSON_OBJECT)
		return false;
	for (json_enter(&json, JSON_OBJECT); json_next_member(&json, &key);) {
		if (json_key_is(key, "instanceId"))
			d->instance_id = json_read_string(&json);
		else if (json_key_is(key, "accountId"))
			d->account_id = json_read_string(&json);
		else if (json_key_is(key, "region"))
			d->region = json_read_string(&json);
		else
			(void)json_skip(&json);
	}
	return json.error == JSON_OK && host_is_instance_id(d->instance_id) &&
	    d->account_id.len == 12 && host_is_made_of(d->account_id, "0123456789") &&
	    d->region.len <= 32 &&
	    host_is_made_of(d->region, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

static int
write_identity(const char *path, const struct document *d)
{
	struct json_writer w;
	struct buf text;
	int r;

	buf_init(&text, 4096);
	json_writer_init(&w, &text);
	json_object_begin(&w, NULL);
	json_put_span(&w, "instance_id", d->instance_id);
	json_put_span(&w, "account_id", d->account_id);
	json_put_span(&w, "region", d->region);
	json_object_end(&w);
	buf_putc(&text, '\n');
	if (text.failed)
		r = host_fail(path, "out of memory", 0);
	else if (host_file_replace(path, buf_span(&text), 0644) != 0)
		r = host_fail(path, "cannot be written", errno);
	else
		r = HOST_DONE;
	buf_clear(&text);
	return r;
}

/* What may be otherwise a moment later, while the network comes up. */
static bool
may_come(enum metadata_result result)
{
	return result == METADATA_UNREACHABLE || result == METADATA_TIMEOUT ||
	    result == METADATA_UNAVAILABLE || result == METADATA_UNAUTHORIZED;
}

static enum metadata_result
ask(struct span endpoint, int64_t deadline_us, struct buf *out)
{
	int64_t end = monotonic_us() + ATTEMPT_US;
	struct metadata *m = metadata_open(endpoint, end < deadline_us ? end : deadline_us);
	enum metadata_result result = METADATA_UNEXPECTED;

	if (m != NULL)
		result = metadata_get(m, DOCUMENT_PATH, out);
	metadata_close(m);
	return result;
}

static enum metadata_result
ask_again(struct span endpoint, int64_t deadline_us, struct buf *out)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};
	enum metadata_result result = ask(endpoint, deadline_us, out);

	while (may_come(result) && monotonic_us() + PAUSE_NS / 1000 < deadline_us) {
		(void)nanosleep(&pause, NULL);
		result = ask(endpoint, deadline_us, out);
	}
	return result;
}

static const char *
choose_endpoint(const struct host_options *o)
{
	const char *set = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT");

	if (o->endpoint_url != NULL)
		return o->endpoint_url;
	return set != NULL && set[0] != '\0' ? set : METADATA_DEFAULT;
}

int
identity_command(const struct host_options *o)
{
	const char *endpoint = choose_endpoint(o);
	enum metadata_result result;
	struct span url = span_of(endpoint);
	struct document d;
	struct buf text;
	int r;

	while (url.len != 0 && url.ptr[url.len - 1] == '/')
		url.len--;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return host_fail("identity", "libcurl cannot be used", 0);
	buf_init(&text, DOCUMENT_MAX);
	result = ask_again(url, monotonic_us() + o->wait_s * US_PER_SECOND, &text);
	if (result != METADATA_OK)
		r = host_fail(endpoint, metadata_result_name(result), 0);
	else if (!read_document(buf_span(&text), &d))
		r = host_fail(endpoint, "does not answer with an instance identity document", 0);
	else
		r = write_identity(o->identity, &d);
	buf_clear(&text);
	curl_global_cleanup();
	return r;
}
