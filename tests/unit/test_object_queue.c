/* SPDX-License-Identifier: Apache-2.0 */
/* Objects on their way, with a server that lies in this file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "correlator/aws/s3.h"
#include "correlator/remote/object_fetch.h"
#include "correlator/remote/object_queue.h"

#define FLIGHTS 4096
#define FILES   3000

/* Requests under way. One thread calls all but the wake-up and the counts. */
struct aws_client {
	struct aws_request *flights[FLIGHTS];
	size_t count;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool wake;
	uint32_t random;
	bool held_back; /* nothing is answered */
	atomic_size_t most, started, cancelled;
	_Atomic uint64_t asked_bytes;
	int short_times; /* so many bodies lack a byte */
	bool ignores_ranges;
};

/* What is asked for. */
struct world {
	struct aws_client client;
	struct object_queue *queue;
	struct input_list list;
};

void
aws_request_init(struct aws_request *r)
{
	*r = (struct aws_request){0};
	buf_init(&r->error, 1024);
	buf_init(&r->http.text, SIZE_MAX);
	buf_init(&r->http.head, 4096);
}

void
aws_request_clear(struct aws_request *r)
{
	buf_clear(&r->error);
	buf_clear(&r->http.text);
	buf_clear(&r->http.head);
}

int
aws_client_start(struct aws_client *c, struct aws_request *r)
{
	if (c->count >= FLIGHTS)
		abort();
	c->flights[c->count++] = r;
	c->started++;
	if (c->count > c->most)
		c->most = c->count;
	return 0;
}

void
aws_client_cancel(struct aws_client *c, struct aws_request *r)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->flights[i] != r)
			continue;
		c->flights[i] = c->flights[--c->count];
		c->cancelled++;
		return;
	}
	abort();
}

/* What an object's bytes begin with, and the byte at a place. */
static uint64_t
seed_of(const char *key)
{
	return strlen(key) * 31 + (unsigned char)key[strlen(key) - 3];
}

static char
byte_at(uint64_t seed, uint64_t at)
{
	return (char)('a' + (seed + at) % 23);
}

static uint64_t
size_of(const char *path)
{
	return (uint64_t)strtoull(strrchr(path, '-') + 1, NULL, 10);
}

/* Keys are "fail...", "gone..." or anything, with "-SIZE" at their end. */
static void
answer(struct aws_client *c, struct aws_request *r)
{
	const char *key = r->path + 1;
	uint64_t size = size_of(key), from = 0, to = size, seed = seed_of(key);

	for (size_t i = 0; i < r->header_count; i++) {
		unsigned long long first, last;
		char value[64];

		if (!span_is(r->headers[i].name, "range"))
			continue;
		(void)snprintf(value, sizeof(value), "%.*s", (int)r->headers[i].value.len,
		    r->headers[i].value.ptr);
		if (sscanf(value, "bytes=%llu-%llu", &first, &last) != 2)
			abort();
		from = first;
		to = last + 1;
	}
	r->ok = strncmp(key, "fail", 4) != 0 && strncmp(key, "gone", 4) != 0;
	r->status = r->ok ? (to - from < size ? 206 : 200) : key[0] == 'g' ? 412 : 403;
	if (!r->ok) {
		buf_puts(&r->error, "denied");
		return;
	}
	if (c->ignores_ranges) {
		r->status = 200;
		from = 0;
		to = size;
	}
	if (r->status == 206)
		buf_printf(&r->http.head, "content-range: bytes %llu-%llu/%llu\n",
		    (unsigned long long)from, (unsigned long long)to - 1, (unsigned long long)size);
	if (c->short_times > 0 && to > from) {
		c->short_times--;
		to--;
	}
	if (!buf_reserve(&r->http.text, (size_t)(to - from)))
		abort();
	for (uint64_t i = from; i < to; i++)
		r->http.text.ptr[r->http.text.len++] = byte_at(seed, i);
}

void
aws_client_step(struct aws_client *c, int timeout_ms)
{
	struct timespec end;
	size_t answers;

	(void)clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += (timeout_ms < 20 ? timeout_ms : 20) * 1000000L;
	end.tv_sec += end.tv_nsec / 1000000000L;
	end.tv_nsec %= 1000000000L;
	(void)pthread_mutex_lock(&c->lock);
	while (!c->wake && (c->count == 0 || c->held_back) &&
	    pthread_cond_timedwait(&c->woken, &c->lock, &end) == 0)
		;
	c->wake = false;
	answers = c->held_back ? 0 : 3;
	(void)pthread_mutex_unlock(&c->lock);
	for (; answers != 0 && c->count != 0; answers--) {
		struct aws_request *r;
		size_t at;

		c->random = c->random * 1103515245 + 12345;
		at = (c->random >> 8) % c->count;
		r = c->flights[at];
		c->flights[at] = c->flights[--c->count];
		answer(c, r);
		r->done(r);
	}
}

