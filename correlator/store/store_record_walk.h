/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_RECORD_WALK_H
#define CORRELATOR_STORE_STORE_RECORD_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * Private to store_record*.c: a walk through the members of a body, in either direction. Numbers
 * are base 128, the lowest group first, with the top bit where more follow (LEB128, the shortest
 * form only); signed ones as zigzag; texts have their length plus one in front, 0 when absent.
 */
struct store_walk {
	struct buf *out; /* writing; NULL: reading */
	struct span in;  /* what is left to read */
	bool bad;        /* it is not what a walk could have written; all that follows is 0 */
};

void store_walk_number(struct store_walk *w, uint64_t *n);
void store_walk_signed(struct store_walk *w, int64_t *n);
void store_walk_text(struct store_walk *w, struct span *text);
/* Texts at these offsets of a struct. */
void store_walk_texts(struct store_walk *w, void *record, const size_t *offsets, size_t count);
/* A number of items below max + 1. */
void store_walk_count(struct store_walk *w, size_t *count, size_t max);
/* At most 7 of them, as the bits of one byte. */
void store_walk_flags(struct store_walk *w, bool *const *flags, size_t count);
/* Bytes of a fixed number. */
void store_walk_bytes(struct store_walk *w, void *bytes, size_t len);
/* 0 when all went well, and, reading, nothing is left. */
int store_walk_end(const struct store_walk *w);

#endif
