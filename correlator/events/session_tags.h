/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVENTS_SESSION_TAGS_H
#define CORRELATOR_EVENTS_SESSION_TAGS_H

#include <stdbool.h>

#include "common/buf.h"

/*
 * The session tags of an issuing event as one text, "Email=alice@example.com, Team=Ops". IAM User
 * Guide, "Pass session tags in AWS STS". Tags that do not fit into SESSION_TAGS_MAX are left out,
 * and "..." says so.
 */
#define SESSION_TAGS_MAX 1024

struct session_tags {
	struct buf *scratch;
	size_t from; /* where the text begins in scratch */
	size_t to;   /* where it ends, once it is full */
	bool full;
	struct span name; /* the value of the first tag that can name a person, by preference */
	size_t rank;      /* how much its key is preferred; 0 is most */
};

/* The text will stand at the end of scratch, which must not need to grow (3 bytes for each byte of
 * the values that are added are enough) and which nobody else writes to before the end. */
void session_tags_begin(struct session_tags *t, struct buf *scratch);
/* Adds the tags of a raw value: [{"key":...,"value":...}] or {"key":"value"}; others add none. */
void session_tags_add(struct session_tags *t, struct span value);
/* The text; SPAN_NONE without tags. */
struct span session_tags_end(struct session_tags *t);

#endif
