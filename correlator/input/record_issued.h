/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_ISSUED_H
#define CORRELATOR_INPUT_RECORD_ISSUED_H

#include "correlator/input/record_scan.h"
#include "correlator/input/record_split.h"

/* What an event of AWS Security Token Service issued; in the document. */
struct record_issued {
	struct span access_key_id, principal_id;
};

/*
 * What the response of such an event says was issued, where it is written as AWS writes it: the
 * credentials, the assumed role's user, and no other objects; where there is one responseElements
 * behind the source, no errorCode, one eventName, and no escape in the record; ids
 * in ASCII. False for
 * anything else: then too the whole record is to be read.
 */
bool record_issued_read(enum byte_means means, struct span document,
    const struct record_bounds *bounds, const struct record_header *header,
    struct record_issued *issued);

#endif
