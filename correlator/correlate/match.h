/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_MATCH_H
#define CORRELATOR_CORRELATE_MATCH_H

#include "correlator/correlate/ledger.h"

/*
 * Login x push, docs/SEMANTICS.md: which pushes can explain which login, the verdict on every login
 * and the state of every push.
 */
#define MATCH_VALIDITY_US                                                                          \
	(60 * US_PER_SECOND) /* EC2 Instance Connect serves a pushed key so long */

struct match_options {
	int64_t grace_us; /* 5 s: authentication to session, the key being the last step */
	int64_t
	    login_grace_us; /* 120 s, sshd's LoginGraceTime: when another factor followed the key */
	int64_t skew_us;    /* 1 s: eventTime has whole seconds; a host's own clock error counts
			       when it is more */
	/* two callers (indexes in ledger.callers): 1 for certain one person, -1 for certain two, 0
	 * not known; NULL: never known */
	int (*compare_persons)(const void *ctx, uint32_t caller_a, uint32_t caller_b);
	const void *compare_persons_ctx;
	bool has_from, has_to; /* logins and pushes reported lie in [from, to) */
	int64_t from_us, to_us;
};

void match_options_default(struct match_options *o);

/* The first and last push time that could explain the login by this step of its authentication. */
void match_window(const struct match_options *o, const struct login *login, uint32_t step,
    int64_t *from_us, int64_t *to_us);

/* Judges everything. The ledger must be finished. 0, or -1 without memory. Sets counts.verdicts,
 * reasons, states, logins_in and pushes_in for what lies within from/to. */
int match_run(struct ledger *l, const struct match_options *o);

/* True when the login or push lies within from/to. */
bool match_in_range(const struct match_options *o, int64_t time_us);

/* The invariants of docs/SEMANTICS.md; a false one is this program's own fault. NULL when all hold,
 * else which does not. */
const char *match_check_invariants(const struct ledger *l);

/*
 * One test of login against push, as `explain` shows it. Times are only compared when instance,
 * user and key are equal.
 */
struct match_test {
	uint32_t push;
	uint32_t step; /* the authentication step with the key */
	bool same_instance, same_user, same_key, succeeded;
	bool has_request,
	    same_request; /* a receipt decides: whether it names this push's request */
	bool by_notice;   /* not a receipt but EC2 Instance Connect's own line decides */
	int64_t window_from_us, window_to_us;
	int64_t off_us; /* 0 within the window; negative: pushed so much too early to count,
			   positive: pushed so much after the window's end */
	bool explains;
};

/* So many tests of a login are shown. */
#define MATCH_TESTS_MAX 50

/*
 * The pushes worth showing for a login: every one that explains it, then those that nearly did (the
 * same key anywhere; another key for the same instance and user in the window), nearest in time
 * first, at most max in all. Returns how many were written; *more gets how many were left out.
 */
size_t match_explain(const struct ledger *l, const struct match_options *o,
    const struct login *login, struct match_test *tests, size_t max, size_t *more);

#endif
