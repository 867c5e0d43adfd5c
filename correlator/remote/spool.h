/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_SPOOL_H
#define CORRELATOR_REMOTE_SPOOL_H

#include <stdint.h>

#include "common/buf.h"

/*
 * What APIs answered, kept for the run, so that it can be read again without asking again: named
 * texts, each a gzip member, one behind the other in one temporary file without a name
 * (input/temporary_file.h). The disk is its only bound.
 */
struct spool;

/* The file is made with the first text. NULL without memory. */
struct spool *spool_new(void);
void spool_free(struct spool *s);

/* Keeps a text under a name that is not taken yet. *size (NULL: not asked for): of the gzip member.
 * 0, or -1 with a sentence in error, and nothing kept. Any thread. */
int spool_append(
    struct spool *s, const char *name, struct span text, uint64_t *size, struct buf *error);

/* True and the size of the gzip member when something is kept under that name. Any thread. */
bool spool_find(struct spool *s, const char *name, uint64_t *size);
/* Reads `len` bytes of that gzip member, from byte `from` on. 0, or -1 with errno: ENOENT when
 * there is no such name, EINVAL when it is shorter. Any thread. */
int spool_read(struct spool *s, const char *name, uint64_t from, void *into, size_t len);

#endif
