/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match_states.h"

#include <stdlib.h>

struct instance_place *
match_places(const struct ledger *l)
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
	for (size_t i = 0; i < l->notice_count; i++)
		places[l->notices[i].instance_id].logins |= l->notices[i].instance_id != 0;
	return places;
}

/* The other direction: which logins each push can explain. */
int
match_link_pushes(struct ledger *l)
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

void
match_count_results(
    struct ledger *l, const struct match_options *o, const struct instance_place *places)
{
	struct ledger_counts *c = &l->counts;

	for (size_t i = 0; i < l->push_count; i++)
		l->pushes[i].state = (uint8_t)push_state_of(&l->pushes[i], places);
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
