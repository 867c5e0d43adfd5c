/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/host/ship_keep.h"

#include <stdio.h>

#include "tools/host/ship_spot.h"

#define TRIES 16

/* True when something in that file was not shipped. */
static bool
is_waiting(const struct ship_files *l, const struct ship_spot *spot, bool found, size_t i)
{
	if (!found || i > spot->file)
		return true;
	/* of a compressed file the size says nothing: it counts until a later one was begun */
	return i == spot->file && (l->rows[i].as.compressed || spot->end < l->rows[i].size);
}

/* After the rotation NAME.N is NAME.N+1. */
static unsigned
count_kept(const struct host_options *o, const struct ship_files *l, const struct ship_state *s,
    const struct ship_spot *spot, bool found)
{
	unsigned keep = (unsigned)o->keep, lost = 0;
	uint64_t bytes = 0;

	for (size_t i = l->count; i-- > 0;) {
		const struct ship_file *f = &l->rows[i];

		if (!is_waiting(l, spot, found, i))
			continue;
		bytes += (uint64_t)f->size;
		if (f->is_log || f->as.dated || f->as.number + 1 <= keep)
			continue;
		if (bytes <= s->spool_max && lost == 0)
			keep = (unsigned)f->as.number + 1;
		else
			lost++;
	}
	if (lost != 0) {
		char text[160];

		(void)snprintf(text, sizeof(text),
		    "%u rotated files go that were not shipped: more than %llu bytes wait "
		    "(--max-spool)",
		    lost, (unsigned long long)s->spool_max);
		(void)host_alarm(o->log, text);
	}
	return keep;
}

static unsigned
keep_waiting(const struct host_options *o, const struct ship_state *s)
{
	enum ship_look look = SHIP_LOOK_STALE;
	unsigned keep = 0;
	struct ship_files files;
	struct ship_spot spot = {.file = 0};

	ship_files_init(&files);
	for (int tries = 0; tries < TRIES && look == SHIP_LOOK_STALE; tries++) {
		look = SHIP_LOOK_FAILED;
		ship_files_clear(&files);
		if (ship_files_list(&files, o->log) != 0)
			break;
		look =
		    s->last.sha256[0] != '\0' ? ship_spot_find(&files, s, &spot) : SHIP_LOOK_NONE;
	}
	if (look == SHIP_LOOK_FOUND || look == SHIP_LOOK_NONE) {
		keep = count_kept(o, &files, s, &spot, look == SHIP_LOOK_FOUND);
	} else {
		(void)host_fail(
		    o->log, "what was shipped of it cannot be found out: all is kept", 0);
		keep = 0;
	}
	ship_files_clear(&files);
	return keep;
}

unsigned
ship_keep(const struct host_options *o)
{
	unsigned keep = (unsigned)o->keep;
	enum ship_state_found found;
	struct ship_state state;

	if (keep == 0)
		return 0;
	ship_state_init(&state);
	found = ship_state_load(&state, o->state);
	if (found == SHIP_STATE_DAMAGED) {
		(void)host_fail(o->state, "cannot be used: all rotated files are kept", 0);
		keep = 0;
	} else if (found == SHIP_STATE_LOADED && span_is(buf_span(&state.log), o->log)) {
		keep = keep_waiting(o, &state);
	}
	ship_state_clear(&state);
	return keep;
}
