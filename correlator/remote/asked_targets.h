/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_ASKED_TARGETS_H
#define CORRELATOR_REMOTE_ASKED_TARGETS_H

#include "correlator/remote/asked_events.h"
#include "correlator/remote/caller_account.h"

#define ASKED_REGION_MAX 63 /* of a name in a host's name */

/* A place, the account that its profile is of, and the region's own name ("us-east-1" where
 * "fips-us-east-1" is asked). */
struct asked_target {
	const struct asked_place *place;
	char account_id[CALLER_ACCOUNT_LEN + 1];
	char region[ASKED_REGION_MAX + 1];
};

/*
 * Asks for the account of each profile; what cannot be told is an error of `subject` in the
 * diagnostics, and its places are left out. Targets are in the order of account and region; one
 * that several profiles lead to is there once, with the first of them. The caller frees *targets. 0
 * or -1 without memory.
 */
int asked_targets_find(const struct asked_events *a, const char *subject,
    struct asked_target **targets, size_t *count);

#endif
