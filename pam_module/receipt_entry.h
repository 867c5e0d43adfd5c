/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_ENTRY_H
#define PAM_MODULE_RECEIPT_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/sha256.h"
#include "common/span.h"

/*
 * What instance metadata serves under managed-ssh-keys/active-keys/USER/: entries with empty lines
 * between them, each a statement signed by AWS that somebody pushed a key for an instance
 * (docs/FORMAT.md, "Receipts"; after eic_parse_authorized_keys of aws-ec2-instance-connect-config):
 *
 *	#Timestamp=1795330526           until when the key is served, seconds since 1970
 *	#Instance=i-0123456789abcdef0
 *	#Caller=arn:aws:iam::111122223333:user/alice
 *	#Request=701e876d-1027-425a-98a8-36c36d6663e4
 *	ssh-ed25519 AAAA... comment
 *	base64 of the signature, in one or more lines
 *
 * Other "#" lines may stand anywhere before the key; they are signed like the known ones.
 */
#define RECEIPT_ENTRY_MAX     (8 * 1024) /* bytes; an RSA-16384 key's has some 4000 */
#define RECEIPT_ENTRIES_MAX   16         /* of one user */
#define RECEIPT_SIGNATURE_MAX 1024       /* bytes: RSA-8192 */

enum receipt_entry_error {
	RECEIPT_ENTRY_OK = 0,
	RECEIPT_ENTRY_ERROR_TOO_LONG,
	RECEIPT_ENTRY_ERROR_FORM,      /* a line is missing, or is not where it belongs */
	RECEIPT_ENTRY_ERROR_TWICE,     /* a known member twice: which one counts? */
	RECEIPT_ENTRY_ERROR_TIMESTAMP, /* not a number of seconds */
	RECEIPT_ENTRY_ERROR_KEY,       /* the key does not parse */
	RECEIPT_ENTRY_ERROR_SIGNATURE, /* not base64, or longer than RECEIPT_SIGNATURE_MAX */
};

/* Spans point into the text that was parsed. */
struct receipt_entry {
	struct span signed_text;               /* the "#" lines and the key line, LFs and all */
	struct span instance, caller, request; /* absent when there is no such line */
	struct span key_line;
	int64_t expires_us; /* -1 when there is no Timestamp */
	uint8_t fingerprint[SHA256_LEN];
	uint8_t signature[RECEIPT_SIGNATURE_MAX];
	size_t signature_len;
};

/* Takes the next entry's text off *rest, without the empty lines around it; false at the end. */
bool receipt_entry_next(struct span *rest, struct span *entry);

/* Parses one entry's text. *e is set only on success. */
enum receipt_entry_error receipt_entry_parse(struct span text, struct receipt_entry *e);

const char *receipt_entry_error_text(enum receipt_entry_error error);

#endif
