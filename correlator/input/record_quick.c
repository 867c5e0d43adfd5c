/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_quick.h"

#define TIME_LEN 20 /* "2026-11-22T06:22:40Z" */
/* What stands behind requestParameters and responseElements is short. */
#define TAIL_USUAL 640
#define TAIL_LONG  1536

static bool
take(struct span *rest, const char *text)
{
	if (!span_starts(*rest, text))
		return false;
	*rest = span_from(*rest, strlen(text));
	return true;
}

/* A string's inside up to its closing quote, which is passed too; false with an escape in it. */
static bool
take_string(struct span *rest, struct span *out)
{
	struct span text;

	if (!span_cut(rest, '"', &text) || rest->ptr == NULL ||
	    memchr(text.ptr, '\\', text.len) != NULL)
		return false;
	*out = text;
	return true;
}

/* What AWS writes side by side. */
static bool
read_row(struct span record, uint32_t source, struct record_header *h)
{
	static const char time_key[] = "\"eventTime\":\"";
	const size_t before = sizeof(time_key) - 1 + TIME_LEN + 2;
	struct span rest;

	if (source < before)
		return false;
	rest = span_from(record, source - before);
	return take(&rest, time_key) && take_string(&rest, &h->event_time) &&
	    h->event_time.len == TIME_LEN && take(&rest, ",\"eventSource\":\"") &&
	    take_string(&rest, &h->event_source) && take(&rest, ",\"eventName\":\"") &&
	    take_string(&rest, &h->event_name) && take(&rest, ",\"awsRegion\":\"") &&
	    take_string(&rest, &h->aws_region);
}

/* What stands behind the pattern's one occurrence in the tail. */
static bool
find_once(enum byte_means means, struct span tail, const struct byte_pattern *pattern,
    struct span *behind)
{
	size_t at = byte_search(means, tail, 0, pattern);

	if (at == tail.len || byte_search(means, tail, at + 1, pattern) != tail.len)
		return false;
	*behind = span_from(tail, at + pattern->len);
	return true;
}

static bool
read_tail(enum byte_means means, struct span tail, struct record_header *h)
{
	static const struct byte_pattern read_only = {"\"readOnly\":", 11, 5, 10};
	static const struct byte_pattern account = {"\"recipientAccoun", 16, 10, 0};
	struct span rest;

	if (!find_once(means, tail, &read_only, &rest))
		return false;
	if (span_starts(rest, "true"))
		h->read_only = span_head(rest, 4);
	else if (span_starts(rest, "false"))
		h->read_only = span_head(rest, 5);
	else
		return false;
	return find_once(means, tail, &account, &rest) && take(&rest, "tId\":\"") &&
	    take_string(&rest, &h->recipient_account_id);
}

/* The last bytes of the record, or what stands behind its row where that is less. */
static struct span
tail_of(struct span record, uint32_t source, size_t len)
{
	size_t at = record.len > len ? record.len - len : 0;

	return span_from(record, at > source ? at : source);
}

/* A letter of a name may be spelled "\\u0053": then names cannot be told by their bytes. */
static bool
spells_letters(enum byte_means means, struct span record, const struct record_bounds *bounds)
{
	static const struct byte_pattern spelled = {"\\u00", 4, 0, 1};

	return bounds->escapes && byte_search(means, record, 0, &spelled) != record.len;
}

bool
record_quick_header(enum byte_means means, struct span document, const struct record_bounds *bounds,
    struct record_header *header)
{
	struct span record = {document.ptr + bounds->start, bounds->len};

	*header = (struct record_header){0};
	return bounds->sources == 1 && read_row(record, bounds->source, header) &&
	    !spells_letters(means, record, bounds) &&
	    (read_tail(means, tail_of(record, bounds->source, TAIL_USUAL), header) ||
		read_tail(means, tail_of(record, bounds->source, TAIL_LONG), header));
}

static bool
has(enum byte_means means, struct span text, const struct byte_pattern *pattern)
{
	return byte_search(means, text, 0, pattern) != text.len;
}

bool
record_quick_response(enum byte_means means, struct span document,
    const struct record_bounds *bounds, struct record_header *header)
{
	static const struct byte_pattern response = {"\"responseElement", 16, 9, 0};
	static const struct byte_pattern error = {"\"errorCode\"", 11, 6, 10};
	struct span record = {document.ptr + bounds->start, bounds->len};
	size_t at = byte_search(means, record, bounds->source, &response);
	struct span before = span_from(span_head(record, at), bounds->source);
	struct span rest = span_from(record, at + response.len);

	if (!take(&rest, "s\":") || has(means, before, &error) || has(means, rest, &response))
		return false;
	header->response_elements = rest;
	return true;
}

bool
record_quick_is_named_once(
    enum byte_means means, struct span document, const struct record_bounds *bounds)
{
	static const struct byte_pattern name = {"\"eventName\"", 11, 6, 10};
	struct span record = {document.ptr + bounds->start, bounds->len};
	size_t at = byte_search(means, record, 0, &name);

	return at != record.len && byte_search(means, record, at + 1, &name) == record.len;
}
