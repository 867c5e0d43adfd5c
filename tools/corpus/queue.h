/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_QUEUE_H
#define TOOLS_CORPUS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is yet to be written, earliest first: a binary heap of items of one size, each beginning
 * with a struct queue_item. Items of the same time come out in the order in which they went in.
 */
struct queue_item {
	int64_t time_us;
	uint64_t order; /* set by queue_add */
};

struct queue {
	unsigned char *items;
	size_t item_size, count, cap;
	uint64_t added;
};

#define QUEUE_ITEM_MAX 512

void queue_init(struct queue *q, size_t item_size);
void queue_clear(struct queue *q);
/* Copies the item in. 0, or -1 without memory. */
int queue_add(struct queue *q, const void *item);
/* Moves out the earliest item if it is earlier than before_us; false when there is none. */
bool queue_take(struct queue *q, int64_t before_us, void *item);

#endif
