/* SPDX-License-Identifier: Apache-2.0 */
/* From the role of an instance to who was logged in there. */
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/people/caller_kind.h"
#include "correlator/people/logins_at.h"
#include "correlator/people/people.h"

/* Logins that lead to instances that lead to logins ... */
#define FOLLOW_DEPTH_MAX 8

enum follow_state {
	FOLLOW_NEW,
	FOLLOW_BUSY, /* asked for while it is being found: the chain comes back to itself */
	FOLLOW_DONE,
};

struct follow {
	struct people *people;
	struct logins_at at;
	uint8_t *push_states, *row_states; /* enum follow_state; rows: the persons of callers */
	size_t row_count;
	uint32_t *last_row; /* by caller: the row of its latest push that was followed */
};

/* Who was logged in, as far as it is known. */
struct present {
	uint32_t logins[LOGINS_AT_MAX];
	uint32_t persons[LOGINS_AT_MAX]; /* of the logins of known people, each row once */
	size_t login_count, person_count;
	bool unknown; /* somebody whom nobody can name, or more than fit */
	bool cycle;   /* one of them is who is being looked for */
};

static int follow_push(struct follow *f, uint32_t push, int depth);

static bool
person_eq(const struct person *a, const struct person *b)
{
	return a == b || (a->key != 0 && a->key == b->key);
}

static int
present_add(struct follow *f, struct present *who, uint32_t login, int depth)
{
	const struct ledger *l = f->people->ledger;
	const struct login *row = &l->logins[login];
	const struct person *person;
	bool busy = depth >= FOLLOW_DEPTH_MAX;

	for (uint32_t i = 0; i < row->match_count && !busy; i++) {
		uint32_t push = l->login_pushes[row->match_first + i];

		if (follow_push(f, push, depth + 1) != 0)
			return -1;
		busy = f->push_states[push] != FOLLOW_DONE;
		who->cycle = who->cycle || busy;
	}
	person = busy ? NULL : people_of_login(f->people, row);
	if (person == NULL || person->name == 0) {
		who->unknown = true;
		return 0;
	}
	for (size_t i = 0; i < who->person_count; i++)
		if (person_eq(person, &f->people->persons[who->persons[i]]))
			return 0;
	who->persons[who->person_count++] = (uint32_t)(person - f->people->persons);
	return 0;
}

static int
present_find(struct follow *f, struct present *who, uint32_t caller, int64_t time_us, int depth)
{
	const struct ledger *l = f->people->ledger;
	struct span instance;
	size_t count;
	bool more;

	*who = (struct present){.unknown = time_us < l->evidence_from_us};
	(void)caller_is_instance(l, &l->callers[caller], &instance);
	count = logins_at_find(
	    &f->at, string_pool_find(&l->pool, instance), time_us, who->logins, &more);
	who->login_count = count;
	who->unknown = who->unknown || more;
	for (size_t i = 0; i < count; i++)
		if (present_add(f, who, who->logins[i], depth) != 0)
			return -1;
	return 0;
}

static int
put_number(uint32_t **rows, size_t *count, size_t *cap, uint32_t number)
{
	if (!array_grow((void **)rows, *count, cap, sizeof(**rows)))
		return -1;
	(*rows)[(*count)++] = number;
	return 0;
}

/* The name that all who were there share. */
static void
take_name(struct person *person, const struct person *known)
{
	person->name = known->name;
	person->key = known->key;
	person->principal = known->principal;
	person->provider = known->provider;
	person->user_id = known->user_id;
	person->display_name = known->display_name;
	person->email = known->email;
	person->type = known->type;
	person->sure = known->sure < SURE_PROBABLE ? known->sure : SURE_PROBABLE;
}

static void
drop_name(struct person *person)
{
	person->name = person->key = 0;
	person->type = PERSON_UNKNOWN;
	person->sure = SURE_NONE;
}

/* Writes who was there into a row whose chain ends at an instance. */
static int
row_fill(struct people *p, uint32_t row, const struct present *who)
{
	struct person *person = &p->persons[row];

	person->login_first = (uint32_t)p->login_count;
	person->login_count = (uint32_t)who->login_count;
	person->candidate_first = (uint32_t)p->candidate_count;
	person->candidate_count = (uint32_t)who->person_count;
	for (size_t i = 0; i < who->login_count; i++)
		if (put_number(&p->logins, &p->login_count, &p->login_cap, who->logins[i]) != 0)
			return -1;
	for (size_t i = 0; i < who->person_count; i++)
		if (put_number(&p->candidates, &p->candidate_count, &p->candidate_cap,
			who->persons[i]) != 0)
			return -1;
	/* with a name from nearer than the instance nothing changes */
	if (person->type != PERSON_UNKNOWN || who->login_count == 0)
		return 0;
	if (who->person_count == 1 && !who->unknown)
		take_name(person, &p->persons[who->persons[0]]);
	else
		drop_name(person);
	if (who->cycle)
		person->end = CHAIN_END_CYCLE;
	return 0;
}

