/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/random.h"

#include <string.h>

uint64_t
random_next(struct random *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t
random_below(struct random *r, uint64_t n)
{
	return random_next(r) % n;
}

int64_t
random_between(struct random *r, int64_t low, int64_t high)
{
	return low + (int64_t)random_below(r, (uint64_t)(high - low) + 1);
}

bool
random_chance(struct random *r, unsigned percent)
{
	return random_below(r, 100) < percent;
}

uint64_t
random_mix(uint64_t a, uint64_t b)
{
	struct random r = {a};

	r.state = random_next(&r) ^ b;
	return random_next(&r);
}

void
random_fill(uint64_t seed, void *out, size_t len)
{
	struct random r = {seed};
	uint8_t *at = out;
	uint64_t word;
	size_t n;

	for (; len != 0; at += n, len -= n) {
		word = random_next(&r);
		n = len < sizeof(word) ? len : sizeof(word);
		for (size_t i = 0; i < n; i++)
			at[i] = (uint8_t)(word >> 8 * i);
	}
}
