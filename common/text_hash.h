/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_TEXT_HASH_H
#define COMMON_TEXT_HASH_H

#include <stdint.h>

#include "common/span.h"

/*
 * Numbers for texts to be looked up by: the same on every machine and for ever, since stores keep
 * them. Not secret and not collision-free: whoever finds something by its number compares.
 */

/* A 64-bit finisher: every bit of the input moves every bit of the result (MurmurHash3's, which is
 * in the public domain). */
uint64_t text_hash_mix(uint64_t h);
/* The number of a text behind another number. */
uint64_t text_hash_add(uint64_t h, struct span s);

#endif
