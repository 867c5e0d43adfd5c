/* SPDX-License-Identifier: Apache-2.0 */
#include "common/text_hash.h"

#include <endian.h>
#include <string.h>

uint64_t
text_hash_mix(uint64_t h)
{
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

uint64_t
text_hash_add(uint64_t h, struct span s)
{
	size_t i;
	uint64_t word;

	for (i = 0; i + sizeof(word) <= s.len; i += sizeof(word)) {
		memcpy(&word, s.ptr + i, sizeof(word));
		h = text_hash_mix(h ^ le64toh(word)) + UINT64_C(0x9e3779b97f4a7c15);
	}
	word = 0;
	if (i < s.len)
		memcpy(&word, s.ptr + i, s.len - i);
	return text_hash_mix(text_hash_mix(h ^ le64toh(word)) ^ s.len);
}
