/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVIDENCE_LOGIN_CHAIN_LINK_H
#define CORRELATOR_EVIDENCE_LOGIN_CHAIN_LINK_H

#include "correlator/evidence/login_chain.h"

/* Private to login_chain.c: which file goes on behind which. */

/* Sets copy_of. Files that begin with the same record and then differ get a wound. */
int login_link_copies(struct login_chain_set *s);
/* Sets next where a file continues another one's last line. */
int login_link_exact(struct login_chain_set *s);
/* Sets next where files are of one log and hash to hash does not show it: the wound is between
 * them. */
int login_link_torn_apart(struct login_chain_set *s);

#endif
