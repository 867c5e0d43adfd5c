/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_INGEST_QUEUE_H
#define CORRELATOR_COMMANDS_INGEST_QUEUE_H

#include "correlator/store/store_write.h"

/*
 * Calls of store_write.h for another thread to make, in their order: reading and parsing files
 * takes about as long as writing rows, and neither is to wait for the other. What stands in the
 * queue is bounded. One thread at a time may put; the store is the queue's from ingest_queue_new to
 * ingest_queue_free.
 *
 * Everything that puts returns 0, or -1: without memory, or a call before has failed.
 */
struct ingest_queue;

/* NULL without memory, or when there is no other thread to be had. */
struct ingest_queue *ingest_queue_new(struct store *s);
/* Makes the calls that are left, ends the thread and frees all. 0, or -1: a call failed; then
 * *store_failed says whether it was the store (store_error) or memory. */
int ingest_queue_free(struct ingest_queue *q, bool *store_failed);

int ingest_queue_begin(struct ingest_queue *q, const struct store_source *source);
int ingest_queue_event(struct ingest_queue *q, const struct event *e);
int ingest_queue_issue(
    struct ingest_queue *q, const struct event *e, const struct issue_keys *keys);
int ingest_queue_login(struct ingest_queue *q, const struct store_login *r);
int ingest_queue_notice(struct ingest_queue *q, const struct key_notice_text *n);
int ingest_queue_message(struct ingest_queue *q, bool is_error, struct span text);
/* options: of the set that the text belongs to. */
int ingest_queue_text(
    struct ingest_queue *q, struct span options, int64_t changed_us, struct span text);
int ingest_queue_end(struct ingest_queue *q, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool, bool whole);

#endif