void
aws_client_wakeup(struct aws_client *c)
{
	(void)pthread_mutex_lock(&c->lock);
	c->wake = true;
	(void)pthread_cond_signal(&c->woken);
	(void)pthread_mutex_unlock(&c->lock);
}

int
aws_client_do(struct aws_client *c, struct aws_request *r)
{
	(void)c;
	(void)r;
	return -1;
}

static void
world_init(struct world *w)
{
	*w = (struct world){.client = {.random = 3}};
	(void)pthread_mutex_init(&w->client.lock, NULL);
	(void)pthread_cond_init(&w->client.woken, NULL);
	w->queue = object_queue_new(&w->client, 1);
	assert_non_null(w->queue);
}

static void
world_clear(struct world *w)
{
	object_queue_free(w->queue);
	assert_int_equal(w->client.count, 0);
	input_list_clear(&w->list);
	(void)pthread_mutex_destroy(&w->client.lock);
	(void)pthread_cond_destroy(&w->client.woken);
}

static void
put(struct world *w, const char *name, size_t number, uint64_t size)
{
	const struct input_file file = {
	    .role = INPUT_EVENTS, .origin = 1, .size = size, .changed_us = 77};
	char key[64];

	(void)snprintf(key, sizeof(key), "%s%zu-%llu", name, number, (unsigned long long)size);
	assert_int_equal(
	    input_list_put(&w->list, &file, SPAN("s3://bucket/"), span_of(key), SPAN("etag")), 0);
}

static void
plan_all(struct world *w)
{
	assert_int_equal(object_queue_plan(w->queue, &w->list, NULL, w->list.count), 0);
}

static void
wait_ms(int ms)
{
	const struct timespec t = {0, ms * 1000000L};

	(void)nanosleep(&t, NULL);
}

/* Reads a file and compares its bytes. Plain returns: threads do this. 0 when all is right. */
static int
read_right(struct world *w, size_t number)
{
	struct document_bytes bytes = {.fd = -1};
	const char *path = w->list.files[number].path;
	const char *key = path + strlen("s3://bucket/");
	const uint64_t seed = seed_of(key);
	struct buf error;
	int r, wrong = 0;

	buf_init(&error, 1024);
	r = object_queue_read(w->queue, path, &bytes, &error);
	if (strncmp(key, "fail", 4) == 0) {
		wrong = r != -1 || !span_is(buf_span(&error), "denied");
	} else if (strncmp(key, "gone", 4) == 0) {
		wrong = r != -1 || !span_is(buf_span(&error), "has changed since it was listed");
	} else if (r != 0 || bytes.len != size_of(key) || bytes.changed_us != 77) {
		wrong = 1;
	}
	for (uint64_t i = 0; bytes.data != NULL && i < bytes.len; i++)
		wrong |= bytes.data[i] != byte_at(seed, i);
	for (uint64_t i = 0; bytes.fd >= 0 && i < bytes.len; i += 4099) {
		char c;

		wrong |= pread(bytes.fd, &c, 1, (off_t)i) != 1 || c != byte_at(seed, i);
	}
	if (bytes.fd >= 0)
		(void)close(bytes.fd);
	free(bytes.data);
	buf_clear(&error);
	return wrong;
}

static void
test_in_order(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < 300; i++)
		put(&w,
		    i % 7 == 0        ? "fail"
			: i % 11 == 0 ? "gone"
				      : "x",
		    i, i % 5 * 1000 + (i % 7 == 0 || i % 11 == 0));
	plan_all(&w);
	for (size_t i = 0; i < w.list.count; i++)
		assert_int_equal(read_right(&w, i), 0);
	assert_true(w.client.most <= OBJECT_QUEUE_AHEAD + 1);
	assert_true(w.client.most > 8);
	world_clear(&w);
}

struct reader {
	struct world *w;
	atomic_size_t *next;
	size_t stride;
	int wrong;
};

static void *
read_some(void *ctx)
{
	struct reader *r = ctx;
	size_t count = r->w->list.count;

	for (size_t n; (n = (*r->next)++) < count;)
		r->wrong |= read_right(r->w, n * r->stride % count);
	return NULL;
}

/* Several threads ask in another order than was announced: all of it comes, and nobody waits for
 * ever. */
static void
test_any_order(void **state)
{
	static const size_t strides[] = {1, 7, 1009, FILES - 1};

	(void)state;
	for (size_t s = 0; s < sizeof(strides) / sizeof(strides[0]); s++) {
		struct reader readers[5];
		pthread_t threads[5];
		atomic_size_t next = 0;
		struct world w;

		world_init(&w);
		for (size_t i = 0; i < FILES; i++)
			put(&w, i % 97 == 0 ? "fail" : "x", i,
			    i % 250 == 0                    ? 3u << 20
				: i % 3 == 0 && i % 97 != 0 ? 0
							    : 100);
		plan_all(&w);
		for (size_t t = 0; t < 5; t++) {
			readers[t] = (struct reader){&w, &next, strides[s], 0};
			assert_int_equal(
			    pthread_create(&threads[t], NULL, read_some, &readers[t]), 0);
		}
		for (size_t t = 0; t < 5; t++) {
			(void)pthread_join(threads[t], NULL);
			assert_int_equal(readers[t].wrong, 0);
		}
		/* each was fetched once, and empty ones are not asked for */
		assert_true(w.client.started <= FILES);
		world_clear(&w);
	}
}

