/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/byte_search.h"

#include "correlator/input/byte_block.h"

typedef uint64_t block_mask(const char *at, char byte, char set_bits);

bool
byte_means_has(enum byte_means means)
{
	switch (means) {
	case BYTE_MEANS_PORTABLE: return true;
#if BYTE_BLOCK_HAS_BASE
	case BYTE_MEANS_BASE: return true;
#endif
#if BYTE_BLOCK_HAS_AVX2
	case BYTE_MEANS_AVX2:
		return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
		    __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("popcnt") != 0 &&
		    __builtin_cpu_supports("pclmul") != 0;
#endif
#if BYTE_BLOCK_HAS_AVX512
	case BYTE_MEANS_AVX512:
		/* VBMI is not used: it tells the newer machines, which keep their clock */
		return byte_means_has(BYTE_MEANS_AVX2) && __builtin_cpu_supports("avx512f") != 0 &&
		    __builtin_cpu_supports("avx512bw") != 0 &&
		    __builtin_cpu_supports("avx512vbmi") != 0;
#endif
	default: return false;
	}
}

enum byte_means
byte_means_best(void)
{
	enum byte_means means = BYTE_MEANS_COUNT - 1;

	while (!byte_means_has(means))
		means--;
	return means;
}

BYTE_BLOCK_INLINE size_t
search_blocks(
    block_mask *mask_of, struct span text, size_t from, const struct byte_pattern *pattern)
{
	char first = pattern->text[pattern->first], second = pattern->text[pattern->second];
	size_t at = from;

	for (; at + BYTE_BLOCK + sizeof(pattern->text) <= text.len; at += BYTE_BLOCK) {
		uint64_t hits = mask_of(text.ptr + at + pattern->first, first, 0) &
		    mask_of(text.ptr + at + pattern->second, second, 0);

		for (; hits != 0; hits &= hits - 1) {
			size_t hit = at + (size_t)__builtin_ctzll(hits);

			if (memcmp(text.ptr + hit, pattern->text, pattern->len) == 0)
				return hit;
		}
	}
	for (; at + pattern->len <= text.len; at++)
		if (text.ptr[at] == pattern->text[0] &&
		    memcmp(text.ptr + at, pattern->text, pattern->len) == 0)
			return at;
	return text.len;
}

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET size_t
search_avx2(struct span text, size_t from, const struct byte_pattern *pattern)
{
	return search_blocks(byte_block_avx2, text, from, pattern);
}
#endif

#if BYTE_BLOCK_HAS_AVX512
static BYTE_BLOCK_AVX512_TARGET size_t
search_avx512(struct span text, size_t from, const struct byte_pattern *pattern)
{
	return search_blocks(byte_block_avx512, text, from, pattern);
}
#endif

size_t
byte_search(
    enum byte_means means, struct span text, size_t from, const struct byte_pattern *pattern)
{
	switch (means) {
#if BYTE_BLOCK_HAS_BASE
	case BYTE_MEANS_BASE: return search_blocks(byte_block_base, text, from, pattern);
#endif
#if BYTE_BLOCK_HAS_AVX2
	case BYTE_MEANS_AVX2: return search_avx2(text, from, pattern);
#endif
#if BYTE_BLOCK_HAS_AVX512
	case BYTE_MEANS_AVX512: return search_avx512(text, from, pattern);
#endif
	default: return search_blocks(byte_block_portable, text, from, pattern);
	}
}
