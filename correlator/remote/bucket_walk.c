/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/bucket_walk.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"

#define KEY_MAX ((size_t)64 << 10)

void
bucket_piece_clear(struct bucket_piece *p)
{
	free(p->prefix);
	free(p->after);
	free(p->until);
	*p = (struct bucket_piece){0};
}

void
bucket_walk_clear(struct bucket_walk *w)
{
	while (w->count != 0)
		bucket_piece_clear(&w->pieces[--w->count]);
	free(w->pieces);
	*w = (struct bucket_walk){0};
}

static char *
copy(struct span s)
{
	return s.ptr != NULL ? strndup(s.ptr, s.len) : NULL;
}

/* The first key that a day's folder could have; NULL without memory. */
static char *
key_of_day(struct span region_folder, int64_t day)
{
	struct buf key;
	char *text = NULL;

	buf_init(&key, KEY_MAX);
	trail_put_day(&key, region_folder, day);
	if (!key.failed)
		text = copy(buf_span(&key));
	buf_clear(&key);
	return text;
}

/* Takes the piece, also when it fails. ok: its texts could be made. */
static int
put(struct bucket_walk *w, struct bucket_piece *p, bool ok)
{
	if (ok && w->count >= BUCKET_PIECES_MAX) {
		w->full = true;
		bucket_piece_clear(p);
		return 0;
	}
	if (!ok || p->prefix == NULL ||
	    !array_grow((void **)&w->pieces, w->count, &w->cap, sizeof(*w->pieces))) {
		bucket_piece_clear(p);
		return -1;
	}
	w->pieces[w->count++] = *p;
	return 0;
}

static int
put_folder(struct bucket_walk *w, struct span prefix, bool folders)
{
	struct bucket_piece p = {.prefix = copy(prefix), .folders = folders};

	return put(w, &p, true);
}

/* The keys below the prefix, which names a region's folder or something within it, that are of the
 * days. */
static int
put_days(struct bucket_list *b, struct span prefix, size_t region_len)
{
	const struct trail_days *days = &b->days;
	struct bucket_piece p = {.prefix = copy(prefix), .region_len = region_len};
	struct span region = span_head(prefix, region_len);
	bool ok = true;

	b->counts.regions++;
	if (days->has_first)
		ok = (p.after = key_of_day(region, days->first)) != NULL;
	if (ok && days->has_last)
		ok = (p.until = key_of_day(region, days->last + 1)) != NULL;
	return put(b->walk, &p, ok);
}

/* A folder where no layout has begun yet. */
static int
put_outside(struct bucket_walk *w, struct span folder)
{
	bool look = w->outside < BUCKET_OUTSIDE_MAX;

	w->outside += look;
	return put_folder(w, folder, look);
}

bool
bucket_is_of_hosts(const struct bucket_list *b, struct span key)
{
	const char *slash = strrchr(b->prefix, '/');
	struct span name, rest;

	if (b->role != INPUT_EVENTS)
		return false;
	/* where the prefix ends within a name, that was not typed as a whole */
	rest = span_from(key, slash != NULL ? (size_t)(slash - b->prefix) + 1 : 0);
	while (span_cut(&rest, '/', &name) && rest.ptr != NULL)
		if (span_is(name, "logins"))
			return true;
	return false;
}

int
bucket_walk_folder(struct bucket_list *b, struct span folder)
{
	struct trail_place place = trail_place_of(folder);

	if (bucket_is_of_hosts(b, folder)) {
		b->counts.folders_left++;
		return 0;
	}
	switch (trail_step_of(&place, b->role)) {
	case TRAIL_LOOK:
		return place.level == TRAIL_OUTSIDE ? put_outside(b->walk, folder)
						    : put_folder(b->walk, folder, true);
	case TRAIL_TAKE_DAYS: return put_days(b, folder, place.region_len);
	case TRAIL_TAKE_ALL: return put_folder(b->walk, folder, false);
	case TRAIL_LEAVE: b->counts.folders_left++; return 0;
	}
	return 0;
}

/* What was typed may end within a name: then it is where in the folder before that it is. */
int
bucket_walk_begin(struct bucket_list *b)
{
	struct span prefix = span_of(b->prefix);
	struct trail_place place = trail_place_of(prefix);

	if (place.level == TRAIL_UNUSED || place.level == TRAIL_UNKNOWN) {
		b->walk->everything = true;
		return put_folder(b->walk, prefix, false);
	}
	switch (trail_step_of(&place, b->role)) {
	case TRAIL_LOOK: return put_folder(b->walk, prefix, true);
	case TRAIL_TAKE_DAYS: return put_days(b, prefix, place.region_len);
	case TRAIL_TAKE_ALL: return put_folder(b->walk, prefix, false);
	case TRAIL_LEAVE: b->counts.folders_left++; return 0;
	}
	return 0;
}

/* The days that are left of the piece behind a key: from *first, before *end. */
static bool
days_left(
    const struct bucket_piece *p, struct span key, int64_t now_us, int64_t *first, int64_t *end)
{
	if (p->region_len == 0 || !trail_day_read(span_from(key, p->region_len), first))
		return false;
	if (p->until != NULL)
		return trail_day_read(span_from(span_of(p->until), p->region_len), end);
	*end = now_us / US_PER_DAY + 1;
	return true;
}

bool
bucket_piece_can_split(const struct bucket_piece *p, struct span key, int64_t now_us)
{
	int64_t first, end;

	return days_left(p, key, now_us, &first, &end) && end - first > 1;
}

int
bucket_walk_split(
    struct bucket_list *b, const struct bucket_piece *p, struct span key, size_t parts)
{
	struct span region = span_head(span_of(p->prefix), p->region_len);
	int64_t first, end, count, n;

	if (!days_left(p, key, b->now_us, &first, &end))
		return -1;
	count = end - first;
	n = count < (int64_t)parts ? count : (int64_t)parts;
	for (int64_t i = 0; i < n; i++) {
		struct bucket_piece part = {
		    .prefix = copy(span_of(p->prefix)), .region_len = p->region_len};
		bool ok;

		part.after = i == 0 ? copy(key) : key_of_day(region, first + i * count / n);
		ok = part.after != NULL;
		if (i + 1 < n)
			part.until = key_of_day(region, first + (i + 1) * count / n);
		else
			part.until = copy(span_of(p->until));
		ok = ok && (part.until != NULL || (i + 1 == n && p->until == NULL));
		if (put(b->walk, &part, ok) != 0)
			return -1;
	}
	return 0;
}
