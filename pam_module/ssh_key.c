/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/ssh_key.h"

#include <openssl/evp.h>

#include "pam_module/ssh_cert.h"
#include "pam_module/ssh_wire.h"

#define CERT_SUFFIX "-cert-v01@openssh.com"

/* The key types whose fields are known: RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709
 * section 4, PROTOCOL.u2f. */
static const struct ssh_key_form forms[] = {
    {"ssh-ed25519", "ssh-ed25519" CERT_SUFFIX, 1, false},
    {"ssh-rsa", "ssh-rsa" CERT_SUFFIX, 2, true},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256" CERT_SUFFIX, 2, false},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384" CERT_SUFFIX, 2, false},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521" CERT_SUFFIX, 2, false},
    {"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519" CERT_SUFFIX, 2, false},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256" CERT_SUFFIX, 3, false},
    {"ssh-mldsa44-ed25519@openssh.com", "ssh-mldsa44-ed25519" CERT_SUFFIX, 1, false},
    {"ssh-dss", "ssh-dss" CERT_SUFFIX, 4, true},
};

const char *
ssh_key_error_text(enum ssh_key_error error)
{
	switch (error) {
	case SSH_KEY_OK: return "no error";
	case SSH_KEY_ERROR_FORMAT: return "not an SSH public key";
	case SSH_KEY_ERROR_BASE64: return "the key's base64 does not decode";
	case SSH_KEY_ERROR_BLOB: return "the key's bytes are not what its type says";
	case SSH_KEY_ERROR_TYPE: return "the key's bytes are of another type than its text says";
	case SSH_KEY_ERROR_TOO_LONG: return "the key is too long";
	case SSH_KEY_ERROR_CRYPTO: return "libcrypto or memory failed";
	}
	return "unknown error";
}

static const struct ssh_key_form *
find_form(struct span type, bool *is_cert)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		*is_cert = span_is(type, forms[i].cert_type);
		if (*is_cert || span_is(type, forms[i].type))
			return &forms[i];
	}
	*is_cert = span_ends(type, CERT_SUFFIX);
	return NULL;
}

/* sshd reads an mpint with needless zeros in front and writes it without: so must we, or one key
 * would have two fingerprints. Negative ones it refuses. */
static bool
trim_mpint(struct span *field, bool *trimmed)
{
	const unsigned char *p = (const unsigned char *)field->ptr;
	size_t n = 0;

	if (field->len != 0 && p[0] >= 0x80)
		return false;
	while (n < field->len && p[n] == 0 && (n + 1 == field->len || p[n + 1] < 0x80))
		n++;
	*trimmed |= n != 0;
	*field = span_from(*field, n);
	return true;
}

bool
ssh_key_fields_take(struct span *rest, const struct ssh_key_form *form, struct ssh_key_fields *f)
{
	f->form = form;
	f->trimmed = false;
	for (size_t i = 0; i < form->count; i++) {
		if (!ssh_wire_string(rest, &f->field[i]))
			return false;
		if (form->has_mpints && !trim_mpint(&f->field[i], &f->trimmed))
			return false;
	}
	return true;
}

/* A string of the wire format as two spans: its length, which goes into the four bytes, and itself.
 */
static void
put_string(struct span s, char len[static 4], struct span out[static 2])
{
	for (size_t i = 0; i < 4; i++)
		len[i] = (char)(s.len >> (24 - 8 * i));
	out[0] = (struct span){len, 4};
	out[1] = s;
}

enum ssh_key_error
ssh_key_fields_hash(const struct ssh_key_fields *f, uint8_t out[static SHA256_LEN])
{
	struct span list[2 * (SSH_KEY_FIELDS_MAX + 1)];
	char len[SSH_KEY_FIELDS_MAX + 1][4];

	put_string(span_of(f->form->type), len[0], list);
	for (size_t i = 0; i < f->form->count; i++)
		put_string(f->field[i], len[i + 1], list + 2 * (i + 1));
	return sha256_digest_list(list, 2 * (f->form->count + 1), out) == 0 ? SSH_KEY_OK
									    : SSH_KEY_ERROR_CRYPTO;
}

