/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/reach.h"

#include <stdlib.h>

#include "correlator/people/caller_kind.h"

/* Who was logged in where, from there to the next, and so on: no further than this. */
#define REACH_ROUNDS_MAX 16

/* The search for one identity. */
struct reach_search {
	const struct people *people;
	const struct ledger *ledger;
	struct span identity;
	string_id id;     /* 0: no string of the ledger is the identity as a whole */
	uint8_t *callers; /* by caller: whether it is the identity */
	uint8_t *rows;    /* by person: enum reach_grade, by what lies behind the caller */
	uint8_t *pushes, *logins;
};

static bool
is_it(const struct reach_search *s, string_id id)
{
	return id != 0 && id == s->id;
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool
is_it_in_any_case(const struct reach_search *s, string_id id)
{
	struct span text = string_pool_span(&s->ledger->pool, id);

	if (text.len == 0 || text.len != s->identity.len)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (lower(text.ptr[i]) != lower(s->identity.ptr[i]))
			return false;
	return true;
}

/* Sessions of a role: "Role/session", and the role's own ARN as STS would write it. */
static bool
session_is_it(const struct reach_search *s, struct span arn)
{
	struct span resource = arn_resource(arn);
	size_t n = s->identity.len;

	if (!span_starts(resource, "assumed-role/"))
		return false;
	return span_eq(span_from(resource, sizeof("assumed-role/") - 1), s->identity) ||
	    (span_starts(s->identity, "arn:") && arn.len > n && arn.ptr[n] == '/' &&
		span_eq(span_head(arn, n), s->identity));
}

static bool
caller_is_it(const struct reach_search *s, const struct caller *c)
{
	return is_it(s, c->access_key_id) || is_it(s, c->arn) || is_it(s, c->principal_id) ||
	    is_it(s, c->issuer_arn) || is_it(s, c->sign_in_session_arn) ||
	    is_it(s, c->on_behalf_of_user) ||
	    session_is_it(s, string_pool_span(&s->ledger->pool, c->arn));
}

static bool
issue_is_it(const struct reach_search *s, uint32_t issue)
{
	const struct issue *i;

	if (issue == HOP_NONE)
		return false;
	i = &s->ledger->issues[issue];
	return is_it(s, i->issued_key_id) || is_it(s, i->issued_arn) ||
	    is_it(s, i->issued_principal_id) || is_it(s, i->source_ip) || is_it(s, i->switch_from);
}

static uint8_t
grade_max(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}

/* By the hops of a chain: certain as far as all of them are. */
static uint8_t
grade_by_hops(const struct reach_search *s, const struct person *p)
{
	uint8_t sure = REACH_SURE;

	for (uint32_t i = 0; i < p->hop_count; i++) {
		const struct hop *h = &s->people->hops[p->hop_first + i];

		if (h->sure != SURE_EXACT)
			sure = REACH_MAYBE;
		if (issue_is_it(s, h->issue) || issue_is_it(s, h->also) ||
		    (h->caller != HOP_NONE && s->callers[h->caller] != 0))
			return sure;
	}
	return REACH_NONE;
}

/* True when the user id is that of somebody who probably fetched the permission set. */
static bool
user_is_probable(const struct reach_search *s, const struct person *p)
{
	return p->hop_count != 0 &&
	    s->people->hops[p->hop_first + p->hop_count - 1].rule == HOP_PERMISSION_SET;
}

static uint8_t
grade_by_name(const struct reach_search *s, const struct person *p)
{
	uint8_t sure = p->sure == SURE_EXACT ? REACH_SURE : REACH_MAYBE;

	if (is_it_in_any_case(s, p->name))
		return sure;
	if (is_it_in_any_case(s, p->email) || is_it(s, p->user_id))
		return user_is_probable(s, p) ? REACH_MAYBE : sure;
	/* several people may be displayed alike */
	return is_it_in_any_case(s, p->display_name) || is_it_in_any_case(s, p->source_identity)
	    ? REACH_MAYBE
	    : REACH_NONE;
}

/* By those whom it may have been. */
static uint8_t
grade_by_others(const struct reach_search *s, const struct person *p)
{
	for (uint32_t i = 0; i < p->candidate_count; i++)
		if (s->rows[s->people->candidates[p->candidate_first + i]] != REACH_NONE)
			return REACH_MAYBE;
	for (uint32_t i = 0; i < p->login_count; i++)
		if (s->logins[s->people->logins[p->login_first + i]] != REACH_NONE)
			return REACH_MAYBE;
	return REACH_NONE;
}

/* Puts a better grade in place of a worse one; whether it did. */
static bool
raise(uint8_t *grade, uint8_t to)
{
	if (to <= *grade)
		return false;
	*grade = to;
	return true;
}

static void
grade_begin(struct reach_search *s)
{
	const struct people *p = s->people;

	for (size_t i = 0; i < s->ledger->caller_count; i++)
		s->callers[i] = caller_is_it(s, &s->ledger->callers[i]);
	for (size_t i = 0; i < p->person_count; i++)
		s->rows[i] =
		    grade_max(grade_by_hops(s, &p->persons[i]), grade_by_name(s, &p->persons[i]));
}

static bool
grade_rows(struct reach_search *s)
{
	bool changed = false;

	for (size_t i = 0; i < s->people->person_count; i++)
		if (s->rows[i] == REACH_NONE &&
		    raise(&s->rows[i], grade_by_others(s, &s->people->persons[i])))
			changed = true;
	return changed;
}

static void
grade_pushes(struct reach_search *s)
{
	for (size_t i = 0; i < s->ledger->push_count; i++) {
		const struct push *p = &s->ledger->pushes[i];
		bool direct = s->callers[p->caller] != 0 || is_it(s, p->source_ip);

		(void)raise(&s->pushes[i], direct ? REACH_SURE : s->rows[s->people->of_push[i]]);
	}
}

/* Certain when nobody else can have logged in: attributed, and by none but pushes of the identity.
 */
static uint8_t
grade_login(const struct reach_search *s, const struct login *login)
{
	uint8_t best = REACH_NONE, worst = REACH_SURE;

	for (uint32_t i = 0; i < login->match_count; i++) {
		uint8_t grade = s->pushes[s->ledger->login_pushes[login->match_first + i]];

		best = grade_max(best, grade);
		worst = grade < worst ? grade : worst;
	}
	if (best == REACH_NONE)
		return REACH_NONE;
	return login->verdict == VERDICT_ATTRIBUTED
	    ? (worst == REACH_SURE ? REACH_SURE : REACH_MAYBE)
	    : REACH_MAYBE;
}

static bool
grade_logins(struct reach_search *s)
{
	bool changed = false;

	for (size_t i = 0; i < s->ledger->login_count; i++)
		if (raise(&s->logins[i], grade_login(s, &s->ledger->logins[i])))
			changed = true;
	return changed;
}

/* Leaves what lies within from/to and counts it. */
static int
count_reached(struct reach *r, const struct ledger *l, const struct match_options *o)
{
	uint8_t *seen = calloc((size_t)l->pool.count + 1, 1);

	if (seen == NULL)
		return -1;
	for (size_t i = 0; i < l->login_count; i++) {
		const struct login *login = &l->logins[i];
		string_id host = login->instance_id != 0 ? login->instance_id : login->hostname;

		if (!match_in_range(o, login->time_us))
			r->logins[i] = REACH_NONE;
		if (r->logins[i] == REACH_NONE)
			continue;
		*(r->logins[i] == REACH_SURE ? &r->sure : &r->maybe) += 1;
		r->hosts += seen[host] == 0;
		seen[host] = 1;
		if (r->first_us == LOGIN_TIME_UNKNOWN || login->time_us < r->first_us)
			r->first_us = login->time_us;
		if (login->time_us > r->last_us)
			r->last_us = login->time_us;
	}
	free(seen);
	return 0;
}

int
reach_run(
    struct reach *r, const struct people *p, const struct match_options *o, struct span identity)
{
	const struct ledger *l = p->ledger;
	struct reach_search s = {.people = p, .ledger = l, .identity = identity};
	int result = -1;

	*r = (struct reach){.first_us = LOGIN_TIME_UNKNOWN, .last_us = LOGIN_TIME_UNKNOWN};
	r->logins = s.logins = calloc(l->login_count + 1, 1);
	r->pushes = s.pushes = calloc(l->push_count + 1, 1);
	s.callers = calloc(l->caller_count + 1, 1);
	s.rows = calloc(p->person_count + 1, 1);
	if (r->logins == NULL || r->pushes == NULL || s.callers == NULL || s.rows == NULL)
		goto out;
	if (identity.len != 0) {
		s.id = string_pool_find(&l->pool, identity);
		grade_begin(&s);
		for (int round = 0; round < REACH_ROUNDS_MAX; round++) {
			bool changed = grade_rows(&s);

			grade_pushes(&s);
			if (!grade_logins(&s) && !changed && round != 0)
				break;
		}
	}
	result = count_reached(r, l, o);
out:
	free(s.callers);
	free(s.rows);
	return result;
}

void
reach_clear(struct reach *r)
{
	free(r->logins);
	free(r->pushes);
	*r = (struct reach){0};
}
