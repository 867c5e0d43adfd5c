/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_DOCUMENT_H
#define CORRELATOR_INPUT_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

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
 */
enum document_error {
	DOCUMENT_OK = 0,
	DOCUMENT_ERROR_OPEN,      /* errno says why */
	DOCUMENT_ERROR_READ,      /* errno says why */
	DOCUMENT_ERROR_TRUNCATED, /* gzip ends early: text holds what came before */
	DOCUMENT_ERROR_CORRUPT,   /* gzip is damaged: text holds the members before the damage */
	DOCUMENT_ERROR_TOO_BIG,   /* inflates to more than inflate_max */
	DOCUMENT_ERROR_MEMORY,
	DOCUMENT_ERROR_KIND, /* files_only, and it is none */
};

struct document {
	size_t inflate_max; /* bytes one file may inflate to */
	bool files_only;    /* set it before a load: nothing but a file is read, or waited for */
	size_t head;        /* of this load: bytes that are enough; 0: all */
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

#endif
