/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_TIME_SORT_H
#define CORRELATOR_CORRELATE_TIME_SORT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sorts wide rows by their time, an int64_t at the rows' very beginning, and equal times by
 * compare(a, b, ctx). Only 16 bytes a row are moved while sorting; the rows themselves move once,
 * in place. 0, or -1 without memory (the rows are as before).
 */
int time_sort(void *rows, size_t count, size_t row_size,
    int (*compare)(const void *a, const void *b, void *ctx), void *ctx);

#endif
