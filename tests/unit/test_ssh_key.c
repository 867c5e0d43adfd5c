/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/base64.h"
#include "pam_module/ssh_key.h"

/* The wire form, written by the test's own hand. */
static void
wire_u32(struct buf *b, uint32_t n)
{
	unsigned char bytes[4] = {
	    (unsigned char)(n >> 24),
	    (unsigned char)(n >> 16),
	    (unsigned char)(n >> 8),
	    (unsigned char)n,
	};

	buf_put(b, bytes, 4);
}

static void
wire_string(struct buf *b, const void *data, size_t len)
{
	wire_u32(b, (uint32_t)len);
	buf_put(b, data, len);
}

static void
wire_text(struct buf *b, const char *text)
{
	wire_string(b, text, strlen(text));
}

static void
make_ed25519(struct buf *blob)
{
	buf_init(blob, 4096);
	wire_text(blob, "ssh-ed25519");
	wire_string(blob, "0123456789abcdef0123456789abcdef", 32);
}

/* "type base64" of a blob. */
static void
make_line(struct span blob, const char *type, struct buf *line)
{
	buf_init(line, 1 << 20);
	buf_puts(line, type);
	buf_putc(line, ' ');
	base64_encode(blob.ptr, blob.len, true, line);
}

struct keygen_case {
	const char *type, *bits, *wire_type;
};

static const struct keygen_case keygen_cases[] = {
    {"rsa", "2048", "ssh-rsa"},
    {"dsa", "1024", "ssh-dss"},
    {"ecdsa", "256", "ecdsa-sha2-nistp256"},
    {"ecdsa", "384", "ecdsa-sha2-nistp384"},
    {"ecdsa", "521", "ecdsa-sha2-nistp521"},
    {"ed25519", "256", "ssh-ed25519"},
};

/* What `ssh-keygen -lf` says of the file. */
static void
assert_as_ssh_keygen(const uint8_t fingerprint[static SHA256_LEN], const char *path)
{
	char ours[SSH_FINGERPRINT_TEXT_LEN];
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(RUN(&out, "ssh-keygen", "-lf", path), 0);
	assert_span(word_of(buf_span(&out), 1), ssh_fingerprint_text(fingerprint, ours));
	buf_clear(&out);
}

/* Parses the file as text and holds the result against ssh-keygen's. */
static void
check_file(const char *path, const char *wire_type, struct buf *blob, struct ssh_key *key)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	buf_clear(blob);
	assert_int_equal(ssh_key_from_text(file_read(path, &text), blob, key), SSH_KEY_OK);
	assert_string_equal(key->type, wire_type);
	assert_as_ssh_keygen(key->fingerprint, path);
	buf_clear(&text);
}

static void
check_certificate(const char *dir, const char *name, const char *wire_type)
{
	char *ca = path_in(dir, "ca"), *ca_public = path_in(dir, "ca.pub"), *path, *public,
	     cert[256];
	struct span names, item;
	struct ssh_key key;
	struct buf blob;

	buf_init(&blob, 1 << 20);
	(void)snprintf(cert, sizeof(cert), "%s.pub", name);
	public = path_in(dir, cert);
	(void)snprintf(cert, sizeof(cert), "%s-cert.pub", name);
	path = path_in(dir, cert);
	assert_int_equal(RUN(NULL, "ssh-keygen", "-q", "-s", ca, "-I", "id\twith\ttabs", "-n",
			     "ec2-user,root", "-z", "18446744073709551615", public),
	    0);
	check_file(path, wire_type, &blob, &key);
	assert_true(key.is_cert);
	assert_span(key.cert.key_id, "id\twith\ttabs");
	assert_true(key.cert.serial == UINT64_MAX);
	assert_int_equal(key.cert.type, 1);
	assert_as_ssh_keygen(key.cert.ca_fingerprint, ca_public);
	assert_as_ssh_keygen(key.fingerprint, public);
	names = key.cert.principals;
	assert_true(ssh_cert_principal(&names, &item));
	assert_span(item, "ec2-user");
	assert_true(ssh_cert_principal(&names, &item));
	assert_span(item, "root");
	assert_false(ssh_cert_principal(&names, &item));
	buf_clear(&blob);
	free(path);
	free(public);
	free(ca_public);
	free(ca);
}