/* The type's name, off the front of *rest; it is shown and compared, so only plain characters. */
static bool
take_type(struct span *rest, struct span *type)
{
	if (!ssh_wire_string(rest, type) || type->len == 0 || type->len >= SSH_KEY_TYPE_MAX)
		return false;
	for (size_t i = 0; i < type->len; i++)
		if (type->ptr[i] <= ' ' || type->ptr[i] >= 0x7f)
			return false;
	return true;
}

/* The fingerprint of a key that is no certificate; rest is what follows the type's name. */
static enum ssh_key_error
parse_plain(struct span blob, struct span rest, const struct ssh_key_form *form,
    uint8_t out[static SHA256_LEN])
{
	struct ssh_key_fields fields = {.trimmed = false};

	if (form != NULL && (!ssh_key_fields_take(&rest, form, &fields) || rest.len != 0))
		return SSH_KEY_ERROR_BLOB;
	if (fields.trimmed)
		return ssh_key_fields_hash(&fields, out);
	return sha256_digest(blob, out) == 0 ? SSH_KEY_OK : SSH_KEY_ERROR_CRYPTO;
}

enum ssh_key_error
ssh_key_plain_fingerprint(struct span blob, uint8_t out[static SHA256_LEN])
{
	const struct ssh_key_form *form;
	struct span rest = blob, type;
	bool is_cert;

	if (!take_type(&rest, &type))
		return SSH_KEY_ERROR_BLOB;
	form = find_form(type, &is_cert);
	return is_cert ? SSH_KEY_ERROR_BLOB : parse_plain(blob, rest, form, out);
}

enum ssh_key_error
ssh_key_from_blob(struct span blob, struct ssh_key *key)
{
	const struct ssh_key_form *form;
	struct span rest = blob, type;

	if (blob.len > SSH_KEY_BLOB_MAX)
		return SSH_KEY_ERROR_TOO_LONG;
	if (!take_type(&rest, &type))
		return SSH_KEY_ERROR_BLOB;
	memcpy(key->type, type.ptr, type.len);
	key->type[type.len] = '\0';
	form = find_form(type, &key->is_cert);
	if (!key->is_cert)
		return parse_plain(blob, rest, form, key->fingerprint);
	return form != NULL ? ssh_cert_parse(rest, form, key) : SSH_KEY_ERROR_BLOB;
}

char *
ssh_fingerprint_text(
    const uint8_t fingerprint[static SHA256_LEN], char out[static SSH_FINGERPRINT_TEXT_LEN])
{
	unsigned char base64[4 * ((SHA256_LEN + 2) / 3) + 1];

	(void)EVP_EncodeBlock(base64, fingerprint, SHA256_LEN);
	memcpy(out, "SHA256:", 7);
	memcpy(out + 7, base64, SSH_FINGERPRINT_TEXT_LEN - 8);
	out[SSH_FINGERPRINT_TEXT_LEN - 1] = '\0';
	return out;
}

bool
ssh_fingerprint_parse(struct span text, uint8_t out[static SHA256_LEN])
{
	char padded[4 * ((SHA256_LEN + 2) / 3)], again[SSH_FINGERPRINT_TEXT_LEN];
	unsigned char bytes[3 * ((SHA256_LEN + 2) / 3)];

	if (text.len != SSH_FINGERPRINT_TEXT_LEN - 1 || !span_starts(text, "SHA256:"))
		return false;
	memcpy(padded, text.ptr + 7, sizeof(padded) - 1);
	padded[sizeof(padded) - 1] = '=';
	if (EVP_DecodeBlock(bytes, (const unsigned char *)padded, sizeof(padded)) < 0)
		return false;
	/* EVP_DecodeBlock takes more than base64: what is not written back the same was not. */
	if (!span_is(text, ssh_fingerprint_text(bytes, again)))
		return false;
	memcpy(out, bytes, SHA256_LEN);
	return true;
}
