/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/view.h"

#include <stdlib.h>

#include "common/version.h"
#include "correlator/report/totals.h"

int
view_init(struct report_view *v, const struct ledger *l, const struct match_options *match)
{
	uint32_t *by_name = calloc(l->pool.count + 1, sizeof(*by_name)); /* caller + 1 */

	*v = (struct report_view){
	    .ledger = l,
	    .match = match,
	    .show_logins = true,
	    .show_pushes = true,
	    .show_others = true,
	    .show_refusals = true,
	    .settings = {.year = -1, .eic_uid = -1, .pruned_us = LOGIN_TIME_UNKNOWN},
	    .version = LOGINTRAIL_VERSION,
	    .commit = logintrail_commit,
	    .first_caller = calloc(l->caller_count + 1, sizeof(uint32_t)),
	    .stamps = calloc(l->caller_count + 1, sizeof(uint32_t)),
	};
	if (by_name == NULL || v->first_caller == NULL || v->stamps == NULL) {
		free(by_name);
		view_clear(v);
		return -1;
	}
	for (uint32_t i = 0; i < l->caller_count; i++) {
		uint32_t *first = &by_name[l->callers[i].principal];

		if (*first == 0)
			*first = i + 1;
		v->first_caller[i] = *first - 1;
	}
	free(by_name);
	return 0;
}

/* Which persons are one: those with the same key. */
static int
join_persons(struct report_view *v, const struct people *people)
{
	uint32_t *by_key = calloc((size_t)v->ledger->pool.count + 1, sizeof(*by_key)); /* row + 1 */

	v->first_person = calloc(people->person_count + 1, sizeof(uint32_t));
	v->person_stamps = calloc(people->person_count + 1, sizeof(uint32_t));
	if (by_key == NULL || v->first_person == NULL || v->person_stamps == NULL) {
		free(by_key);
		return -1;
	}
	for (uint32_t i = 0; i < people->person_count; i++) {
		uint32_t *first = &by_key[people->persons[i].key];

		if (*first == 0 || people->persons[i].key == 0)
			*first = i + 1;
		v->first_person[i] = *first - 1;
	}
	free(by_key);
	return 0;
}

int
view_set_people(struct report_view *v, const struct people *people)
{
	v->people = people;
	if (people != NULL && join_persons(v, people) != 0)
		return -1;
	return totals_count(v);
}

int
view_answers(struct report_view *v)
{
	v->is_answer = true;
	return totals_count(v);
}

void
view_clear(struct report_view *v)
{
	free(v->first_caller);
	free(v->stamps);
	free(v->first_person);
	free(v->person_stamps);
	*v = (struct report_view){0};
}

bool
view_has_login(const struct report_view *v, size_t index)
{
	return v->show_logins && (v->picked_logins == NULL || v->picked_logins[index] != 0) &&
	    (v->any_time || match_in_range(v->match, v->ledger->logins[index].time_us));
}

bool
view_has_push(const struct report_view *v, size_t index)
{
	const struct push *p = &v->ledger->pushes[index];

	if (!v->show_pushes || p->kind != EVENT_KEY_PUSH)
		return false;
	if (v->push_states != 0 && (v->push_states & 1u << p->state) == 0)
		return false;
	if (v->picked_pushes != NULL) /* shown for the sake of their logins: at any time */
		return v->picked_pushes[index] != 0;
	return match_in_range(v->match, p->time_us);
}

bool
view_has_other(const struct report_view *v, size_t index)
{
	const struct push *p = &v->ledger->pushes[index];

	return v->show_others && p->kind != EVENT_KEY_PUSH && match_in_range(v->match, p->time_us);
}

bool
view_has_refusal(const struct report_view *v, size_t index)
{
	return v->show_refusals && match_in_range(v->match, v->ledger->refusals[index].time_us);
}

void
view_principals_begin(struct report_view *v)
{
	v->turn++;
}

bool
view_principal_is_new(struct report_view *v, uint32_t caller)
{
	uint32_t *stamp = &v->stamps[v->first_caller[caller]];
	bool is_new = *stamp != v->turn;

	*stamp = v->turn;
	return is_new;
}

void
view_persons_begin(struct report_view *v)
{
	v->turn++;
}

bool
view_person_is_new(struct report_view *v, const struct person *p)
{
	uint32_t *stamp = &v->person_stamps[v->first_person[p - v->people->persons]];
	bool is_new = *stamp != v->turn;

	*stamp = v->turn;
	return is_new;
}

string_id
view_login_fingerprint(const struct report_view *v, const struct login *login)
{
	if (login->match_count != 0)
		return view_match(v, login, 0)->fingerprint;
	for (uint32_t i = 0; i < login->auth_count; i++) {
		const struct auth_step *step = &v->ledger->auth[login->auth_first + i];

		if (step->pushable)
			return step->fingerprint;
	}
	return 0;
}
