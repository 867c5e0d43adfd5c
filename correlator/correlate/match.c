/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match.h"

#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/correlate/match_reason.h"
#include "correlator/correlate/match_receipt.h"
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

/* The account and region that the pushes to an instance name; 0 where they do not agree. */
struct instance_place {
	string_id account_id, region;
	bool known, logins;
};

static struct instance_place *
find_places(const struct ledger *l)
{
	struct instance_place *places = calloc((size_t)l->pool.count + 1, sizeof(*places));

	if (places == NULL)
		return NULL;
	for (size_t i = 0; i < l->push_count; i++) {
		const struct push *p = &l->pushes[i];
		struct instance_place *place = &places[p->instance_id];

		if (p->instance_id == 0)
			continue;
		if (!place->known)
			*place = (struct instance_place){p->account_id, p->region, true, false};
		if (place->account_id != p->account_id)
			place->account_id = 0;
		if (place->region != p->region)
			place->region = 0;
	}
	for (size_t i = 0; i < l->login_count; i++)
		places[l->logins[i].instance_id].logins = l->logins[i].instance_id != 0;
	return places;
}

/* What the input covers of all the login's windows together. */
static enum coverage_state
login_coverage(
    const struct matcher *m, const struct instance_place *places, const struct login *login)
{
	const struct ledger *l = m->ledger;
	const struct instance_place *place = &places[login->instance_id];
	int64_t from_us = INT64_MAX, to_us = INT64_MIN;

	for (uint32_t step = 0; step < login->auth_count; step++) {
		int64_t from, to;

		if (!l->auth[login->auth_first + step].pushable)
			continue;
		match_window(m->options, login, step, &from, &to);
		from_us = from < from_us ? from : from_us;
		to_us = to > to_us ? to : to_us;
	}
	return coverage_judge(&l->coverage,
	    login->account_id != 0 ? login->account_id : place->account_id,
	    login->region != 0 ? login->region : place->region, from_us, to_us);
}

static void
judge_explained(const struct matcher *m, struct login *login, enum coverage_state coverage)
{
	const struct ledger *l = m->ledger;

	login->verdict = VERDICT_ATTRIBUTED;
	login->strength = STRENGTH_MATCHED;
	login->provisional = coverage != COVERAGE_FULL;
	for (size_t i = 1; i < m->found_count; i++) {
		if (!ledger_principal_eq(
			l, l->pushes[m->found[0]].caller, l->pushes[m->found[i]].caller)) {
			login->verdict = VERDICT_AMBIGUOUS;
			login->strength = STRENGTH_NONE;
		}
	}
}

/* What AWS's own receipts say, and then what the pushes do. */
static void
judge_receipts(struct login *login, const struct receipt_finding *f)
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

static int
judge_login(struct matcher *m, const struct instance_place *places, struct login *login)
{
	const struct ledger *l = m->ledger;
	struct receipt_finding finding;
	enum coverage_state coverage;
	uint32_t keys = 0;

	m->found_count = 0;
	login->reason = REASON_NONE;
	login->strength = STRENGTH_NONE;
	for (uint32_t step = 0; step < login->auth_count; step++) {
		if (!l->auth[login->auth_first + step].pushable)
			continue;
		if (login->instance_id != 0 && find_by_step(m, login, step, keys == 0) != 0)
			return -1;
		keys++;
	}
	if (keys == 0) {
		judge_keyless(l, login);
		return keep_found(m, login);
	}
	coverage = login_coverage(m, places, login);
	finding = match_receipts(
	    l, &m->requests, login, coverage == COVERAGE_FULL, m->found, &m->found_count);
	if (keep_found(m, login) != 0)
		return -1;
	if (m->found_count != 0)
		judge_explained(m, login, coverage);
	else
		judge_unexplained(m, login, coverage);
	judge_receipts(login, &finding);
	return 0;
}

