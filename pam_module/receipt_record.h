/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_RECORD_H
#define PAM_MODULE_RECEIPT_RECORD_H

#include "pam_module/facts.h"
#include "pam_module/login_record.h"
#include "pam_module/receipt_principal.h"

/*
 * Has logintrail-receipt, which stands beside this program, ask for the entries of the login that
 * was recorded by `open`, and appends them to the log as receipt records, their signer before them
 * unless the end of the log has it already. What goes wrong becomes a receipt record with an error.
 * A login without a public key asks for nothing. Ends soon after deadline_us (CLOCK_MONOTONIC).
 *
 * With facts->expose_principal the entries are also verified, and principal gets the caller that
 * receipt_principal finds.
 */
void receipt_record(const struct facts *facts, const struct login_record *open, int64_t deadline_us,
    char principal[static RECEIPT_PRINCIPAL_MAX]);

#endif
