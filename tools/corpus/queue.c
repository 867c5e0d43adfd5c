/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/queue.h"

#include <stdlib.h>
#include <string.h>

void
queue_init(struct queue *q, size_t item_size)
{
	*q = (struct queue){.item_size = item_size};
}

void
queue_clear(struct queue *q)
{
	free(q->items);
	queue_init(q, q->item_size);
}

static void *
queue_at(const struct queue *q, size_t i)
{
	return q->items + i * q->item_size;
}

static bool
item_before(const void *a, const void *b)
{
	const struct queue_item *x = a, *y = b;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us;
	return x->order < y->order;
}

int
queue_add(struct queue *q, const void *item)
{
	struct queue_item head;
	unsigned char copy[QUEUE_ITEM_MAX];
	size_t at, parent;

	if (q->count == q->cap) {
		size_t cap = q->cap != 0 ? 2 * q->cap : 1024;
		void *items = reallocarray(q->items, cap, q->item_size);

		if (items == NULL)
			return -1;
		q->items = items;
		q->cap = cap;
	}
	memcpy(copy, item, q->item_size);
	memcpy(&head, copy, sizeof(head));
	head.order = q->added++;
	memcpy(copy, &head, sizeof(head));
	for (at = q->count++; at != 0; at = parent) {
		parent = (at - 1) / 2;
		if (!item_before(&head, queue_at(q, parent)))
			break;
		memcpy(queue_at(q, at), queue_at(q, parent), q->item_size);
	}
	memcpy(queue_at(q, at), copy, q->item_size);
	return 0;
}

bool
queue_take(struct queue *q, int64_t before_us, void *item)
{
	const void *last;
	size_t at = 0, child;

	if (q->count == 0 || ((const struct queue_item *)queue_at(q, 0))->time_us >= before_us)
		return false;
	memcpy(item, queue_at(q, 0), q->item_size);
	last = queue_at(q, --q->count);
	while ((child = 2 * at + 1) < q->count) {
		if (child + 1 < q->count && item_before(queue_at(q, child + 1), queue_at(q, child)))
			child++;
		if (!item_before(queue_at(q, child), last))
			break;
		memcpy(queue_at(q, at), queue_at(q, child), q->item_size);
		at = child;
	}
	memmove(queue_at(q, at), last, q->item_size);
	return true;
}
