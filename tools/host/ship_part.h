/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_PART_H
#define TOOLS_HOST_SHIP_PART_H

#include <stdint.h>

#include "common/buf.h"
#include "common/sha256.h"

/*
 * A part of a login log, as it is shipped: whole lines of one file, in order, of one UTC day (of
 * the host's clock), of about SHIP_PART_MAX bytes at most. A part is cut only in front of a record,
 * so what is no record (a line that a crash tore) stays with what it follows, as long as that was
 * not shipped yet. docs/FORMAT.md, "Shipped logs". Pure.
 */
#define SHIP_PART_MAX ((size_t)8 * 1024 * 1024)

/* A line of the chain: its hash, and the number of the last record up to it. */
struct ship_mark {
	char sha256[SHA256_HEX_LEN + 1]; /* "": not known */
	uint64_t seq;
};

struct ship_part {
	size_t max;      /* SHIP_PART_MAX, but for tests */
	struct buf text; /* each line with an LF */
	uint64_t lines, records;
	uint64_t first_seq; /* of its first record */
	int64_t first_us;
	char prev[SHA256_HEX_LEN + 1];     /* what its first line continues */
	char first[SHA256_HEX_LEN + 1];    /* hash of its first line */
	struct ship_mark head;             /* its last record */
	struct ship_mark last;             /* its last line */
	uint64_t missing_from, missing_to; /* numbers that are missing in front of it; 0: none */
	bool torn_off; /* its first record does not continue what was shipped before it */
	struct buf scratch;
};

enum ship_take {
	SHIP_TAKEN,
	SHIP_FULL,   /* the line belongs to the next part */
	SHIP_FAILED, /* no memory, or libcrypto failed */
};

void ship_part_init(struct ship_part *p);
void ship_part_clear(struct ship_part *p);
/* Empties it: what comes next continues the line `before`. */
void ship_part_begin(struct ship_part *p, const struct ship_mark *before);
/* Adds a line, given without its LF. */
enum ship_take ship_part_add(struct ship_part *p, struct span line);
/* Of a part without any record: what its name is to say instead. */
void ship_part_date(struct ship_part *p, int64_t written_us);

/* 0, or -1 when libcrypto fails. */
int ship_line_hash(struct span line, char hex[static SHA256_HEX_LEN + 1]);

#endif
