/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/ingest_queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "correlator/store/store_row.h"

/* Calls are handed over so many bytes at a time, and so many times ahead. */
#define CHUNK_BYTES ((size_t)256 << 10)
#define CHUNKS_MAX  16
/* A text of a log of sshd is one call, whatever its length. */
#define CHUNK_MAX ((size_t)4 << 30)

enum call_kind {
	CALL_BEGIN,
	CALL_ROW,
	CALL_MESSAGE,
	CALL_TEXT,
	CALL_END,
};

/* In front of a call's texts, which lie behind it one after the other. */
struct call {
	size_t len[2];
	int64_t number;
	uint8_t kind;
	bool flag;
	struct ledger_counts counts;
	struct store_source source;
};

/* Of these, how much a kind needs. */
static size_t
call_size(enum call_kind kind)
{
	switch (kind) {
	case CALL_BEGIN:
	case CALL_END: return sizeof(struct call);
	default: return offsetof(struct call, counts);
	}
}

struct ingest_queue {
	struct store *store;
	bool has_thread;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, but for the last two */
	pthread_cond_t changed;
	struct buf chunks[CHUNKS_MAX]; /* a ring */
	size_t first, count;
	bool over, failed, store_failed;
	struct buf chunk; /* being filled */
	struct buf body;
};

/* What a call is made with: its own copy, aligned, and its texts. */
struct reading {
	struct call call;
	struct span text[2];
};

static void
take_call(struct span *rest, struct reading *r)
{
	enum call_kind kind = (enum call_kind)(unsigned char)rest->ptr[offsetof(struct call, kind)];
	size_t size = call_size(kind);

	memcpy(&r->call, rest->ptr, size);
	*rest = span_from(*rest, size);
	for (size_t i = 0; i < 2; i++) {
		r->text[i] = span_head(*rest, r->call.len[i]);
		*rest = span_from(*rest, r->call.len[i]);
	}
}

static int
call_begin(struct store *s, const struct reading *r)
{
	struct store_source source = r->call.source;

	source.path = r->text[0];
	source.place = r->text[1];
	return store_source_begin(s, &source);
}

static int
call_text(struct store *s, const struct reading *r)
{
	int64_t set;

	return store_set(s, r->text[0], &set) == 0
	    ? store_source_text(s, set, r->call.number, r->text[1])
	    : -1;
}

static int
call_end(struct store *s, const struct reading *r)
{
	struct string_pool pool;
	struct coverage coverage;
	int result = -1;

	string_pool_init(&pool);
	coverage_init(&coverage);
	if (store_coverage_get(r->text[0], &coverage, &pool) == 0)
		result = store_source_end(s, &r->call.counts, &coverage, &pool, r->call.flag);
	coverage_clear(&coverage);
	string_pool_clear(&pool);
	return result;
}

static int
make_call(struct store *s, const struct reading *r)
{
	switch ((enum call_kind)r->call.kind) {
	case CALL_BEGIN: return call_begin(s, r);
	case CALL_ROW: return store_source_row(s, r->text[0]);
	case CALL_MESSAGE: return store_source_message(s, r->call.flag, r->text[0]);
	case CALL_TEXT: return call_text(s, r);
	case CALL_END: return call_end(s, r);
	}
	return -1;
}

static int
make_calls(struct store *s, struct span rest)
{
	struct reading r;

	while (rest.len != 0) {
		take_call(&rest, &r);
		if (make_call(s, &r) != 0)
			return -1;
	}
	return 0;
}

/* The store's own failure has a sentence; without one it was memory. */
static void
note_failure(struct ingest_queue *q)
{
	q->failed = true;
	q->store_failed = store_error(q->store)[0] != '\0';
}

/* Its memory is used again, but for that of a long text. */
static void
empty(struct buf *chunk)
{
	if (chunk->len > 2 * CHUNK_BYTES)
		buf_clear(chunk);
	else
		buf_reset(chunk);
}

