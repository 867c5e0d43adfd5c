/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_SPLIT_H
#define CORRELATOR_INPUT_RECORD_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "correlator/input/byte_search.h"

/*
 * Where the records of a CloudTrail log file begin and end: the form that AWS delivers,
 * {"Records":[{...},{...}]} and nothing else, with any white space. Exact as to strings and
 * escapes, and several times as fast as inflating; but what stands within a record is not checked
 * to be JSON. Anything of another form, and what is larger than 2 GiB, is left to
 * record_scan.
 */
struct record_bounds {
	uint32_t start, len; /* in the document */
	uint32_t source; /* from start: its own member "eventSource", at the key's quote; 0: none */
	uint8_t sources; /* how many of that key it has, up to 2 */
	bool escapes;    /* there is a backslash in it */
};

struct record_split {
	struct record_bounds *records;
	size_t count, cap;
};

enum record_split_result {
	RECORD_SPLIT_OK,
	RECORD_SPLIT_OTHER_FORM,
	RECORD_SPLIT_MEMORY,
};

void record_split_init(struct record_split *s);
void record_split_clear(struct record_split *s);
/* Splits the document; s->records is used again for the next one. */
enum record_split_result record_split_run(
    struct record_split *s, enum byte_means means, struct span document);

#endif
