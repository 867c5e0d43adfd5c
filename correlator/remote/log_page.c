/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/log_page.h"

#include "common/json_reader.h"
#include "common/json_writer.h"
#include "common/time_text.h"

#define PAGE_EVENTS_MAX 10000
#define FILTER_MAX      1024 /* of the API */
#define US_PER_MS       1000
#define MS_MAX          INT64_C(253402300799999) /* of the year 9999 */

void
log_page_put_filter(struct buf *out, bool people)
{
	const char *name;

	for (size_t i = 0; (name = asked_event_name(i)) != NULL; i++) {
		if (i >= ASKED_EVENTS_CONNECT && !people)
			break;
		buf_printf(out, "%s($.eventName = \"%s\")", i == 0 ? "{ " : " || ", name);
	}
	buf_puts(out, " }");
}

void
log_page_ask(
    struct buf *out, const char *group, struct asked_span span, bool people, struct span token)
{
	bool is_arn = strncmp(group, "arn:", 4) == 0;
	struct json_writer w;
	struct buf filter;

	buf_init(&filter, FILTER_MAX);
	log_page_put_filter(&filter, people);
	json_writer_init(&w, out);
	json_object_begin(&w, NULL);
	json_put_string(&w, is_arn ? "logGroupIdentifier" : "logGroupName", group);
	json_put_int(&w, "startTime", span.from_us / US_PER_MS);
	json_put_int(&w, "endTime", (span.to_us + US_PER_MS - 1) / US_PER_MS);
	json_put_span(&w, "filterPattern", buf_span(&filter));
	json_put_int(&w, "limit", PAGE_EVENTS_MAX);
	if (token.len != 0)
		json_put_span(&w, "nextToken", token);
	json_object_end(&w);
	if (filter.failed)
		out->failed = true;
	buf_clear(&filter);
}

/* One reading of an answer. */
struct log_page {
	log_page_message *message;
	void *ctx;
	struct buf line;
};

/* A message, on one line: a line's end in a record is white space. */
static int
tell_message(struct log_page *p, int64_t time_us, struct span raw)
{
	struct span text;

	buf_reset(&p->line);
	if (raw.len > (p->line.max - 1) / 4 || !buf_reserve(&p->line, raw.len * 4 + 1))
		return -1;
	text = json_unescape(raw, &p->line);
	if (p->line.len == 0) /* nothing was to be decoded: it stands in the answer */
		buf_put_span(&p->line, text);
	for (size_t i = 0; i < p->line.len; i++)
		if (p->line.ptr[i] == '\n' || p->line.ptr[i] == '\r')
			p->line.ptr[i] = ' ';
	return p->message(p->ctx, time_us, buf_span(&p->line));
}

static int
read_event(struct json_reader *r, struct log_page *p)
{
	struct span key, raw = SPAN_NONE;
	int64_t ms = -1;

	if (json_peek(r) != JSON_OBJECT) {
		(void)json_skip(r);
		return 0;
	}
	for (json_enter(r, JSON_OBJECT); json_next_member(r, &key);) {
		if (json_key_is(key, "message"))
			raw = json_read_string(r);
		else if (json_key_is(key, "timestamp"))
			(void)json_read_int(r, &ms);
		else
			(void)json_skip(r);
	}
	if (r->error != JSON_OK || raw.len == 0)
		return 0;
	return tell_message(p, ms >= 0 && ms <= MS_MAX ? ms * US_PER_MS : INT64_MIN, raw);
}

static int
read_answer(struct json_reader *r, struct log_page *p, struct span *token)
{
	bool has_events = false;
	struct span key;
	int result = 0;

	for (json_enter(r, JSON_OBJECT); result == 0 && json_next_member(r, &key);) {
		if (json_key_is(key, "events") && json_peek(r) == JSON_ARRAY) {
			has_events = true;
			for (json_enter(r, JSON_ARRAY); result == 0 && json_next_element(r);)
				result = read_event(r, p);
		} else if (json_key_is(key, "nextToken"))
			result = asked_token_read(r, token);
		else
			(void)json_skip(r);
	}
	if (result == 0 && (r->error != JSON_OK || !has_events))
		result = -2;
	return result;
}

int
log_page_read(struct span text, log_page_message *message, void *ctx, struct buf *token)
{
	struct log_page p = {.message = message, .ctx = ctx};
	struct span raw = SPAN_NONE;
	struct json_reader r;
	int result;

	buf_init(&p.line, 4 * text.len + 1);
	json_reader_init(&r, text);
	result = read_answer(&r, &p, &raw);
	buf_clear(&p.line);
	return result != 0 ? result : asked_token_put(token, raw);
}
