/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_WORKER_THREADS_H
#define CORRELATOR_SCAN_WORKER_THREADS_H

#include <stddef.h>

/*
 * Calls work with each of the workers, which lie `size` bytes apart from `workers` on: with the
 * first one (count is never 0) in the calling thread, with each other one in a thread of its own.
 * Workers share what is to be done: those for which there is no thread to be had are left out, and
 * nothing is said. Returns when all calls have; what they return is not looked at.
 */
void worker_threads_run(void *workers, size_t count, size_t size, void *(*work)(void *));

#endif
