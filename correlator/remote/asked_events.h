/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_ASKED_EVENTS_H
#define CORRELATOR_REMOTE_ASKED_EVENTS_H

#include <stdint.h>

#include "common/json_reader.h"
#include "correlator/aws/aws_client.h"
#include "correlator/diagnostics.h"
#include "correlator/remote/remote.h"
#include "correlator/remote/spool.h"

/*
 * What lookup_events and log_events have in common: whom they ask, for what, and where the answers
 * go.
 */

/* One profile in one region. */
struct asked_place {
	struct aws_client *client; /* one a profile: the same pointer is the same profile */
	const char *profile;       /* for messages */
	const char *region;
};

struct asked_events {
	const struct asked_place *places;
	size_t place_count;
	int64_t from_us, to_us; /* of the logins asked for; INT64_MIN, INT64_MAX: all */
	int64_t late_us;        /* how late CloudTrail may deliver */
	int64_t now_us;
	bool people;     /* issuing events are wanted too */
	bool whole_days; /* to keep: days of which not all comes are left out, but for the last */
	struct spool *spool;
	/* A text that is kept in the spool: in an order that depends on account, region, event name
	 * and time only, after all have come. 0 or -1. */
	int (*add)(void *ctx, const char *name, uint64_t size);
	void *add_ctx;
	void (*progress)(void *ctx, const struct remote_progress *p); /* NULL: none */
	void *progress_ctx;
	struct diagnostics *diagnostics;
};

/* The events of use: number `at` of them, from 0 on, NULL behind the last. The first
 * ASKED_EVENTS_CONNECT are EC2 Instance Connect's, SendSSHPublicKey before all; the others issue
 * credentials. */
#define ASKED_EVENTS_CONNECT 3
const char *asked_event_name(size_t at);

/* The times between which events bear on logins of [from_us, to_us]: none before oldest_us (which
 * is not before 0) or behind now_us. */
struct asked_span {
	int64_t from_us, to_us;
};
struct asked_span asked_events_span(const struct asked_events *a, bool is_issue, int64_t oldest_us);

/* The token that stands next in an answer, raw; absent for null. 0, or -2 when it is no string. */
int asked_token_read(struct json_reader *r, struct span *raw);
/* The token of an answer (a raw JSON string, or none), decoded. 0 or -1 without memory; one that is
 * longer than token may get leaves it failed. */
int asked_token_put(struct buf *token, struct span raw);

#endif