static void
test_bounds(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < 100; i++)
		put(&w, "x", i, 8u << 20);
	for (size_t i = 0; i < 5000; i++)
		put(&w, "y", i, 10);
	plan_all(&w);
	wait_ms(300);
	assert_int_equal(w.client.started, OBJECT_QUEUE_HELD / (8u << 20));
	/* what is far behind goes first */
	assert_int_equal(read_right(&w, 4000), 0);
	assert_int_equal(read_right(&w, 99), 0);
	wait_ms(50);
	assert_int_equal(w.client.started, OBJECT_QUEUE_HELD / (8u << 20) + 2);
	/* each that is taken makes room for one */
	assert_int_equal(read_right(&w, 0), 0);
	wait_ms(100);
	assert_int_equal(w.client.started, OBJECT_QUEUE_HELD / (8u << 20) + 3);
	world_clear(&w);

	world_init(&w);
	for (size_t i = 0; i < 5000; i++)
		put(&w, "y", i, 10);
	plan_all(&w);
	for (int i = 0; i < 100 && w.client.started < OBJECT_QUEUE_COUNT; i++)
		wait_ms(20);
	wait_ms(50);
	assert_int_equal(w.client.started, OBJECT_QUEUE_COUNT);
	world_clear(&w);
}

static void
test_large(void **state)
{
	static const uint64_t sizes[] = {
	    OBJECT_WHOLE_MAX, OBJECT_WHOLE_MAX + 1, 3 * OBJECT_PART, 5 * OBJECT_PART + 17};

	(void)state;
	for (int ignores = 0; ignores < 2; ignores++) {
		struct world w;

		world_init(&w);
		w.client.ignores_ranges = ignores != 0;
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			put(&w, "x", i, sizes[i]);
		put(&w, "fail", 0, 4 * OBJECT_PART);
		put(&w, "x", 9, OBJECT_MAX + 1);
		plan_all(&w);
		for (size_t i = 0; i < w.list.count - 1; i++)
			assert_int_equal(read_right(&w, i), 0);
		assert_int_equal(read_right(&w, w.list.count - 1), 1);
		world_clear(&w);
	}
}

/* A body that ends early is asked for again, and not for ever. */
static void
test_short_bodies(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.client.short_times = 2;
	put(&w, "x", 0, 100);
	plan_all(&w);
	assert_int_equal(read_right(&w, 0), 0);
	w.client.short_times = 1000;
	assert_int_equal(read_right(&w, 0), 1);
	w.client.short_times = 1;
	put(&w, "x", 1, 3 * OBJECT_PART);
	plan_all(&w);
	assert_int_equal(read_right(&w, 1), 0);
	world_clear(&w);
}

/* A file may be read again, be in the list twice, or not be there at all. */
static void
test_again(void **state)
{
	struct document_bytes bytes = {.fd = -1};
	struct world w;
	struct buf error;

	(void)state;
	world_init(&w);
	buf_init(&error, 1024);
	for (size_t i = 0; i < 20; i++)
		put(&w, "x", i / 2, 5000);
	plan_all(&w);
	for (size_t i = 0; i < 40; i++)
		assert_int_equal(read_right(&w, i % 20), 0);
	assert_int_equal(object_queue_read(w.queue, "s3://bucket/other", &bytes, &error), 1);
	assert_int_equal(object_queue_plan(w.queue, &w.list, (const uint32_t[]){3, 1}, 2), 0);
	assert_int_equal(read_right(&w, 1), 0);
	assert_int_equal(object_queue_read(w.queue, w.list.files[8].path, &bytes, &error), 1);
	w.list.files[9].origin = 2;
	plan_all(&w);
	w.list.files[8].origin = 2;
	plan_all(&w);
	assert_int_equal(object_queue_read(w.queue, w.list.files[8].path, &bytes, &error), 1);
	buf_clear(&error);
	world_clear(&w);
}

/* It can be ended whatever is under way. */
static void
test_stop(void **state)
{
	(void)state;
	for (int ms = 0; ms < 40; ms += 4) {
		struct world w;

		world_init(&w);
		w.client.held_back = ms % 8 == 0;
		for (size_t i = 0; i < 200; i++)
			put(&w, "x", i, i == 7 ? OBJECT_WHOLE_MAX + 5 : 100000);
		plan_all(&w);
		wait_ms(ms);
		if (!w.client.held_back)
			assert_int_equal(read_right(&w, 7), 0);
		object_queue_stop(w.queue);
		assert_int_equal(w.client.count, 0);
		world_clear(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_order),
	    cmocka_unit_test(test_any_order),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_short_bodies),
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
