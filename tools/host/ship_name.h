/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_NAME_H
#define TOOLS_HOST_SHIP_NAME_H

#include "correlator/aws/sigv4.h"
#include "tools/host/ship_part.h"

/*
 * What a part is called where it is shipped to, docs/FORMAT.md, "Shipped logs". The name follows
 * from the place and the part's first line alone: whatever is shipped again from the same line on
 * gets the same name, and finds it taken. Pure.
 */
struct ship_place {
	struct span prefix; /* of the key; no "/" at either end */
	struct span account, region, instance;
};

/* Appends PREFIX/logins/ACCOUNT/REGION/YYYY/MM/DD/INSTANCE_YYYYMMDDTHHMMSSZ_SEQ_HASH.jsonl.gz; with
 * attempt over 1 "_ATTEMPT" behind HASH. */
void ship_name_put(struct buf *out, const struct ship_place *place, const struct ship_part *part,
    unsigned attempt);

/* Metadata of the object (x-amz-meta-...). Values lie in texts, which the caller clears. Returns
 * how many there are. */
#define SHIP_METADATA_MAX 8
size_t ship_name_metadata(const struct ship_part *part, struct buf *texts,
    struct sigv4_pair out[static SHIP_METADATA_MAX]);

/* Reads "HASH:SEQ". False when it is none. */
bool ship_mark_read(struct span text, struct ship_mark *mark);

#define SHIP_METADATA_LAST "last"

#endif
