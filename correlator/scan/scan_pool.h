/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_SCAN_POOL_H
#define CORRELATOR_SCAN_SCAN_POOL_H

#include "correlator/scan/scanner.h"

/*
 * Threads that scan the files of events of a list, and take every file of it in the order of the
 * list: what comes of it is the same for any number of threads.
 *
 * Each thread claims a file, scans it and lays its findings down: the file whose turn it is, or
 * when somebody has that one, the largest of the next SCAN_POOL_AHEAD. Whoever made the findings of
 * the next file to be taken takes these, and all that lie ready behind them. A thread whose
 * findings cannot be laid down (they are many, or refer to its document) waits for its file's turn.
 * Files are scanned ahead until SCAN_POOL_HELD bytes of findings a thread lie about.
 */
#define SCAN_POOL_HELD  ((size_t)16 << 20)
#define SCAN_POOL_AHEAD 64

struct scan_job {
	const struct input_list *inputs;
	struct scan_options scan;
	size_t threads; /* the caller's is one of them; 1: no other */
	/* These three are called by one thread at a time, in the order of the list. What fails
	 * (-1) ends the job. `take` is called several times for a file whose findings are many. */
	int (*take)(void *ctx, size_t file, const struct findings *f);
	/* The turn of a file that is not one of events, and is not scanned. */
	int (*turn)(void *ctx, size_t file);
	/* All of the file has been taken. */
	void (*done)(void *ctx, size_t file);
	void *ctx;
};

/* 0, or -1: without memory, or what take or turn returned. Where the system gives fewer threads,
 * those do the work. */
int scan_pool_run(const struct scan_job *job);

#endif
