/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "pam_module/auth_info.h"

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm"
/* Of these bytes: printf 'ssh-ed25519 AAAA... x' | ssh-keygen -lf - */
#define ED25519_FINGERPRINT "SHA256:r0jjAatH+rPa97KMRB4yEkCq0GlcmkYyacWqmoyiTwI"

struct step {
	const char *method, *key_type, *fingerprint, *info;
};

struct auth_case {
	const char *text;
	size_t count;
	struct step steps[2];
	const char *note;
};

static const struct auth_case cases[] = {
    {"publickey ssh-ed25519 " ED25519 "\n", 1,
	{{"publickey", "ssh-ed25519", ED25519_FINGERPRINT, NULL}}, NULL},
    {"publickey ssh-ed25519 " ED25519 "\nkeyboard-interactive/pam\n", 2,
	{{"publickey", "ssh-ed25519", ED25519_FINGERPRINT, NULL},
	    {"keyboard-interactive/pam", NULL, NULL, NULL}},
	NULL},
    {"password\npublickey ssh-ed25519 " ED25519 "\n", 2,
	{{"password", NULL, NULL, NULL}, {"publickey", "ssh-ed25519", ED25519_FINGERPRINT, NULL}},
	NULL},
    {"hostbased ssh-ed25519 " ED25519 "\n", 1,
	{{"hostbased", "ssh-ed25519", ED25519_FINGERPRINT, NULL}}, NULL},
    {"publickey ssh-ed25519 " ED25519 " signature count = 1\n", 1,
	{{"publickey", "ssh-ed25519", ED25519_FINGERPRINT, "signature count = 1"}}, NULL},
    {"gssapi-with-mic someone@EXAMPLE.COM\n", 1,
	{{"gssapi-with-mic", NULL, NULL, "someone@EXAMPLE.COM"}}, NULL},
    {"none\n", 1, {{"none", NULL, NULL, NULL}}, NULL},
    {"", 0, {{NULL, NULL, NULL, NULL}}, "auth_info_empty"},
    {NULL, 0, {{NULL, NULL, NULL, NULL}}, "auth_info_missing"},
    {"publickey ssh-ed25519 " ED25519, 1, {{"publickey", "ssh-ed25519", ED25519_FINGERPRINT, NULL}},
	"auth_info_unterminated"},
    {"publickey ssh-ed25519 AAAAFAKE\n", 1, {{"publickey", "ssh-ed25519", NULL, NULL}},
	"key_unparsed"},
    {"publickey ssh-rsa " ED25519 "\n", 1, {{"publickey", "ssh-rsa", NULL, NULL}}, "key_unparsed"},
    {"publickey ssh-ed25519\n", 1, {{"publickey", "ssh-ed25519", NULL, NULL}}, "key_unparsed"},
    {"publickey\n", 1, {{"publickey", NULL, NULL, NULL}}, "key_unparsed"},
    {"publickey  " ED25519 "\n", 1, {{"publickey", NULL, NULL, NULL}}, "key_unparsed"},
    {"\n\n\n", 0, {{NULL, NULL, NULL, NULL}}, NULL},
};

static void
test_steps(void **state)
{
	struct login_record r;
	struct buf storage;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&storage, AUTH_INFO_STORAGE_MAX);
		login_record_init(&r, LOGIN_RECORD_OPEN);
		assert_int_equal(auth_info_parse(span_of(cases[i].text), &storage, &r), 0);
		if (r.auth_count != cases[i].count)
			print_error("case %zu\n", i);
		assert_int_equal(r.auth_count, cases[i].count);
		for (size_t j = 0; j < r.auth_count; j++) {
			assert_span(r.auth[j].method, cases[i].steps[j].method);
			assert_span(r.auth[j].key_type, cases[i].steps[j].key_type);
			assert_span(r.auth[j].fingerprint, cases[i].steps[j].fingerprint);
			assert_span(r.auth[j].info, cases[i].steps[j].info);
		}
		assert_int_equal(r.note_count, cases[i].note != NULL);
		assert_span(r.note_count != 0 ? r.notes[0] : SPAN_NONE, cases[i].note);
		buf_clear(&storage);
	}
}

static void
test_certificate(void **state)
{
	char *dir = scratch_make(), *ca = path_in(dir, "ca"), *public = path_in(dir, "ca.pub");
	char *cert = path_in(dir, "ca-cert.pub");
	struct buf file, text, storage, listed;
	struct login_record r;
	struct span line;

	(void)state;
	buf_init(&file, 1 << 20);
	buf_init(&text, 1 << 20);
	buf_init(&listed, 1 << 20);
	buf_init(&storage, AUTH_INFO_STORAGE_MAX);
	assert_int_equal(RUN(NULL, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ca), 0);
	assert_int_equal(RUN(NULL, "ssh-keygen", "-q", "-s", ca, "-I", "evil\n\x1b[31m\tid", "-n",
			     "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r", "-z", "7", public),
	    0);
	assert_int_equal(RUN(&listed, "ssh-keygen", "-lf", public), 0);
	line = file_read(cert, &file);
	buf_puts(&text, "publickey ");
	buf_put_span(&text, word_of(line, 0));
	buf_putc(&text, ' ');
	buf_put_span(&text, word_of(line, 1));
	buf_putc(&text, '\n');
	login_record_init(&r, LOGIN_RECORD_OPEN);
	assert_int_equal(auth_info_parse(buf_span(&text), &storage, &r), 0);
	assert_int_equal(r.auth_count, 1);
	assert_true(r.auth[0].has_cert);
	assert_true(span_eq(r.auth[0].fingerprint, word_of(buf_span(&listed), 1)));
	assert_true(span_eq(r.auth[0].cert.ca_fingerprint, word_of(buf_span(&listed), 1)));
	assert_span(r.auth[0].cert.key_id, "evil\n\x1b[31m\tid");
	assert_true(r.auth[0].cert.serial == 7);
	assert_int_equal(r.auth[0].cert.principal_count, LOGIN_RECORD_NAMES_MAX);
	assert_span(r.auth[0].cert.principals[15], "p");
	assert_true(r.truncated);
	buf_clear(&file);
	buf_clear(&text);
	buf_clear(&listed);
	buf_clear(&storage);
	free(cert);
	free(public);
	free(ca);
	scratch_remove(dir);
}

/* More steps than the record holds, all with keys: the first ones stay whole. */
static void
test_many_steps(void **state)
{
	struct login_record r;
	struct buf text, storage;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&storage, AUTH_INFO_STORAGE_MAX);
	for (int i = 0; i < 1000; i++)
		buf_puts(&text, "publickey ssh-ed25519 " ED25519 "\n");
	login_record_init(&r, LOGIN_RECORD_OPEN);
	assert_int_equal(auth_info_parse(buf_span(&text), &storage, &r), 0);
	assert_int_equal(r.auth_count, LOGIN_RECORD_AUTH_MAX);
	assert_true(r.truncated);
	for (size_t i = 0; i < r.auth_count; i++)
		assert_span(r.auth[i].fingerprint, ED25519_FINGERPRINT);
	buf_clear(&text);
	buf_clear(&storage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_certificate),
	    cmocka_unit_test(test_many_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
