/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_OCSP_H
#define PAM_MODULE_RECEIPT_OCSP_H

#include <openssl/x509.h>
#include <time.h>

#include "pam_module/receipt_verify.h"

/*
 * Whether the signer's OCSP response for cert says "good" at that time (RFC 6960, without a nonce).
 * It must be signed by issuer, or by a responder that chains to the store's CAs; the store's own
 * time must have been set to `at`. RECEIPT_VALID, or one of the RECEIPT_STAPLE_... and _REVOKED.
 */
enum receipt_check receipt_ocsp_check(
    const struct receipt_signer *signer, X509_STORE *store, X509 *cert, X509 *issuer, time_t at);

#endif
