/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_VIEW_H
#define CORRELATOR_REPORT_VIEW_H

#include "correlator/correlate/match.h"
#include "correlator/people/people.h"
#include "correlator/people/reach.h"

struct report_input {
	const char *role; /* "logins" or "events" */
	const char *uri;  /* as it was given */
};

/* Options that shape people and logins of sshd's logs; the strings are the caller's. */
struct report_settings {
	bool no_people;
	const char *const *identity_stores;
	size_t identity_store_count;
	const char *instance, *instance_map, *time_zone; /* NULL: not given */
	int64_t year, eic_uid;                           /* -1: not given */
	int64_t pruned_us; /* a store has nothing from before it; LOGIN_TIME_UNKNOWN: it has all */
};

/* How much a report has: of everything within from/to or, of an answer, of the rows shown. */
struct report_totals {
	uint64_t logins, verdicts[VERDICT_COUNT], reasons[REASON_COUNT];
	uint64_t pushes, states[PUSH_STATE_COUNT];
	uint64_t receipts,
	    receipt_states[RECEIPT_STATE_COUNT]; /* without an answer: of all times */
	/* of the attributed logins, with people: how sure it is who it was */
	uint64_t sure[SURE_EXACT + 1]; /* by enum sureness; SURE_NONE: nobody can be named */
	uint64_t persons;              /* different ones among those that are named */
};

/*
 * What a report is about: a judged ledger, which of its rows to show, and how it came to be. All
 * pointers are the caller's and outlive the view.
 */
struct report_view {
	const struct ledger *ledger;
	const struct match_options *match;
	const struct people *people; /* NULL: --no-people */
	struct report_totals totals;
	struct report_settings settings;
	const struct report_input *inputs;
	size_t input_count;
	uint64_t errors, warnings;    /* said about the inputs */
	const char *broken;           /* which invariant does not hold; NULL when all do */
	const char *version, *commit; /* of this program */
	const char *hint;             /* the input options as typed, for what to type next */

	bool show_logins, show_pushes, show_others; /* others: serial console pushes and tunnels */
	bool show_refusals;                         /* keys that were refused */
	const struct reach *reach;                  /* what `reach` found; else NULL */
	const char *identity;                       /* whom it was asked about */
	const uint8_t *picked_logins; /* by index, not 0: shown; NULL: every one within from/to */
	const uint8_t *picked_pushes; /* the same */
	unsigned push_states;         /* bits 1 << enum push_state that are shown; 0: all */
	bool any_time;                /* the logins picked are shown outside of from/to too */
	bool is_answer;               /* view_answers */

	/* which callers are one principal: view_init */
	uint32_t *first_caller; /* by caller: the first one with the same principal */
	uint32_t *stamps;       /* by caller: when it was last met */
	uint32_t turn;
	/* which rows of people.persons are one: view_set_people */
	uint32_t *first_person;  /* by person: the first one with the same key */
	uint32_t *person_stamps; /* by person: when it was last met */
};

/* Everything shown, of this ledger. 0, or -1 without memory. */
int view_init(struct report_view *v, const struct ledger *l, const struct match_options *match);
/* Gives it the people of that ledger (NULL: none) and counts everything. 0, or -1 without memory.
 */
int view_set_people(struct report_view *v, const struct people *people);
/*
 * Makes it the answer to a question, when what is shown has been picked: totals and summary are of
 * the rows shown alone, so that they are the same whatever else the ledger holds. 0 or -1.
 */
int view_answers(struct report_view *v);
void view_clear(struct report_view *v);

bool view_has_login(const struct report_view *v, size_t index);
bool view_has_push(const struct report_view *v, size_t index);
bool view_has_other(const struct report_view *v, size_t index);
bool view_has_refusal(const struct report_view *v, size_t index);

/* Tells principals that were met from new ones: begin, then ask of each caller. */
void view_principals_begin(struct report_view *v);
bool view_principal_is_new(struct report_view *v, uint32_t caller);
/* The same of persons; a view that tells one does not tell the other at the same time. */
void view_persons_begin(struct report_view *v);
bool view_person_is_new(struct report_view *v, const struct person *p);

/* The key that the login is known by: of the push that explains it, else the first that a push
 * could explain. 0 when there is none. */
string_id view_login_fingerprint(const struct report_view *v, const struct login *login);

/* The person of a push; NULL when there is none, as without people. */
static inline const struct person *
view_person(const struct report_view *v, const struct push *push)
{
	return people_of_push(v->people, (uint32_t)(push - v->ledger->pushes));
}

/* The push of a login's match, 0 <= i < login->match_count. */
static inline const struct push *
view_match(const struct report_view *v, const struct login *login, uint32_t i)
{
	return &v->ledger->pushes[v->ledger->login_pushes[login->match_first + i]];
}

static inline const struct caller *
view_caller(const struct report_view *v, const struct push *push)
{
	return &v->ledger->callers[push->caller];
}

static inline struct span
view_span(const struct report_view *v, string_id id)
{
	return string_pool_span(&v->ledger->pool, id);
}

#endif
