/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_MATCH_STATES_H
#define CORRELATOR_CORRELATE_MATCH_STATES_H

#include "correlator/correlate/match.h"

/*
 * The parts of match_run that are about pushes and places: who uses a push, and what became of it.
 */

/* The account and region that the pushes to an instance name; 0 where they do not agree. */
struct instance_place {
	string_id account_id, region;
	bool known;  /* there are pushes to it */
	bool logins; /* it was heard of, by a login or by EC2 Instance Connect's own lines */
};

/* By number of the instance's string; for the caller to free. NULL without memory. */
struct instance_place *match_places(const struct ledger *l);

/* Which logins each push can explain, from ledger.login_pushes. 0, or -1 without memory. */
int match_link_pushes(struct ledger *l);

/* The state of every push, and the counts of logins and pushes within from/to. */
void match_count_results(
    struct ledger *l, const struct match_options *o, const struct instance_place *places);

#endif
