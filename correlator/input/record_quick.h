/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_QUICK_H
#define CORRELATOR_INPUT_RECORD_QUICK_H

#include "correlator/input/record_scan.h"
#include "correlator/input/record_split.h"

/*
 * The header of a record without reading the rest of it, where the record is written as AWS writes
 * them: eventTime, eventSource, eventName and awsRegion side by side, no escapes in these, and one
 * readOnly and one recipientAccountId further on. False for anything else: then the whole
 * record is to be read (record_scan). Values are set as record_scan does, but for the whole values
 * (userIdentity and the like), which stay absent.
 */
bool record_quick_header(enum byte_means means, struct span document,
    const struct record_bounds *bounds, struct record_header *header);

/* Adds responseElements to such a header: from its value to the record's end, for a reader of one
 * value. False when it stands behind the source more than once, or not at all, or behind an
 * errorCode: then too the whole record is to be read. */
bool record_quick_response(enum byte_means means, struct span document,
    const struct record_bounds *bounds, struct record_header *header);

/* True when "eventName" stands in the record once: the name of the header is the only one. */
bool record_quick_is_named_once(
    enum byte_means means, struct span document, const struct record_bounds *bounds);

#endif
