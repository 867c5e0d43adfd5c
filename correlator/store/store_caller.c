/* SPDX-License-Identifier: Apache-2.0 */
/* Who called: each different identity is one row. */
#include <stdlib.h>

#include "correlator/correlate/ledger_index.h"
#include "correlator/people/issue_asks.h"
#include "correlator/store/store_mark.h"
#include "correlator/store/store_mention.h"
#include "correlator/store/store_writer.h"

#define SLOTS ((size_t)64 * 1024) /* a power of 2 */
/* Identities that are longer are looked up each time. */
#define KEPT_BODY_MAX 1024
/* The ledger in which callers ask is begun anew when its strings are so many bytes. */
#define ASKS_BYTES_MAX ((size_t)1 << 20)

struct store_caller_slot {
	int64_t mark, id; /* id 0: free */
	char *body;
	uint32_t body_len;
	bool used; /* what follows is not in its row yet */
	bool console;
	int64_t first_us, last_us;
};

/* A caller that is asked for. */
struct wanted {
	struct span body;
	int64_t mark;
	bool push, console;
	int64_t time_us;
};

int
store_callers_init(struct store_callers *c)
{
	c->slots = calloc(SLOTS, sizeof(*c->slots));
	c->needs = calloc(1, sizeof(*c->needs));
	return ledger_init(&c->asks) == 0 && c->slots != NULL && c->needs != NULL ? 0 : -1;
}

void
store_callers_forget(struct store_callers *c)
{
	for (size_t i = 0; i < SLOTS && c->slots != NULL; i++) {
		free(c->slots[i].body);
		c->slots[i] = (struct store_caller_slot){0};
	}
}

void
store_callers_clear(struct store_callers *c)
{
	store_callers_forget(c);
	ledger_clear(&c->asks);
	if (c->needs != NULL)
		free(c->needs->rows);
	free(c->needs);
	free(c->slots);
}

static int
save_use(struct store *s, struct store_caller_slot *slot)
{
	sqlite3_stmt *statement;

	if (!slot->used)
		return 0;
	statement = store_sql(s, SQL_CALLER_USED);
	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, slot->id);
	(void)sqlite3_bind_int64(statement, 2, slot->first_us);
	(void)sqlite3_bind_int64(statement, 3, slot->last_us);
	(void)sqlite3_bind_int(statement, 4, slot->console);
	slot->used = false;
	return store_run(s, statement);
}

int
store_callers_save(struct store *s)
{
	struct store_callers *c = &s->writer->callers;

	for (size_t i = 0; i < SLOTS; i++)
		if (save_use(s, &c->slots[i]) != 0)
			return -1;
	return 0;
}

static void
note_use(struct store_caller_slot *slot, const struct wanted *w)
{
	if (!w->push)
		return;
	if (!slot->used) {
		slot->used = true;
		slot->first_us = slot->last_us = w->time_us;
		slot->console = w->console;
		return;
	}
	slot->first_us = w->time_us < slot->first_us ? w->time_us : slot->first_us;
	slot->last_us = w->time_us > slot->last_us ? w->time_us : slot->last_us;
	slot->console = slot->console || w->console;
}

/* Looks it up in the store: *id 0 when it is not there. */
static int
find_row(struct store *s, const struct wanted *w, int64_t *id)
{
	sqlite3_stmt *statement = store_sql(s, SQL_CALLER_GET);
	int r;

	*id = 0;
	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, w->mark);
	while ((r = store_step(s, statement)) == 1) {
		if (!span_eq(store_column(statement, 1), w->body))
			continue;
		*id = sqlite3_column_int64(statement, 0);
		(void)sqlite3_reset(statement);
		return 0;
	}
	return r;
}

static int
collect(void *ctx, struct span text)
{
	store_marks_add(ctx, store_mark_lower(text));
	return 0;
}

/* The keys of what could have issued what the caller uses. */
static int
put_asks(struct store *s, const struct user_identity *u, int64_t id)
{
	struct store_callers *c = &s->writer->callers;
	struct store_marks marks = {0};
	uint32_t row;

	if (c->asks.pool.bytes > ASKS_BYTES_MAX) {
		ledger_clear(&c->asks);
		if (ledger_init(&c->asks) != 0)
			return store_fail_memory(s);
	}
	c->needs->count = 0;
	if (ledger_keep_caller(&c->asks, u, 0, &row) != 0 ||
	    issue_asks_add(c->needs, &c->asks, &c->asks.callers[row]) != 0)
		return store_fail_memory(s);
	for (size_t i = 0; i < c->needs->count; i++)
		store_marks_add(&marks, (int64_t)c->needs->rows[i].key);
	return store_marks_put(s, SQL_CALLER_KEY_PUT, id, &marks);
}

