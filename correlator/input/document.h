/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_DOCUMENT_H
#define CORRELATOR_INPUT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * The inflated bytes of one input file at a time. gzip files (RFC 1952, any number of members, told
 * by content) are inflated by libdeflate into a buffer that is reused for the next file and never
 * grows over inflate_max; what stands behind them may be zeros, and nothing else.
 *
 * Files of up to DOCUMENT_READ_MAX bytes are read into a buffer, reused too; larger ones are copied
 * to an unlinked temporary file (in $TMPDIR, else /tmp) and mapped, so memory does not grow with
 * them. Reading is the rule because CloudTrail's own files are at most 50 MB: larger is only what
 * somebody put together. They are copied because a file that is cut while it is mapped kills the
 * process (SIGBUS). Standard input, pipes and devices are copied too, and then treated the same.
 * Files of a source (below) are treated the same from their bytes on.
 */
struct input_list;

/* The bytes of a file that is not on this machine, as they lie there. */
struct document_bytes {
	char *data; /* malloc'ed, the caller's; NULL when */
	int fd;     /* they are in a file without a name, the caller's; -1: they are not */
	size_t len;
	int64_t changed_us; /* DOCUMENT_CHANGED_UNKNOWN */
};

/* Where files come from that are not on this machine. All of it may be called by any thread. */
struct document_source {
	/* True for paths that are its own; all others are files of this machine. */
	bool (*has)(void *ctx, const char *path);
	/* The files that will be loaded next, in about this order, by number; numbers NULL: the
	 * first `count` of the list. So they can be fetched ahead. What was announced before is
	 * forgotten; nobody loads meanwhile. 0, or -1 without memory. */
	int (*plan)(
	    void *ctx, const struct input_list *list, const uint32_t *numbers, size_t count);
	/* Waits for the bytes of a planned file. 0; -1 with a sentence in error; -2 without memory.
	 */
	int (*read)(void *ctx, const char *path, struct document_bytes *bytes, struct buf *error);
	void *ctx;
};

enum document_error {
	DOCUMENT_OK = 0,
	DOCUMENT_ERROR_OPEN,      /* errno says why */
	DOCUMENT_ERROR_READ,      /* errno says why */
	DOCUMENT_ERROR_TRUNCATED, /* gzip ends early: text holds what came before */
	DOCUMENT_ERROR_CORRUPT,   /* gzip is damaged: text holds the members before the damage */
	DOCUMENT_ERROR_TOO_BIG,   /* inflates to more than inflate_max */
	DOCUMENT_ERROR_MEMORY,
	DOCUMENT_ERROR_KIND,  /* files_only, and it is none */
	DOCUMENT_ERROR_FETCH, /* the source could not give it: document_error_say has why */
};

struct document {
	size_t inflate_max; /* bytes one file may inflate to */
	bool files_only;    /* set it before a load: nothing but a file is read, or waited for */
	const struct document_source *source; /* set it before a load; NULL: this machine's files */
	struct buf error;                     /* of DOCUMENT_ERROR_FETCH */
	size_t head;                          /* of this load: bytes that are enough; 0: all */
	struct libdeflate_decompressor *decompressor;
	char *buffer; /* what was inflated */
	size_t buffer_cap;
	char *raw; /* what was read */
	size_t raw_cap;
	void *map;
	size_t map_len;

	struct span text; /* the inflated bytes, until the next load */
	uint64_t file_bytes;
	bool was_gzip;
	bool rereadable;    /* a file: another load gives the same, unless somebody changes it */
	int64_t changed_us; /* when its text was changed: what gzip noted, else the file's mtime */
};

#define DOCUMENT_INFLATE_MAX ((size_t)1 << 30)
#define DOCUMENT_READ_MAX    ((size_t)256 << 20)
/* Standard input and pipes. */
#define DOCUMENT_CHANGED_UNKNOWN INT64_MIN

/* 0, or -1 without memory. */
int document_init(struct document *d, size_t inflate_max);
void document_clear(struct document *d);
/* Loads the file at path ("-": standard input). An empty file is a document without text. On
 * TRUNCATED and CORRUPT text is what could be saved, to be used and said to be partial; on other
 * errors it is empty. */
enum document_error document_load(struct document *d, const char *path);
/*
 * The same for who has read the file before and wants no more than the first `head` bytes of its
 * text: it may be cut behind these, and then no checksum vouches for it, so whoever reads it must
 * know what to find there. What libdeflate may have left out of these bytes is zeros.
 */
enum document_error document_load_head(struct document *d, const char *path, size_t head);
const char *document_error_text(enum document_error error);
/* The same of the load that ended so, with what the source said. Until the next load. */
const char *document_error_say(struct document *d, enum document_error error);

#endif
