/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_COMMANDS_SELECT_H
#define CORRELATOR_COMMANDS_SELECT_H

#include "correlator/commands/run.h"

/* Which logins a command is about. */

/* True when the options name any. */
bool select_is_asked(const struct options *o);

/*
 * What the options ask of a store: at least the logins that select_logins marks, and those that
 * select_check_session looks at (of any time). `fingerprint` gets the text of the key asked for.
 */
#define SELECT_FINGERPRINT_MAX 64
void select_question(struct store_question *q, const struct options *o,
    char fingerprint[static SELECT_FINGERPRINT_MAX]);

/*
 * Marks in picked (a byte a login, zeroed by the caller) every login that fits all that the options
 * name; returns how many.
 */
size_t select_logins(const struct run *run, uint8_t *picked);

/*
 * Checks that a session id or the first digits of one (8 at least) name at most one session. 0, or
 * the code of a usage error, which has been said. *found says whether there is any.
 */
int select_check_session(const struct run *run, const char *session, bool *found);
/* True when the login's session id begins with these digits, in any case. */
bool select_has_session(const struct ledger *l, const struct login *login, const char *session);

#endif
