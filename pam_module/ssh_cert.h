/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_SSH_CERT_H
#define PAM_MODULE_SSH_CERT_H

#include "pam_module/ssh_key.h"

/*
 * What ssh_key.c and ssh_cert.c share: which fields a known type of key has. A certificate carries
 * the fields of the plain key between its nonce and its serial number (PROTOCOL.certkeys).
 */
#define SSH_KEY_FIELDS_MAX 4

struct ssh_key_form {
	const char *type;
	const char *cert_type;
	size_t count;    /* fields behind the type's name */
	bool has_mpints; /* the fields are numbers (RFC 4251 mpint) */
};

struct ssh_key_fields {
	const struct ssh_key_form *form;
	struct span field[SSH_KEY_FIELDS_MAX];
	bool trimmed; /* a number was longer than need be */
};

/* Takes the fields of a plain key off *rest; false when they are not there. */
bool ssh_key_fields_take(
    struct span *rest, const struct ssh_key_form *form, struct ssh_key_fields *f);
/* The fingerprint of the plain key with these fields, as sshd would write it. */
enum ssh_key_error ssh_key_fields_hash(
    const struct ssh_key_fields *f, uint8_t out[static SHA256_LEN]);
/* The fingerprint of a blob that must not be a certificate. */
enum ssh_key_error ssh_key_plain_fingerprint(struct span blob, uint8_t out[static SHA256_LEN]);

/* Parses what follows the type's name in a certificate; sets key->cert and key->fingerprint. */
enum ssh_key_error ssh_cert_parse(
    struct span rest, const struct ssh_key_form *form, struct ssh_key *key);

#endif
