/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_BASE64_H
#define COMMON_BASE64_H

#include <stdbool.h>

#include "common/buf.h"

/*
 * Base64 of RFC 4648 section 4, strict: padding required, no white space, no other alphabet.
 * Appends the decoded bytes to out. False, with out's content as it was, when the text is not
 * base64; or when out cannot hold it, and then out->failed is set.
 */
bool base64_decode(struct span text, struct buf *out);

/* Appends the base64 text of len bytes to out, with or without '=' padding. */
void base64_encode(const void *data, size_t len, bool padded, struct buf *out);

#endif