static void *
work(void *ctx)
{
	struct ingest_queue *q = ctx;

	(void)pthread_mutex_lock(&q->lock);
	for (;;) {
		struct buf *chunk = &q->chunks[q->first];
		bool failed = q->failed;
		int r;

		if (q->count == 0 && q->over)
			break;
		if (q->count == 0) {
			(void)pthread_cond_wait(&q->changed, &q->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&q->lock);
		r = failed ? 0 : make_calls(q->store, buf_span(chunk));
		empty(chunk);
		(void)pthread_mutex_lock(&q->lock);
		q->first = (q->first + 1) % CHUNKS_MAX;
		q->count--;
		if (r != 0)
			note_failure(q);
		(void)pthread_cond_broadcast(&q->changed);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return NULL;
}

struct ingest_queue *
ingest_queue_new(struct store *s)
{
	struct ingest_queue *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->store = s;
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_cond_init(&q->changed, NULL);
	for (size_t i = 0; i < CHUNKS_MAX; i++)
		buf_init(&q->chunks[i], CHUNK_MAX);
	buf_init(&q->chunk, CHUNK_MAX);
	buf_init(&q->body, CHUNK_MAX);
	return q;
}

/* Hands the calls over that were put. */
static int
flush(struct ingest_queue *q)
{
	int r = q->chunk.failed ? -1 : 0;

	(void)pthread_mutex_lock(&q->lock);
	while (q->count == CHUNKS_MAX && !q->failed)
		(void)pthread_cond_wait(&q->changed, &q->lock);
	if (r != 0)
		q->failed = true;
	if (q->failed) {
		r = -1;
	} else if (q->chunk.len != 0) {
		struct buf *slot = &q->chunks[(q->first + q->count++) % CHUNKS_MAX];
		struct buf spare = *slot;

		*slot = q->chunk;
		q->chunk = spare;
		(void)pthread_cond_broadcast(&q->changed);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return r;
}

void
ingest_queue_start(struct ingest_queue *q)
{
	q->over = false;
	q->has_thread = pthread_create(&q->thread, NULL, work, q) == 0;
}

int
ingest_queue_stop(struct ingest_queue *q)
{
	if (q->has_thread) {
		(void)flush(q); /* what fails is noted */
		(void)pthread_mutex_lock(&q->lock);
		q->over = true;
		(void)pthread_cond_broadcast(&q->changed);
		(void)pthread_mutex_unlock(&q->lock);
		(void)pthread_join(q->thread, NULL);
		q->has_thread = false;
	}
	return q->failed ? -1 : 0;
}

bool
ingest_queue_store_failed(const struct ingest_queue *q)
{
	return q->store_failed;
}

void
ingest_queue_free(struct ingest_queue *q)
{
	if (q == NULL)
		return;
	(void)ingest_queue_stop(q);
	for (size_t i = 0; i < CHUNKS_MAX; i++)
		buf_clear(&q->chunks[i]);
	buf_clear(&q->chunk);
	buf_clear(&q->body);
	(void)pthread_mutex_destroy(&q->lock);
	(void)pthread_cond_destroy(&q->changed);
	free(q);
}

static int
call_now(struct ingest_queue *q, const struct reading *r)
{
	if (!q->failed && make_call(q->store, r) != 0)
		note_failure(q);
	return q->failed ? -1 : 0;
}

static int
put(struct ingest_queue *q, struct call *call, struct span first, struct span second)
{
	if (!q->has_thread)
		return call_now(q, &(struct reading){*call, {first, second}});
	call->len[0] = first.len;
	call->len[1] = second.len;
	buf_put(&q->chunk, call, call_size((enum call_kind)call->kind));
	buf_put_span(&q->chunk, first);
	buf_put_span(&q->chunk, second);
	return q->chunk.failed || q->chunk.len >= CHUNK_BYTES ? flush(q) : 0;
}

/* What a call is made with, empty. */
static struct buf *
clean_body(struct ingest_queue *q)
{
	buf_reset(&q->body);
	return &q->body;
}

/* made: 0 when the row was, into q->body. */
static int
put_row(struct ingest_queue *q, int made)
{
	struct call call = {.kind = CALL_ROW};

	return made == 0 ? put(q, &call, buf_span(&q->body), SPAN_NONE) : -1;
}

int
ingest_queue_begin(struct ingest_queue *q, const struct store_source *source)
{
	struct call call = {.kind = CALL_BEGIN, .source = *source};

	return put(q, &call, source->path, source->place);
}

int
ingest_queue_event(struct ingest_queue *q, const struct event *e)
{
	return put_row(q, store_row_event(e, clean_body(q)));
}

int
ingest_queue_issue(struct ingest_queue *q, const struct event *e, const struct issue_keys *keys)
{
	return put_row(q, store_row_issue(e, keys, clean_body(q)));
}

int
ingest_queue_login(struct ingest_queue *q, const struct store_login *r)
{
	return put_row(q, store_row_login(r, clean_body(q)));
}

int
ingest_queue_notice(struct ingest_queue *q, const struct key_notice_text *n)
{
	return put_row(q, store_row_notice(n, clean_body(q)));
}

int
ingest_queue_message(struct ingest_queue *q, bool is_error, struct span text)
{
	struct call call = {.kind = CALL_MESSAGE, .flag = is_error};

	return put(q, &call, text, SPAN_NONE);
}

int
ingest_queue_text(struct ingest_queue *q, struct span options, int64_t changed_us, struct span text)
{
	struct call call = {.kind = CALL_TEXT, .number = changed_us};

	return put(q, &call, options, text);
}

int
ingest_queue_end(struct ingest_queue *q, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool, bool whole)
{
	struct call call = {.kind = CALL_END, .flag = whole, .counts = *counts};
	struct buf *body = clean_body(q);

	if (store_coverage_put(coverage, pool, body) != 0)
		return -1;
	return put(q, &call, buf_span(body), SPAN_NONE);
}
