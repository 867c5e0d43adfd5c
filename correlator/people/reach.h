/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_REACH_H
#define CORRELATOR_PEOPLE_REACH_H

#include "correlator/correlate/match.h"
#include "correlator/people/people.h"

/*
 * The sessions that an identity reached: an access key id, ARN, principal id, role session
 * ("Role/session"), person's name, user id, email or source address. Compared as a whole and with
 * case; a person's name and email without.
 */
enum reach_grade {
	REACH_NONE,
	REACH_MAYBE, /* an ambiguous login, or by a hop that is not exact */
	REACH_SURE,
};

struct reach {
	uint8_t *logins; /* by login: enum reach_grade */
	uint8_t *pushes; /* by push, of any time: the same */
	size_t sure, maybe, hosts;
	int64_t first_us, last_us; /* of all reached logins; LOGIN_TIME_UNKNOWN without any */
};

/* 0, or -1 without memory. from/to: only logins in match's range count. */
int reach_run(
    struct reach *r, const struct people *p, const struct match_options *o, struct span identity);
void reach_clear(struct reach *r);

#endif
