/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_RUN_H
#define PAM_MODULE_RECEIPT_RUN_H

#include <stdint.h>

#include "common/buf.h"

/*
 * Runs the program at path with an empty environment, sends it the request, and appends to answer
 * what it says until it ends, or until deadline_us on CLOCK_MONOTONIC, when it is killed. What came
 * before that is kept. 0, or -1 when it could not be run or said nothing at all.
 */
int receipt_run(const char *path, struct span request, int64_t deadline_us, struct buf *answer);

#endif
