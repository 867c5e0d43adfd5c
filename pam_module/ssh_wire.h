/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_SSH_WIRE_H
#define PAM_MODULE_SSH_WIRE_H

#include <stdint.h>

#include "common/span.h"

/*
 * The data types of RFC 4251 section 5, taken off the front of *rest. False, with *rest as it was,
 * when the bytes end before the value does.
 */
static inline bool
ssh_wire_u32(struct span *rest, uint32_t *out)
{
	const unsigned char *p = (const unsigned char *)rest->ptr;

	if (p == NULL || rest->len < 4)
		return false;
	*out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	*rest = span_from(*rest, 4);
	return true;
}

static inline bool
ssh_wire_u64(struct span *rest, uint64_t *out)
{
	struct span at = *rest;
	uint32_t high, low;

	if (!ssh_wire_u32(&at, &high) || !ssh_wire_u32(&at, &low))
		return false;
	*rest = at;
	*out = (uint64_t)high << 32 | low;
	return true;
}

static inline bool
ssh_wire_string(struct span *rest, struct span *out)
{
	struct span at = *rest;
	uint32_t len;

	if (!ssh_wire_u32(&at, &len) || len > at.len)
		return false;
	*out = span_head(at, len);
	*rest = span_from(at, len);
	return true;
}

#endif
