/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/gzip_crc.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define FOLD_TARGET __attribute__((target("avx512f,vpclmulqdq,pclmul")))
#define VECTOR      64
#define SUMS        8 /* as many as keep the multiplier busy */
#define STRIDE      ((size_t)SUMS * VECTOR)

/* Bit-reversed x^(D+32) and x^(D-32) modulo gzip's polynomial, for folding by D bits: see Gopal and
 * others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel). */
#define FOLD_4096 0x1d741f35c, 0x01072db28
#define FOLD_512  0x1c6e41596, 0x154442bd4
#define FOLD_128  0x0ccaa009e, 0x1751997d0

static bool
can_fold(void)
{
	return __builtin_cpu_supports("avx512f") != 0 &&
	    __builtin_cpu_supports("vpclmulqdq") != 0 && __builtin_cpu_supports("pclmul") != 0;
}

static inline FOLD_TARGET __attribute__((always_inline)) __m512i
load(const char *at)
{
	return _mm512_loadu_si512((const void *)at);
}

static inline FOLD_TARGET __attribute__((always_inline)) __m512i
fold(__m512i sum, __m512i by, __m512i next)
{
	/* 0x96: the exclusive or of all three */
	return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(sum, by, 0x00),
	    _mm512_clmulepi64_epi128(sum, by, 0x11), next, 0x96);
}

/* Four lanes to one that has the same remainder. */
static inline FOLD_TARGET __attribute__((always_inline)) __m128i
fold_lanes(__m512i sum)
{
	const __m128i by = _mm_set_epi64x(FOLD_128);
	__m128i lanes[4], one;

	_mm512_storeu_si512((void *)lanes, sum);
	one = lanes[0];
	for (int i = 1; i < 4; i++)
		one = _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(one, by, 0x00),
					_mm_clmulepi64_si128(one, by, 0x11)),
		    lanes[i]);
	return one;
}

/* Of a text of at least one stride. */
static FOLD_TARGET uint32_t
crc_by_folding(struct span text)
{
	const __m512i far = _mm512_broadcast_i32x4(_mm_set_epi64x(FOLD_4096));
	const __m512i near = _mm512_broadcast_i32x4(_mm_set_epi64x(FOLD_512));
	const __m512i begin = _mm512_zextsi128_si512(_mm_cvtsi32_si128(-1));
	__m512i sums[SUMS];
	size_t at = STRIDE;
	char rest[16];
	uint32_t crc;

	for (size_t i = 0; i < SUMS; i++)
		sums[i] = load(text.ptr + i * VECTOR);
	sums[0] = _mm512_xor_si512(sums[0], begin);
	for (; text.len - at >= STRIDE; at += STRIDE)
		for (size_t i = 0; i < SUMS; i++)
			sums[i] = fold(sums[i], far, load(text.ptr + at + i * VECTOR));
	for (size_t i = 1; i < SUMS; i++)
		sums[0] = fold(sums[0], near, sums[i]);
	for (; text.len - at >= VECTOR; at += VECTOR)
		sums[0] = fold(sums[0], near, load(text.ptr + at));
	_mm_storeu_si128((void *)rest, fold_lanes(sums[0]));
	/* libdeflate inverts what it is given and what it returns: this begins from zero */
	crc = libdeflate_crc32(UINT32_MAX, rest, sizeof(rest));
	return libdeflate_crc32(crc, text.ptr + at, text.len - at);
}
#endif

uint32_t
gzip_crc(struct span text)
{
#if defined(__x86_64__)
	if (text.len >= STRIDE && can_fold())
		return crc_by_folding(text);
#endif
	return libdeflate_crc32(0, text.ptr, text.len);
}
