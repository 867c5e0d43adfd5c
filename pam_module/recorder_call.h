/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECORDER_CALL_H
#define PAM_MODULE_RECORDER_CALL_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of what recorder_call says of a failure, NUL included. */
#define RECORDER_REASON_MAX 512
/* Bytes of a principal's ARN, NUL included. */
#define RECORDER_PRINCIPAL_MAX 1024

/*
 * Runs the recorder at path, sends it the facts, and waits for its answer until deadline_us on
 * CLOCK_MONOTONIC. 0 when the recorder says that the login is recorded; else -1 and the reason, in
 * printable ASCII. Never waits longer; a recorder that hangs is killed by the kernel, unless it is
 * stuck in the disk, in which case it is left to init. The calling process is as it was: no child,
 * descriptor, signal or limit is left behind. Needs nothing but the C library.
 *
 * principal: NULL, or where to put the principal that the recorder may name behind its answer, in
 * printable ASCII; "" when it names none before the deadline, which is no failure.
 */
int recorder_call(const char *path, const void *facts, size_t len, int64_t deadline_us,
    char reason[static RECORDER_REASON_MAX], char principal[RECORDER_PRINCIPAL_MAX]);

/* CLOCK_MONOTONIC; -1 when it cannot be read. */
int64_t recorder_clock_us(void);

#endif
