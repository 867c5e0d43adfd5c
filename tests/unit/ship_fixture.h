/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SHIP_FIXTURE_H
#define TESTS_UNIT_SHIP_FIXTURE_H

/* A login log that is shipped to a store in memory, which can fail as networks do. */
#include "tests/unit/log_place.h"

#include <time.h>
#include <zlib.h>

#include "common/time_text.h"
#include "pam_module/login_log_rotate.h"
#include "tools/host/host.h"
#include "tools/host/ship.h"

#define SESSION_ID  "0123456789abcdef0123456789abcdef"
#define OBJECTS_MAX 64

enum store_mood {
	STORE_WELL,
	STORE_DEAF,      /* nothing arrives */
	STORE_LOST_WORD, /* what is put arrives, and the answer does not */
	STORE_BLIND,     /* no head is answered */
	STORE_NO_LIST,   /* it is not said that something is not there */
};

struct stored {
	char *key;
	char last[128], missing[64], head[128];
	struct buf text; /* inflated */
};

struct world {
	struct place place;
	char *state;
	struct ship_store store;
	struct stored objects[OBJECTS_MAX];
	size_t count;
	enum store_mood mood;
	int puts, heads;
};

static inline void
keep_value(const struct sigv4_pair *m, const char *name, char *out, size_t size)
{
	if (span_is(m->name, name))
		(void)snprintf(out, size, "%.*s", (int)m->value.len, m->value.ptr);
}

static inline void
inflate_all(struct span body, struct buf *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)body.ptr, .avail_in = (uInt)body.len};

	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	assert_true(buf_reserve(out, 20 << 20));
	z.next_out = (Bytef *)out->ptr;
	z.avail_out = (uInt)out->cap;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	out->len = z.total_out;
	(void)inflateEnd(&z);
}

static inline struct stored *
world_object(struct world *w, const char *key)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->objects[i].key, key) == 0)
			return &w->objects[i];
	return NULL;
}

static inline enum s3_put_result
world_put(void *ctx, const char *key, struct span body, const struct sigv4_pair *metadata,
    size_t metadata_count, struct buf *error)
{
	struct world *w = ctx;
	struct stored *o;

	w->puts++;
	if (w->mood == STORE_DEAF) {
		buf_puts(error, "nobody is there");
		return S3_PUT_FAILED;
	}
	if (world_object(w, key) != NULL)
		return S3_PUT_EXISTS;
	assert_true(w->count < OBJECTS_MAX);
	o = &w->objects[w->count++];
	*o = (struct stored){.key = strdup(key)};
	buf_init(&o->text, 21 << 20);
	inflate_all(body, &o->text);
	for (size_t i = 0; i < metadata_count; i++) {
		keep_value(&metadata[i], "last", o->last, sizeof(o->last));
		keep_value(&metadata[i], "head", o->head, sizeof(o->head));
		keep_value(&metadata[i], "missing", o->missing, sizeof(o->missing));
	}
	return w->mood == STORE_LOST_WORD ? S3_PUT_FAILED : S3_PUT_DONE;
}

static inline int
world_head(void *ctx, const char *key, struct buf *last, struct buf *error)
{
	struct world *w = ctx;
	const struct stored *o = world_object(w, key);

	w->heads++;
	if (w->mood == STORE_BLIND || w->mood == STORE_DEAF ||
	    (w->mood == STORE_NO_LIST && o == NULL)) {
		buf_puts(error, "access denied");
		return -1;
	}
	if (o != NULL)
		buf_puts(last, o->last);
	return o != NULL ? 0 : 1;
}

static inline void
world_make(struct world *w)
{
	*w = (struct world){.mood = STORE_WELL};
	place_make(&w->place, "logins.jsonl");
	w->state = path_in(w->place.dir, "ship.json");
	w->store = (struct ship_store){.put = world_put, .head = world_head, .ctx = w};
}

static inline void
world_remove(struct world *w)
{
	for (size_t i = 0; i < w->count; i++) {
		free(w->objects[i].key);
		buf_clear(&w->objects[i].text);
	}
	free(w->state);
	place_remove(&w->place);
}

/* One run of ship, as the command does it. */
static inline int
world_ship_parts(struct world *w, size_t part_max)
{
	struct ship s;
	int r;

	ship_init(&s);
	s.log = w->place.log;
	s.state_path = w->state;
	s.to = "s3://b/p";
	s.store = &w->store;
	s.part.max = part_max;
	s.place = (struct ship_place){
	    SPAN("p"), SPAN("111122223333"), SPAN("eu-central-1"), SPAN("i-0123456789abcdef0")};
	(void)ship_state_load(&s.state, w->state);
	buf_reset(&s.state.log);
	buf_puts(&s.state.log, w->place.log);
	buf_reset(&s.state.to);
	buf_puts(&s.state.to, s.to);
	r = ship_run(&s);
	ship_clear(&s);
	return r;
}

static inline int
world_ship(struct world *w)
{
	return world_ship_parts(w, SHIP_PART_MAX);
}

static inline int64_t
world_deadline(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000 + 20 * US_PER_SECOND;
}

static inline void
world_append(struct world *w, int n)
{
	while (n-- > 0) {
		struct login_record r;

		login_record_init(&r, LOGIN_RECORD_CLOSE);
		r.id = SPAN(SESSION_ID);
		assert_int_equal(
		    login_log_append(w->place.log, &r, world_deadline()), LOGIN_LOG_OK);
	}
}

static inline void
world_rotate(struct world *w, unsigned keep)
{
	enum login_log_error begun = LOGIN_LOG_OK;
	struct login_record r;

	login_record_init(&r, LOGIN_RECORD_ROTATE);
	assert_int_equal(
	    login_log_rotate(w->place.log, keep, &r, world_deadline(), &begun), LOGIN_LOG_OK);
	assert_int_equal(begun, LOGIN_LOG_OK);
}

/* All that was shipped, in the order of the keys. */
static inline void
world_arrived(const struct world *w, struct buf *out)
{
	size_t order[OBJECTS_MAX];

	for (size_t i = 0; i < w->count; i++) {
		size_t at = i;

		for (; at > 0 && strcmp(w->objects[order[at - 1]].key, w->objects[i].key) > 0; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	buf_reset(out);
	for (size_t i = 0; i < w->count; i++)
		buf_put_span(out, buf_span(&w->objects[order[i]].text));
}

/* What the named files of the directory hold, one after the other, arrived, and nothing else. */
#define assert_arrived(w, ...)                                                                     \
	assert_arrived_at((w), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)

static inline void
assert_arrived_at(struct world *w, const char *const names[], const char *file, int line)
{
	struct buf arrived, expected, one;

	buf_init(&arrived, 64 << 20);
	buf_init(&expected, 64 << 20);
	buf_init(&one, 64 << 20);
	world_arrived(w, &arrived);
	for (size_t i = 0; names[i] != NULL; i++) {
		char *path = path_in(w->place.dir, names[i]);

		buf_put_span(&expected, file_read(path, &one));
		free(path);
	}
	if (!span_eq(buf_span(&arrived), buf_span(&expected))) {
		print_error("%zu bytes arrived, %zu expected\n%.*s", arrived.len, expected.len,
		    (int)arrived.len, arrived.ptr);
		_fail(file, line);
	}
	buf_clear(&arrived);
	buf_clear(&expected);
	buf_clear(&one);
}

#endif
