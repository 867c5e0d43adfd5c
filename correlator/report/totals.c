/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/totals.h"

#include <stdlib.h>

static bool
counts_login(const struct report_view *v, size_t index)
{
	return v->is_answer ? view_has_login(v, index)
			    : match_in_range(v->match, v->ledger->logins[index].time_us);
}

/* Counts the named person of an attributed login when it was not met: those that can be compared
 * as what they are, the others by their name. */
static void
count_person(struct report_view *v, uint8_t *names, const struct person *p)
{
	if (p->name == 0)
		return;
	if (p->key != 0) {
		v->totals.persons += view_person_is_new(v, p);
	} else if (names[p->name] == 0) {
		names[p->name] = 1;
		v->totals.persons++;
	}
}

static int
count_people(struct report_view *v)
{
	const struct ledger *l = v->ledger;
	uint8_t *names;

	if (v->people == NULL)
		return 0;
	names = calloc((size_t)l->pool.count + 1, 1);
	if (names == NULL)
		return -1;
	view_persons_begin(v);
	for (size_t i = 0; i < l->login_count; i++) {
		const struct login *login = &l->logins[i];
		const struct person *p;

		if (login->verdict != VERDICT_ATTRIBUTED || !counts_login(v, i))
			continue;
		p = people_of_login(v->people, login);
		v->totals.sure[p != NULL && p->name != 0 ? p->sure : SURE_NONE]++;
		if (p != NULL)
			count_person(v, names, p);
	}
	free(names);
	return 0;
}

static void
count_shown_login(struct report_totals *t, const struct ledger *l, const struct login *login)
{
	t->logins++;
	t->verdicts[login->verdict]++;
	t->reasons[login->reason]++;
	t->receipts += login->receipt_count;
	for (uint32_t i = 0; i < login->receipt_count; i++)
		t->receipt_states[l->receipts.rows[login->receipt_first + i].state]++;
}

static void
count_shown(struct report_view *v)
{
	const struct ledger *l = v->ledger;
	struct report_totals *t = &v->totals;

	for (size_t i = 0; i < l->login_count; i++)
		if (view_has_login(v, i))
			count_shown_login(t, l, &l->logins[i]);
	for (size_t i = 0; i < l->push_count; i++) {
		if (!view_has_push(v, i))
			continue;
		t->pushes++;
		t->states[l->pushes[i].state]++;
	}
}

static void
take_all(struct report_totals *t, const struct ledger_counts *n)
{
	t->logins = n->logins_in;
	t->pushes = n->pushes_in;
	t->receipts = n->receipts;
	memcpy(t->verdicts, n->verdicts, sizeof(t->verdicts));
	memcpy(t->reasons, n->reasons, sizeof(t->reasons));
	memcpy(t->states, n->states, sizeof(t->states));
	memcpy(t->receipt_states, n->receipt_states, sizeof(t->receipt_states));
}

int
totals_count(struct report_view *v)
{
	v->totals = (struct report_totals){0};
	if (v->is_answer)
		count_shown(v);
	else
		take_all(&v->totals, &v->ledger->counts);
	return count_people(v);
}
