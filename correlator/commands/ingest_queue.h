/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_INGEST_QUEUE_H
#define CORRELATOR_COMMANDS_INGEST_QUEUE_H

#include "correlator/store/store_write.h"

/*
 * Calls of store_write.h, made in their order: at once, or by another thread, since reading and
 * parsing files takes about as long as writing rows, and neither is to wait for the other. What
 * stands in the queue is bounded. One thread at a time may put.
 *
 * Everything that puts returns 0, or -1: without memory, or a call, this or one before, has failed.
 * After a failure no call is made any more.
 */
struct ingest_queue;

/* Calls are made at once. NULL without memory. */
struct ingest_queue *ingest_queue_new(struct store *s);
/* From now on another thread makes them, if there is one to be had, and the store is the queue's
 * until ingest_queue_stop. */
void ingest_queue_start(struct ingest_queue *q);
/* Makes the calls that are left and ends the thread. 0, or -1: a call has failed. */
int ingest_queue_stop(struct ingest_queue *q);
/* Whether it was the store that failed a call (store_error says why). Not while a thread runs. */
bool ingest_queue_store_failed(const struct ingest_queue *q);
/* Stops it, if need be. */
void ingest_queue_free(struct ingest_queue *q);

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
