/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/bucket_list.h"

#include <stdlib.h>

#include "correlator/input/document.h"
#include "correlator/remote/bucket_walk.h"

/* So many objects of one listing, and there is something to gain from several. */
#define SPLIT_FROM 2000
#define STEP_MS    200
#define KEY_MAX    ((size_t)64 << 10)
#define URI_START  "s3://"

/* Why a listing was ended by us. */
enum walker_end {
	WALKER_BEHIND = 1, /* behind the last key of the piece */
	WALKER_SPLIT,      /* the rest goes on in several */
	WALKER_FULL,       /* too many objects */
	WALKER_MEMORY,
};

/* One of the listings that are under way. */
struct bucket_walker {
	struct bucket_lister *lister;
	struct s3_list list;
	struct bucket_piece piece;
	struct buf last; /* the last key that was taken, of a piece with days */
	uint64_t found;
	bool busy, ended;
};

struct bucket_lister {
	struct bucket_list *b;
	struct buf start; /* of paths: "s3://BUCKET/" */
	struct bucket_walker walkers[BUCKET_LISTS_MAX];
	size_t busy;
	bool first_done; /* the first listing has gone well */
	int r;
};

static bool
is_folder_mark(const struct s3_object *o)
{
	return o->key.len == 0 || (o->size == 0 && o->key.ptr[o->key.len - 1] == '/');
}

/* Adds an object, if it is of those wanted. */
static int
take_object(struct bucket_lister *l, const struct s3_object *o)
{
	struct bucket_list *b = l->b;
	const struct input_file file = {
	    .role = (uint8_t)b->role,
	    .origin = b->origin,
	    .size = o->size,
	    .changed_us = o->changed_us != 0 ? o->changed_us : DOCUMENT_CHANGED_UNKNOWN,
	    .is_file = true,
	};
	struct span tag = o->etag.len != 0 ? o->etag : SPAN_NONE;
	enum trail_want want = TRAIL_WANTED;

	if (is_folder_mark(o))
		return 0;
	if (!b->walk->everything)
		want = bucket_is_of_hosts(b, o->key) ? TRAIL_OTHER_KIND
						     : trail_want_of(o->key, b->role, &b->days);
	b->counts.other_day += want == TRAIL_OTHER_DAY;
	b->counts.other_kind += want == TRAIL_OTHER_KIND;
	if (want != TRAIL_WANTED)
		return 0;
	if (b->counts.objects >= BUCKET_OBJECTS_MAX)
		return WALKER_FULL;
	if (input_list_put(b->list, &file, buf_span(&l->start), o->key, tag) != 0)
		return WALKER_MEMORY;
	b->counts.objects++;
	b->counts.bytes += o->size;
	return 0;
}

/* True when others have nothing to do, and what is left behind the last key can be shared. */
static bool
is_worth_splitting(const struct bucket_walker *w)
{
	const struct bucket_lister *l = w->lister;

	return w->found >= SPLIT_FROM && l->b->walk->count == 0 && l->busy < BUCKET_LISTS_MAX / 2 &&
	    bucket_piece_can_split(&w->piece, buf_span(&w->last), l->b->now_us);
}

static bool
is_before(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len != 0 ? memcmp(a.ptr, b.ptr, len) : 0;

	return order != 0 ? order < 0 : a.len < b.len;
}

static int
on_found(void *ctx, const struct s3_object *o, bool is_prefix)
{
	struct bucket_walker *w = ctx;
	int r;

	if (is_prefix)
		return bucket_walk_folder(w->lister->b, o->key) == 0 ? 0 : WALKER_MEMORY;
	if (w->piece.until != NULL && !is_before(o->key, span_of(w->piece.until)))
		return WALKER_BEHIND;
	if (is_worth_splitting(w))
		return WALKER_SPLIT;
	r = take_object(w->lister, o);
	w->found++;
	if (r == 0 && w->piece.region_len != 0) {
		buf_reset(&w->last);
		buf_put_span(&w->last, o->key);
		r = w->last.failed ? WALKER_MEMORY : 0;
	}
	return r;
}

static void
on_done(struct s3_list *list)
{
	struct bucket_walker *w = list->done_ctx;

	w->ended = true;
}

