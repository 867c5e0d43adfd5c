/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_ARRAY_H
#define COMMON_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Growing arrays of rows: pointer, count and capacity stand in their owner's struct.
 * Makes room for one row more behind count; false, with the array as it was, without memory.
 *
 *	if (!array_grow((void **)&l->rows, l->count, &l->cap, sizeof(*l->rows))) ...
 *	l->rows[l->count++] = row;
 */
bool array_grow(void **rows, size_t count, size_t *cap, size_t row_size);

#endif