static void
test_ssh_keygen_makes(void **state)
{
	char *dir = scratch_make();
	struct ssh_key key;
	struct buf blob;
	char *ca = path_in(dir, "ca");

	(void)state;
	buf_init(&blob, 1 << 20);
	assert_int_equal(
	    RUN(NULL, "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", ca), 0);
	for (size_t i = 0; i < sizeof(keygen_cases) / sizeof(keygen_cases[0]); i++) {
		const struct keygen_case *c = &keygen_cases[i];
		char name[64], cert_type[128];
		char *path, *public;

		(void)snprintf(name, sizeof(name), "%s%s.pub", c->type, c->bits);
		public = path_in(dir, name);
		name[strlen(name) - 4] = '\0';
		path = path_in(dir, name);
		if (RUN(NULL, "ssh-keygen", "-q", "-t", c->type, "-b", c->bits, "-N", "", "-f",
			path) == 0) {
			check_file(public, c->wire_type, &blob, &key);
			assert_false(key.is_cert);
			(void)snprintf(
			    cert_type, sizeof(cert_type), "%s-cert-v01@openssh.com", c->wire_type);
			check_certificate(dir, name, cert_type);
		} else {
			assert_string_equal(c->type, "dsa"); /* gone from newer ssh-keygens */
		}
		free(path);
		free(public);
	}
	buf_clear(&blob);
	free(ca);
	scratch_remove(dir);
}

/* Security keys need hardware to be made, but not to be read and signed. */
static void
test_security_keys(void **state)
{
	static const struct {
		const char *name, *type, *cert_type;
	} cases[] = {
	    {"sk1", "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com"},
	    {"sk2", "sk-ecdsa-sha2-nistp256@openssh.com",
		"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"},
	};
	char *dir = scratch_make(), *ca = path_in(dir, "ca"), *ec = path_in(dir, "ca.pub");
	struct buf blob, line, text, ec_blob;
	struct ssh_key key;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&ec_blob, 1 << 20);
	assert_int_equal(RUN(NULL, "ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", ca), 0);
	assert_int_equal(ssh_key_from_text(file_read(ec, &text), &ec_blob, &key), SSH_KEY_OK);
	for (size_t i = 0; i < 2; i++) {
		char name[64], *path;

		(void)snprintf(name, sizeof(name), "%s.pub", cases[i].name);
		path = path_in(dir, name);
		buf_init(&blob, 1 << 20);
		wire_text(&blob, cases[i].type);
		if (i == 0) /* any 32 bytes will do; the curve's point must be one */
			wire_string(&blob, "0123456789abcdef0123456789abcdef", 32);
		else
			buf_put_span(&blob, span_from(buf_span(&ec_blob), 4 + 19));
		wire_text(&blob, "ssh:");
		make_line(buf_span(&blob), cases[i].type, &line);
		file_write(path, line.ptr, line.len, 0600);
		buf_clear(&blob);
		check_file(path, cases[i].type, &blob, &key);
		check_certificate(dir, cases[i].name, cases[i].cert_type);
		buf_clear(&blob);
		buf_clear(&line);
		free(path);
	}
	buf_clear(&text);
	buf_clear(&ec_blob);
	free(ec);
	free(ca);
	scratch_remove(dir);
}

/* sshd drops needless zeros in front of a number; a pushed key may have them. */
static void
test_padded_numbers(void **state)
{
	static const unsigned char number[] = {0, 0, 0, 0x9f, 1, 2, 3};
	char *dir = scratch_make(), *path = path_in(dir, "padded.pub");
	struct buf blob, line, parsed, n;
	struct ssh_key key;

	(void)state;
	buf_init(&blob, 4096);
	buf_init(&n, 4096);
	buf_put(&n, number, sizeof(number));
	while (n.len < 260)
		buf_putc(&n, 'x');
	wire_text(&blob, "ssh-rsa");
	wire_string(&blob, "\0\0\1\0\1", 5);
	wire_string(&blob, n.ptr, n.len);
	make_line(buf_span(&blob), "ssh-rsa", &line);
	file_write(path, line.ptr, line.len, 0600);
	buf_init(&parsed, 1 << 20);
	check_file(path, "ssh-rsa", &parsed, &key);

	blob.ptr[4 + 7 + 4] = (char)0x80; /* a negative number */
	assert_int_equal(ssh_key_from_blob(buf_span(&blob), &key), SSH_KEY_ERROR_BLOB);
	buf_clear(&parsed);
	buf_clear(&line);
	buf_clear(&blob);
	buf_clear(&n);
	free(path);
	scratch_remove(dir);
}