static void
say_failure(struct bucket_lister *l, struct bucket_walker *w)
{
	const char *why = buf_cstr(&w->list.error);

	if (why == NULL)
		why = "cannot be listed";
	if (!l->first_done) {
		buf_reset(&l->b->error);
		buf_puts(&l->b->error, why);
		l->r = 1;
		return;
	}
	diagnostics_error(l->b->diagnostics, l->b->uri, "below %s: %s", w->piece.prefix, why);
}

static void
take_ended(struct bucket_lister *l, struct bucket_walker *w)
{
	switch (w->list.result) {
	case 0:
	case WALKER_BEHIND: break;
	case WALKER_SPLIT:
		if (bucket_walk_split(l->b, &w->piece, buf_span(&w->last), BUCKET_LISTS_MAX / 2) !=
		    0)
			l->r = -1;
		break;
	case WALKER_FULL:
		diagnostics_error(l->b->diagnostics, l->b->uri,
		    "has more than %d objects, and the others are not read: give a longer prefix, "
		    "or --from and --to",
		    BUCKET_OBJECTS_MAX);
		bucket_walk_clear(l->b->walk);
		break;
	case WALKER_MEMORY: l->r = -1; break;
	default: say_failure(l, w); break;
	}
	l->first_done = true;
}

static void
release(struct bucket_walker *w)
{
	s3_list_clear(&w->list);
	bucket_piece_clear(&w->piece);
	w->busy = w->ended = false;
	w->lister->busy--;
}

static int
start(struct bucket_lister *l, struct bucket_walker *w)
{
	struct bucket_walk *walk = l->b->walk;

	w->lister = l;
	w->piece = walk->pieces[--walk->count];
	w->found = 0;
	w->busy = true;
	w->ended = false;
	l->busy++;
	buf_reset(&w->last);
	s3_list_init(&w->list);
	w->list.bucket = l->b->bucket;
	w->list.prefix = w->piece.prefix;
	w->list.start_after = w->piece.after;
	w->list.delimiter = w->piece.folders ? "/" : NULL;
	w->list.found = on_found;
	w->list.ctx = w;
	w->list.done = on_done;
	w->list.done_ctx = w;
	return s3_list_start(l->b->client, &w->list);
}

/* One round: starts what there is to start, waits for something, takes what has ended. */
static void
step(struct bucket_lister *l)
{
	struct bucket_list *b = l->b;

	for (size_t i = 0; i < BUCKET_LISTS_MAX && b->walk->count != 0 && l->r == 0; i++)
		if (!l->walkers[i].busy && start(l, &l->walkers[i]) != 0)
			l->r = -1;
	if (l->r == 0)
		aws_client_step(b->client, STEP_MS);
	for (size_t i = 0; i < BUCKET_LISTS_MAX; i++) {
		if (!l->walkers[i].busy || !l->walkers[i].ended)
			continue;
		take_ended(l, &l->walkers[i]);
		release(&l->walkers[i]);
	}
	if (b->progress != NULL)
		b->progress(b->progress_ctx, &b->counts);
}

/* Whatever is still under way ends here. */
static void
clear(struct bucket_lister *l)
{
	for (size_t i = 0; i < BUCKET_LISTS_MAX; i++) {
		struct bucket_walker *w = &l->walkers[i];

		if (w->busy && !w->ended)
			s3_list_cancel(&w->list);
		if (w->busy)
			release(w);
		buf_clear(&w->last);
	}
	buf_clear(&l->start);
	free(l);
}

int
bucket_list_run(struct bucket_list *b)
{
	struct bucket_lister *l = calloc(1, sizeof(*l));
	struct bucket_walk walk = {0};
	size_t before = b->list->count;
	int r = -1;

	if (l == NULL)
		return -1;
	l->b = b;
	b->walk = &walk;
	buf_init(&l->start, KEY_MAX);
	buf_printf(&l->start, URI_START "%s/", b->bucket);
	for (size_t i = 0; i < BUCKET_LISTS_MAX; i++)
		buf_init(&l->walkers[i].last, KEY_MAX);
	if (l->start.failed || bucket_walk_begin(b) != 0)
		goto out;
	while (l->r == 0 && (walk.count != 0 || l->busy != 0))
		step(l);
	r = l->r;
	if (walk.full)
		diagnostics_error(b->diagnostics, b->uri,
		    "has more than %d folders, and the others are not read: give a longer prefix",
		    BUCKET_PIECES_MAX);
	input_list_sort(b->list, before);
out:
	clear(l);
	bucket_walk_clear(&walk);
	b->walk = NULL;
	return r;
}
