/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_RECORD_SCAN_H
#define CORRELATOR_INPUT_RECORD_SCAN_H

#include "common/buf.h"
#include "common/json_reader.h"
#include "common/span.h"

/*
 * Finds the records in a document, whatever they are wrapped in; told by content, never by name:
 *
 *   {"Records":[...]}                 CloudTrail log file
 *   [...]                             bare array
 *   {...}                             a single record; several in a row or one a line (JSONL)
 *   {"Events":[{"CloudTrailEvent":"..."}]}, {"CloudTrailEvent":"..."}   LookupEvents, and as JSONL
 *   {"detail-type":...,"detail":{...}}                                  EventBridge
 *   {"logEvents":[{"message":"..."}]}, {"events":[{"message":"..."}]}   CloudWatch Logs
 *
 * A broken value in a document of lines costs its line; in a document that is one value, the rest
 * of it. Both are told to `malformed`, with their place.
 */
enum record_shape {
	RECORD_CLOUDTRAIL, /* has eventSource and eventName */
	RECORD_LOGIN,      /* has v, kind and seq: a line of a login log */
	RECORD_DIGEST,     /* a CloudTrail digest file */
	RECORD_INSIGHT,    /* a CloudTrail Insights event */
	RECORD_CONTROL,    /* a CloudWatch Logs control message */
	RECORD_JOURNAL,    /* an entry of systemd's journal: has __REALTIME_TIMESTAMP */
	RECORD_OTHER,      /* JSON of another kind */
};

/* Raw strings (still escaped) of a CloudTrail record's own members, absent ones SPAN_NONE. */
struct record_header {
	struct span event_source, event_name, event_time, aws_region, recipient_account_id;
	/* whole values */
	struct span user_identity, request_parameters, response_elements;
	struct span additional_event_data, service_event_details;
	/* a string, or a number, true or false as it is written; absent for all else */
	struct span error_code, read_only;
};

struct record_visitor {
	void *ctx;
	/* One record; the spans live until it returns. Not 0 ends the scan with that value. */
	int (*record)(void *ctx, enum record_shape shape, struct span text,
	    const struct record_header *header);
	/* What could not be read, at which byte of the document. */
	void (*malformed)(void *ctx, size_t offset, enum json_error error);
};

/* scratch holds records that stood in strings; it is reset for each. Returns 0 or what record
 * returned; -1 when scratch got no memory. */
int record_scan(struct span document, struct buf *scratch, const struct record_visitor *visitor);

#endif
