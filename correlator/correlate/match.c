/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/correlate/match_notice.h"
#include "correlator/correlate/match_reason.h"
#include "correlator/correlate/match_receipt.h"
#include "correlator/correlate/match_refusal.h"
#include "correlator/correlate/match_states.h"
#include "correlator/correlate/push_index.h"
#include "correlator/evidence/receipt_ledger.h"

/* A host's word on its own clock is not taken beyond this: adjtimex(2) itself ends at 16 s. */
#define CLOCK_ERROR_MAX_US (US_PER_HOUR)

void
match_options_default(struct match_options *o)
{
	*o = (struct match_options){
	    .grace_us = 5 * US_PER_SECOND,
	    .login_grace_us = 120 * US_PER_SECOND,
	    .skew_us = US_PER_SECOND,
	};
}

bool
match_in_range(const struct match_options *o, int64_t time_us)
{
	return (!o->has_from || time_us >= o->from_us) && (!o->has_to || time_us < o->to_us);
}

void
match_window(const struct match_options *o, const struct login *login, uint32_t step,
    int64_t *from_us, int64_t *to_us)
{
	bool last = step + 1 == login->auth_count;
	int64_t grace = last ? o->grace_us : o->login_grace_us;
	int64_t skew = login->clock_max_error_us < CLOCK_ERROR_MAX_US ? login->clock_max_error_us
								      : CLOCK_ERROR_MAX_US;

	if (skew < o->skew_us)
		skew = o->skew_us;
	*from_us = login->time_us - MATCH_VALIDITY_US - grace - skew;
	*to_us = login->time_us + skew;
}

struct matcher {
	struct ledger *ledger;
	const struct match_options *options;
	struct push_index index;
	struct request_index requests;
	struct notice_index notices;
	const struct instance_place *places;
	uint32_t *found; /* the pushes that explain the login at hand */
	size_t found_count, found_cap;
};

static bool
found_already(const struct matcher *m, uint32_t push)
{
	/* only another step with the same key can have found it: the list is short then */
	for (size_t i = 0; i < m->found_count; i++)
		if (m->found[i] == push)
			return true;
	return false;
}

/* Adds the pushes that explain the login by one step of its authentication. */
static int
find_by_step(struct matcher *m, const struct login *login, uint32_t step, bool first_key)
{
	const struct ledger *l = m->ledger;
	const struct auth_step *auth = &l->auth[login->auth_first + step];
	struct push_range range = push_index_key(&m->index, auth->fingerprint);
	int64_t from_us, to_us;

	match_window(m->options, login, step, &from_us, &to_us);
	range = push_range_instance(range, login->instance_id);
	range = push_range_time(push_range_user(range, login->os_user), from_us, to_us);
	for (const struct push_entry *e = range.begin; e < range.end; e++) {
		if (e->failed || (!first_key && found_already(m, e->push)))
			continue;
		if (!array_grow(
			(void **)&m->found, m->found_count, &m->found_cap, sizeof(*m->found)))
			return -1;
		m->found[m->found_count++] = e->push;
	}
	return 0;
}

/* The login's windows together. */
struct span_of_time {
	int64_t from_us, to_us;
};

static struct span_of_time
login_windows(const struct matcher *m, const struct login *login)
{
	const struct ledger *l = m->ledger;
	struct span_of_time all = {INT64_MAX, INT64_MIN};

	for (uint32_t step = 0; step < login->auth_count; step++) {
		int64_t from, to;

		if (!l->auth[login->auth_first + step].pushable)
			continue;
		match_window(m->options, login, step, &from, &to);
		all.from_us = from < all.from_us ? from : all.from_us;
		all.to_us = to > all.to_us ? to : all.to_us;
	}
	return all;
}

/* What the input covers of them. */
static enum coverage_state
login_coverage(const struct matcher *m, const struct login *login)
{
	const struct instance_place *place = &m->places[login->instance_id];
	struct span_of_time windows = login_windows(m, login);

	return coverage_judge(&m->ledger->coverage,
	    login->account_id != 0 ? login->account_id : place->account_id,
	    login->region != 0 ? login->region : place->region, windows.from_us, windows.to_us);
}

static int
compare_persons(const struct matcher *m, uint32_t push_a, uint32_t push_b)
{
	const struct match_options *o = m->options;
	const struct ledger *l = m->ledger;

	if (o->compare_persons == NULL)
		return 0;
	return o->compare_persons(
	    o->compare_persons_ctx, l->pushes[push_a].caller, l->pushes[push_b].caller);
}

/* Whether all pushes found are of one principal or for certain of one person, and no two of them
 * for certain of two: people share roles, and name their sessions alike. */
static bool
is_one_pusher(const struct matcher *m, bool *by_person)
{
	const struct ledger *l = m->ledger;
	uint32_t first = m->found[0], known = first;

	for (size_t i = 1; i < m->found_count; i++) {
		uint32_t push = m->found[i];
		int person = compare_persons(m, known, push);

		if (person < 0)
			return false;
		if (person == 0 && compare_persons(m, push, push) > 0)
			known = push;
		if (ledger_principal_eq(l, l->pushes[first].caller, l->pushes[push].caller))
			continue;
		if (compare_persons(m, first, push) <= 0)
			return false;
		*by_person = true;
	}
	return true;
}

static void
judge_explained(const struct matcher *m, struct login *login, enum coverage_state coverage)
{
	bool by_person = false;

	login->provisional = coverage != COVERAGE_FULL;
	if (is_one_pusher(m, &by_person)) {
		login->verdict = VERDICT_ATTRIBUTED;
		login->strength = STRENGTH_MATCHED;
		login->same_person = by_person;
	} else {
		login->verdict = VERDICT_AMBIGUOUS;
	}
}

