/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVENTS_TEXT_MEMBERS_H
#define CORRELATOR_EVENTS_TEXT_MEMBERS_H

#include "common/json_reader.h"

/*
 * Reads the members of a JSON object that a table names into spans of a struct: strings decoded,
 * numbers and booleans as their text, everything else absent. An entry with `inside` is an object
 * whose own members that table names, in a struct that begins at offset. A `raw` one is the value
 * as it is written, whatever its type.
 */
struct text_member {
	const char *name; /* NULL ends the table */
	size_t offset;    /* of a struct span, or of what `inside` fills */
	const struct text_member *inside;
	bool raw;
};

/*
 * Reads the value that stands next; all that the table names is absent where the value is not an
 * object. Of members named twice the last one counts, wholly. Decoded text is appended to scratch,
 * which must not need to grow (json_unescape).
 */
void text_members_read(
    struct json_reader *r, struct buf *scratch, const struct text_member *table, void *into);

#endif
