/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_LOG_PAGE_H
#define CORRELATOR_REMOTE_LOG_PAGE_H

#include "correlator/remote/asked_events.h"

/* FilterLogEvents' requests and answers (Amazon CloudWatch Logs API Reference). */

/* The filter for the events of use. */
void log_page_put_filter(struct buf *out, bool people);

/* group: a name, or an ARN without ":*". token: empty for the first page. */
void log_page_ask(
    struct buf *out, const char *group, struct asked_span span, bool people, struct span token);

/* Tells the messages of an answer, each on one line, with their times (INT64_MIN: it says none),
 * and gives the next page's token, when there is one. 0; -1 without memory; -2: not such an answer;
 * else what message returned, which ends it. */
typedef int log_page_message(void *ctx, int64_t time_us, struct span message);
int log_page_read(struct span text, log_page_message *message, void *ctx, struct buf *token);

#endif
