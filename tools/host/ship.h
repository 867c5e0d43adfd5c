/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_SHIP_H
#define TOOLS_HOST_SHIP_H

#include "correlator/aws/s3.h"
#include "tools/host/ship_name.h"
#include "tools/host/ship_spot.h"

/*
 * Shipping a login log, part by part, in order. Each part is put under a name that follows from its
 * first line, and never over anything; the state file notes it when the server has confirmed. So
 * whoever ships again from the same line, after a crash at any moment, finds the part there, sees
 * by its metadata where it ends, and goes on behind it: every line arrives once.
 */

/* Where parts go; S3, or what a test puts in its place. */
struct ship_store {
	/* As s3_put_new. */
	enum s3_put_result (*put)(void *ctx, const char *key, struct span body,
	    const struct sigv4_pair *metadata, size_t metadata_count, struct buf *error);
	/* 0: it is there, *last is its metadata SHIP_METADATA_LAST; 1: it is not; -1: error says
	 * why */
	int (*head)(void *ctx, const char *key, struct buf *last, struct buf *error);
	void *ctx;
};

struct ship {
	const char *log, *state_path, *to; /* to: for messages */
	struct ship_place place;
	const struct ship_store *store;
	struct ship_state state;

	/* private */
	struct ship_files files;
	struct ship_part part;
	bool unsure; /* the part may be there already: look before sending it */

	uint64_t parts, records; /* shipped by this run */
	bool failed;             /* something could not be read: said already */
};

void ship_init(struct ship *s);
void ship_clear(struct ship *s);

/* Ships all that is complete. An enum host_exit; what went wrong was said. */
int ship_run(struct ship *s);

/* Ships s->part, whose lines end at *spot and begin at `from` in the same file. 0: it is there;
 * *spot is the last line that is. -1: not yet; 1: the files were renamed meanwhile. */
int ship_put_part(struct ship *s, off_t from, struct ship_spot *spot);

/* The text as gzip (RFC 1952), the same for the same text. 0, or -1 without memory. */
int ship_gzip(struct span text, struct buf *out);

#endif
