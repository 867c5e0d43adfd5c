/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_TRUTH_H
#define TOOLS_CORPUS_TRUTH_H

#include <stdio.h>

#include "tools/corpus/scenario.h"

/*
 * truth.jsonl: what a report on the corpus must say, one object a line.
 *
 *   {"kind":"login","session","verdict","reason","strength","principals":[],"pushes":[],"person" or
 *    "candidates","story"}
 *   {"kind":"push","event_id","state","sessions":[],"person","story"}
 *   {"kind":"totals", ...}
 *
 * Lists are sorted: principals and sessions by their text, pushes by time and eventID.
 */
enum truth_verdict {
	TRUTH_ATTRIBUTED,
	TRUTH_AMBIGUOUS,
	TRUTH_UNATTRIBUTED,
	TRUTH_PENDING,
	TRUTH_UNCOVERED,
	TRUTH_VERDICTS,
};

enum truth_state {
	TRUTH_USED,
	TRUTH_UNUSED,
	TRUTH_FAILED,
	TRUTH_UNINSTRUMENTED,
	TRUTH_STATES,
};

struct truth {
	const struct world *world;
	FILE *file; /* NULL: count only */
	struct buf line;
	uint64_t logins, pushes, serial_pushes, tunnels, duplicates, superseded, keys_unparsed;
	uint64_t verdicts[TRUTH_VERDICTS], states[TRUTH_STATES];
};

/* Totals only: path gets the last line alone. 0, or -1 with errno. */
int truth_init(struct truth *t, const struct world *world, const char *path);
void truth_clear(struct truth *t);
/* Writes what is true of a scenario's logins and pushes. lines false: counts it only. */
void truth_add(struct truth *t, const struct scenario *s, const char *story, bool lines);
/* Writes the totals, with what the writers counted, and closes the file. 0, or -1 with errno. */
int truth_finish(
    struct truth *t, uint64_t records, uint64_t files, uint64_t opens, uint64_t closes);

#endif
