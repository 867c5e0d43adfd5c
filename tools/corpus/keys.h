/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_KEYS_H
#define TOOLS_CORPUS_KEYS_H

#include <stdint.h>

#include "common/buf.h"
#include "pam_module/ssh_key.h"

/* Public keys that nobody has the other half of: well-formed blobs around bytes of a seed. */
enum key_type {
	KEY_ED25519,
	KEY_RSA,
	KEY_ECDSA,
	KEY_SK,
};

/* How a key stands in the sSHPublicKey of a record. */
enum key_form {
	KEY_FORM_PLAIN,   /* "ssh-ed25519 AAAA..." */
	KEY_FORM_COMMENT, /* with a comment behind it */
	KEY_FORM_CONSOLE, /* "ssh-ed25519 AAAA... \n", as AWS's console sends it */
	KEY_FORM_RFC4716, /* the block form with headers and continued lines */
	KEY_FORM_BROKEN,  /* text that is no key */
	KEY_FORM_TWO,     /* two keys, one a line: taken for none, since it does not say which */
};

struct key {
	uint64_t seed;
	enum key_type type;
};

/* Appends the wire form. */
void key_put_blob(struct key key, struct buf *out);
/* Appends what the API call carries. comment is used where the form has one. */
void key_put_text(struct key key, enum key_form form, const char *comment, struct buf *out);
/* "SHA256:..." as ssh-keygen -l says it. Returns out. */
char *key_fingerprint(struct key key, char out[static SSH_FINGERPRINT_TEXT_LEN]);
const char *key_type_name(enum key_type type);
/* The name of the certificate type around such a key. */
const char *key_cert_type_name(enum key_type type);

#endif
