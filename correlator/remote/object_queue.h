/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_OBJECT_QUEUE_H
#define CORRELATOR_REMOTE_OBJECT_QUEUE_H

#include "correlator/aws/aws_client.h"
#include "correlator/input/document.h"
#include "correlator/input/input_list.h"

/*
 * Objects on their way. A thread of its own drives the client and fetches ahead what will be asked
 * for next, OBJECT_QUEUE_AHEAD at a time, as long as what it holds is less than OBJECT_QUEUE_HELD
 * bytes and OBJECT_QUEUE_COUNT objects. Whoever asks for one that is not there waits for it; what
 * is asked for goes first and regardless of these bounds, so nobody can wait for somebody who waits
 * for room. Whoever gets an object owns its bytes, and the queue forgets them.
 *
 * Objects that go into a temporary file are fetched when they are asked for, OBJECT_QUEUE_LARGE at
 * a time.
 */
#define OBJECT_QUEUE_AHEAD 64
#define OBJECT_QUEUE_HELD  ((uint64_t)64 << 20)
#define OBJECT_QUEUE_COUNT 1024
#define OBJECT_QUEUE_LARGE 2

struct object_queue;

/* Of the files of that origin. The client is the queue's from the first plan until
 * object_queue_stop. NULL without memory. */
struct object_queue *object_queue_new(struct aws_client *client, uint8_t origin);
void object_queue_free(struct object_queue *q);

/* As document_source.plan: the files of other origins are passed over. */
int object_queue_plan(
    struct object_queue *q, const struct input_list *list, const uint32_t *numbers, size_t count);
/* As document_source.read; 1: no such file was planned. */
int object_queue_read(
    struct object_queue *q, const char *path, struct document_bytes *bytes, struct buf *error);
/* Ends what is under way and forgets the plan. Nobody reads meanwhile. */
void object_queue_stop(struct object_queue *q);

#endif
