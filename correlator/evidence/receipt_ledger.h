/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVIDENCE_RECEIPT_LEDGER_H
#define CORRELATOR_EVIDENCE_RECEIPT_LEDGER_H

#include "correlator/correlate/match.h"
#include "pam_module/login_record.h"
#include "pam_module/receipt_verify.h"

/* Adds a receipt or signer line. 0, or -1 without memory. */
int receipt_ledger_add(struct ledger *l, const struct login_record *r);

/* After the ledger's logins were sorted: reads the entries, gives each login its receipts, drops
 * and counts lines that are there twice. No signature is checked: what is readable is unverified. 0
 * or -1. */
int receipt_ledger_link(struct ledger *l);

/* Checks every receipt against the CAs, as of its login, and whether it is about its login. Between
 * ledger_finish and match_run. */
void receipt_ledger_check(
    struct ledger *l, const struct match_options *o, struct receipt_trust *trust);

/* Counts the states into ledger.counts. */
void receipt_ledger_count(struct ledger *l);

#endif