static void
test_rfc4716(void **state)
{
	static const char format[] = "\r\n---- BEGIN SSH2 PUBLIC KEY ----\r\n"
				     "Subject: me\r\n"
				     "Comment: \"a long\\\r\n"
				     "continued: \\\r\n"
				     "comment\"\r\n"
				     "%.20s\r\n%s\r\n"
				     "---- END SSH2 PUBLIC KEY ----\r\n\r\n";
	char *dir = scratch_make(), *path = path_in(dir, "k"), *public = path_in(dir, "k.pub");
	struct buf text, exported, blob;
	struct ssh_key plain, key;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&exported, 1 << 20);
	buf_init(&blob, 1 << 20);
	assert_int_equal(
	    RUN(NULL, "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", path), 0);
	assert_int_equal(ssh_key_from_text(file_read(public, &text), &blob, &plain), SSH_KEY_OK);
	assert_int_equal(RUN(&exported, "ssh-keygen", "-e", "-m", "RFC4716", "-f", public), 0);
	buf_puts(&blob, "what stands before stays");
	assert_int_equal(ssh_key_from_text(buf_span(&exported), &blob, &key), SSH_KEY_OK);
	assert_memory_equal(key.fingerprint, plain.fingerprint, SHA256_LEN);
	assert_string_equal(key.type, "ssh-rsa");

	buf_clear(&text);
	make_ed25519(&text);
	assert_int_equal(ssh_key_from_blob(buf_span(&text), &plain), SSH_KEY_OK);
	buf_clear(&exported);
	base64_encode(text.ptr, text.len, true, &exported);
	buf_clear(&text);
	buf_printf(&text, format, buf_cstr(&exported), exported.ptr + 20);
	assert_int_equal(ssh_key_from_text(buf_span(&text), &blob, &key), SSH_KEY_OK);
	assert_memory_equal(key.fingerprint, plain.fingerprint, SHA256_LEN);
	for (size_t i = 0; i + 4 < text.len; i++) { /* every truncation is refused */
		size_t before = blob.len;
		enum ssh_key_error r =
		    ssh_key_from_text(span_head(buf_span(&text), i), &blob, &key);

		assert_int_not_equal(r, SSH_KEY_OK);
		assert_int_equal(blob.len, before);
	}
	buf_clear(&text);
	buf_clear(&exported);
	buf_clear(&blob);
	free(public);
	free(path);
	scratch_remove(dir);
}

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm"

static void
test_text_forms(void **state)
{
	static const struct {
		const char *text;
		enum ssh_key_error error;
	} cases[] = {
	    {"ssh-ed25519 " ED25519, SSH_KEY_OK},
	    {"ssh-ed25519 " ED25519 "\n", SSH_KEY_OK},
	    {"ssh-ed25519 " ED25519 "\r\n", SSH_KEY_OK},
	    {" \tssh-ed25519 \t " ED25519 " a comment, of any kind \x1b[31m\n\n", SSH_KEY_OK},
	    {"ssh-ed25519\t" ED25519 "\tcomment", SSH_KEY_OK},
	    {"", SSH_KEY_ERROR_FORMAT},
	    {"   \n", SSH_KEY_ERROR_FORMAT},
	    {"ssh-ed25519", SSH_KEY_ERROR_FORMAT},
	    {"ssh-ed25519 " ED25519 "\nssh-ed25519 " ED25519 "\n", SSH_KEY_ERROR_FORMAT},
	    {ED25519, SSH_KEY_ERROR_FORMAT},
	    {"ssh-rsa " ED25519, SSH_KEY_ERROR_TYPE},
	    {"ssh-ed25519-cert-v01@openssh.com " ED25519, SSH_KEY_ERROR_TYPE},
	    {"ssh-ed25519 AAAA", SSH_KEY_ERROR_BLOB},
	    {"ssh-ed25519 " ED25519 "AAAA", SSH_KEY_ERROR_BLOB},
	    {"ssh-ed25519 AAA", SSH_KEY_ERROR_BASE64},
	    {"ssh-ed25519 AA\vAA", SSH_KEY_ERROR_BASE64},
	    {"---- BEGIN SSH2 PUBLIC KEY ----\n", SSH_KEY_ERROR_FORMAT},
	    {"---- BEGIN SSH2 PUBLIC KEY ----\n---- END SSH2 PUBLIC KEY ----",
		SSH_KEY_ERROR_BASE64},
	    {"---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\\", SSH_KEY_ERROR_FORMAT},
	    {"---- BEGIN SSH2 PUBLIC KEY ----\n" ED25519 "\n---- END SSH2 PUBLIC KEY ----\nmore",
		SSH_KEY_ERROR_FORMAT},
	};
	struct ssh_key key;
	struct buf blob;

	(void)state;
	buf_init(&blob, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum ssh_key_error r = ssh_key_from_text(span_of(cases[i].text), &blob, &key);

		if (r != cases[i].error)
			print_error("case %zu: %s\n", i, ssh_key_error_text(r));
		assert_int_equal(r, cases[i].error);
	}
	buf_clear(&blob);
}

