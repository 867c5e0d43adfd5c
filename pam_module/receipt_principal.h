/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_PRINCIPAL_H
#define PAM_MODULE_RECEIPT_PRINCIPAL_H

#include "pam_module/login_record.h"
#include "pam_module/receipt_message.h"

#define RECEIPT_PRINCIPAL_MAX 1024 /* bytes of a caller, NUL included */

/*
 * The one function of logintrail-receipt-check.so: principal gets the caller of the answer's
 * entries when each of them that had not expired verifies, is about the login of `open`, and names
 * the same one; "" otherwise. ca_file NULL: the system's authorities. A shared object of its own,
 * which the recorder loads when a name is to be exposed: no other login then waits for all of
 * libcrypto to be loaded.
 */
void receipt_principal(const struct receipt_answer *answer, const struct login_record *open,
    const char *ca_file, char principal[static RECEIPT_PRINCIPAL_MAX]);

/* A key that EC2 Instance Connect can have served: not the key inside a certificate, nor a host's.
 */
static inline bool
receipt_is_pushable(const struct login_auth *auth)
{
	return span_is(auth->method, "publickey") && auth->fingerprint.ptr != NULL &&
	    !auth->has_cert;
}

#endif
