/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_SSH_KEY_H
#define PAM_MODULE_SSH_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/sha256.h"

/*
 * SSH public keys and certificates: the wire form of RFC 4253 section 6.6, RFC 5656, RFC 8709,
 * OpenSSH's PROTOCOL.u2f and PROTOCOL.certkeys; the text forms of authorized_keys and RFC 4716.
 */
#define SSH_KEY_TYPE_MAX         64 /* bytes of a key type's name, NUL included */
#define SSH_KEY_BLOB_MAX         ((size_t)1024 * 1024)
#define SSH_FINGERPRINT_TEXT_LEN 51 /* "SHA256:", 43 characters, NUL */

enum ssh_key_error {
	SSH_KEY_OK = 0,
	SSH_KEY_ERROR_FORMAT,   /* not "type base64" nor RFC 4716 text */
	SSH_KEY_ERROR_BASE64,   /* the base64 does not decode */
	SSH_KEY_ERROR_BLOB,     /* the blob does not parse as its type says */
	SSH_KEY_ERROR_TYPE,     /* the blob's type differs from the one in the text */
	SSH_KEY_ERROR_TOO_LONG, /* over SSH_KEY_BLOB_MAX */
	SSH_KEY_ERROR_CRYPTO,   /* libcrypto or memory failed */
};

struct ssh_cert {
	struct span key_id;     /* any bytes: the CA's free text */
	struct span principals; /* the packed list of SSH strings; walk it by ssh_cert_principal */
	uint64_t serial;
	uint32_t type; /* 1 user, 2 host */
	uint8_t ca_fingerprint[SHA256_LEN];
};

/* Spans point into the blob that was parsed. */
struct ssh_key {
	char type[SSH_KEY_TYPE_MAX];     /* as in the blob: "ssh-ed25519-cert-v01@openssh.com" */
	uint8_t fingerprint[SHA256_LEN]; /* as `ssh-keygen -l` says it: a certificate's is that of
					    the plain key inside */
	bool is_cert;
	struct ssh_cert cert;
};

/* Parses a wire blob. Plain keys of unknown type are taken as they are (their fingerprint needs no
 * knowledge of the type); a certificate must be of a known one. */
enum ssh_key_error ssh_key_from_blob(struct span blob, struct ssh_key *key);

/*
 * Parses what a person pastes or an API carries: "type base64 [comment]" with white space around
 * it, or an RFC 4716 block ("---- BEGIN SSH2 PUBLIC KEY ----", headers, continued lines). The blob
 * is appended to *blob, which *key points into. The type named in the text must be the blob's.
 */
enum ssh_key_error ssh_key_from_text(struct span text, struct buf *blob, struct ssh_key *key);

/* Takes the next name off a certificate's packed principals; false at the end. */
bool ssh_cert_principal(struct span *principals, struct span *name);

/* "SHA256:" and unpadded base64, as ssh-keygen prints it. Returns out. */
char *ssh_fingerprint_text(
    const uint8_t fingerprint[static SHA256_LEN], char out[static SSH_FINGERPRINT_TEXT_LEN]);
/* The reverse; false for anything else. */
bool ssh_fingerprint_parse(struct span text, uint8_t out[static SHA256_LEN]);

const char *ssh_key_error_text(enum ssh_key_error error);

#endif
