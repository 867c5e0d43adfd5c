/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a document: every record given out is one whole JSON value, inside the document or a
 * string of it; the number of faults told is bounded by the number of lines and values.
 */
#include <stdint.h>

#include "correlator/input/record_scan.h"

struct seen {
	uint64_t records, malformed;
	size_t len;
};

static int
see_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct seen *seen = ctx;
	struct json_reader r;
	struct span whole;

	seen->records++;
	json_reader_init(&r, text);
	whole = json_skip(&r);
	if (r.error != JSON_OK || r.at != r.end || whole.ptr != text.ptr)
		abort();
	if (shape == RECORD_CLOUDTRAIL &&
	    (header->event_source.ptr == NULL || header->event_name.ptr == NULL))
		abort();
	if (header->event_name.ptr != NULL &&
	    (header->event_name.ptr < text.ptr ||
		header->event_name.ptr + header->event_name.len > text.ptr + text.len))
		abort();
	return 0;
}

static void
see_malformed(void *ctx, size_t offset, enum json_error error)
{
	struct seen *seen = ctx;

	seen->malformed++;
	if (offset > seen->len || error == JSON_OK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = {.len = size};
	struct record_visitor visitor = {&seen, see_record, see_malformed};
	struct buf scratch;

	buf_init(&scratch, size > 4096 ? 4096 : 1 << 20);
	if (record_scan((struct span){(const char *)data, size}, &scratch, &visitor) != 0)
		abort();
	if (seen.malformed > size + 1 || seen.records > size + 1)
		abort();
	buf_clear(&scratch);
	return 0;
}
