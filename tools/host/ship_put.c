/* SPDX-License-Identifier: Apache-2.0 */
#define ZLIB_CONST

#include <limits.h>
#include <zlib.h>

#include "tools/host/host.h"
#include "tools/host/ship.h"

/* Names that are tried for one part. */
#define ATTEMPTS_MAX 16
#define KEY_MAX      4096
#define ERROR_MAX    8192
#define GZIP_WINDOW                                                                                \
	(15 + 16) /* deflateInit2: 32 KiB, with gzip's header, which has no time then              \
		   */

int
ship_gzip(struct span text, struct buf *out)
{
	z_stream z = {.zalloc = Z_NULL};
	int r = -1;

	if (text.len > UINT_MAX ||
	    deflateInit2(
		&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return -1;
	if (buf_reserve(out, deflateBound(&z, text.len))) {
		z.next_in = (z_const Bytef *)text.ptr;
		z.avail_in = (uInt)text.len;
		z.next_out = (Bytef *)out->ptr + out->len;
		z.avail_out = (uInt)(out->cap - out->len);
		if (deflate(&z, Z_FINISH) == Z_STREAM_END) {
			out->len += z.total_out;
			r = 0;
		}
	}
	(void)deflateEnd(&z);
	return r;
}

/* A sending under way. */
struct sending {
	struct ship *ship;
	struct buf key, body, error, last, texts;
	struct sigv4_pair metadata[SHIP_METADATA_MAX];
	size_t metadata_count;
	off_t from;
	struct ship_spot *spot;
};

enum outcome {
	SHIPPED,
	TAKEN, /* something else has this name */
	STALE,
	ABSENT,
	UNKNOWN,
	FAILED,
};

/* what: NULL for the store's own words. */
static enum outcome
fail(struct sending *x, const char *what)
{
	const char *text = what != NULL ? what : buf_cstr(&x->error);

	(void)host_fail(x->ship->to,
	    text != NULL && text[0] != '\0' ? text : "the server has not confirmed", 0);
	return FAILED;
}

/* Something is there under the part's name. It is this part, or a longer or shorter one that begins
 * with the same line, when its last line is one of this file's: that line's hash vouches for all
 * before it. */
static enum outcome
recognise(struct sending *x)
{
	struct ship_spot spot = {.file = x->spot->file, .begin = x->from};
	struct ship_mark mark;

	if (!ship_mark_read(buf_span(&x->last), &mark))
		return TAKEN;
	switch (ship_spot_search(&x->ship->files, mark.sha256, &spot)) {
	case SHIP_LOOK_FOUND: break;
	case SHIP_LOOK_NONE: return TAKEN;
	case SHIP_LOOK_STALE: return STALE;
	case SHIP_LOOK_FAILED: return fail(x, "out of memory");
	}
	*x->spot = spot;
	x->ship->part.last = mark;
	return SHIPPED;
}

/* What is there under the name: SHIPPED, TAKEN or STALE as recognised, ABSENT, or UNKNOWN with
 * x->error. */
static enum outcome
look(struct sending *x)
{
	const struct ship_store *store = x->ship->store;
	int r;

	buf_reset(&x->last);
	buf_reset(&x->error);
	r = store->head(store->ctx, buf_cstr(&x->key), &x->last, &x->error);
	if (r != 0)
		return r < 0 ? UNKNOWN : ABSENT;
	return recognise(x);
}

static enum outcome
put(struct sending *x)
{
	const struct ship_store *store = x->ship->store;
	enum outcome outcome;

	if (x->body.len == 0 && ship_gzip(buf_span(&x->ship->part.text), &x->body) != 0)
		return fail(x, "out of memory");
	buf_reset(&x->error);
	switch (store->put(store->ctx, buf_cstr(&x->key), buf_span(&x->body), x->metadata,
	    x->metadata_count, &x->error)) {
	case S3_PUT_DONE:
		x->ship->parts++;
		x->ship->records += x->ship->part.records;
		x->ship->unsure = false;
		return SHIPPED;
	case S3_PUT_EXISTS: x->ship->unsure = true; break; /* what follows may be there too */
	case S3_PUT_FAILED: return fail(x, NULL);
	}
	outcome = look(x);
	if (outcome == ABSENT) /* removed in between, or being written just now */
		return fail(x, "another one writes there");
	return outcome == UNKNOWN ? fail(x, NULL) : outcome;
}

/* Looking before sending saves sending. It decides nothing but what is there for certain: without
 * the right to list a bucket S3 refuses to say that something is not there. */
static enum outcome
look_or_put(struct sending *x)
{
	enum outcome outcome = x->ship->unsure ? look(x) : ABSENT;

	return outcome == ABSENT || outcome == UNKNOWN ? put(x) : outcome;
}

static void
tell_taken(const struct sending *x)
{
	struct buf said;

	buf_init(&said, KEY_MAX + ERROR_MAX);
	buf_put_span(&said, buf_span(&x->key));
	buf_puts(&said,
	    " is there already and ends in a line that this host's log does not have: the log was "
	    "rewritten, or somebody else wrote there; it is left as it is, and another name taken");
	(void)host_alarm(x->ship->to, buf_cstr(&said) != NULL ? buf_cstr(&said) : "conflict");
	buf_clear(&said);
}

static enum outcome
try_name(struct sending *x, unsigned attempt)
{
	enum outcome outcome;

	buf_reset(&x->key);
	ship_name_put(&x->key, &x->ship->place, &x->ship->part, attempt);
	if (buf_cstr(&x->key) == NULL)
		return fail(x, "the name is too long");
	outcome = look_or_put(x);
	if (outcome == TAKEN)
		tell_taken(x);
	return outcome;
}

static void
init_sending(struct sending *x)
{
	buf_init(&x->key, KEY_MAX);
	buf_init(&x->body, 4 * SHIP_PART_MAX);
	buf_init(&x->error, ERROR_MAX);
	buf_init(&x->last, KEY_MAX);
	buf_init(&x->texts, KEY_MAX);
}

static void
clear_sending(struct sending *x)
{
	buf_clear(&x->key);
	buf_clear(&x->body);
	buf_clear(&x->error);
	buf_clear(&x->last);
	buf_clear(&x->texts);
}

int
ship_put_part(struct ship *s, off_t from, struct ship_spot *spot)
{
	struct sending x = {.ship = s, .from = from, .spot = spot};
	enum outcome outcome = TAKEN;

	init_sending(&x);
	x.metadata_count = ship_name_metadata(&s->part, &x.texts, x.metadata);
	if (x.metadata_count == 0)
		outcome = fail(&x, "out of memory");
	for (unsigned attempt = 1; outcome == TAKEN && attempt <= ATTEMPTS_MAX; attempt++)
		outcome = try_name(&x, attempt);
	if (outcome == TAKEN)
		(void)fail(&x, "all names of this part are taken");
	clear_sending(&x);
	return outcome == SHIPPED ? 0 : outcome == STALE ? 1 : -1;
}
