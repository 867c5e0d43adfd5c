/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/keys.h"

#include "common/base64.h"
#include "tools/corpus/random.h"

#define BLOB_MAX      1024
#define RFC4716_WIDTH 70
#define RSA_BYTES     256
#define POINT_BYTES   65

static const char *const type_names[] = {
    [KEY_ED25519] = "ssh-ed25519",
    [KEY_RSA] = "ssh-rsa",
    [KEY_ECDSA] = "ecdsa-sha2-nistp256",
    [KEY_SK] = "sk-ssh-ed25519@openssh.com",
};

static const char *const cert_type_names[] = {
    [KEY_ED25519] = "ssh-ed25519-cert-v01@openssh.com",
    [KEY_RSA] = "ssh-rsa-cert-v01@openssh.com",
    [KEY_ECDSA] = "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    [KEY_SK] = "sk-ssh-ed25519-cert-v01@openssh.com",
};

const char *
key_type_name(enum key_type type)
{
	return type_names[type];
}

const char *
key_cert_type_name(enum key_type type)
{
	return cert_type_names[type];
}

static void
put_string(struct buf *out, const void *data, size_t len)
{
	const uint8_t head[4] = {
	    (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len};

	buf_put(out, head, sizeof(head));
	buf_put(out, data, len);
}

void
key_put_blob(struct key key, struct buf *out)
{
	uint8_t bytes[1 + RSA_BYTES] = {0};

	put_string(out, type_names[key.type], strlen(type_names[key.type]));
	random_fill(key.seed, bytes + 1, RSA_BYTES);
	switch (key.type) {
	case KEY_RSA:
		bytes[1] |= 0x80; /* 2048 bits, so the mpint wants the zero byte before it */
		put_string(out, "\x01\x00\x01", 3);
		put_string(out, bytes, sizeof(bytes));
		break;
	case KEY_ECDSA:
		bytes[0] = 4;
		put_string(out, "nistp256", 8);
		put_string(out, bytes, POINT_BYTES);
		break;
	case KEY_SK:
		put_string(out, bytes + 1, 32);
		put_string(out, "ssh:", 4);
		break;
	case KEY_ED25519: put_string(out, bytes + 1, 32); break;
	}
}

static void
put_rfc4716(struct span base64, const char *comment, struct buf *out)
{
	buf_printf(out, "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"%s\"\n", comment);
	buf_puts(out, "x-note: a header that goes \\\non in the next line\n");
	for (; base64.len != 0; base64 = span_from(base64, RFC4716_WIDTH)) {
		buf_put_span(out, span_head(base64, RFC4716_WIDTH));
		buf_putc(out, '\n');
	}
	buf_puts(out, "---- END SSH2 PUBLIC KEY ----\n");
}

void
key_put_text(struct key key, enum key_form form, const char *comment, struct buf *out)
{
	struct buf blob, base64;

	buf_init(&blob, BLOB_MAX);
	buf_init(&base64, 2 * BLOB_MAX);
	key_put_blob(key, &blob);
	base64_encode(blob.ptr, blob.len, true, &base64);
	if (form == KEY_FORM_BROKEN)
		buf_truncate(&base64, base64.len / 2 - 1);
	if (form == KEY_FORM_RFC4716) {
		put_rfc4716(buf_span(&base64), comment, out);
	} else {
		buf_printf(out, "%s ", type_names[key.type]);
		buf_put_span(out, buf_span(&base64));
	}
	if (form == KEY_FORM_COMMENT)
		buf_printf(out, " %s", comment);
	else if (form == KEY_FORM_CONSOLE)
		buf_puts(out, " \n");
	else if (form == KEY_FORM_TWO)
		buf_printf(out, " %s\nssh-ed25519 AAAA\n", comment);
	buf_clear(&base64);
	buf_clear(&blob);
}

char *
key_fingerprint(struct key key, char out[static SSH_FINGERPRINT_TEXT_LEN])
{
	uint8_t digest[SHA256_LEN] = {0};
	struct buf blob;

	buf_init(&blob, BLOB_MAX);
	key_put_blob(key, &blob);
	if (sha256_digest(buf_span(&blob), digest) != 0)
		abort();
	buf_clear(&blob);
	return ssh_fingerprint_text(digest, out);
}
