/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "correlator/correlate/ledger_index.h"
#include "correlator/correlate/time_sort.h"
#include "correlator/evidence/receipt_ledger.h"

uint32_t
id_map_get(const struct id_map *m, string_id id)
{
	return id < m->cap ? m->rows[id] : 0;
}

bool
id_map_set(struct id_map *m, string_id id, uint32_t row)
{
	if (id >= m->cap) {
		size_t cap = m->cap != 0 ? m->cap : 1024;
		uint32_t *rows;

		while (cap <= id)
			cap *= 2;
		rows = realloc(m->rows, cap * sizeof(*rows));
		if (rows == NULL)
			return false;
		memset(rows + m->cap, 0, (cap - m->cap) * sizeof(*rows));
		m->rows = rows;
		m->cap = cap;
	}
	m->rows[id] = row;
	return true;
}

int
ledger_init(struct ledger *l)
{
	*l = (struct ledger){.evidence_from_us = INT64_MIN};
	string_pool_init(&l->pool);
	coverage_init(&l->coverage);
	l->index = calloc(1, sizeof(*l->index));
	if (l->index == NULL)
		return -1;
	string_pool_init(&l->index->caller_keys);
	string_pool_init(&l->index->conflicts);
	string_pool_init(&l->index->issue_rows);
	buf_init(&l->index->key, 1u << 20);
	return 0;
}

static void
index_free(struct ledger_index *index)
{
	if (index == NULL)
		return;
	free(index->push_of_event.rows);
	free(index->login_of_session.rows);
	string_pool_clear(&index->caller_keys);
	string_pool_clear(&index->conflicts);
	string_pool_clear(&index->issue_rows);
	buf_clear(&index->key);
	free(index->ends);
	free(index->twins);
	free(index->syslog_of_session.rows);
	free(index->syslog_ends);
	free(index);
}

void
ledger_clear(struct ledger *l)
{
	index_free(l->index);
	string_pool_clear(&l->pool);
	coverage_clear(&l->coverage);
	free(l->callers);
	free(l->pushes);
	free(l->logins);
	free(l->auth);
	free(l->login_pushes);
	free(l->push_logins);
	free(l->issues);
	free(l->notices);
	free(l->refusals);
	receipts_clear(&l->receipts);
	*l = (struct ledger){0};
}

string_id
ledger_keep(struct ledger *l, struct span s, bool *failed)
{
	string_id id = string_pool_add(&l->pool, s, NULL);

	if (id == UINT32_MAX)
		*failed = true;
	return id;
}

int
ledger_conflict_seen(struct ledger *l, struct span content, bool *seen)
{
	bool added;

	if (string_pool_add(&l->index->conflicts, content, &added) == UINT32_MAX)
		return -1;
	*seen = !added;
	return 0;
}

/* Drops the events that an addendum replaces; an addendum may carry the eventID of its original. */
static int
apply_addenda(struct ledger *l)
{
	struct id_map replaced = {0};
	size_t kept = 0;
	int r = -1;

	for (size_t i = 0; i < l->push_count; i++)
		if (l->pushes[i].original_event_id != 0 &&
		    !id_map_set(&replaced, l->pushes[i].original_event_id, 1))
			goto out;
	for (size_t i = 0; i < l->push_count; i++) {
		const struct push *p = &l->pushes[i];

		if (p->event_id != 0 && p->event_id != p->original_event_id &&
		    id_map_get(&replaced, p->event_id) != 0)
			l->counts.superseded++;
		else
			l->pushes[kept++] = *p;
	}
	l->push_count = kept;
	r = 0;
out:
	free(replaced.rows);
	return r;
}

int
ledger_compare_texts(const struct ledger *l, string_id a, string_id b)
{
	const char *x = ledger_text(l, a), *y = ledger_text(l, b);

	return a == b ? 0 : strcmp(x != NULL ? x : "", y != NULL ? y : "");
}

/* Of pushes at one time. */
static int
compare_pushes(const void *a, const void *b, void *ledger)
{
	const struct push *x = a, *y = b;
	int by_id;

	by_id = ledger_compare_texts(ledger, x->event_id, y->event_id);
	if (by_id != 0)
		return by_id;
	by_id =
	    ledger_compare_texts(ledger, ((struct ledger *)ledger)->callers[x->caller].principal,
		((struct ledger *)ledger)->callers[y->caller].principal);
	return by_id != 0 ? by_id : ledger_compare_texts(ledger, x->instance_id, y->instance_id);
}

/* Of logins at one time. */
static int
compare_logins(const void *a, const void *b, void *ledger)
{
	const struct login *x = a, *y = b;
	int by_text;

	by_text = ledger_compare_texts(ledger, x->instance_id, y->instance_id);
	if (by_text == 0)
		by_text = ledger_compare_texts(ledger, x->session, y->session);
	return by_text != 0 ? by_text : ledger_compare_texts(ledger, x->os_user, y->os_user);
}

static void
count_kinds(struct ledger *l)
{
	for (size_t i = 0; i < l->push_count; i++) {
		const struct push *p = &l->pushes[i];

		if (p->kind == EVENT_KEY_PUSH)
			l->counts.pushes++;
		else if (p->kind == EVENT_SERIAL_PUSH)
			l->counts.serial_pushes++;
		else
			l->counts.tunnels++;
		if (p->kind == EVENT_KEY_PUSH && !p->failed && p->fingerprint == 0)
			l->counts.keys_unparsed++;
	}
}

int
ledger_finish(struct ledger *l)
{
	if (ledger_finish_logins(l) != 0 || ledger_finish_notices(l) != 0 ||
	    apply_addenda(l) != 0 || ledger_finish_issues(l) != 0)
		return -1;
	count_kinds(l);
	_Static_assert(offsetof(struct push, time_us) == 0, "time_sort looks there");
	_Static_assert(offsetof(struct login, time_us) == 0, "time_sort looks there");
	if (time_sort(l->pushes, l->push_count, sizeof(*l->pushes), compare_pushes, l) != 0 ||
	    time_sort(l->logins, l->login_count, sizeof(*l->logins), compare_logins, l) != 0)
		return -1;
	coverage_finish(&l->coverage, &l->pool);
	index_free(l->index);
	l->index = NULL;
	return receipt_ledger_link(l);
}
