/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_GZIP_CRC_H
#define CORRELATOR_INPUT_GZIP_CRC_H

#include <stdint.h>

#include "common/span.h"

/*
 * The CRC-32 that gzip members end with (RFC 1952, 8), 64 bytes of carry-less multiplication at a
 * time where the machine has that (VPCLMULQDQ); elsewhere libdeflate's own, which is several times
 * slower where it is an old one.
 */
uint32_t gzip_crc(struct span text);

#endif
