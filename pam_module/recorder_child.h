/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECORDER_CHILD_H
#define PAM_MODULE_RECORDER_CHILD_H

#include <stdint.h>

/* What the forked child needs to know. */
struct recorder_child {
	const char *path;
	int socket;          /* becomes the recorder's standard input and output */
	int64_t deadline_us; /* on CLOCK_MONOTONIC; the kernel kills the recorder soon after */
};

/*
 * Runs in the child of a vfork with all signals blocked: forks, ends, and leaves behind
 * the recorder, in a session of its own with clean signals, limits, descriptors and an empty
 * environment. What cannot be done is written to the socket as the recorder would ("error: ...").
 * Only calls that are safe in a signal handler, as sshd may have threads.
 */
_Noreturn void recorder_child_run(const struct recorder_child *child);

#endif
