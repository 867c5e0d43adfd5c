/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_CLOUDTRAIL_H
#define TOOLS_CORPUS_CLOUDTRAIL_H

#include "tools/corpus/issuing.h"
#include "tools/corpus/keys.h"
#include "tools/corpus/queue.h"
#include "tools/corpus/world.h"

/* What a record tells of. */
enum trail_kind {
	TRAIL_PUSH,
	TRAIL_SERIAL_PUSH,
	TRAIL_TUNNEL,
	TRAIL_ISSUING,    /* gives somebody credentials: trail_event.issuing */
	TRAIL_SESSION,    /* the caller's session begins, at session_us */
	TRAIL_BACKGROUND, /* another service's record, chosen by the event's seed */
};

enum trail_outcome {
	OUTCOME_OK,
	OUTCOME_DENIED,      /* errorCode, requestParameters null */
	OUTCOME_REFUSED,     /* errorCode, requestParameters there */
	OUTCOME_NOT_SUCCESS, /* no errorCode, but the response says success: false */
};

/* One delivery of one record. A duplicate is the same event with another delivery time or tree. */
struct trail_event {
	struct queue_item delivery; /* first member: see queue.h */
	int64_t time_us;            /* whole seconds */
	uint64_t seed;              /* the eventID and everything that scenarios do not choose */
	uint64_t supersedes;        /* seed of the event that an addendum replaces; 0: none */
	struct key key;
	struct instance instance;
	struct principal caller;
	const struct actor *actor;     /* who calls instead of `caller`; or NULL */
	const struct issuing *issuing; /* TRAIL_ISSUING */
	int64_t session_us;            /* when the caller's session began, if it is one */
	uint8_t kind, outcome, key_form, user;
	uint8_t row;          /* account and region it is recorded in */
	uint8_t agent;        /* 0 usual; else hostile text of that number as userAgent */
	bool in_organization; /* delivered into the organization trail's tree */
	bool from_console;
};

/* The text of the eventID. */
char *trail_event_id(const struct trail_event *e, char out[static UUID_TEXT_LEN]);

/* Appends the caller's ARN. */
void trail_event_put_arn(const struct world *w, const struct trail_event *e, struct buf *out);

/*
 * Appends the record as CloudTrail writes it, one line without LF: members and their order as in
 * the CloudTrail User Guide, "CloudTrail record contents", and in published records.
 */
void cloudtrail_put_record(const struct world *w, const struct trail_event *e, struct buf *out);

#endif
