/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/events/session_tags.h"

#include "common/json_reader.h"

/* docs/SEMANTICS.md, "Names": keys whose value may be a name, the best first. */
static const char *const name_keys[] = {"Email", "email", "User", "Username", "UserName", "user"};

#define NAME_KEYS (sizeof(name_keys) / sizeof(name_keys[0]))

void
session_tags_begin(struct session_tags *t, struct buf *scratch)
{
	*t = (struct session_tags){.scratch = scratch, .from = scratch->len, .rank = NAME_KEYS};
}

/* The text of a raw string, at the end of the scratch in any case. */
static struct span
put_text(struct buf *scratch, struct span raw)
{
	size_t before = scratch->len;
	struct span text = json_unescape(raw, scratch);

	if (scratch->len == before)
		buf_put_span(scratch, text);
	return (struct span){scratch->ptr + before, scratch->len - before};
}

static size_t
rank_of(struct span raw_key)
{
	size_t i = 0;

	while (i < NAME_KEYS && !json_key_is(raw_key, name_keys[i]))
		i++;
	return i;
}

static void
add_tag(struct session_tags *t, struct span raw_key, struct span raw_value)
{
	struct buf *scratch = t->scratch;
	size_t before = scratch->len, rank = rank_of(raw_key);
	bool names = raw_value.len != 0 && rank < t->rank;
	struct span value = SPAN_NONE;

	if (!t->full) {
		if (before != t->from)
			buf_puts(scratch, ", ");
		(void)put_text(scratch, raw_key);
		buf_putc(scratch, '=');
		value = put_text(scratch, raw_value);
		if (scratch->len - t->from > SESSION_TAGS_MAX) {
			buf_truncate(scratch, before);
			buf_puts(scratch, before != t->from ? ", ..." : "...");
			t->to = scratch->len;
			t->full = true;
		}
	}
	if (names && t->full)
		value = put_text(scratch, raw_value);
	if (names) {
		t->name = value;
		t->rank = rank;
	}
}

/* {"key":"Email","value":"alice@example.com"} */
static void
add_pair(struct session_tags *t, struct json_reader *r)
{
	struct span key, tag = SPAN_NONE, value = SPAN_NONE;

	if (json_peek(r) != JSON_OBJECT) {
		(void)json_skip(r);
		return;
	}
	for (json_enter(r, JSON_OBJECT); json_next_member(r, &key);) {
		if (json_key_is(key, "key"))
			tag = json_read_string(r);
		else if (json_key_is(key, "value"))
			value = json_read_string(r);
		else
			(void)json_skip(r);
	}
	if (tag.ptr != NULL && value.ptr != NULL)
		add_tag(t, tag, value);
}

void
session_tags_add(struct session_tags *t, struct span value)
{
	struct json_reader r;
	struct span key, text;

	json_reader_init(&r, value);
	switch (json_peek(&r)) {
	case JSON_ARRAY:
		for (json_enter(&r, JSON_ARRAY); json_next_element(&r);)
			add_pair(t, &r);
		break;
	case JSON_OBJECT:
		for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);) {
			text = json_read_string(&r);
			if (text.ptr != NULL)
				add_tag(t, key, text);
		}
		break;
	default: break;
	}
}

struct span
session_tags_end(struct session_tags *t)
{
	size_t to = t->full ? t->to : t->scratch->len;

	if (to == t->from)
		return SPAN_NONE;
	return (struct span){t->scratch->ptr + t->from, to - t->from};
}
