/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_OUTPUT_H
#define CORRELATOR_REPORT_OUTPUT_H

#include <stdio.h>

#include "common/buf.h"

/*
 * Where a report goes: a stream given by the caller, or a file that appears under its name only
 * when it is complete (it is written under a temporary name beside it and renamed). What exists
 * and is not a regular file (a device, a pipe) is written in place.
 *
 * Writers put into `buf` and call output_flush after every row, so memory does not grow with rows.
 * The first failure stays in `error` (an errno); writing goes nowhere from then on.
 */
struct output {
	FILE *file;
	const char *name; /* for messages; the caller's */
	char *target;     /* what to rename to; NULL when written in place */
	char *temporary;
	bool is_borrowed; /* the stream is the caller's: flushed, never closed */
	struct buf buf;
	int error;
};

/* To the stream. */
void output_init_stream(struct output *o, FILE *stream, const char *name);
/* To the file. 0, or -1 with o->error set; output_close is not needed then. */
int output_open(struct output *o, const char *path);
/* Hands the buffer on when it is large enough to be worth it. */
void output_flush(struct output *o);
/* Writes all, closes, renames. 0, or -1 with o->error set: then there is no file of that name
 * that was not there before. */
int output_close(struct output *o);

/* True when writing more is pointless. */
static inline bool
output_failed(const struct output *o)
{
	return o->error != 0 || o->buf.failed;
}

#endif
