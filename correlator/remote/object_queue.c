/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/object_queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/array.h"
#include "common/text_hash.h"
#include "correlator/remote/object_fetch.h"

#define STEP_MS 1000

enum row_state {
	ROW_WAITING,
	ROW_UNDER_WAY,
	ROW_READY, /* has come, or failed */
	ROW_TAKEN,
};

/* A planned file. */
struct object_row {
	struct object_fetch *fetch; /* when it is ready */
	uint32_t file;
	uint8_t state; /* enum row_state */
	bool asked_for;
	bool again; /* planned a second time: it is not fetched ahead */
};

struct object_queue {
	struct aws_client *client;
	uint8_t origin;
	const struct input_list *list;
	pthread_t thread;
	bool has_thread;

	struct object_fetch *under_way; /* the thread's own */
	size_t under_way_count;         /* the thread's own */

	pthread_mutex_t lock;    /* of what follows */
	pthread_cond_t changed;  /* an object is ready, or it is over */
	pthread_cond_t wanted;   /* the thread has something to do */
	struct object_row *rows; /* in the order of the plan */
	size_t count;
	uint32_t *slots; /* row numbers + 1 by the hash of their paths */
	size_t slot_count;
	uint32_t *asked; /* rows that somebody waits for */
	size_t asked_count, asked_cap;
	size_t next;       /* rows before it are not to be fetched ahead any more */
	uint64_t held;     /* bytes under way or ready */
	size_t held_count; /* objects under way or ready */
	size_t large;      /* of them under way into a file */
	bool over;
};

struct object_queue *
object_queue_new(struct aws_client *client, uint8_t origin)
{
	struct object_queue *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	*q = (struct object_queue){
	    .client = client,
	    .origin = origin,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER,
	    .wanted = PTHREAD_COND_INITIALIZER,
	};
	return q;
}

static const struct input_file *
file_of(const struct object_queue *q, const struct object_row *row)
{
	return &q->list->files[row->file];
}

static bool
is_large(const struct input_file *file)
{
	return file->size > OBJECT_WHOLE_MAX;
}

/* The row of that path, or the slot where it would be. */
static struct object_row *
find_row(const struct object_queue *q, const char *path, size_t *slot)
{
	size_t at;

	if (q->slot_count == 0)
		return NULL;
	at = (size_t)text_hash_add(0, span_of(path)) & (q->slot_count - 1);
	for (; q->slots[at] != 0; at = (at + 1) & (q->slot_count - 1)) {
		struct object_row *row = &q->rows[q->slots[at] - 1];

		if (strcmp(file_of(q, row)->path, path) == 0)
			return row;
	}
	if (slot != NULL)
		*slot = at;
	return NULL;
}

/* Lets the thread look for what there is to do. The lock is held. */
static void
wake(struct object_queue *q)
{
	(void)pthread_cond_signal(&q->wanted);
	aws_client_wakeup(q->client);
}

/* The lock is held, but while the request is made. */
static void
start(struct object_queue *q, struct object_row *row)
{
	const struct input_file *file = file_of(q, row);
	struct object_fetch *f;

	row->state = ROW_UNDER_WAY;
	q->held += object_fetch_weight(file);
	q->held_count++;
	q->large += is_large(file);
	(void)pthread_mutex_unlock(&q->lock);
	f = object_fetch_new(file, q->client);
	if (f != NULL) {
		f->row = (uint32_t)(row - q->rows);
		f->next = q->under_way;
		q->under_way = f;
		q->under_way_count++;
		/* what is over at once is taken with the others */
		(void)object_fetch_go_on(f);
	}
	(void)pthread_mutex_lock(&q->lock);
	if (f != NULL)
		return;
	q->large -= is_large(file);
	row->state = ROW_READY;
	(void)pthread_cond_broadcast(&q->changed);
}

/* Those that somebody waits for. The lock is held; others may be added while it is let go. */
static void
start_asked(struct object_queue *q)
{
	size_t kept = 0;

	for (size_t i = 0; i < q->asked_count; i++) {
		uint32_t number = q->asked[i];
		struct object_row *row = &q->rows[number];

		if (row->state != ROW_WAITING)
			continue;
		if (is_large(file_of(q, row)) && q->large >= OBJECT_QUEUE_LARGE)
			q->asked[kept++] = number;
		else
			start(q, row);
	}
	q->asked_count = kept;
}

/* Those that will be asked for, as far as there is room. The lock is held. */
static void
start_ahead(struct object_queue *q)
{
	while (q->next < q->count && q->under_way_count < OBJECT_QUEUE_AHEAD &&
	    q->held_count < OBJECT_QUEUE_COUNT) {
		struct object_row *row = &q->rows[q->next];
		const struct input_file *file = file_of(q, row);

		if (row->state == ROW_WAITING && !row->again && !is_large(file)) {
			if (q->held + file->size > OBJECT_QUEUE_HELD)
				return;
			start(q, row);
		}
		q->next++;
	}
}

/* The object has come, or failed. */
static void
lay_down(struct object_queue *q, struct object_fetch *f)
{
	struct object_row *row = &q->rows[f->row];

	(void)pthread_mutex_lock(&q->lock);
	q->held -= object_fetch_weight(f->file);
	q->held += f->weight;
	q->large -= is_large(f->file);
	row->fetch = f;
	row->state = ROW_READY;
	(void)pthread_cond_broadcast(&q->changed);
	(void)pthread_mutex_unlock(&q->lock);
}

static void
lay_down_ended(struct object_queue *q)
{
	struct object_fetch **at = &q->under_way;

	while (*at != NULL) {
		struct object_fetch *f = *at;

		if (!object_fetch_go_on(f)) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		q->under_way_count--;
		lay_down(q, f);
	}
}

