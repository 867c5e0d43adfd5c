/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_row.h"

#include "common/time_text.h"
#include "correlator/store/store_mark.h"
#include "correlator/store/store_mention.h"
#include "pam_module/ssh_key.h"

/* Of an identity's mark: the hour of its creation, and its hash behind it. */
#define HOUR_MASK UINT64_C(0xffffff)
#define MARK_BITS 39
#define MARK_MASK (((uint64_t)1 << MARK_BITS) - 1)

_Static_assert(STORE_MENTIONS_MAX == STORE_SUBROWS - 1, "and one for STORE_MENTION_ANY");
_Static_assert(LOGIN_RECORD_AUTH_MAX <= STORE_SUBROWS, "a step has a number below");

void
store_marks_add(struct store_marks *m, int64_t mark)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->marks[i] == mark)
			return;
	if (m->count == STORE_SUBROWS)
		return;
	m->marks[m->count] = m->count < STORE_MENTIONS_MAX ? mark : STORE_MENTION_ANY;
	m->count++;
}

/* Begins a row; where it begins. What only its end tells is put in by row_end. */
static size_t
row_begin(struct buf *out)
{
	static const struct store_row none;
	size_t at = out->len;

	buf_put(out, &none, sizeof(none));
	return at;
}

static void
put_marks(struct buf *out, const struct store_marks *m, uint8_t *count)
{
	*count = (uint8_t)m->count;
	buf_put(out, m->marks, m->count * sizeof(m->marks[0]));
}

static int
row_end(struct buf *out, size_t at, const struct store_row *row)
{
	if (out->failed)
		return -1;
	memcpy(out->ptr + at, row, sizeof(*row));
	return 0;
}

/*
 * The hour in which it was created goes in front: a trail is read in the order of its hours, so new
 * identities come to lie side by side in their index, and few of its pages change with a batch.
 */
static int64_t
mark_of_identity(const struct user_identity *u, struct span body)
{
	uint64_t mark = (uint64_t)store_mark(body), hour = 0;
	int64_t created_us;

	if (time_parse(u->creation_date, &created_us))
		hour = (uint64_t)(created_us / US_PER_HOUR) & HOUR_MASK;
	return (int64_t)(hour << MARK_BITS | (mark & MARK_MASK));
}

/* Identity and body of an event. */
static int
put_event(const struct event *e, struct buf *out, struct store_row *row)
{
	size_t at = out->len;

	if (store_identity_put(&e->identity, out) != 0)
		return -1;
	row->identity_len = out->len - at;
	row->identity_mark = mark_of_identity(&e->identity, span_from(buf_span(out), at));
	at = out->len;
	if (store_event_put(e, out) != 0)
		return -1;
	row->body_len = out->len - at;
	return 0;
}

static int64_t
replaced_by(const struct event *e)
{
	return e->supersedes ? store_mark(e->original_event_id) : 0;
}

int
store_row_event(const struct event *e, struct buf *out)
{
	char text[SSH_FINGERPRINT_TEXT_LEN];
	size_t at = row_begin(out);
	struct store_row row = {
	    .table = STORE_PUSHES,
	    .time_us = e->time_us,
	    .console = e->from_console,
	    .numbers = {e->has_fingerprint
		    ? store_mark(span_of(ssh_fingerprint_text(e->fingerprint, text)))
		    : 0,
		store_mark(e->instance_id), store_mark_address(e->source_ip),
		store_mark(e->event_id), replaced_by(e), store_mark(e->request_id)},
	};

	return put_event(e, out, &row) == 0 ? row_end(out, at, &row) : -1;
}

static int
collect(void *ctx, struct span text)
{
	store_marks_add(ctx, store_mark_lower(text));
	return 0;
}