/* Certificates and keys cut or lengthened anywhere are refused, and nothing is read beyond them. */
static void
test_every_truncation(void **state)
{
	char *dir = scratch_make(), *ca = path_in(dir, "ca"), *public = path_in(dir, "ca.pub");
	char *cert = path_in(dir, "ca-cert.pub");
	struct buf text, blob;
	struct ssh_key key;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&blob, 1 << 20);
	assert_int_equal(RUN(NULL, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ca), 0);
	assert_int_equal(
	    RUN(NULL, "ssh-keygen", "-q", "-s", ca, "-I", "i", "-n", "a,b", public), 0);
	assert_int_equal(ssh_key_from_text(file_read(cert, &text), &blob, &key), SSH_KEY_OK);
	for (size_t len = 0; len < blob.len; len++) {
		char *copy = malloc(len + 1); /* of its own, so that reading beyond it shows */

		assert_non_null(copy);
		memcpy(copy, blob.ptr, len);
		assert_int_not_equal(ssh_key_from_blob((struct span){copy, len}, &key), SSH_KEY_OK);
		free(copy);
	}
	buf_putc(&blob, '\0');
	assert_int_equal(ssh_key_from_blob(buf_span(&blob), &key), SSH_KEY_ERROR_BLOB);
	buf_clear(&text);
	buf_clear(&blob);
	free(cert);
	free(public);
	free(ca);
	scratch_remove(dir);
}

static void
test_types(void **state)
{
	static const struct {
		const char *type;
		enum ssh_key_error error;
	} cases[] = {
	    {"ssh-new-kind@example.com", SSH_KEY_OK},
	    {"ssh-mldsa44-ed25519@openssh.com", SSH_KEY_OK},
	    {"ssh-new-kind-cert-v01@openssh.com", SSH_KEY_ERROR_BLOB},
	    {"", SSH_KEY_ERROR_BLOB},
	    {"has blank", SSH_KEY_ERROR_BLOB},
	    {"has\x1b[31m", SSH_KEY_ERROR_BLOB},
	    {"0123456789012345678901234567890123456789012345678901234567890123",
		SSH_KEY_ERROR_BLOB},
	};
	struct ssh_key key;
	struct buf blob;

	(void)state;
	buf_init(&blob, 4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&blob);
		wire_text(&blob, cases[i].type);
		wire_text(&blob, "the key");
		assert_int_equal(ssh_key_from_blob(buf_span(&blob), &key), cases[i].error);
	}
	buf_clear(&blob);
}

static void
test_fingerprint_text(void **state)
{
	static const char *const bad[] = {
	    "",
	    "SHA256:",
	    "MD5:Kqnf5IXvdWdKZ3p4hkXJ0cXcK2hyDDi3A5ZsD4TzHYE0",
	    "SHA256:Kqnf5IXvdWdKZ3p4hkXJ0cXcK2hyDDi3A5ZsD4TzHYEx",
	    "SHA256:Kqnf5IXvdWdKZ3p4hkXJ0cXcK2hyDDi3A5ZsD4TzHY=",
	    "SHA256: qnf5IXvdWdKZ3p4hkXJ0cXcK2hyDDi3A5ZsD4TzHYE",
	    "SHA256:Kqnf5IXvdWdKZ3p4hkXJ0cXcK2hyDDi3A5ZsD4TzHYF",
	};
	uint8_t bytes[SHA256_LEN], again[SHA256_LEN];
	char text[SSH_FINGERPRINT_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < SHA256_LEN; i++)
		bytes[i] = (uint8_t)(i * 7 + 250);
	assert_true(ssh_fingerprint_parse(span_of(ssh_fingerprint_text(bytes, text)), again));
	assert_memory_equal(bytes, again, SHA256_LEN);
	assert_int_equal(strlen(text), SSH_FINGERPRINT_TEXT_LEN - 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(ssh_fingerprint_parse(span_of(bad[i]), again));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ssh_keygen_makes),
	    cmocka_unit_test(test_security_keys),
	    cmocka_unit_test(test_padded_numbers),
	    cmocka_unit_test(test_rfc4716),
	    cmocka_unit_test(test_text_forms),
	    cmocka_unit_test(test_every_truncation),
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_fingerprint_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
