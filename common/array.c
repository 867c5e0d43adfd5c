/* SPDX-License-Identifier: Apache-2.0 */
#include "common/array.h"

#include <stdint.h>
#include <stdlib.h>

bool
array_grow(void **rows, size_t count, size_t *cap, size_t row_size)
{
	size_t more = *cap != 0 ? *cap + *cap / 2 + 1 : 16;
	void *grown;

	if (count < *cap)
		return true;
	if (more > SIZE_MAX / row_size)
		return false;
	grown = realloc(*rows, more * row_size);
	if (grown == NULL)
		return false;
	*rows = grown;
	*cap = more;
	return true;
}
