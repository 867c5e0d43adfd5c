/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_LOOKUP_PAGE_H
#define CORRELATOR_REMOTE_LOOKUP_PAGE_H

#include "correlator/remote/asked_events.h"

/* LookupEvents' requests and answers (AWS CloudTrail API Reference). */

/* Events of that name in that span of time (whole seconds around it). token: empty for the first
 * page. */
void lookup_page_ask(
    struct buf *out, const char *event_name, struct asked_span span, struct span token);

/* Tells the events of an answer, each with a record as JSON in it, with their times (INT64_MIN: it
 * says none), and gives the next page's token, when there is one. 0; -1 without memory; -2: not
 * such an answer, or not all of it; else what event returned, which ends it. */
typedef int lookup_page_event(void *ctx, int64_t time_us, struct span event);
int lookup_page_read(struct span text, lookup_page_event *event, void *ctx, struct buf *token);

/* A time as JSON 1.1 has it: seconds, also as 1.795330526E9. INT64_MIN: none. */
int64_t lookup_page_time(struct span number);

#endif
