/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/identity_store.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/json_reader.h"

void
identity_store_init(struct identity_store *s)
{
	*s = (struct identity_store){0};
	string_pool_init(&s->text);
}

void
identity_store_clear(struct identity_store *s)
{
	free(s->users);
	string_pool_clear(&s->text);
	*s = (struct identity_store){0};
}

/* A file being read. */
struct store_reader {
	struct json_reader json;
	struct identity_store *store;
	struct buf scratch;
	size_t skipped;
	bool other;  /* something that is no user and no list of users */
	bool failed; /* without memory */
};

/* The text that stands next, kept; absent where it is no string or an empty one. */
static struct span
read_kept(struct store_reader *r)
{
	struct span raw = json_read_string(&r->json), text;
	string_id id;

	buf_reset(&r->scratch);
	if (raw.len == 0)
		return SPAN_NONE;
	if (!buf_reserve(&r->scratch, 3 * raw.len)) {
		r->failed = true;
		return SPAN_NONE;
	}
	text = json_unescape(raw, &r->scratch);
	id = string_pool_add(&r->store->text, text, NULL);
	if (id == UINT32_MAX) {
		r->failed = true;
		return SPAN_NONE;
	}
	return string_pool_span(&r->store->text, id);
}

/* One of a user's addresses; *primary: the one that is said to be the main one. */
static struct span
read_email(struct store_reader *r, bool *primary)
{
	struct span key, value = SPAN_NONE;

	*primary = false;
	for (json_enter(&r->json, JSON_OBJECT); json_next_member(&r->json, &key);) {
		if (json_key_is(key, "Value"))
			value = read_kept(r);
		else if (json_key_is(key, "Primary"))
			(void)json_read_bool(&r->json, primary);
		else
			(void)json_skip(&r->json);
	}
	return value;
}

static struct span
read_emails(struct store_reader *r)
{
	struct span email = SPAN_NONE;
	bool found = false;

	if (json_peek(&r->json) != JSON_ARRAY) {
		(void)json_skip(&r->json);
		return email;
	}
	for (json_enter(&r->json, JSON_ARRAY); json_next_element(&r->json);) {
		struct span one;
		bool primary;

		if (json_peek(&r->json) != JSON_OBJECT) {
			(void)json_skip(&r->json);
			continue;
		}
		one = read_email(r, &primary);
		if (one.ptr != NULL && (email.ptr == NULL || (primary && !found)))
			email = one;
		found = found || (primary && one.ptr != NULL);
	}
	return email;
}

/* Reads the member if it is one of a user's. */
static bool
read_member(struct store_reader *r, struct span key, struct identity_user *u)
{
	const struct {
		const char *name;
		struct span *text;
	} members[] = {
	    {"UserId", &u->user_id},
	    {"UserName", &u->user_name},
	    {"DisplayName", &u->display_name},
	    {"IdentityStoreId", &u->store_id},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (json_key_is(key, members[i].name)) {
			*members[i].text = read_kept(r);
			return true;
		}
	}
	if (!json_key_is(key, "Emails"))
		return false;
	u->email = read_emails(r);
	return true;
}

static void
add_user(struct store_reader *r, const struct identity_user *u)
{
	struct identity_store *s = r->store;

	if (u->user_id.ptr == NULL || u->user_name.ptr == NULL) {
		r->skipped++;
		return;
	}
	if (!array_grow((void **)&s->users, s->count, &s->cap, sizeof(*s->users))) {
		r->failed = true;
		return;
	}
	s->users[s->count] = *u;
	s->users[s->count].order = s->count;
	s->count++;
}

static void
read_user(struct store_reader *r)
{
	struct identity_user u = {0};
	struct span key;

	if (json_peek(&r->json) != JSON_OBJECT) {
		(void)json_skip(&r->json);
		r->skipped++;
		return;
	}
	for (json_enter(&r->json, JSON_OBJECT); json_next_member(&r->json, &key);)
		if (!read_member(r, key, &u))
			(void)json_skip(&r->json);
	if (r->json.error == JSON_OK)
		add_user(r, &u);
}

