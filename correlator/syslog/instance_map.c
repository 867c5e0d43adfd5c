/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/instance_map.h"

#include <stdlib.h>

#include "common/array.h"

#define MAP_TEXT_MAX ((size_t)64 << 20)

void
instance_map_init(struct instance_map *m)
{
	*m = (struct instance_map){0};
	buf_init(&m->text, MAP_TEXT_MAX);
}

void
instance_map_clear(struct instance_map *m)
{
	free(m->rows);
	buf_clear(&m->text);
	*m = (struct instance_map){.text = m->text};
}

/* "i-" and 8 to 17 hexadecimal digits */
static bool
is_instance(struct span s)
{
	if (s.len < 2 + 8 || s.len > 2 + 17 || !span_starts(s, "i-"))
		return false;
	for (size_t i = 2; i < s.len; i++) {
		if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
			return false;
	}
	return true;
}

static bool
is_account(struct span s)
{
	return s.len == 12 && span_is_digits(s);
}

static bool
is_region(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return s.len != 0 && s.len <= 32;
}

/* Cuts the next word off *s; absent when there is none. */
static struct span
take_word(struct span *s)
{
	size_t n = 0;

	while (s->len != 0 && (s->ptr[0] == ' ' || s->ptr[0] == '\t' || s->ptr[0] == '\r'))
		*s = span_from(*s, 1);
	while (n < s->len && s->ptr[n] != ' ' && s->ptr[n] != '\t' && s->ptr[n] != '\r')
		n++;
	if (n == 0)
		return SPAN_NONE;
	*s = span_from(*s, n);
	return (struct span){s->ptr - n, n};
}

/* A path without what does not change where it leads: "./" in front, "/" behind. */
static struct span
plain_path(struct span s)
{
	while (s.len > 2 && s.ptr[0] == '.' && s.ptr[1] == '/')
		s = span_from(s, 2);
	while (s.len > 1 && s.ptr[s.len - 1] == '/')
		s.len--;
	return s;
}

static bool
has_slash(struct span s)
{
	return memchr(s.ptr, '/', s.len) != NULL;
}

/* One line; true with an absent name when it says nothing. */
static bool
parse_line(struct span line, struct instance_place_row *row)
{
	struct span head = SPAN_NONE;

	*row = (struct instance_place_row){.name = SPAN_NONE};
	(void)span_cut(&line, '#', &head);
	row->name = take_word(&head);
	if (row->name.ptr == NULL)
		return true;
	row->instance_id = take_word(&head);
	row->account_id = take_word(&head);
	row->region = take_word(&head);
	return is_instance(row->instance_id) && take_word(&head).ptr == NULL &&
	    (row->account_id.ptr == NULL || is_account(row->account_id)) &&
	    (row->region.ptr == NULL || is_region(row->region));
}

static void
move_span(struct span *s, const char *from, const char *to)
{
	if (s->ptr != NULL)
		s->ptr = to + (s->ptr - from);
}

/* Keeps the text behind what is there; the rows' spans go with it when it moves. */
static bool
keep_text(struct instance_map *m, struct span *text)
{
	struct buf grown;
	size_t from = m->text.len;

	buf_init(&grown, MAP_TEXT_MAX);
	buf_put_span(&grown, buf_span(&m->text));
	buf_put_span(&grown, *text);
	if (grown.failed) {
		buf_clear(&grown);
		return false;
	}
	for (size_t i = 0; i < m->count; i++) {
		struct instance_place_row *row = &m->rows[i];

		move_span(&row->name, m->text.ptr, grown.ptr);
		move_span(&row->instance_id, m->text.ptr, grown.ptr);
		move_span(&row->account_id, m->text.ptr, grown.ptr);
		move_span(&row->region, m->text.ptr, grown.ptr);
	}
	buf_clear(&m->text);
	m->text = grown;
	*text = span_from(buf_span(&m->text), from);
	return true;
}

int
instance_map_add(struct instance_map *m, struct span text, size_t *line)
{
	size_t before = m->count;
	struct span one;

	*line = 0;
	if (!keep_text(m, &text))
		return -2;
	while (span_cut(&text, '\n', &one)) {
		struct instance_place_row row;

		++*line;
		if (!parse_line(one, &row)) {
			m->count = before;
			return -1;
		}
		if (row.name.ptr == NULL)
			continue;
		if (!array_grow((void **)&m->rows, m->count, &m->cap, sizeof(*m->rows)))
			return -2;
		m->rows[m->count++] = row;
	}
	return 0;
}

/* Whether the path is the named one or lies below it. */
static bool
path_below(struct span path, struct span name)
{
	path = plain_path(path);
	name = plain_path(name);
	if (path.len < name.len || memcmp(path.ptr, name.ptr, name.len) != 0)
		return false;
	return path.len == name.len || name.ptr[name.len - 1] == '/' || path.ptr[name.len] == '/';
}

static bool
host_eq(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		char x = a.ptr[i], y = b.ptr[i];

		x = (char)(x >= 'A' && x <= 'Z' ? x | 0x20 : x);
		y = (char)(y >= 'A' && y <= 'Z' ? y | 0x20 : y);
		if (x != y)
			return false;
	}
	return true;
}

static const struct instance_place_row *
find_path(const struct instance_map *m, struct span path)
{
	const struct instance_place_row *found = NULL;

	for (size_t i = 0; path.len != 0 && i < m->count; i++) {
		const struct instance_place_row *row = &m->rows[i];

		if (has_slash(row->name) && path_below(path, row->name) &&
		    (found == NULL || plain_path(row->name).len > plain_path(found->name).len))
			found = row;
	}
	return found;
}

static const struct instance_place_row *
find_host(const struct instance_map *m, struct span host)
{
	for (size_t i = 0; host.len != 0 && i < m->count; i++) {
		if (!has_slash(m->rows[i].name) && host_eq(m->rows[i].name, host))
			return &m->rows[i];
	}
	return NULL;
}

const struct instance_place_row *
instance_map_find(const struct instance_map *m, struct span path, struct span host)
{
	const struct instance_place_row *row = find_path(m, path);
	struct span name = SPAN_NONE, rest = host;

	if (row == NULL)
		row = find_host(m, host);
	/* A line may have the whole name where the map has the first part. */
	if (row == NULL && span_cut(&rest, '.', &name) && rest.ptr != NULL)
		row = find_host(m, name);
	return row;
}

struct span
instance_of_path(struct span path)
{
	struct span part, found = SPAN_NONE;

	while (span_cut(&path, '/', &part)) {
		if (is_instance(part))
			found = part;
	}
	return found;
}