/* A row for this push: another one of its caller's where the same people were there. */
static int
push_row(struct follow *f, uint32_t push, const struct present *who)
{
	struct people *p = f->people;
	uint32_t caller = p->ledger->pushes[push].caller, last = f->last_row[caller];
	const struct person *known = last != HOP_NONE ? &p->persons[last] : NULL;

	if (known != NULL && !who->cycle && known->end == CHAIN_END_LOGINS &&
	    known->login_count == who->login_count &&
	    (who->login_count == 0 ||
		memcmp(p->logins + known->login_first, who->logins,
		    who->login_count * sizeof(who->logins[0])) == 0)) {
		p->of_push[push] = last;
		return 0;
	}
	if (!array_grow((void **)&p->persons, p->person_count, &p->person_cap, sizeof(*p->persons)))
		return -1;
	p->persons[p->person_count] = p->persons[p->of_caller[caller]];
	p->of_push[push] = f->last_row[caller] = (uint32_t)p->person_count++;
	return row_fill(p, p->of_push[push], who);
}

/* An instance further back in the chain: what counts is when its role asked for the next one. */
static int
follow_row(struct follow *f, uint32_t row, int depth)
{
	struct people *p = f->people;
	const struct person *person = &p->persons[row];
	const struct hop *hop = &p->hops[person->hop_first + person->hop_count - 2];
	struct present who;
	int r;

	if (f->row_states[row] != FOLLOW_NEW)
		return 0;
	f->row_states[row] = FOLLOW_BUSY;
	r = present_find(f, &who, hop->caller, p->ledger->issues[hop->issue].time_us, depth);
	if (r == 0)
		r = row_fill(p, row, &who);
	f->row_states[row] = FOLLOW_DONE;
	return r;
}

static bool
row_is_followed(const struct people *p, uint32_t row)
{
	return p->persons[row].end == CHAIN_END_LOGINS && p->persons[row].hop_count != 0;
}

static int
follow_push(struct follow *f, uint32_t push, int depth)
{
	struct people *p = f->people;
	const struct push *row = &p->ledger->pushes[push];
	uint32_t person = p->of_caller[row->caller];
	struct present who;
	int r = 0;

	if (f->push_states[push] != FOLLOW_NEW)
		return 0;
	if (row_is_followed(p, person) && p->persons[person].hop_count > 1) {
		if (f->row_states[person] == FOLLOW_BUSY)
			return 0;
		r = follow_row(f, person, depth);
	} else if (row_is_followed(p, person)) {
		f->push_states[push] = FOLLOW_BUSY;
		r = present_find(f, &who, row->caller, row->time_us, depth);
		if (r == 0)
			r = push_row(f, push, &who);
	}
	f->push_states[push] = FOLLOW_DONE;
	return r;
}

static int
follow_open(struct follow *f, struct people *p)
{
	const struct ledger *l = p->ledger;

	*f = (struct follow){.people = p, .row_count = p->person_count};
	f->push_states = calloc(l->push_count + 1, 1);
	f->row_states = calloc(p->person_count + 1, 1);
	f->last_row = malloc((l->caller_count + 1) * sizeof(*f->last_row));
	if (f->push_states == NULL || f->row_states == NULL || f->last_row == NULL)
		return -1;
	memset(f->last_row, 0xff, (l->caller_count + 1) * sizeof(*f->last_row));
	return logins_at_build(&f->at, l);
}

static void
follow_close(struct follow *f)
{
	logins_at_clear(&f->at);
	free(f->push_states);
	free(f->row_states);
	free(f->last_row);
}

static bool
any_instance(const struct people *p)
{
	for (size_t i = 0; i < p->person_count; i++)
		if (p->persons[i].end == CHAIN_END_LOGINS)
			return true;
	return false;
}

int
people_follow_logins(struct people *p)
{
	struct follow f;
	int r;

	if (!any_instance(p))
		return 0;
	r = follow_open(&f, p);
	/* by time: what a push depends on is then known already, but for what clocks blur */
	for (size_t i = 0; i < p->ledger->push_count && r == 0; i++)
		r = follow_push(&f, (uint32_t)i, 0);
	for (size_t i = 0; i < f.row_count && r == 0; i++)
		if (row_is_followed(p, (uint32_t)i) && p->persons[i].hop_count > 1)
			r = follow_row(&f, (uint32_t)i, 0);
	follow_close(&f);
	return r;
}
