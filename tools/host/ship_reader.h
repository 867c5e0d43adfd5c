/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_READER_H
#define TOOLS_HOST_SHIP_READER_H

#include "tools/host/ship_files.h"

/* No longer line is read; the recorder gives up at LOGIN_LOG_LINE_MAX. */
#define SHIP_LINE_MAX ((size_t)4 * 1024 * 1024)

/*
 * The lines of one file of the log, plain or gzip, from an offset (of the text, not of the disk)
 * on. What is read is durable, so that nothing is shipped that a crash of the host still takes
 * back. A last line without LF counts only in a file that is final, where a crash left it so for
 * good.
 */
struct ship_reader {
	void *gz;    /* gzFile */
	off_t begin; /* of the line read last */
	off_t end;   /* behind it and its LF */
	off_t left;  /* bytes still to be fetched; -1: to the end */
	bool is_final;
	struct buf data; /* fetched; data.ptr + at is what was not read yet */
	size_t at;
};

enum ship_read {
	SHIP_READ_LINE,
	SHIP_READ_END,     /* no more lines for now */
	SHIP_READ_LONG,    /* longer than SHIP_LINE_MAX */
	SHIP_READ_DAMAGED, /* not the gzip that it was; or the disk fails */
	SHIP_READ_MEMORY,
};

/* 0; -1 with errno: ESTALE as of ship_file_open, EMEDIUMTYPE: compressed by something else than
 * gzip; EBADMSG: it ends, or is damaged, in front of `from`. */
int ship_reader_open(
    struct ship_reader *r, const struct ship_files *l, const struct ship_file *f, off_t from);
void ship_reader_close(struct ship_reader *r);

/* SHIP_READ_LINE: *line is the next one without its LF, until the next call. */
enum ship_read ship_reader_next(struct ship_reader *r, struct span *line);

/* The line read last will be read again. Only once, and before another is read. */
void ship_reader_unread(struct ship_reader *r);

#endif
