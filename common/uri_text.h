/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_URI_TEXT_H
#define COMMON_URI_TEXT_H

#include "common/buf.h"

/*
 * Percent-encoding (RFC 3986): unreserved characters stand for themselves, every other byte becomes
 * %XX in upper case, which is the form that AWS signs. keep_slash leaves "/" as it is (paths).
 */
void uri_text_encode(struct buf *out, struct span text, bool keep_slash);

/* The bytes that a text stands for. plus_is_space: of a form or an S3 listing with
 * encoding-type=url. A % without two digits behind it stands for itself. */
void uri_text_decode(struct buf *out, struct span text, bool plus_is_space);

#endif
