/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_QUICK_H
#define CORRELATOR_INPUT_RECORD_QUICK_H

#include "correlator/input/record_scan.h"
#include "correlator/input/record_split.h"

/* Ends of records, of which most are written again and again: what was found in each. A part of
 * what is looked for lies before them, so that is a help and no more. Zeroed to begin with. */
#define RECORD_TAILS    32
#define RECORD_TAIL_MAX 488

struct record_tail {
	uint16_t len;                                  /* of the text; 0: none */
	uint16_t account_back, account_len, read_back; /* from the record's end */
	bool read_only;
	char text[RECORD_TAIL_MAX];
};

struct record_tails {
	struct record_tail rows[RECORD_TAILS];
};

/*
 * The header of a record without reading the rest of it, where the record is written as AWS writes
 * them: eventTime, eventSource, eventName and awsRegion side by side, no escapes in these, and its
 * own readOnly and recipientAccountId not far from its end. False for anything else: then the whole
 * record is to be read (record_scan). Values are set as record_scan does, but for the whole values
 * (userIdentity and the like), which stay absent. tails: of records before, any; or NULL.
 */
bool record_quick_header(enum byte_means means, struct span document,
    const struct record_bounds *bounds, struct record_tails *tails, struct record_header *header);

/* True when "eventName" stands in the record once: the name of the header is the only one. */
bool record_quick_is_named_once(
    enum byte_means means, struct span document, const struct record_bounds *bounds);

#endif