static void
read_users(struct store_reader *r)
{
	for (json_enter(&r->json, JSON_ARRAY); json_next_element(&r->json) && !r->failed;)
		read_user(r);
}

/* An object that holds the list, or is a user itself. */
static void
read_object(struct store_reader *r)
{
	struct identity_user u = {0};
	bool list = false, user = false;
	struct span key;

	for (json_enter(&r->json, JSON_OBJECT); json_next_member(&r->json, &key);) {
		if (json_key_is(key, "Users") && json_peek(&r->json) == JSON_ARRAY) {
			list = true;
			read_users(r);
		} else if (read_member(r, key, &u)) {
			user = true;
		} else {
			(void)json_skip(&r->json);
		}
	}
	if (r->json.error == JSON_OK && !list && user)
		add_user(r, &u);
	r->other = r->other || (!list && !user);
}

static void
read_document(struct store_reader *r)
{
	size_t values = 0;

	while (r->json.error == JSON_OK && !r->failed && !r->other) {
		switch (json_peek(&r->json)) {
		case JSON_OBJECT: read_object(r); break;
		case JSON_ARRAY: read_users(r); break;
		default: r->other = values == 0 || r->json.at != r->json.end; return;
		}
		values++;
	}
}

static int
compare_texts(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int by_bytes = n != 0 ? memcmp(a.ptr, b.ptr, n) : 0;

	return by_bytes != 0 ? by_bytes : (a.len > b.len) - (a.len < b.len);
}

static int
compare_ids(const struct identity_user *x, const struct identity_user *y)
{
	int by_id = compare_texts(x->user_id, y->user_id);

	return by_id != 0 ? by_id : compare_texts(x->store_id, y->store_id);
}

static int
compare_users(const void *a, const void *b)
{
	const struct identity_user *x = a, *y = b;
	int by_id = compare_ids(x, y);

	return by_id != 0 ? by_id : (x->order > y->order) - (x->order < y->order);
}

/* In order, and each user once. */
static void
sort_users(struct identity_store *s)
{
	size_t kept = 0;

	if (s->count == 0)
		return;
	qsort(s->users, s->count, sizeof(*s->users), compare_users);
	for (size_t i = 0; i < s->count; i++) {
		if (kept != 0 && compare_ids(&s->users[kept - 1], &s->users[i]) == 0)
			kept--;
		s->users[kept] = s->users[i];
		s->users[kept].order = kept;
		kept++;
	}
	s->count = kept;
}

int
identity_store_add(struct identity_store *s, struct span document, size_t *skipped)
{
	struct store_reader r = {.store = s};
	size_t before = s->count;
	int error = 0;

	json_reader_init(&r.json, document);
	buf_init(&r.scratch, 3 * document.len + 1);
	read_document(&r);
	if (r.failed)
		error = -2;
	else if (r.json.error != JSON_OK || r.other)
		error = -1;
	if (error != 0)
		s->count = before;
	else
		*skipped += r.skipped;
	sort_users(s);
	buf_clear(&r.scratch);
	return error;
}

/* The first user whose id is not less. */
static size_t
find_id(const struct identity_store *s, struct span user_id)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_texts(s->users[middle].user_id, user_id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct identity_user *
identity_store_find(const struct identity_store *s, struct span user_id, struct span store_arn)
{
	const struct identity_user *any = NULL;
	size_t count = 0;

	if (user_id.len == 0)
		return NULL;
	for (size_t i = find_id(s, user_id); i < s->count && span_eq(s->users[i].user_id, user_id);
	     i++) {
		const struct identity_user *u = &s->users[i];

		if (store_arn.len != 0 && u->store_id.len != 0) {
			/* ".../d-1234567890": a whole part of the ARN */
			if (span_eq(store_arn, u->store_id) ||
			    (store_arn.len > u->store_id.len &&
				span_eq(span_from(store_arn, store_arn.len - u->store_id.len),
				    u->store_id) &&
				store_arn.ptr[store_arn.len - u->store_id.len - 1] == '/'))
				return u;
			continue;
		}
		any = u;
		count++;
	}
	return count == 1 ? any : NULL;
}
