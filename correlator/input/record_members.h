/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_MEMBERS_H
#define CORRELATOR_INPUT_RECORD_MEMBERS_H

#include "correlator/input/record_scan.h"

/* Private to record_scan.c: the members that tell what an object is. */
enum record_member_kind {
	/* of records: record_member_read takes them */
	MEMBER_STRING, /* a string of the header */
	MEMBER_VALUE,  /* a value of the header */
	MEMBER_TEXT,   /* a scalar of the header */
	MEMBER_FLAG,   /* says something by being there as a value of a certain type */
	MEMBER_WORD,   /* says something by being a certain string */
	/* of wrappers */
	MEMBER_LIST,    /* an array of records or of wrapped records */
	MEMBER_DETAIL,  /* a record as an object */
	MEMBER_EVENT,   /* a record as a string */
	MEMBER_MESSAGE, /* a line of a log as a string: a record, or anything else */
};

/* What the members of one object said. */
struct record_seen {
	struct record_header header;
	bool v, kind, seq;
	bool digest_end, digest_object;
	bool insight, control, wrapper, journal;
};

struct record_member {
	const char *name;
	unsigned char len;
	unsigned char kind;   /* enum record_member_kind */
	unsigned char type;   /* MEMBER_FLAG: the enum json_type wanted; JSON_NONE: any but null */
	unsigned char offset; /* in struct record_seen */
	const char *word;     /* MEMBER_WORD */
};

/* The member with that raw key; NULL when it says nothing. */
const struct record_member *record_member_find(struct span key);

/* Reads the value of a record's own member. Of members named twice the last one counts, as for
 * event_parse. */
void record_member_read(
    const struct record_member *m, struct json_reader *r, struct record_seen *seen);

/* What the object is. RECORD_OTHER for wrappers too. */
enum record_shape record_shape_of(const struct record_seen *seen);

#endif
