/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVENTS_EVENT_ISSUE_H
#define CORRELATOR_EVENTS_EVENT_ISSUE_H

#include "correlator/events/event.h"

/* Private to event.c and issue_keys.c: events that issue credentials. */

/* Which kind it is, by decoded texts without white space around them. */
enum issue_kind event_issue_of(struct span source, struct span name);

/* True for a service that issues credentials or sessions. */
bool event_issue_has_source(struct span source);

/* Reads the members of issuing events of a record that has been read once, as event_parse does. The
 * record's spans that are set already stay; `failed` is set anew. scratch has had room for 3 times
 * the record before anything was read, which is enough for both. */
void event_issue_read(struct span record, struct buf *scratch, struct event *e);

/* The principalId of an account's root, which AssumeRoot's targetPrincipal names by account id or
 * by ARN. */
struct span event_issue_root(struct span target);

#endif
