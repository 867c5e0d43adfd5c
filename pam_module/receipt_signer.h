/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_SIGNER_H
#define PAM_MODULE_RECEIPT_SIGNER_H

#include <stdbool.h>

#include "common/sha256.h"
#include "common/span.h"

/*
 * Who signed the entries of EC2 Instance Connect, as instance metadata serves it: the certificates
 * (managed-ssh-keys/signer-cert/, PEM, the leaf first) and an OCSP response for each but the root
 * (signer-ocsp/NAME, base64 of DER; NAME is the certificate's SHA-1 in upper-case hexadecimal).
 */
#define RECEIPT_CHAIN_MAX   (32 * 1024) /* bytes of PEM */
#define RECEIPT_STAPLE_MAX  (8 * 1024)  /* bytes of base64 */
#define RECEIPT_STAPLES_MAX 6
#define RECEIPT_STAPLE_NAME 40 /* digits */

struct receipt_staple {
	struct span name, response;
};

/* Spans into memory of whoever filled it; chain is absent when there is no signer. */
struct receipt_signer {
	struct span chain;
	struct receipt_staple staples[RECEIPT_STAPLES_MAX];
	size_t staple_count;
};

/* The SHA-256 of the chain as hexadecimal text: what a receipt names its signer by. 0 or -1. */
int receipt_signer_digest(const struct receipt_signer *s, char out[static SHA256_HEX_LEN + 1]);

/* True for RECEIPT_STAPLE_NAME upper-case hexadecimal digits. */
bool receipt_staple_name_ok(struct span name);

#endif
