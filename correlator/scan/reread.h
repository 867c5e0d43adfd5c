/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_REREAD_H
#define CORRELATOR_SCAN_REREAD_H

#include "correlator/input/input_list.h"
#include "correlator/people/issue_index.h"

/*
 * Records that are read again: the places of some of the files of a list. Threads load the files,
 * each no further than to its last place, and copy the records; these are taken file by file, in
 * order, by the calling thread: what comes of it is the same for any number of threads.
 */
struct reread_job {
	const struct input_list *inputs;
	size_t inflate_max;
	size_t threads;                   /* the caller's is one of them */
	const struct issue_place *places; /* by file and place */
	size_t count;
	const struct document_source *source; /* of files that are elsewhere; NULL: none */
	/* One file with its places, and the JSON objects that stand there now; texts is NULL when
	 * there is something else at one of them, a place is unknown, or the file cannot be read.
	 * Not 0 ends the job. */
	int (*take)(
	    void *ctx, const struct issue_place *places, size_t count, const struct span *texts);
	void *ctx;
};

/* 0; -1 without memory; else what take returned. */
int reread_run(const struct reread_job *job);

#endif