int
store_row_issue(const struct event *e, const struct issue_keys *keys, struct buf *out)
{
	struct store_marks numbers = {.count = 0}, mentions = {.count = 0};
	size_t at = row_begin(out);
	struct store_row row = {
	    .table = STORE_ISSUES,
	    .time_us = e->time_us,
	    .numbers = {store_mark(e->event_id), replaced_by(e)},
	};

	for (size_t i = 0; i < keys->count; i++)
		store_marks_add(&numbers, (int64_t)keys->keys[i]);
	put_marks(out, &numbers, &row.key_count);
	(void)store_mentions_of_issue(e, collect, &mentions);
	put_marks(out, &mentions, &row.mark_count);
	return put_event(e, out, &row) == 0 ? row_end(out, at, &row) : -1;
}

/* The keys of the steps, each once. */
static void
collect_keys(const struct login_record *r, struct store_marks *keys)
{
	for (size_t i = 0; i < r->auth_count; i++)
		if (r->auth[i].fingerprint.len != 0)
			store_marks_add(keys, store_mark(r->auth[i].fingerprint));
}

int
store_row_login(const struct store_login *l, struct buf *out)
{
	const struct login_record *r = &l->record;
	struct store_marks keys = {.count = 0};
	size_t at = row_begin(out), body;
	struct store_row row = {.table = STORE_LOGINS, .time_us = r->time_us};

	collect_keys(r, &keys);
	row.numbers[STORE_LOGIN_KIND] = r->kind;
	row.numbers[STORE_LOGIN_SOURCE] = l->source == LOGIN_SOURCE_PAM ? 0 : l->by_journal ? 2 : 1;
	row.numbers[STORE_LOGIN_SESSION] = r->kind == LOGIN_RECORD_SIGNER
	    ? store_mark(r->signer_sha256)
	    : store_mark_session(r->id);
	row.numbers[STORE_LOGIN_REST] =
	    r->kind != LOGIN_RECORD_SIGNER ? store_mark_session_rest(r->id) : 0;
	row.numbers[STORE_LOGIN_INSTANCE] = store_mark(r->host.instance_id);
	row.numbers[STORE_LOGIN_HOST] = store_mark_host(r->host.hostname);
	row.numbers[STORE_LOGIN_KEY] = keys.count != 0 ? keys.marks[0] : 0;
	row.numbers[STORE_LOGIN_ADDRESS] = store_mark_address(r->remote_host);
	put_marks(out, &keys, &row.key_count);
	body = out->len;
	if (store_login_put(l, out) != 0)
		return -1;
	row.body_len = out->len - body;
	return row_end(out, at, &row);
}

int
store_row_notice(const struct key_notice_text *n, struct buf *out)
{
	size_t at = row_begin(out);
	struct store_row row = {
	    .table = STORE_NOTICES,
	    .time_us = n->time_us,
	    .numbers = {store_mark(n->instance_id), store_mark_host(n->hostname)},
	};

	if (store_notice_put(n, out) != 0)
		return -1;
	row.body_len = out->len - at - sizeof(row);
	return row_end(out, at, &row);
}

static struct span
cut_off(struct span *rows, size_t len)
{
	struct span part = span_head(*rows, len);

	*rows = span_from(*rows, len);
	return part;
}

static void
take_marks(struct span *rows, struct store_marks *m, size_t count)
{
	struct span part = cut_off(rows, count * sizeof(m->marks[0]));

	m->count = count;
	memcpy(m->marks, part.ptr, part.len);
}

void
store_row_take(struct span *rows, struct store_row_parts *p)
{
	struct span head = cut_off(rows, sizeof(p->row));

	memset(&p->row, 0, sizeof(p->row));
	if (head.len == sizeof(p->row))
		memcpy(&p->row, head.ptr, head.len);
	take_marks(rows, &p->keys, p->row.key_count);
	take_marks(rows, &p->marks, p->row.mark_count);
	p->identity = cut_off(rows, p->row.identity_len);
	p->body = cut_off(rows, p->row.body_len);
}
