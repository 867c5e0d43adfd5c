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

/* What an event of AWS Security Token Service issued; in the document. */
struct record_issued {
	struct span access_key_id, principal_id;
};

/*
 * What the response of such an event says was issued, where it is written as AWS writes it: the
 * credentials, the assumed role's user, and no other objects; where there is one responseElements
 * and no errorCode behind the source, one eventName in the record, and no escape. False for
 * anything else: then too the whole record is to be read.
 */
bool record_quick_issued(enum byte_means means, struct span document,
    const struct record_bounds *bounds, const struct record_header *header,
    struct record_issued *issued);

/* True when "eventName" stands in the record once: the name of the header is the only one. */
bool record_quick_is_named_once(
    enum byte_means means, struct span document, const struct record_bounds *bounds);

#endif
