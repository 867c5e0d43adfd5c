/* SPDX-License-Identifier: Apache-2.0 */
/* Walks: what they were given, by days. */
#include <stdlib.h>

#include "common/array.h"
#include "common/calendar.h"
#include "common/time_text.h"
#include "correlator/remote/asked_walk.h"

#define PART_MAX ((size_t)8 << 20)

/* A name that is not taken yet for a text of that day. NULL without memory. */
static const char *
put_name(const struct asked_walk *w, struct buf *name)
{
	int year, month, day;
	uint64_t size;
	size_t len;

	calendar_date(w->day, &year, &month, &day);
	buf_put_span(name, buf_span(&w->series));
	buf_printf(name, "/%04d-%02d-%02d", year, month, day);
	len = name->len;
	for (unsigned part = 2; buf_cstr(name) != NULL; part++) {
		if (!spool_find(w->events->spool, name->ptr, &size))
			return name->ptr;
		buf_truncate(name, len);
		buf_printf(name, ".%u", part);
	}
	return NULL;
}

int
asked_walk_keep(struct asked_walk *w)
{
	struct asked_text text = {0};
	struct buf name;
	int r = -1;

	if (w->items.len == 0)
		return 0;
	buf_init(&name, ASKED_NAME_MAX + 64);
	buf_puts(&w->items, w->api->close);
	if (put_name(w, &name) == NULL || w->items.failed ||
	    !array_grow((void **)&w->texts, w->text_count, &w->text_cap, sizeof(*w->texts)))
		goto out;
	buf_reset(&w->error);
	r = spool_append(w->events->spool, name.ptr, buf_span(&w->items), &text.size, &w->error);
	if (r != 0) {
		r = -3;
		goto out;
	}
	text.name = strdup(name.ptr);
	if (text.name == NULL) {
		r = -1;
		goto out;
	}
	w->texts[w->text_count++] = text;
out:
	buf_clear(&name);
	buf_reset(&w->items);
	return r;
}

int
asked_walk_add(struct asked_walk *w, int64_t time_us, struct span item)
{
	int64_t day = time_us >= 0 ? time_us / US_PER_DAY : w->day;
	int r;

	if (w->items.len != 0 && (day != w->day || w->items.len >= PART_MAX)) {
		r = asked_walk_keep(w);
		if (r != 0)
			return r;
	}
	w->day = day;
	buf_puts(&w->items, w->items.len == 0 ? w->api->open : w->api->between);
	buf_put_span(&w->items, item);
	return w->items.failed ? -1 : 0;
}
