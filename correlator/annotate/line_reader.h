/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_ANNOTATE_LINE_READER_H
#define CORRELATOR_ANNOTATE_LINE_READER_H

#include <stdbool.h>

#include "common/buf.h"

/* Lines from a descriptor as they come, in bounded memory. */
#define LINE_READER_MAX ((size_t)1 << 20) /* bytes of a line without its LF */

enum line_part {
	LINE_WHOLE,
	LINE_BEGIN, /* of a line that is too long: its first piece, */
	LINE_MORE,  /* the next ones, */
	LINE_REST,  /* the last one */
	LINE_END,   /* no more lines */
};

struct line_reader {
	struct buf buf;
	size_t at, scanned; /* what was given away; where to go on looking for an LF */
	int fd;             /* the caller's */
	int error;          /* an errno: the descriptor could not be read to its end */
	bool ended, in_long;
};

void line_reader_init(struct line_reader *r, int fd);
void line_reader_clear(struct line_reader *r);

/*
 * The next line, or piece of one, without its LF; *has_lf says whether one follows. The span lives
 * until the next call.
 */
enum line_part line_reader_next(struct line_reader *r, struct span *text, bool *has_lf);

/* True when the next call would have to wait for whoever writes. */
bool line_reader_waits(const struct line_reader *r);

#endif
