/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_STATE_H
#define TOOLS_HOST_SHIP_STATE_H

#include <sys/types.h>

#include "tools/host/ship_part.h"

#define SHIP_STATE_DEFAULT "/var/lib/logintrail/ship.json"
#define SHIP_SPOOL_DEFAULT ((uint64_t)1 << 30)

/*
 * How far a log was shipped, docs/FORMAT.md "State of ship". That a log is shipped at all is told
 * by this file being there. Losing it costs nothing but time: `ship` then finds out from the
 * destination what is there.
 */
struct ship_state {
	struct buf log,
	    to; /* whose state it is, and of which destination; without a "/" at the end */
	struct buf instance;    /* whose parts they are called; "": not known */
	uint64_t spool_max;     /* bytes of rotated files that may wait; for rotate */
	struct ship_mark last;  /* the last line shipped; "" for none */
	uint64_t device, inode; /* of the file that it was in, when it was shipped */
	off_t begin, end;       /* of that line and its LF in it */
};

enum ship_state_found {
	SHIP_STATE_LOADED,
	SHIP_STATE_NONE,    /* no such file */
	SHIP_STATE_DAMAGED, /* unreadable, not ours, or not of this form */
};

void ship_state_init(struct ship_state *s);
void ship_state_clear(struct ship_state *s);
enum ship_state_found ship_state_load(struct ship_state *s, const char *path);
/* Replaces the file, durably. 0, or -1 with errno. */
int ship_state_save(const struct ship_state *s, const char *path);

#endif
