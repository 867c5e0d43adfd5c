/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_SPOT_H
#define TOOLS_HOST_SHIP_SPOT_H

#include "tools/host/ship_reader.h"
#include "tools/host/ship_state.h"

/* Where in the files of a log a line lies. */
struct ship_spot {
	size_t file;
	off_t begin, end; /* of the line with its LF */
};

enum ship_look {
	SHIP_LOOK_FOUND,
	SHIP_LOOK_NONE,   /* it is in none of them */
	SHIP_LOOK_STALE,  /* files were renamed meanwhile: list them again */
	SHIP_LOOK_FAILED, /* no memory, or libcrypto failed */
};

/* Finds the line that was shipped last: in the file where it was, or by its hash in any, compressed
 * or not; or the beginning of the file that continues it (begin and end are 0 then). Files that
 * cannot be read do not have it. */
enum ship_look ship_spot_find(
    const struct ship_files *l, const struct ship_state *s, struct ship_spot *spot);

/* Finds a line by its hash in one file, from spot->begin on. */
enum ship_look ship_spot_search(
    const struct ship_files *l, const char *sha256, struct ship_spot *spot);

#endif
