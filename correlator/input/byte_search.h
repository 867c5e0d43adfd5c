/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_BYTE_SEARCH_H
#define CORRELATOR_INPUT_BYTE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

/*
 * How blocks of bytes are looked at. The best that the machine has is taken; tests take each.
 */
enum byte_means {
	BYTE_MEANS_PORTABLE,
	BYTE_MEANS_BASE, /* SSE2 or NEON, which every x86-64 and arm64 machine has */
	BYTE_MEANS_AVX2,
	BYTE_MEANS_AVX512, /* of machines that do not slow down for it */
	BYTE_MEANS_COUNT,
};

bool byte_means_has(enum byte_means means);
enum byte_means byte_means_best(void);

/* What is searched for: its text (1 to 16 bytes) and the places of its two rarest bytes. */
struct byte_pattern {
	char text[17];
	uint8_t len, first, second;
};

/* Where the pattern occurs next, at or behind `from`; text.len when it does not. */
size_t byte_search(
    enum byte_means means, struct span text, size_t from, const struct byte_pattern *pattern);

#endif
