/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/people.h"

#include <stdlib.h>

#include "common/array.h"
#include "correlator/people/person.h"

/* Appends the person that a chain leads to. */
static int
add_person(struct people *p, const struct identity_store *store, const struct chain_walk *w)
{
	struct person person;

	if (person_name(&person, p->ledger, store, w) != 0)
		return -1;
	person.hop_first = (uint32_t)p->hop_count;
	for (size_t i = 0; i < w->hop_count; i++) {
		if (!array_grow((void **)&p->hops, p->hop_count, &p->hop_cap, sizeof(*p->hops)))
			return -1;
		p->hops[p->hop_count++] = w->hops[i];
	}
	if (!array_grow((void **)&p->persons, p->person_count, &p->person_cap, sizeof(*p->persons)))
		return -1;
	p->persons[p->person_count++] = person;
	return 0;
}

/* Where an ambiguous caller's candidates stand: known before any person is. */
struct forks {
	uint32_t *first; /* by caller, in people.candidates */
	size_t count;    /* of all */
};

static int
forks_place(struct forks *f, const struct chain *c)
{
	const struct ledger *l = c->ledger;

	f->first = calloc(l->caller_count + 1, sizeof(*f->first));
	if (f->first == NULL)
		return -1;
	for (size_t i = 0; i < l->caller_count; i++) {
		f->first[i] = (uint32_t)f->count;
		f->count += c->steps[i].fork_count;
	}
	return 0;
}

static int
add_followed(struct people *p, const struct chain *c, const struct forks *f, uint32_t caller,
    uint32_t forced)
{
	struct chain_walk w;

	chain_follow(c, caller, forced, &w);
	if (add_person(p, c->store, &w) != 0)
		return -1;
	if (w.end == CHAIN_END_AMBIGUOUS) {
		struct person *person = &p->persons[p->person_count - 1];

		person->candidate_first = f->first[w.fork_caller];
		person->candidate_count = c->steps[w.fork_caller].fork_count;
	}
	return 0;
}

/* The persons of all callers, at the callers' own indexes, and behind them the candidates. */
static int
add_persons(struct people *p, const struct chain *c)
{
	const struct ledger *l = c->ledger;
	struct forks f = {0};
	int r = -1;

	if (forks_place(&f, c) != 0)
		goto out;
	for (size_t i = 0; i < l->caller_count; i++)
		if (add_followed(p, c, &f, (uint32_t)i, HOP_NONE) != 0)
			goto out;
	p->candidates = calloc(f.count + 1, sizeof(*p->candidates));
	if (p->candidates == NULL)
		goto out;
	p->candidate_cap = f.count + 1;
	for (size_t i = 0; i < l->caller_count; i++) {
		const struct chain_step *s = &c->steps[i];

		for (uint32_t k = 0; k < s->fork_count; k++) {
			p->candidates[p->candidate_count++] = (uint32_t)p->person_count;
			if (add_followed(p, c, &f, (uint32_t)i, c->forks[s->forks + k]) != 0)
				goto out;
		}
	}
	r = 0;
out:
	free(f.first);
	return r;
}

int
people_resolve(struct people *p, struct ledger *l, const struct identity_store *store)
{
	struct chain c = {0};
	int r = -1;

	*p = (struct people){.ledger = l};
	p->of_caller = calloc(l->caller_count + 1, sizeof(*p->of_caller));
	p->of_push = calloc(l->push_count + 1, sizeof(*p->of_push));
	if (p->of_caller == NULL || p->of_push == NULL || chain_find(&c, l, store) != 0 ||
	    add_persons(p, &c) != 0)
		goto out;
	for (size_t i = 0; i < l->caller_count; i++)
		p->of_caller[i] = (uint32_t)i;
	for (size_t i = 0; i < l->push_count; i++)
		p->of_push[i] = p->of_caller[l->pushes[i].caller];
	r = 0;
out:
	chain_clear(&c);
	return r;
}

void
people_clear(struct people *p)
{
	free(p->persons);
	free(p->hops);
	free(p->candidates);
	free(p->logins);
	free(p->of_caller);
	free(p->of_push);
	*p = (struct people){0};
}

static bool
is_known(const struct person *person)
{
	return person->sure == SURE_EXACT && person->key != 0;
}

/* A user of Identity Center is known by an id at one time and by a name at another: these do not
 * make two persons. */
static bool
is_named_session(const struct people *p, const struct person *person)
{
	return person->type == PERSON_IDENTITY_CENTER &&
	    span_starts(string_pool_span(&p->ledger->pool, person->key), "identity_center_session");
}

int
people_compare(const struct people *p, uint32_t caller_a, uint32_t caller_b)
{
	const struct person *a, *b;

	if (p == NULL)
		return 0;
	a = &p->persons[p->of_caller[caller_a]];
	b = &p->persons[p->of_caller[caller_b]];
	if (!is_known(a) || !is_known(b))
		return 0;
	if (a->key == b->key)
		return 1;
	if (a->type == b->type && (is_named_session(p, a) || is_named_session(p, b)))
		return 0;
	return -1;
}

const struct person *
people_of_push(const struct people *p, uint32_t push)
{
	return p != NULL ? &p->persons[p->of_push[push]] : NULL;
}

const struct person *
people_of_login(const struct people *p, const struct login *login)
{
	const struct person *found = NULL;

	if (p == NULL || login->verdict != VERDICT_ATTRIBUTED)
		return NULL;
	for (uint32_t i = 0; i < login->match_count; i++) {
		const struct person *one =
		    people_of_push(p, p->ledger->login_pushes[login->match_first + i]);

		if (found == NULL)
			found = one;
		else if (found != one && (found->key == 0 || found->key != one->key))
			return NULL;
	}
	return found;
}
