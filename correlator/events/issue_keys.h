/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVENTS_ISSUE_KEYS_H
#define CORRELATOR_EVENTS_ISSUE_KEYS_H

#include "correlator/events/event.h"

/*
 * What an issuing event can be found by, as numbers: made from few of its members, so that the scan
 * need not read all of it, and from a caller's, to look for the event that issued its credentials.
 * Equal things give equal numbers; different ones may too, so whoever finds an event compares.
 */
enum issue_key_kind {
	ISSUE_KEY_ACCESS,  /* a: access key id */
	ISSUE_KEY_SESSION, /* a: principalId of the session; at: the second it was created */
	ISSUE_KEY_SIGN_IN, /* a: ARN of the sign-in session */
	ISSUE_KEY_SET,     /* a: account, b: permission set; at: the second it was given out */
};

#define ISSUE_KEYS_MAX 4

struct issue_keys {
	uint64_t keys[ISSUE_KEYS_MAX];
	size_t count; /* 0: it issued nothing, because it failed */
	int64_t time_us;
	int64_t first_us, last_us; /* the earliest and the latest that its keys are about */
};

/* b is absent, and at_s 0, where the kind has none. The numbers are the
 * same on every machine: stores keep them. */
uint64_t issue_key(enum issue_key_kind kind, struct span a, struct span b, int64_t at_s);

/* True when the response alone says all keys of such an event (and an errorCode that there are
 * none). */
bool issue_keys_need_response_alone(enum issue_kind kind);

/* The keys of such an event, from the two members of its response that they are made of; they have
 * no escapes. */
void issue_keys_of_response(
    int64_t time_us, struct span access_key_id, struct span principal_id, struct issue_keys *out);

/*
 * The keys of an issuing event, read from the values that the scan has found already. Decoded text
 * goes to scratch, as for event_parse. EVENT_ERROR_TIME when its time is unreadable. Which members
 * count: docs/SEMANTICS.md, "Hops".
 */
enum event_error issue_keys_read(enum issue_kind kind, const struct record_header *header,
    struct buf *scratch, struct issue_keys *out);

/* The same keys, of the event read in full. False when its time is unreadable or it failed. */
bool issue_keys_of_event(const struct event *e, struct issue_keys *out);

#endif
