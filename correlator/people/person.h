/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_PERSON_H
#define CORRELATOR_PEOPLE_PERSON_H

#include "correlator/people/chain.h"

/*
 * Private to people: who a chain leads to, docs/SEMANTICS.md, "Names". Fills everything of *p but
 * hop_first, the candidates and the logins; keys and names become strings of the ledger. 0, or -1
 * without memory.
 */
int person_name(struct person *p, struct ledger *l, const struct identity_store *store,
    const struct chain_walk *walk);

/* What AWS saw of a second factor, docs/SEMANTICS.md, "MFA". */
enum mfa_seen person_mfa(const struct ledger *l, const struct chain_walk *walk);

#endif
