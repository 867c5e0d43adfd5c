/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_BYTE_BLOCK_H
#define CORRELATOR_INPUT_BYTE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/*
 * 64 bytes at a time: which of them are a certain byte, as a bit mask (bit 0 is the first byte).
 * Private to what searches and splits documents. A block is read whole, so 64 bytes must be there.
 */
#define BYTE_BLOCK 64

#define BYTE_BLOCK_INLINE static inline __attribute__((always_inline))

/* Every bit becomes the parity of those up to it: the insides of strings out of their quotes. */
BYTE_BLOCK_INLINE uint64_t
byte_parity_portable(uint64_t mask)
{
	for (int shift = 1; shift < 64; shift *= 2)
		mask ^= mask << shift;
	return mask;
}

BYTE_BLOCK_INLINE uint64_t
byte_block_portable(const char *at, char byte, char set_bits)
{
	uint64_t mask = 0;

	for (int i = 0; i < BYTE_BLOCK; i++)
		mask |= (uint64_t)((char)(at[i] | set_bits) == byte) << i;
	return mask;
}

/* The bytes of a block that a backslash before them escapes; *escaped: so is the first, and then
 * that behind the last. */
static inline uint64_t
byte_block_escaped(uint64_t backslash, bool *escaped)
{
	uint64_t mask = 0;
	bool next = *escaped;

	for (int i = 0; i < BYTE_BLOCK; i++) {
		if (next)
			mask |= UINT64_C(1) << i;
		next = !next && (backslash >> i & 1) != 0;
	}
	*escaped = next;
	return mask;
}

#if defined(__x86_64__)
#define BYTE_BLOCK_HAS_BASE 1

BYTE_BLOCK_INLINE uint64_t
byte_block_base(const char *at, char byte, char set_bits)
{
	const __m128i want = _mm_set1_epi8(byte), bits = _mm_set1_epi8(set_bits);
	uint64_t mask = 0;

	for (int i = 0; i < 4; i++) {
		__m128i v = _mm_or_si128(_mm_loadu_si128((const void *)(at + 16 * i)), bits);

		mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, want)) << 16 * i;
	}
	return mask;
}

#define BYTE_BLOCK_HAS_AVX2    1
#define BYTE_BLOCK_AVX2_TARGET __attribute__((target("avx2,popcnt,bmi,bmi2,pclmul")))

static inline BYTE_BLOCK_AVX2_TARGET __attribute__((always_inline)) uint64_t
byte_block_avx2(const char *at, char byte, char set_bits)
{
	const __m256i want = _mm256_set1_epi8(byte), bits = _mm256_set1_epi8(set_bits);
	__m256i low = _mm256_or_si256(_mm256_loadu_si256((const void *)at), bits);
	__m256i high = _mm256_or_si256(_mm256_loadu_si256((const void *)(at + 32)), bits);

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, want)) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, want)) << 32;
}

/* The carry-less product by all ones: each bit of the result is the sum of those up to it. */
static inline BYTE_BLOCK_AVX2_TARGET __attribute__((always_inline)) uint64_t
byte_parity_clmul(uint64_t mask)
{
	return (uint64_t)_mm_cvtsi128_si64(
	    _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)mask), _mm_set1_epi8(-1), 0));
}

#define BYTE_BLOCK_HAS_AVX512 1
#define BYTE_BLOCK_AVX512_TARGET                                                                   \
	__attribute__((target("avx512f,avx512bw,avx2,popcnt,bmi,bmi2,pclmul")))

static inline BYTE_BLOCK_AVX512_TARGET __attribute__((always_inline)) uint64_t
byte_block_avx512(const char *at, char byte, char set_bits)
{
	__m512i v =
	    _mm512_or_si512(_mm512_loadu_si512((const void *)at), _mm512_set1_epi8(set_bits));
	uint64_t mask = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(byte));

	/* else compilers go on computing in mask registers, which takes a tenth longer */
	__asm__("" : "+r"(mask));
	return mask;
}
#elif defined(__aarch64__)
#define BYTE_BLOCK_HAS_BASE 1

BYTE_BLOCK_INLINE uint64_t
byte_block_base(const char *at, char byte, char set_bits)
{
	static const uint8_t weights[16] = {
	    1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	const uint8x16_t want = vdupq_n_u8((uint8_t)byte), bits = vdupq_n_u8((uint8_t)set_bits);
	const uint8x16_t weight = vld1q_u8(weights);
	uint8x16_t part[4], sum;

	for (int i = 0; i < 4; i++) {
		uint8x16_t v = vorrq_u8(vld1q_u8((const uint8_t *)at + 16 * i), bits);

		part[i] = vandq_u8(vceqq_u8(v, want), weight);
	}
	sum = vpaddq_u8(vpaddq_u8(part[0], part[1]), vpaddq_u8(part[2], part[3]));
	return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}
#endif

#endif
