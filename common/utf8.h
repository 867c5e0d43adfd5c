/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at p (len > 0 bytes are there) by RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF. Returns its length in bytes and sets *code; 0 when the bytes
 * are not UTF-8.
 */
size_t utf8_decode(const char *p, size_t len, uint32_t *code);

/* Writes the UTF-8 of a code point, returns its length (1 to 4). */
size_t utf8_encode(uint32_t code, char out[static 4]);

/* True for characters that change or hide other text without being seen themselves: C1 controls,
 * bidirectional controls, zero-width and filler characters, tags. */
bool utf8_is_hidden(uint32_t code);

#endif
