/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a document: all means of splitting say the same, and where the document is JSON,
 * the records are those that the JSON reader finds, with the same keys in them.
 */
#include <stdint.h>
#include <stdlib.h>

#include "common/json_reader.h"
#include "correlator/input/record_split.h"

/* How often a record has the key, as it is written, and where last. */
static void
check_sources(struct span document, const struct record_bounds *b)
{
	struct span record = {document.ptr + b->start, b->len}, key;
	unsigned times = 0;
	struct json_reader r;
	bool value_is_key = false;
	uint32_t at = 0;

	json_reader_init(&r, record);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);) {
		if (span_is(key, "eventSource")) {
			times++;
			at = (uint32_t)(key.ptr - 1 - record.ptr);
		}
		value_is_key |= span_is(json_skip(&r), "\"eventSource\"");
	}
	/* a value of that text is taken for a key: whoever reads on sees that no colon follows */
	if (!value_is_key && (b->sources != (times < 2 ? times : 2) || b->source != at))
		abort();
	if (b->escapes != (memchr(record.ptr, '\\', record.len) != NULL))
		abort();
}

/* The records of a document of that form; false when it is not JSON. */
static bool
check_records(struct span document, const struct record_split *split)
{
	struct json_reader r;
	struct span key;
	size_t count = 0;

	json_reader_init(&r, document);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);) {
		for (json_enter(&r, JSON_ARRAY); json_next_element(&r);) {
			struct span record = json_skip(&r);

			if (r.error != JSON_OK)
				return false;
			if (count >= split->count ||
			    record.ptr != document.ptr + split->records[count].start ||
			    record.len != split->records[count].len)
				abort();
			check_sources(document, &split->records[count++]);
		}
	}
	if (r.error == JSON_OK && count != split->count)
		abort();
	return r.error == JSON_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span document = {(const char *)data, size};
	struct record_split first, other;
	enum record_split_result result;

	record_split_init(&first);
	record_split_init(&other);
	result = record_split_run(&first, BYTE_MEANS_PORTABLE, document);
	for (enum byte_means m = BYTE_MEANS_PORTABLE + 1; m < BYTE_MEANS_COUNT; m++) {
		if (!byte_means_has(m))
			continue;
		if (record_split_run(&other, m, document) != result || other.count != first.count)
			abort();
		for (size_t i = 0; result == RECORD_SPLIT_OK && i < first.count; i++)
			if (memcmp(&first.records[i], &other.records[i],
				sizeof(first.records[i])) != 0)
				abort();
	}
	if (result == RECORD_SPLIT_OK)
		(void)check_records(document, &first);
	record_split_clear(&first);
	record_split_clear(&other);
	return 0;
}
