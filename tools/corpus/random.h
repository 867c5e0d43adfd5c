/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_RANDOM_H
#define TOOLS_CORPUS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers that look random and are the same on every machine for the same seed: SplitMix64 (Steele,
 * Lea and Flood, "Fast splittable pseudorandom number generators"). Not for secrets.
 */
struct random {
	uint64_t state;
};

uint64_t random_next(struct random *r);
/* 0 to n - 1; n > 0. */
uint64_t random_below(struct random *r, uint64_t n);
/* Both bounds included; low <= high. */
int64_t random_between(struct random *r, int64_t low, int64_t high);
bool random_chance(struct random *r, unsigned percent);
/* One number out of two, for seeds of things that belong to a seed. */
uint64_t random_mix(uint64_t a, uint64_t b);
/* len bytes that belong to the seed. */
void random_fill(uint64_t seed, void *out, size_t len);

#endif
