/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_CSV_H
#define TOOLS_CORPUS_CSV_H

#include <stdio.h>

#include "tools/corpus/scenario.h"

/*
 * The rows that a join needs, for the databases that are timed beside the report:
 * logins.csv: session,instance,user,fingerprint,time_us
 * pushes.csv: event_id,instance,user,fingerprint,time_us,principal
 */
struct csv {
	FILE *logins, *pushes;
};

/* 0, or -1 with errno. */
int csv_init(struct csv *c, const char *directory);
void csv_add(struct csv *c, const struct world *w, const struct scenario *s);
int csv_finish(struct csv *c);

#endif
