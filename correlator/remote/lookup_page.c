/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/lookup_page.h"

#include "common/json_reader.h"
#include "common/json_writer.h"
#include "common/time_text.h"

#define PAGE_EVENTS_MAX 50
#define NUMBER_MAX      40
#define SECONDS_MAX     253402300799.0 /* of the year 9999 */

void
lookup_page_ask(struct buf *out, const char *event_name, struct asked_span span, struct span token)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_begin(&w, NULL);
	json_array_begin(&w, "LookupAttributes");
	json_object_begin(&w, NULL);
	json_put_string(&w, "AttributeKey", "EventName");
	json_put_string(&w, "AttributeValue", event_name);
	json_object_end(&w);
	json_array_end(&w);
	json_put_int(&w, "StartTime", span.from_us / US_PER_SECOND);
	json_put_int(&w, "EndTime", (span.to_us + US_PER_SECOND - 1) / US_PER_SECOND);
	json_put_int(&w, "MaxResults", PAGE_EVENTS_MAX);
	if (token.len != 0)
		json_put_span(&w, "NextToken", token);
	json_object_end(&w);
}

int64_t
lookup_page_time(struct span number)
{
	char text[NUMBER_MAX + 1];
	double seconds;
	char *end;

	if (number.len == 0 || number.len > NUMBER_MAX)
		return INT64_MIN;
	memcpy(text, number.ptr, number.len);
	text[number.len] = '\0';
	seconds = strtod(text, &end);
	if (*end != '\0' || !(seconds >= 0 && seconds <= SECONDS_MAX))
		return INT64_MIN;
	return (int64_t)(seconds * (double)US_PER_SECOND);
}

/* True for a raw JSON string that holds a JSON object. */
static bool
holds_object(struct span raw, struct buf *scratch)
{
	struct json_reader r;

	buf_reset(scratch);
	if (raw.ptr == NULL || !buf_reserve(scratch, raw.len * 3 + 1))
		return false;
	json_reader_init(&r, json_unescape(raw, scratch));
	if (json_peek(&r) != JSON_OBJECT)
		return false;
	(void)json_skip(&r);
	return r.error == JSON_OK;
}

/* The event's time; false when it is none: what cannot be read may be what is looked for. */
static bool
read_event(struct span event, struct buf *scratch, int64_t *time_us)
{
	struct json_reader r;
	struct span key;
	bool has_record = false;

	*time_us = INT64_MIN;
	json_reader_init(&r, event);
	if (json_peek(&r) != JSON_OBJECT)
		return false;
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);) {
		if (json_key_is(key, "EventTime") && json_peek(&r) == JSON_NUMBER)
			*time_us = lookup_page_time(json_skip(&r));
		else if (json_key_is(key, "CloudTrailEvent"))
			has_record = holds_object(json_read_string(&r), scratch);
		else
			(void)json_skip(&r);
	}
	return has_record && r.error == JSON_OK;
}

/* What can be read is told, even where something else cannot. */
static int
read_events(struct json_reader *r, lookup_page_event *event, void *ctx)
{
	bool has_other = false;
	struct buf scratch;
	int result = 0;

	buf_init(&scratch, (size_t)(r->end - r->start) * 3 + 1);
	for (json_enter(r, JSON_ARRAY); result == 0 && json_next_element(r);) {
		struct span text = json_skip(r);
		int64_t time_us;

		if (r->error == JSON_OK && read_event(text, &scratch, &time_us))
			result = event(ctx, time_us, text);
		else
			has_other = true;
		if (scratch.failed)
			result = -1;
	}
	buf_clear(&scratch);
	return result != 0 ? result : has_other ? -2 : 0;
}

int
lookup_page_read(struct span text, lookup_page_event *event, void *ctx, struct buf *token)
{
	struct span key, raw = SPAN_NONE;
	bool has_events = false;
	struct json_reader r;
	int result = 0;

	json_reader_init(&r, text);
	for (json_enter(&r, JSON_OBJECT); result == 0 && json_next_member(&r, &key);) {
		if (json_key_is(key, "Events") && json_peek(&r) == JSON_ARRAY) {
			result = read_events(&r, event, ctx);
			has_events = true;
		} else if (json_key_is(key, "NextToken"))
			result = asked_token_read(&r, &raw);
		else
			(void)json_skip(&r);
	}
	if (result != 0)
		return result;
	if (r.error != JSON_OK || !has_events)
		return -2;
	return asked_token_put(token, raw);
}
