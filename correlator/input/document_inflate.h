/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_DOCUMENT_INFLATE_H
#define CORRELATOR_INPUT_DOCUMENT_INFLATE_H

#include "correlator/input/document.h"

/* Private to document.c. True when the bytes begin as a gzip file does, or are all there is of one
 * that was cut within its first bytes. */
bool document_is_gzip(struct span file);

/* Inflates every member of the gzip file into d->buffer and sets d->text, as document_load says. */
enum document_error document_inflate(struct document *d, struct span file);

#endif