/* What names the requests: AWS's own receipts or, failing these, the script's lines. */
static void
judge_requests(struct login *login, const struct receipt_finding *f)
{
	login->receipt_confirmed = f->confirmed;
	if (f->reason != REASON_NONE) {
		login->verdict = VERDICT_CONTRADICTED;
		login->strength = STRENGTH_NONE;
		login->reason = (uint8_t)f->reason;
		login->provisional = false;
	} else if (f->confirmed && login->verdict == VERDICT_ATTRIBUTED) {
		login->strength = STRENGTH_CONFIRMED;
		/* another push would not be the one that the receipts name */
		login->provisional = login->provisional && !f->complete;
	} else if (login->notice_confirmed && login->verdict == VERDICT_ATTRIBUTED) {
		login->strength = STRENGTH_CONFIRMED;
	}
}

static void
judge_unexplained(const struct matcher *m, struct login *login, enum coverage_state coverage)
{
	enum reason reason = match_reason(&m->index, m->options, login);

	/* a host that cannot say which instance it is may be the one that the key was pushed for */
	if (login->instance_id == 0 && reason != REASON_KEY_NEVER_PUSHED)
		coverage = COVERAGE_NONE;
	switch (coverage) {
	case COVERAGE_FULL:
		login->verdict = VERDICT_UNATTRIBUTED;
		login->reason = (uint8_t)reason;
		break;
	case COVERAGE_PENDING: login->verdict = VERDICT_PENDING; break;
	case COVERAGE_NONE: login->verdict = VERDICT_UNCOVERED; break;
	}
}

/* A login without a key that anybody could have pushed: no input could say more. */
static void
judge_keyless(const struct ledger *l, struct login *login)
{
	login->verdict = VERDICT_UNATTRIBUTED;
	login->reason = REASON_NO_KEY;
	for (uint32_t step = 0; step < login->auth_count; step++) {
		const struct auth_step *auth = &l->auth[login->auth_first + step];

		if (auth->is_cert && span_is(string_pool_span(&l->pool, auth->method), "publickey"))
			login->reason = REASON_CERTIFICATE;
	}
}

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Hands the pushes found over to the ledger, in their order. */
static int
keep_found(struct matcher *m, struct login *login)
{
	struct ledger *l = m->ledger;

	if (m->found_count > 1)
		qsort(m->found, m->found_count, sizeof(*m->found), compare_numbers);
	login->match_first = (uint32_t)l->login_push_count;
	login->match_count = (uint32_t)m->found_count;
	for (size_t i = 0; i < m->found_count; i++) {
		if (!array_grow((void **)&l->login_pushes, l->login_push_count, &l->login_push_cap,
			sizeof(*l->login_pushes)))
			return -1;
		l->login_pushes[l->login_push_count++] = m->found[i];
	}
	return 0;
}

/* The pushes that can explain the login, and how many of its keys could have been pushed. 0 or -1.
 */
static int
find_pushes(struct matcher *m, const struct login *login, uint32_t *keys)
{
	const struct ledger *l = m->ledger;

	m->found_count = 0;
	*keys = 0;
	for (uint32_t step = 0; step < login->auth_count; step++) {
		if (!l->auth[login->auth_first + step].pushable)
			continue;
		if (login->instance_id != 0 && find_by_step(m, login, step, *keys == 0) != 0)
			return -1;
		++*keys;
	}
	return 0;
}

static int
judge_login(struct matcher *m, struct login *login)
{
	const struct ledger *l = m->ledger;
	struct receipt_finding finding;
	enum coverage_state coverage;
	uint32_t keys;

	login->reason = REASON_NONE;
	login->strength = STRENGTH_NONE;
	login->same_person = login->notice_confirmed = false;
	if (find_pushes(m, login, &keys) != 0)
		return -1;
	if (keys == 0) {
		judge_keyless(l, login);
		return keep_found(m, login);
	}
	coverage = login_coverage(m, login);
	finding = match_receipts(
	    l, &m->requests, login, coverage == COVERAGE_FULL, m->found, &m->found_count);
	if (!finding.confirmed && finding.reason == REASON_NONE)
		login->notice_confirmed =
		    match_notices(l, &m->notices, login, m->found, &m->found_count);
	if (keep_found(m, login) != 0)
		return -1;
	if (login_windows(m, login).from_us < l->evidence_from_us)
		login->verdict = VERDICT_UNCOVERED;
	else if (m->found_count != 0)
		judge_explained(m, login, coverage);
	else
		judge_unexplained(m, login, coverage);
	judge_requests(login, &finding);
	return 0;
}

int
match_run(struct ledger *l, const struct match_options *o)
{
	struct instance_place *places = match_places(l);
	struct matcher m = {.ledger = l, .options = o, .places = places};
	int r = -1;

	if (places == NULL || push_index_build(&m.index, l) != 0 ||
	    request_index_build(&m.requests, l) != 0 ||
	    notice_index_build(&m.notices, l, &m.requests) != 0)
		goto out;
	for (size_t i = 0; i < l->login_count; i++)
		if (judge_login(&m, &l->logins[i]) != 0)
			goto out;
	if (match_link_pushes(l) != 0 || match_refusals(l, o) != 0)
		goto out;
	match_count_results(l, o, places);
	receipt_ledger_count(l);
	r = 0;
out:
	notice_index_clear(&m.notices);
	request_index_clear(&m.requests);
	push_index_clear(&m.index);
	free(m.found);
	free(places);
	return r;
}