/* The other direction: which logins each push can explain. */
static int
link_pushes(struct ledger *l)
{
	uint32_t at = 0;

	l->push_logins = malloc((l->login_push_count + 1) * sizeof(*l->push_logins));
	if (l->push_logins == NULL)
		return -1;
	l->push_login_count = l->login_push_count;
	for (size_t i = 0; i < l->login_push_count; i++)
		l->pushes[l->login_pushes[i]].session_count++;
	for (size_t i = 0; i < l->push_count; i++) {
		l->pushes[i].session_first = at;
		at += l->pushes[i].session_count;
		l->pushes[i].session_count = 0;
	}
	for (size_t i = 0; i < l->login_count; i++) {
		for (uint32_t k = 0; k < l->logins[i].match_count; k++) {
			struct push *p = &l->pushes[l->login_pushes[l->logins[i].match_first + k]];

			l->push_logins[p->session_first + p->session_count++] = (uint32_t)i;
		}
	}
	return 0;
}

static enum push_state
push_state_of(const struct push *p, const struct instance_place *places)
{
	if (p->failed)
		return PUSH_FAILED;
	if (p->session_count != 0)
		return PUSH_USED;
	if (p->instance_id != 0 && !places[p->instance_id].logins)
		return PUSH_UNINSTRUMENTED;
	return PUSH_UNUSED;
}

static void
count_results(struct ledger *l, const struct match_options *o)
{
	struct ledger_counts *c = &l->counts;

	for (size_t i = 0; i < l->login_count; i++) {
		if (!match_in_range(o, l->logins[i].time_us))
			continue;
		c->logins_in++;
		c->verdicts[l->logins[i].verdict]++;
		c->reasons[l->logins[i].reason]++;
	}
	for (size_t i = 0; i < l->push_count; i++) {
		if (l->pushes[i].kind != EVENT_KEY_PUSH || !match_in_range(o, l->pushes[i].time_us))
			continue;
		c->pushes_in++;
		c->states[l->pushes[i].state]++;
	}
}

int
match_run(struct ledger *l, const struct match_options *o)
{
	struct matcher m = {.ledger = l, .options = o};
	struct instance_place *places = find_places(l);
	int r = -1;

	if (places == NULL || push_index_build(&m.index, l) != 0 ||
	    request_index_build(&m.requests, l) != 0)
		goto out;
	for (size_t i = 0; i < l->login_count; i++)
		if (judge_login(&m, places, &l->logins[i]) != 0)
			goto out;
	if (link_pushes(l) != 0)
		goto out;
	for (size_t i = 0; i < l->push_count; i++)
		l->pushes[i].state = (uint8_t)push_state_of(&l->pushes[i], places);
	count_results(l, o);
	receipt_ledger_count(l);
	r = 0;
out:
	request_index_clear(&m.requests);
	push_index_clear(&m.index);
	free(m.found);
	free(places);
	return r;
}

static uint64_t
sum(const uint64_t *counts, size_t n)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += counts[i];
	return total;
}

const char *
match_check_invariants(const struct ledger *l)
{
	const struct ledger_counts *c = &l->counts;

	if (c->logins_in != sum(c->verdicts, VERDICT_COUNT))
		return "logins in = sum of verdicts";
	if (c->pushes_in != sum(c->states, PUSH_STATE_COUNT))
		return "pushes in = sum of push states";
	if (c->records != c->kept + c->skipped + c->malformed)
		return "records read = kept + skipped + malformed";
	if (c->kept != c->pushes + c->serial_pushes + c->tunnels + c->duplicates + c->superseded)
		return "records kept = pushes + serial pushes + tunnels + duplicates + superseded";
	if (c->login_lines !=
	    c->opens + c->closes + c->receipts + c->signers + c->login_other + c->login_malformed +
		c->login_duplicates)
		return "login lines = opens + closes + receipts + signers + others + malformed + "
		       "duplicates";
	if (c->receipts != sum(c->receipt_states, RECEIPT_STATE_COUNT))
		return "receipts = sum of their states";
	return NULL;
}
