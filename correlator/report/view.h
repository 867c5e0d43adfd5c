/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_VIEW_H
#define CORRELATOR_REPORT_VIEW_H

#include "correlator/correlate/match.h"

struct report_input {
	const char *role; /* "logins" or "events" */
	const char *uri;  /* as it was given */
};

/*
 * What a report is about: a judged ledger, which of its rows to show, and how it came to be. All
 * pointers are the caller's and outlive the view.
 */
struct report_view {
	const struct ledger *ledger;
	const struct match_options *match;
	const struct report_input *inputs;
	size_t input_count;
	uint64_t errors, warnings;    /* said about the inputs */
	const char *broken;           /* which invariant does not hold; NULL when all do */
	const char *version, *commit; /* of this program */
	const char *hint;             /* the input options as typed, for what to type next */

	bool show_logins, show_pushes, show_others; /* others: serial console pushes and tunnels */
	const uint8_t *picked_logins; /* by index, not 0: shown; NULL: every one within from/to */
	const uint8_t *picked_pushes; /* the same */
	unsigned push_states;         /* bits 1 << enum push_state that are shown; 0: all */

	/* which callers are one principal: view_init */
	uint32_t *first_caller; /* by caller: the first one with the same principal */
	uint32_t *stamps;       /* by caller: when it was last met */
	uint32_t turn;
};

/* Everything shown, of this ledger. 0, or -1 without memory. */
int view_init(struct report_view *v, const struct ledger *l, const struct match_options *match);
void view_clear(struct report_view *v);

bool view_has_login(const struct report_view *v, size_t index);
bool view_has_push(const struct report_view *v, size_t index);
bool view_has_other(const struct report_view *v, size_t index);

/* Tells principals that were met from new ones: begin, then ask of each caller. */
void view_principals_begin(struct report_view *v);
bool view_principal_is_new(struct report_view *v, uint32_t caller);

/* The key that the login is known by: of the push that explains it, else the first that a push
 * could explain. 0 when there is none. */
string_id view_login_fingerprint(const struct report_view *v, const struct login *login);

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
