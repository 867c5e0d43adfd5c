/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a log file: a record that the quick way takes for one of no use is of no use when it
 * is read in full.
 */
#include <stdint.h>
#include <stdlib.h>

#include "correlator/events/event.h"
#include "correlator/input/record_quick.h"

struct seen {
	bool whole, broken;
	enum event_kind kind;
	const char *at;
	size_t len;
};

static int
see_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct seen *seen = ctx;

	if (text.ptr == seen->at && text.len == seen->len && shape == RECORD_CLOUDTRAIL) {
		seen->whole = true;
		seen->kind = event_kind_of(header);
	}
	return 0;
}

static void
see_malformed(void *ctx, size_t offset, enum json_error error)
{
	struct seen *seen = ctx;

	(void)offset;
	(void)error;
	seen->broken = true;
}

static void
check_record(struct span document, const struct record_bounds *b)
{
	struct seen seen = {.at = document.ptr + b->start, .len = b->len};
	struct record_visitor visitor = {&seen, see_record, see_malformed};
	const enum byte_means means = byte_means_best();
	struct record_header header;
	struct buf scratch;

	if (!record_quick_header(means, document, b, NULL, &header) ||
	    event_kind_of(&header) != EVENT_OTHER ||
	    (event_source_of_use(header.event_source) &&
		!record_quick_is_named_once(means, document, b)))
		return;
	buf_init(&scratch, 1 << 20);
	if (record_scan((struct span){seen.at, seen.len}, &scratch, &visitor) != 0)
		abort();
	if (seen.whole && !seen.broken && seen.kind != EVENT_OTHER)
		abort();
	buf_clear(&scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span document = {(const char *)data, size};
	struct record_split split;

	record_split_init(&split);
	if (record_split_run(&split, byte_means_best(), document) == RECORD_SPLIT_OK)
		for (size_t i = 0; i < split.count; i++)
			check_record(document, &split.records[i]);
	record_split_clear(&split);
	return 0;
}
