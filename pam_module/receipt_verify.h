/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_VERIFY_H
#define PAM_MODULE_RECEIPT_VERIFY_H

#include <stdint.h>

#include "pam_module/receipt_entry.h"
#include "pam_module/receipt_signer.h"

/*
 * Whether AWS signed an entry, and whether it is about a given login. What is checked is what EC2
 * Instance Connect's own eic_parse_authorized_keys checks, at a time of the caller's choosing.
 */
enum receipt_check {
	RECEIPT_VALID = 0,
	/* receipt_verify: not AWS's word */
	RECEIPT_NO_SIGNER,        /* the signer's certificates are not there */
	RECEIPT_SIGNER_FORMAT,    /* they do not parse */
	RECEIPT_SIGNER_NAME,      /* the leaf is not managed-ssh-signer.REGION.DOMAIN */
	RECEIPT_SIGNER_TIME,      /* a certificate is not valid at the time */
	RECEIPT_SIGNER_UNTRUSTED, /* the chain does not end in a trusted CA */
	RECEIPT_STAPLE_MISSING,   /* a certificate has no OCSP response */
	RECEIPT_STAPLE_INVALID,   /* it does not parse, does not verify, or is of another time */
	RECEIPT_SIGNER_REVOKED,   /* it says anything but "good" */
	RECEIPT_SIGNATURE,        /* the entry's signature is wrong */
	/* receipt_fit: AWS's word, but not about this login */
	RECEIPT_OTHER_INSTANCE,
	RECEIPT_OTHER_KEY,
	RECEIPT_EXPIRED,
	RECEIPT_EARLY, /* of a push after the login */
	RECEIPT_ERROR, /* no memory, or libcrypto failed: nothing can be said */
	RECEIPT_CHECK_COUNT,
};

#define RECEIPT_VALIDITY_US (60 * INT64_C(1000000)) /* a key is served so long */

#define RECEIPT_DETAIL_MAX 160

/* "wrong_signature": the word that reports carry; and the same in a sentence's part. Never NULL. */
const char *receipt_check_name(enum receipt_check check);
const char *receipt_check_text(enum receipt_check check);

/* The CAs that are trusted. Not for two threads at once. */
struct receipt_trust;

/* ca_file: PEM certificates; NULL for the system's CAs. NULL when the file cannot be read, has no
 * certificate, or there is no memory. */
struct receipt_trust *receipt_trust_open(const char *ca_file);
void receipt_trust_close(struct receipt_trust *trust);

/*
 * Whether the signer was AWS's at time_us: the leaf's one common name is
 * managed-ssh-signer.REGION.DOMAIN, of that region unless the span is absent, and of the domain of
 * one of AWS's partitions; the chain verifies (strictly) to a trusted CA; each certificate but the
 * root has an OCSP response that says "good". detail, when given, gets more words, in printable
 * ASCII. What holds at two times holds at all times between them.
 */
enum receipt_check receipt_verify_signer(struct receipt_trust *trust,
    const struct receipt_signer *signer, struct span region, int64_t time_us,
    char detail[RECEIPT_DETAIL_MAX]);

/* Whether the signer signed the entry: RSASSA-PSS (SHA-256, MGF1 with SHA-256, salt of 32 bytes)
 * over entry->signed_text by the first certificate's key, whoever's it is. */
enum receipt_check receipt_verify_signature(
    const struct receipt_signer *signer, const struct receipt_entry *entry);

/* Both, the signer first. */
enum receipt_check receipt_verify(struct receipt_trust *trust, const struct receipt_entry *entry,
    const struct receipt_signer *signer, struct span region, int64_t time_us,
    char detail[RECEIPT_DETAIL_MAX]);

/*
 * Whether the entry is about a login with this key to this instance at this time: RECEIPT_VALID, or
 * which of it differs. It is served for RECEIPT_VALIDITY_US until it expires; early_us and late_us
 * widen that to either side. An entry without Instance or Timestamp is about no login. The OS user
 * is no part of an entry.
 */
enum receipt_check receipt_fit(const struct receipt_entry *entry, struct span instance_id,
    const uint8_t fingerprint[static SHA256_LEN], int64_t time_us, int64_t early_us,
    int64_t late_us);

#endif