static void *
work(void *ctx)
{
	struct object_queue *q = ctx;

	(void)pthread_mutex_lock(&q->lock);
	while (!q->over) {
		start_asked(q);
		start_ahead(q);
		if (q->under_way == NULL) {
			if (!q->over && q->asked_count == 0)
				(void)pthread_cond_wait(&q->wanted, &q->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&q->lock);
		lay_down_ended(q); /* empty objects, and what failed at once */
		if (q->under_way != NULL)
			aws_client_step(q->client, STEP_MS);
		lay_down_ended(q);
		(void)pthread_mutex_lock(&q->lock);
	}
	(void)pthread_mutex_unlock(&q->lock);
	while (q->under_way != NULL) {
		struct object_fetch *f = q->under_way;

		q->under_way = f->next;
		object_fetch_free(f);
	}
	q->under_way_count = 0;
	return NULL;
}

void
object_queue_stop(struct object_queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->over = true;
	wake(q);
	(void)pthread_cond_broadcast(&q->changed);
	(void)pthread_mutex_unlock(&q->lock);
	if (q->has_thread)
		(void)pthread_join(q->thread, NULL);
	q->has_thread = false;
	for (size_t i = 0; i < q->count; i++)
		object_fetch_free(q->rows[i].fetch);
	free(q->rows);
	free(q->slots);
	free(q->asked);
	q->rows = NULL;
	q->slots = q->asked = NULL;
	q->count = q->slot_count = q->asked_count = q->asked_cap = q->next = 0;
	q->held = q->held_count = q->large = 0;
	q->over = false;
}

void
object_queue_free(struct object_queue *q)
{
	if (q == NULL)
		return;
	object_queue_stop(q);
	(void)pthread_mutex_destroy(&q->lock);
	(void)pthread_cond_destroy(&q->changed);
	(void)pthread_cond_destroy(&q->wanted);
	free(q);
}

/* Rows for the files of the plan that are ours. */
static int
make_rows(struct object_queue *q, const uint32_t *numbers, size_t count)
{
	size_t ours = 0;

	for (size_t i = 0; i < count; i++)
		ours += q->list->files[numbers != NULL ? numbers[i] : i].origin == q->origin;
	for (q->slot_count = 16; q->slot_count < 2 * ours;)
		q->slot_count *= 2;
	q->rows = calloc(ours + 1, sizeof(*q->rows));
	q->slots = calloc(q->slot_count, sizeof(*q->slots));
	if (q->rows == NULL || q->slots == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		uint32_t number = numbers != NULL ? numbers[i] : (uint32_t)i;
		struct object_row *row = &q->rows[q->count];
		size_t slot = 0;

		if (q->list->files[number].origin != q->origin)
			continue;
		row->file = number;
		row->again = find_row(q, q->list->files[number].path, &slot) != NULL;
		q->count++;
		if (!row->again)
			q->slots[slot] = (uint32_t)q->count;
	}
	return 0;
}

int
object_queue_plan(
    struct object_queue *q, const struct input_list *list, const uint32_t *numbers, size_t count)
{
	object_queue_stop(q);
	q->list = list;
	if (make_rows(q, numbers, count) != 0) {
		object_queue_stop(q);
		return -1;
	}
	q->has_thread = q->count != 0 && pthread_create(&q->thread, NULL, work, q) == 0;
	return 0;
}

/* Asks for the row, unless somebody does. The lock is held. 0, or -1 without memory. */
static int
ask_for(struct object_queue *q, struct object_row *row)
{
	if (row->asked_for)
		return 0;
	if (!array_grow((void **)&q->asked, q->asked_count, &q->asked_cap, sizeof(*q->asked)))
		return -1;
	q->asked[q->asked_count++] = (uint32_t)(row - q->rows);
	row->asked_for = true;
	if (row->state == ROW_TAKEN)
		row->state = ROW_WAITING;
	wake(q);
	return 0;
}

/* Waits until the row is ready, and takes it. The lock is held. *got NULL: there was no memory to
 * fetch it. 0; -1: the queue was stopped; -2 without memory. */
static int
take(struct object_queue *q, struct object_row *row, struct object_fetch **got)
{
	while (row->state != ROW_READY) {
		if (q->over || !q->has_thread)
			return -1;
		if (row->state != ROW_UNDER_WAY && ask_for(q, row) != 0)
			return -2;
		(void)pthread_cond_wait(&q->changed, &q->lock);
	}
	*got = row->fetch;
	row->fetch = NULL;
	row->state = ROW_TAKEN;
	row->asked_for = false;
	q->held -= *got != NULL ? (*got)->weight : object_fetch_weight(file_of(q, row));
	q->held_count--;
	wake(q);
	return 0;
}

/* Hands over what came. */
static int
hand_over(struct object_fetch *f, struct document_bytes *bytes, struct buf *error)
{
	int r = 0;

	if (f->without_memory) {
		r = -2;
	} else if (f->failed) {
		buf_put_span(error, buf_span(&f->error));
		r = -1;
	} else {
		*bytes = f->bytes;
		f->bytes = (struct document_bytes){.fd = -1};
	}
	return r;
}

int
object_queue_read(
    struct object_queue *q, const char *path, struct document_bytes *bytes, struct buf *error)
{
	struct object_fetch *f = NULL;
	struct object_row *row;
	int r = 1;

	(void)pthread_mutex_lock(&q->lock);
	row = find_row(q, path, NULL);
	if (row != NULL)
		r = take(q, row, &f);
	(void)pthread_mutex_unlock(&q->lock);
	if (r == -1)
		buf_puts(error, "cannot be fetched: there is no thread for it");
	if (r != 0)
		return r;
	r = f != NULL ? hand_over(f, bytes, error) : -2;
	object_fetch_free(f);
	return r;
}
