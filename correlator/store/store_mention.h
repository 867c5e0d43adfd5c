/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_MENTION_H
#define CORRELATOR_STORE_STORE_MENTION_H

#include "correlator/events/event.h"

/*
 * The texts that somebody can be asked for by (people/reach.c: caller_is_it, issue_is_it, and the
 * names that people/person.c can give), as far as an identity or an issuing event says them: more
 * are told than count, none is left out. A text that is told twice is meant once. What a file of
 * users adds is found by the user ids.
 */

/* Not 0: the walk ends with it. */
typedef int store_mention_visit(void *ctx, struct span text);

int store_mentions_of_identity(
    const struct user_identity *u, store_mention_visit *visit, void *ctx);
/* Of the event without its caller. */
int store_mentions_of_issue(const struct event *e, store_mention_visit *visit, void *ctx);

/* So many texts of a row have a mark; one of more texts has the mark STORE_MENTION_ANY beside them,
 * and is a candidate whatever is asked for. */
#define STORE_MENTIONS_MAX 31
#define STORE_MENTION_ANY  INT64_C(0)

#endif
