/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/asked_events.h"

#include "common/time_text.h"
#include "correlator/events/event.h"

/* What explains a login lies close before it; but who was behind the role of an instance is told by
 * who was logged in there, for as long as sessions last (docs/SEMANTICS.md, "Retention"). */
#define CONNECT_BEFORE_US (30 * US_PER_DAY)
/* Credentials live 36 hours at most: two of these one behind the other. */
#define ISSUE_BEFORE_US (72 * US_PER_HOUR)
/* The clocks of hosts. */
#define AFTER_US US_PER_HOUR

const char *
asked_event_name(size_t at)
{
	static const char *const connect[ASKED_EVENTS_CONNECT] = {
	    "SendSSHPublicKey", "SendSerialConsoleSSHPublicKey", "OpenTunnel"};
	size_t issue = at - ASKED_EVENTS_CONNECT + ISSUE_NONE + 1;

	if (at < ASKED_EVENTS_CONNECT)
		return connect[at];
	return issue < ISSUE_KINDS ? issue_kind_name((enum issue_kind)issue) : NULL;
}

struct asked_span
asked_events_span(const struct asked_events *a, bool is_issue, int64_t oldest_us)
{
	int64_t before_us = is_issue ? ISSUE_BEFORE_US : CONNECT_BEFORE_US;
	struct asked_span span = {oldest_us, a->now_us};

	if (a->from_us > oldest_us && a->from_us - oldest_us > before_us)
		span.from_us = a->from_us - before_us;
	if (a->whole_days && span.from_us % US_PER_DAY != 0)
		span.from_us += US_PER_DAY - span.from_us % US_PER_DAY;
	if (a->to_us < a->now_us - AFTER_US)
		span.to_us = a->to_us + AFTER_US;
	if (span.to_us < oldest_us)
		span.to_us = oldest_us;
	if (span.from_us > span.to_us)
		span.from_us = span.to_us;
	return span;
}

int
asked_token_read(struct json_reader *r, struct span *raw)
{
	enum json_type type = json_peek(r);

	*raw = json_read_string(r);
	return type == JSON_STRING || type == JSON_NULL ? 0 : -2;
}

int
asked_token_put(struct buf *token, struct span raw)
{
	struct buf scratch;
	int r;

	if (raw.ptr == NULL)
		return 0;
	buf_init(&scratch, raw.len * 3 + 1);
	r = buf_reserve(&scratch, scratch.max) ? 0 : -1;
	if (r == 0)
		buf_put_span(token, json_unescape(raw, &scratch));
	buf_clear(&scratch);
	return r;
}
