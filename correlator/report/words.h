/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_WORDS_H
#define CORRELATOR_REPORT_WORDS_H

#include "correlator/report/style.h"
#include "correlator/report/view.h"

/* Words that the reports for people share. All text from the inputs comes out safe. */

/* "1 login", "2 logins" */
void words_count(struct buf *out, uint64_t n, const char *one, const char *many);
/* The text; "unknown" for 0. */
void words_id(struct buf *out, const struct report_view *v, string_id id);
/*
 * A principal in as few words as say who it is: "user/alice", "Admin/alice" for an assumed role's
 * session, anything else whole; not made safe. With the account in front when several accounts are
 * in the input. The span points into the ledger or scratch, until scratch is reset.
 */
struct span words_principal(const struct report_view *v, string_id principal, struct buf *scratch);
/* What an ambiguous, pending ... verdict means, without a full stop. */
const char *words_verdict(enum verdict verdict);
/* The same of this login, or its reason where it has one. */
const char *words_conclusion(const struct login *login);
enum style_ink words_verdict_ink(enum verdict verdict);
/* Where a login was recorded: "pam", "syslog". */
const char *words_source(enum login_source source);
/* "sure", "maybe"; NULL for REACH_NONE. */
const char *words_reach(enum reach_grade grade);
/* What became of a push, without a full stop. */
const char *words_state(enum push_state state);

#endif