static int
add_row(struct store *s, const struct wanted *w, int64_t *id)
{
	sqlite3_stmt *statement = store_sql(s, SQL_CALLER_PUT);
	struct store_marks marks = {.count = 0};
	struct user_identity u;

	if (statement == NULL)
		return -1;
	if (store_identity_get(w->body, &u) != 0)
		return store_fail_damaged(s);
	*id = s->writer->next_caller++;
	(void)sqlite3_bind_int64(statement, 1, *id);
	(void)sqlite3_bind_int64(statement, 2, w->mark);
	(void)sqlite3_bind_int64(statement, 3, w->push ? w->time_us : INT64_MAX);
	(void)sqlite3_bind_int64(statement, 4, w->push ? w->time_us : INT64_MIN);
	(void)sqlite3_bind_int(statement, 5, w->push && w->console);
	store_bind(statement, 6, w->body);
	store_batch_add(s, w->body.len);
	if (store_run(s, statement) != 0 || put_asks(s, &u, *id) != 0)
		return -1;
	(void)store_mentions_of_identity(&u, collect, &marks);
	return store_marks_put(s, SQL_CALLER_MENTION_PUT, *id, &marks);
}

/* Puts it into its slot, in another one's place. */
static int
keep(struct store *s, struct store_caller_slot *slot, const struct wanted *w, int64_t id)
{
	char *body;

	if (save_use(s, slot) != 0)
		return -1;
	body = malloc(w->body.len + 1);
	if (body == NULL)
		return store_fail_memory(s);
	memcpy(body, w->body.ptr, w->body.len);
	free(slot->body);
	*slot = (struct store_caller_slot){
	    .mark = w->mark,
	    .id = id,
	    .body = body,
	    .body_len = (uint32_t)w->body.len,
	};
	return 0;
}

static int
find_or_add(struct store *s, const struct wanted *w, int64_t *id)
{
	struct store_caller_slot *slot = &s->writer->callers.slots[(uint64_t)w->mark & (SLOTS - 1)];
	struct store_caller_slot once = {0};
	bool added;

	if (slot->id != 0 && slot->mark == w->mark &&
	    span_eq((struct span){slot->body, slot->body_len}, w->body)) {
		*id = slot->id;
		note_use(slot, w);
		return 0;
	}
	if (find_row(s, w, id) != 0)
		return -1;
	added = *id == 0;
	if (added && add_row(s, w, id) != 0)
		return -1;
	if (w->body.len > KEPT_BODY_MAX)
		slot = &once;
	else if (keep(s, slot, w, *id) != 0)
		return -1;
	if (added)
		return 0;
	once.id = *id;
	note_use(slot, w);
	return slot == &once ? save_use(s, slot) : 0;
}

int
store_caller(struct store *s, const struct store_row_parts *row, int64_t *id)
{
	const struct wanted w = {
	    .body = row->identity,
	    .mark = row->row.identity_mark,
	    .push = row->row.table == STORE_PUSHES,
	    .console = row->row.console,
	    .time_us = row->row.time_us,
	};

	return find_or_add(s, &w, id);
}

int
store_callers_lose(struct store *s, const struct store_range *pushes)
{
	char sql[320];

	/* their other pushes are found by an index, which a store has that was filled once */
	if (!s->writer->callers_stale && store_indexes_make(s) != 0)
		return -1;
	s->writer->callers_stale = true;
	(void)snprintf(sql, sizeof(sql),
	    "CREATE TEMP TABLE IF NOT EXISTS stale_callers(id INTEGER PRIMARY KEY);"
	    "INSERT OR IGNORE INTO temp.stale_callers SELECT caller FROM pushes"
	    " WHERE id>=%lld AND id<%lld",
	    (long long)pushes->first, (long long)pushes->first + pushes->count);
	return store_exec(s, sql);
}

/* first_us and last_us of a caller without pushes are as add_row writes them. */
static const char refresh[] =
    "UPDATE callers SET"
    " first_us=coalesce((SELECT min(time) FROM pushes WHERE caller=callers.id),"
    " 9223372036854775807),"
    " last_us=coalesce((SELECT max(time) FROM pushes WHERE caller=callers.id),"
    " -9223372036854775807-1),"
    " console=coalesce((SELECT max(console) FROM pushes WHERE caller=callers.id), 0)"
    " WHERE id IN (SELECT id FROM temp.stale_callers);"
    "DELETE FROM temp.stale_callers";

int
store_callers_refresh(struct store *s)
{
	s->writer->callers_stale = false;
	return store_exec(s, refresh);
}
