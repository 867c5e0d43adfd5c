/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_CORPUS_H
#define TOOLS_CORPUS_CORPUS_H

#include "tools/corpus/scenario.h"

/* What to make: see the command's usage in main.c. */
struct corpus_options {
	const char *directory;
	uint64_t logins, seed;
	double background;           /* records of other services to a login */
	unsigned days;               /* 0: as many as make files of a usual size */
	double records_per_day;      /* what that size is */
	uint32_t callers;            /* at work in a row within five minutes; 0: everybody */
	int level;                   /* of gzip */
	uint32_t instances, people;  /* of a row, of an account; 0: as usual */
	bool sessions;               /* everybody's sessions, with the events that issued them */
	bool every_story;            /* all of them; else those for timing only */
	bool totals_only;            /* truth.jsonl holds its last line alone */
	bool csv;                    /* the same rows as logins.csv and pushes.csv */
	struct scenario_kind *kinds; /* what happens, with weights; ends with a NULL name */
};

/* Makes the corpus below options->directory: events/, logins/, truth.jsonl. 0, or -1 with errno. */
int corpus_make(const struct corpus_options *options);

#endif
