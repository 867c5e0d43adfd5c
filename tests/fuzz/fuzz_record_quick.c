/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a log file: a record that the quick way takes for one of no use is of no use when it
 * is read in full; its account and what it says of reading are the record's own, whatever stood in
 * the records before; and no key of an issuing event is missed.
 */
#include <stdint.h>
#include <stdlib.h>

#include "correlator/events/event.h"
#include "correlator/events/issue_keys.h"
#include "correlator/input/record_issued.h"
#include "correlator/input/record_quick.h"

struct seen {
	bool whole, broken;
	enum event_kind kind;
	enum issue_kind issue;
	struct span account, read_only;
	struct issue_keys keys;
	const char *at;
	size_t len;
};

static void
see_keys(struct seen *seen, const struct record_header *header)
{
	struct buf scratch;

	buf_init(&scratch, 1 << 20);
	if (issue_keys_read(seen->issue, header, &scratch, &seen->keys) != EVENT_OK)
		seen->keys.count = 0;
	buf_clear(&scratch);
}

static int
see_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct seen *seen = ctx;

	if (text.ptr == seen->at && text.len == seen->len && shape == RECORD_CLOUDTRAIL) {
		seen->whole = true;
		seen->kind = event_kinds_of(header, &seen->issue);
		seen->account = header->recipient_account_id;
		seen->read_only = header->read_only;
		if (seen->kind == EVENT_ISSUE)
			see_keys(seen, header);
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
check_issued(struct span document, const struct record_bounds *b,
    const struct record_header *header, const struct seen *seen)
{
	struct record_issued issued;
	struct issue_keys keys;

	if (!issue_keys_need_response_alone(seen->issue) ||
	    !record_issued_read(byte_means_best(), document, b, header, &issued))
		return;
	issue_keys_of_response(
	    seen->keys.time_us, issued.access_key_id, issued.principal_id, &keys);
	for (size_t i = 0; i < seen->keys.count; i++) {
		size_t k = 0;

		while (k < keys.count && keys.keys[k] != seen->keys.keys[i])
			k++;
		if (k == keys.count)
			abort();
	}
}

static bool
is_same(struct span a, struct span b)
{
	return a.ptr == b.ptr && a.len == b.len;
}

static void
check_record(struct span document, const struct record_bounds *b, struct record_tails *tails)
{
	struct seen seen = {.at = document.ptr + b->start, .len = b->len};
	struct record_visitor visitor = {&seen, see_record, see_malformed};
	struct record_header header, by_tails;
	struct buf scratch;

	for (enum byte_means m = 0; m < BYTE_MEANS_COUNT; m++)
		if (byte_means_has(m) &&
		    record_quick_header(m, document, b, NULL, &header) !=
			record_quick_header(BYTE_MEANS_PORTABLE, document, b, NULL, &by_tails))
			abort();
	if (!record_quick_header(byte_means_best(), document, b, tails, &by_tails))
		return;
	buf_init(&scratch, 1 << 20);
	if (record_scan((struct span){seen.at, seen.len}, &scratch, &visitor) != 0)
		abort();
	buf_clear(&scratch);
	if (!seen.whole || seen.broken)
		return;
	if (!is_same(seen.account, by_tails.recipient_account_id) ||
	    !is_same(seen.read_only, by_tails.read_only))
		abort();
	if (seen.kind == EVENT_ISSUE)
		check_issued(document, b, &by_tails, &seen);
	if (event_kind_of(&by_tails) == EVENT_OTHER && seen.kind != EVENT_OTHER &&
	    (!event_source_of_use(by_tails.event_source) ||
		record_quick_is_named_once(byte_means_best(), document, b)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span document = {(const char *)data, size};
	struct record_tails tails = {0};
	struct record_split split;

	record_split_init(&split);
	if (record_split_run(&split, byte_means_best(), document) == RECORD_SPLIT_OK)
		for (size_t i = 0; i < split.count; i++)
			check_record(document, &split.records[i], &tails);
	record_split_clear(&split);
	return 0;
}
