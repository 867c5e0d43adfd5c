/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_SAFE_TEXT_H
#define COMMON_SAFE_TEXT_H

#include "common/buf.h"

/*
 * Text from the inputs, made safe to show: the one function that everything printed for people
 * passes. A control byte becomes "\x1b", a C1 control, bidirectional or invisible character
 * "\u{202e}", a byte that is not UTF-8 "\xff"; all else stands for itself. The result is valid
 * UTF-8 on one line. A backslash of the text is not doubled: the form is for reading, not for
 * reading back.
 */
void safe_text_put(struct buf *out, struct span text);

/* How many terminal columns safe_text_put makes of it. */
size_t safe_text_width(struct span text);

/*
 * The same in at most `columns` columns: what is too long loses its end, or its start when
 * keep_end is true, and gets a "…" there. Returns the columns used.
 */
size_t safe_text_put_fit(struct buf *out, struct span text, size_t columns, bool keep_end);

#endif
