/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_PROGRESS_H
#define CORRELATOR_SCAN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "correlator/input/input_list.h"

/*
 * How far reading is, on standard error: a bar that a terminal shows in its last line and that is
 * gone at the end, or lines of JSON (docs/FORMAT.md, "Progress"). Behind it one line with what was
 * read. One thread at a time may call these.
 */
enum progress_choice {
	PROGRESS_AUTO, /* a bar on a terminal, else nothing */
	PROGRESS_JSON,
	PROGRESS_NONE,
};

enum progress_form {
	PROGRESS_FORM_NONE,
	PROGRESS_FORM_BAR,
	PROGRESS_FORM_JSON,
};

/* What was read so far, or in all. */
struct progress_counts {
	uint64_t records; /* of CloudTrail, and lines of logins */
	uint64_t skipped; /* CloudTrail's, of no use here */
	uint64_t failed;  /* files that could not be read, or not as a whole */
};

/* What is known of an input that lies elsewhere while it is listed, or of all of them while their
 * files are fetched. What is not known is 0. */
struct progress_remote {
	const char *what; /* the input */
	uint64_t requests, objects, bytes;
	uint64_t throttled;                  /* how often a server asked us to slow down */
	uint64_t folders_left, objects_left; /* that are nothing of what was asked for */
	bool over;                           /* that is all of the input */
};

struct progress {
	FILE *stream;
	enum progress_form form;
	bool summary; /* a line at the end */
	bool drawn;   /* the bar stands there */
	int64_t started_us, shown_us;
	uint64_t files, file_total;
	uint64_t bytes, byte_total; /* as they lie on disk */
	/* What was fetched so far; NULL: nothing is. Set it before progress_begin. */
	void (*fetched)(void *ctx, struct progress_remote *r);
	void *fetched_ctx;
};

/* asked: the choice was typed; then there is a summary without a terminal too, unless it is none.
 */
void progress_init(struct progress *p, FILE *stream, enum progress_choice choice, bool asked);
/* How far the listing of an input is, before progress_begin. Shown a few times a second, and at its
 * end where there is a summary. */
void progress_listing(struct progress *p, const struct progress_remote *r);
void progress_begin(struct progress *p, const struct input_list *inputs);
/* That file has been read. Shown a few times a second. */
void progress_file(
    struct progress *p, const struct input_file *file, const struct progress_counts *counts);
/* Takes the bar away: something else is to be said. ctx: the progress. */
void progress_hide(void *ctx);
void progress_end(struct progress *p, const struct progress_counts *counts);

#endif
