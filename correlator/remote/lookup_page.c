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

/* The time of an event that is known to be JSON. */
static int64_t
find_time(struct span event)
{
	int64_t time_us = INT64_MIN;
	struct json_reader r;
	struct span key;

	json_reader_init(&r, event);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);) {
		if (json_key_is(key, "EventTime") && json_peek(&r) == JSON_NUMBER)
			time_us = lookup_page_time(json_skip(&r));
		else
			(void)json_skip(&r);
	}
	return time_us;
}

static int
read_events(struct json_reader *r, lookup_page_event *event, void *ctx)
{
	int result = 0;

	for (json_enter(r, JSON_ARRAY); result == 0 && json_next_element(r);) {
		bool is_object = json_peek(r) == JSON_OBJECT;
		struct span text = json_skip(r);

		if (is_object && r->error == JSON_OK)
			result = event(ctx, find_time(text), text);
	}
	return result;
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
			raw = json_read_string(&r);
		else
			(void)json_skip(&r);
	}
	if (result != 0)
		return result;
	if (r.error != JSON_OK || !has_events)
		return -2;
	return asked_token_put(token, raw);
}
