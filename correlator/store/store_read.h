/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_READ_H
#define CORRELATOR_STORE_STORE_READ_H

#include "correlator/correlate/match.h"
#include "correlator/people/identity_store.h"
#include "correlator/people/issue_needs.h"
#include "correlator/store/store.h"

/*
 * From a store into a ledger, which is not finished. What is judged over all of it, and over the
 * part that an answer rests on, is the same: parts are closed. With a login come all records of its
 * session, all pushes of its keys and of the requests that its receipts name, its host as a whole
 * where sshd's own lines tell of it; with a push the logins of its key that it could explain, its
 * addenda; with a caller the issuing events that its chain can need; with a role of an instance the
 * logins there.
 */

/* Counts and coverage of everything, and all logins, pushes and notices. */
int store_read_all(struct store *s, struct ledger *l);

/* Which logins an answer is about: as struct options has them, absent what is not asked. */
struct store_question {
	struct span instance;      /* an instance or a host name */
	struct span user, session; /* session: its first digits, 8 at least */
	struct span fingerprint;   /* "SHA256:..." */
	struct span address;       /* of the client */
	bool has_at;
	int64_t at_us, at_end_us;   /* open at a moment within them */
	int64_t pid, audit_session; /* -1: any */
	bool tests;           /* of explain: also pushes that did not explain a login are shown */
	struct span identity; /* of reach: the sessions that it reached, instead of all above */
};

/* Coverage of everything; of the rest what the answer to the question rests on, issuing events
 * included. match: its from and to bound the logins asked for; its graces how far a push reaches.
 * users: names that identities can be asked by; NULL: none. */
int store_read_question(struct store *s, struct ledger *l, const struct store_question *q,
    const struct match_options *match, const struct identity_store *users, bool people);

/* The issuing events that this round of the ledger's callers asks for. */
int store_read_issues(struct store *s, struct ledger *l, const struct issue_needs *needs);

#endif
