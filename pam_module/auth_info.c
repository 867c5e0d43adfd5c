/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/auth_info.h"

#include "common/base64.h"
#include "pam_module/ssh_key.h"

static struct span
put_fingerprint(const uint8_t digest[static SHA256_LEN], struct buf *storage)
{
	char text[SSH_FINGERPRINT_TEXT_LEN];
	size_t from = storage->len;

	buf_puts(storage, ssh_fingerprint_text(digest, text));
	return span_from(buf_span(storage), from);
}

static void
fill_cert(const struct ssh_cert *from, struct login_record *r, struct login_cert *cert,
    struct buf *storage)
{
	struct span list = from->principals, name;

	cert->key_id = from->key_id;
	cert->serial = from->serial;
	cert->ca_fingerprint = put_fingerprint(from->ca_fingerprint, storage);
	while (ssh_cert_principal(&list, &name)) {
		if (cert->principal_count < LOGIN_RECORD_NAMES_MAX)
			cert->principals[cert->principal_count++] = name;
		else
			r->truncated = true;
	}
}

/* The key behind auth->key_type. False when it does not parse; the type is then all that is known.
 */
static bool
parse_key(struct span base64, struct login_record *r, struct login_auth *auth, struct buf *storage)
{
	size_t from = storage->len;
	struct ssh_key key;

	if (!base64_decode(base64, storage))
		return false;
	if (ssh_key_from_blob(span_from(buf_span(storage), from), &key) != SSH_KEY_OK ||
	    !span_is(auth->key_type, key.type)) {
		buf_truncate(storage, from);
		return false;
	}
	if (!key.is_cert) /* a certificate's strings point into the decoded bytes */
		buf_truncate(storage, from);
	auth->fingerprint = put_fingerprint(key.fingerprint, storage);
	auth->has_cert = key.is_cert;
	if (key.is_cert)
		fill_cert(&key.cert, r, &auth->cert, storage);
	return true;
}

/* Whether a key follows the method; of others only free text is known ("principal@REALM"). */
static bool
has_key(struct span method)
{
	struct span name = SPAN_NONE;

	(void)span_cut(&method, '/', &name);
	return span_is(name, "publickey") || span_is(name, "hostbased");
}

static struct span
non_empty(struct span s)
{
	return s.len != 0 ? s : SPAN_NONE;
}

static void
parse_step(struct span line, struct login_record *r, struct buf *storage)
{
	struct login_auth *auth = &r->auth[r->auth_count++];
	struct span base64 = SPAN_NONE;

	*auth = (struct login_auth){.has_cert = false};
	(void)span_cut(&line, ' ', &auth->method);
	if (has_key(auth->method)) {
		(void)span_cut(&line, ' ', &auth->key_type);
		(void)span_cut(&line, ' ', &base64);
		auth->key_type = non_empty(auth->key_type);
		if (!parse_key(base64, r, auth, storage))
			(void)login_record_note(r, "key_unparsed");
	}
	auth->info = non_empty(line);
}

static void
note_form(struct span text, struct login_record *r)
{
	if (text.ptr == NULL)
		(void)login_record_note(r, "auth_info_missing");
	else if (text.len == 0)
		(void)login_record_note(r, "auth_info_empty");
	else if (text.ptr[text.len - 1] != '\n')
		(void)login_record_note(r, "auth_info_unterminated");
}

int
auth_info_parse(struct span text, struct buf *storage, struct login_record *r)
{
	struct span line;

	note_form(text, r);
	/* Room for everything up front: spans into storage must not move. */
	if (text.len > AUTH_INFO_STORAGE_MAX / 2 ||
	    !buf_reserve(
		storage, text.len + (size_t)LOGIN_RECORD_AUTH_MAX * 2 * SSH_FINGERPRINT_TEXT_LEN))
		return -1;
	while (span_cut(&text, '\n', &line)) {
		if (line.len == 0)
			continue;
		if (r->auth_count == LOGIN_RECORD_AUTH_MAX) {
			r->truncated = true;
			break;
		}
		parse_step(line, r, storage);
	}
	return 0;
}
