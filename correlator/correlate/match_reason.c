/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/match_reason.h"

/* The first of several reasons wins: what says more about this very instance, user and key. */
static const enum reason reason_order[] = {REASON_PUSH_FAILED, REASON_PUSH_EXPIRED,
    REASON_PUSHED_FOR_OTHER_USER, REASON_PUSHED_FOR_OTHER_INSTANCE};

/* True when the key was pushed for exactly this user by a call that failed (or did not), in time.
 */
static bool
pushed_within(struct push_range user, int64_t from_us, int64_t to_us, bool failed)
{
	struct push_range range = push_range_time(user, from_us, to_us);

	for (const struct push_entry *e = range.begin; e < range.end; e++)
		if (e->failed == failed)
			return true;
	return false;
}

static bool
reason_holds(const struct push_index *x, const struct match_options *o, const struct login *login,
    uint32_t step, enum reason reason)
{
	const struct ledger *l = x->ledger;
	string_id key = l->auth[login->auth_first + step].fingerprint;
	struct push_range user = push_range_user(
	    push_range_instance(push_index_key(x, key), login->instance_id), login->os_user);
	int64_t from_us, to_us;

	match_window(o, login, step, &from_us, &to_us);
	switch (reason) {
	case REASON_PUSH_FAILED: return pushed_within(user, from_us, to_us, true);
	case REASON_PUSH_EXPIRED: return pushed_within(user, INT64_MIN, from_us - 1, false);
	case REASON_PUSHED_FOR_OTHER_USER:
		return push_index_other_user(x, key, login->instance_id, login->os_user, to_us);
	case REASON_PUSHED_FOR_OTHER_INSTANCE:
		return push_index_other_instance(x, key, login->instance_id, to_us);
	default: return false;
	}
}

enum reason
match_reason(const struct push_index *x, const struct match_options *o, const struct login *login)
{
	const struct ledger *l = x->ledger;

	for (size_t i = 0; i < sizeof(reason_order) / sizeof(reason_order[0]); i++)
		for (uint32_t step = 0; step < login->auth_count; step++)
			if (l->auth[login->auth_first + step].pushable &&
			    reason_holds(x, o, login, step, reason_order[i]))
				return reason_order[i];
	for (uint32_t step = 0; step < login->auth_count; step++) {
		string_id key = l->auth[login->auth_first + step].fingerprint;
		struct push_range user =
		    push_range_user(push_range_instance(push_index_key(x, key), login->instance_id),
			login->os_user);

		if (l->auth[login->auth_first + step].pushable &&
		    pushed_within(user, INT64_MIN, login->time_us, true))
			return REASON_PUSH_FAILED;
	}
	return REASON_KEY_NEVER_PUSHED;
}
