/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_LOGINS_AT_H
#define CORRELATOR_PEOPLE_LOGINS_AT_H

#include "correlator/correlate/ledger.h"

/*
 * Who was logged in on an instance at a moment. A login without a close record is taken as open
 * until the instance's next boot, where records of a later login name another boot id; without
 * that, for ever: it may have been open, and nothing says that it was not.
 */
struct login_stay {
	string_id instance_id;
	uint32_t login; /* in ledger.logins */
	int64_t from_us, to_us;
	int64_t last_us; /* the latest to_us of the subtree: see logins_at_find */
};

struct logins_at {
	struct login_stay *stays; /* by instance, from and login */
	size_t count;
};

/* More people than this at one time are not listed. */
#define LOGINS_AT_MAX 64

/* Of a finished ledger. 0, or -1 without memory. */
int logins_at_build(struct logins_at *x, const struct ledger *l);
void logins_at_clear(struct logins_at *x);

/* The logins open in the second that begins at time_us (CloudTrail's times are whole seconds), in
 * the order of their times. Returns how many; *more: there are others. */
size_t logins_at_find(const struct logins_at *x, string_id instance_id, int64_t time_us,
    uint32_t logins[static LOGINS_AT_MAX], bool *more);

#endif
