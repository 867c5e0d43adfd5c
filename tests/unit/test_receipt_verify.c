/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/time_text.h"
#include "pam_module/receipt_verify.h"
#include "pam_module/ssh_key.h"

#define KEY      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINkBDzBtQFzquOuI/9C/tLiNtFn7QYBirM49f4rSAdKz\n"
#define INSTANCE "i-0123456789abcdef0"
#define REGION   SPAN("us-east-1")
#define ENTRY                                                                                      \
	"#Timestamp=1795330526\n#Instance=" INSTANCE "\n#Strange=new\n"                            \
	"#Caller=arn:aws:iam::111122223333:user/alice\n" KEY
#define EXPIRES (INT64_C(1795330526) * US_PER_SECOND)
#define SECOND  US_PER_SECOND

/* An authority of our own, made by tools/lib/receipt-authority. */
struct authority {
	char *dir, *ca;
	struct receipt_trust *trust;
	struct buf chain, staples[2], entry;
	struct receipt_signer signer;
};

static char *
staple_name(const char *dir, const char *certificate, char name[static RECEIPT_STAPLE_NAME + 1])
{
	char *path = path_in(dir, certificate);
	struct buf out;
	size_t n = 0;

	buf_init(&out, 1 << 20);
	assert_int_equal(
	    RUN(&out, "openssl", "x509", "-in", path, "-noout", "-fingerprint", "-sha1"), 0);
	for (size_t i = 0; i < out.len; i++) {
		char c = out.ptr[i];

		if (c == '=')
			n = 0;
		else if (n < RECEIPT_STAPLE_NAME &&
		    ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
			name[n++] = c;
	}
	name[n] = '\0';
	buf_clear(&out);
	free(path);
	return name;
}

static void
load_staple(struct authority *a, size_t i, const char *certificate)
{
	static char names[2][RECEIPT_STAPLE_NAME + 1];
	char *path, in_dir[64];

	(void)staple_name(a->dir, certificate, names[i]);
	(void)snprintf(in_dir, sizeof(in_dir), "ocsp/%s", names[i]);
	path = path_in(a->dir, in_dir);
	a->signer.staples[i].name = span_of(names[i]);
	a->signer.staples[i].response = file_read(path, &a->staples[i]);
	assert_true(a->staples[i].len != 0);
	a->signer.staple_count = i + 1;
	free(path);
}

static void
load_authority(struct authority *a)
{
	char *chain = path_in(a->dir, "chain.pem");

	a->signer.chain = file_read(chain, &a->chain);
	assert_true(a->chain.len != 0);
	load_staple(a, 0, "leaf.pem");
	load_staple(a, 1, "intermediate.pem");
	free(chain);
}

/* Again, with another name of the signer. */
static void
rename_authority(struct authority *a, const char *name)
{
	assert_int_equal(RUN(NULL, "tools/lib/receipt-authority", "make", a->dir, name), 0);
	load_authority(a);
	receipt_trust_close(a->trust);
	a->trust = receipt_trust_open(a->ca);
	assert_non_null(a->trust);
}

static void
make_authority(struct authority *a, const char *name)
{
	*a = (struct authority){.dir = scratch_make()};
	a->ca = path_in(a->dir, "ca.pem");
	buf_init(&a->chain, 1 << 20);
	buf_init(&a->staples[0], 1 << 20);
	buf_init(&a->staples[1], 1 << 20);
	buf_init(&a->entry, 1 << 20);
	rename_authority(a, name);
}

static void
remove_authority(struct authority *a)
{
	receipt_trust_close(a->trust);
	buf_clear(&a->chain);
	buf_clear(&a->staples[0]);
	buf_clear(&a->staples[1]);
	buf_clear(&a->entry);
	free(a->ca);
	scratch_remove(a->dir);
}

/* The entry with these "#" lines and key, signed; it lives in a->entry. */
static struct receipt_entry
sign(struct authority *a, const char *text)
{
	char *path = path_in(a->dir, "unsigned");
	struct receipt_entry e;

	file_write(path, text, strlen(text), 0600);
	assert_int_equal(
	    RUN(&a->entry, "sh", "-c", "tools/lib/receipt-authority sign \"$1\" <\"$1/unsigned\"",
		"sh", a->dir),
	    0);
	assert_int_equal(receipt_entry_parse(buf_span(&a->entry), &e), RECEIPT_ENTRY_OK);
	free(path);
	return e;
}

static enum receipt_check
verify(struct authority *a, const struct receipt_entry *e)
{
	return receipt_verify(a->trust, e, &a->signer, REGION, time_now_us(), NULL);
}

#define SIGNER "managed-ssh-signer.us-east-1.amazonaws.com"

static int
set_up(void **state)
{
	struct authority *a = malloc(sizeof(*a));

	assert_non_null(a);
	make_authority(a, SIGNER);
	*state = a;
	return 0;
}

static int
tear_down(void **state)
{
	remove_authority(*state);
	free(*state);
	return 0;
}

static void
test_valid(void **state)
{
	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY);
	char detail[RECEIPT_DETAIL_MAX] = "x";

	assert_int_equal(
	    receipt_verify(a->trust, &e, &a->signer, REGION, time_now_us(), detail), RECEIPT_VALID);
	assert_string_equal(detail, "");
	assert_int_equal(receipt_verify(a->trust, &e, &a->signer, SPAN_NONE, time_now_us(), NULL),
	    RECEIPT_VALID);
}

/* One bit anywhere in what is signed, or in the signature, and it is AWS's word no more. */
static void
test_altered(void **state)
{
	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY), altered;

	for (size_t i = 0; i < a->entry.len; i += 7) {
		a->entry.ptr[i] ^= 1;
		if (receipt_entry_parse(buf_span(&a->entry), &altered) == RECEIPT_ENTRY_OK)
			assert_int_equal(verify(a, &altered), RECEIPT_SIGNATURE);
		a->entry.ptr[i] ^= 1;
	}
	e.signature_len--;
	assert_int_equal(verify(a, &e), RECEIPT_SIGNATURE);
	e.signature_len = 1;
	assert_int_equal(verify(a, &e), RECEIPT_SIGNATURE);
}

/* The same signature with another salt length or padding is not what AWS makes. */
static void
test_other_padding(void **state)
{
	static const char *const options[] = {
	    "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20",
	    "-sigopt rsa_padding_mode:pkcs1",
	    "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha1",
	};
	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY);
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		assert_int_equal(
		    RUN(&out, "sh", "-c", "openssl dgst -sha256 -sign $1/leaf.key $2 $1/unsigned",
			"sh", a->dir, options[i]),
		    0);
		assert_int_equal(out.len, 256);
		memcpy(e.signature, out.ptr, out.len);
		e.signature_len = out.len;
		assert_int_equal(verify(a, &e), RECEIPT_SIGNATURE);
	}
	buf_clear(&out);
}

static void
test_time(void **state)
{
	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY);
	int64_t now = time_now_us();

	assert_int_equal(receipt_verify(a->trust, &e, &a->signer, REGION, now - US_PER_DAY, NULL),
	    RECEIPT_SIGNER_TIME);
	assert_int_equal(
	    receipt_verify(a->trust, &e, &a->signer, REGION, now + 31 * US_PER_DAY, NULL),
	    RECEIPT_SIGNER_TIME);
	/* the certificates are valid still, the OCSP responses no more */
	assert_int_equal(
	    receipt_verify(a->trust, &e, &a->signer, REGION, now + 8 * US_PER_DAY, NULL),
	    RECEIPT_STAPLE_INVALID);
	assert_int_equal(verify(a, &e), RECEIPT_VALID);
}

static void
test_chain(void **state)
{
	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY);
	struct receipt_trust *system = receipt_trust_open(NULL);
	struct receipt_signer whole = a->signer;
	char detail[RECEIPT_DETAIL_MAX];

	assert_non_null(system);
	assert_int_equal(receipt_verify(system, &e, &a->signer, REGION, time_now_us(), detail),
	    RECEIPT_SIGNER_UNTRUSTED);
	assert_true(detail[0] != '\0');
	receipt_trust_close(system);
	a->signer.chain = SPAN_NONE;
	assert_int_equal(verify(a, &e), RECEIPT_NO_SIGNER);
	a->signer.chain = SPAN("no certificate");
	assert_int_equal(verify(a, &e), RECEIPT_SIGNER_FORMAT);
	a->signer.chain = span_head(whole.chain, whole.chain.len - 100);
	assert_int_equal(verify(a, &e), RECEIPT_SIGNER_FORMAT);
	/* the leaf alone */
	a->signer.chain = span_head(whole.chain,
	    (size_t)((char *)memmem(whole.chain.ptr, whole.chain.len, "-----END", 8) -
		whole.chain.ptr) +
		sizeof("-----END CERTIFICATE-----\n") - 1);
	assert_int_equal(verify(a, &e), RECEIPT_SIGNER_UNTRUSTED);
	a->signer = whole;
	assert_int_equal(verify(a, &e), RECEIPT_VALID);
}

static void
test_staples(void **state)
{
	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY);
	struct receipt_signer whole = a->signer;

	a->signer.staple_count = 1;
	assert_int_equal(verify(a, &e), RECEIPT_STAPLE_MISSING);
	a->signer = whole;
	a->signer.staples[0].response = SPAN("not base64");
	assert_int_equal(verify(a, &e), RECEIPT_STAPLE_INVALID);
	/* another certificate's */
	a->signer.staples[0].response = whole.staples[1].response;
	assert_int_equal(verify(a, &e), RECEIPT_STAPLE_INVALID);
	a->signer = whole;
	assert_int_equal(RUN(NULL, "tools/lib/receipt-authority", "revoke", a->dir), 0);
	load_authority(a);
	assert_int_equal(verify(a, &e), RECEIPT_SIGNER_REVOKED);
}

static void
test_signer_names(void **state)
{
	static const struct {
		const char *name;
		enum receipt_check check;
	} cases[] = {
	    {"managed-ssh-signer.us-east-1.amazonaws.com.cn", RECEIPT_VALID},
	    {"managed-ssh-signer.us-east-1.c2s.ic.gov", RECEIPT_VALID},
	    {"managed-ssh-signer.us-west-2.amazonaws.com", RECEIPT_SIGNER_NAME},
	    {"managed-ssh-signer.us-east-1.amazonaws.com.example.net", RECEIPT_SIGNER_NAME},
	    {"managed-ssh-signer.us-east-1.example.net", RECEIPT_SIGNER_NAME},
	    {"managed-ssh-signer.amazonaws.com", RECEIPT_SIGNER_NAME},
	    {"x.managed-ssh-signer.us-east-1.amazonaws.com", RECEIPT_SIGNER_NAME},
	};

	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rename_authority(a, cases[i].name);
		if (verify(a, &e) != cases[i].check)
			print_error("%s\n", cases[i].name);
		assert_int_equal(verify(a, &e), cases[i].check);
	}
}

static void
test_two_names(void **state)
{
	struct authority *a = *state;
	struct receipt_entry e = sign(a, ENTRY);

	rename_authority(a, SIGNER "/CN=" SIGNER);
	assert_int_equal(verify(a, &e), RECEIPT_SIGNER_NAME);
}

static void
test_fit(void **state)
{
	static const struct {
		int64_t off_us;
		enum receipt_check check;
	} cases[] = {
	    {0, RECEIPT_VALID},
	    {-60 * SECOND, RECEIPT_VALID},
	    {-61 * SECOND, RECEIPT_VALID},
	    {-61 * SECOND - 1, RECEIPT_EARLY},
	    {5 * SECOND, RECEIPT_VALID},
	    {5 * SECOND + 1, RECEIPT_EXPIRED},
	};
	struct receipt_entry e = sign(*state, ENTRY);
	uint8_t other[SHA256_LEN] = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(receipt_fit(&e, SPAN(INSTANCE), e.fingerprint,
				     EXPIRES + cases[i].off_us, SECOND, 5 * SECOND),
		    cases[i].check);
	assert_int_equal(
	    receipt_fit(&e, SPAN("i-0"), e.fingerprint, EXPIRES, 0, 0), RECEIPT_OTHER_INSTANCE);
	assert_int_equal(
	    receipt_fit(&e, SPAN_NONE, e.fingerprint, EXPIRES, 0, 0), RECEIPT_OTHER_INSTANCE);
	assert_int_equal(receipt_fit(&e, SPAN(INSTANCE), other, EXPIRES, 0, 0), RECEIPT_OTHER_KEY);
	e.instance = SPAN_NONE;
	assert_int_equal(
	    receipt_fit(&e, SPAN_NONE, e.fingerprint, EXPIRES, 0, 0), RECEIPT_OTHER_INSTANCE);
	e.instance = SPAN(INSTANCE);
	e.expires_us = -1;
	assert_int_equal(receipt_fit(&e, SPAN(INSTANCE), e.fingerprint, 0, 0, 0), RECEIPT_EXPIRED);
}

static void
test_every_check_has_words(void **state)
{
	(void)state;
	for (int i = 0; i < RECEIPT_CHECK_COUNT; i++) {
		assert_non_null(receipt_check_name((enum receipt_check)i));
		assert_non_null(receipt_check_text((enum receipt_check)i));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_valid),
	    cmocka_unit_test(test_altered),
	    cmocka_unit_test(test_other_padding),
	    cmocka_unit_test(test_time),
	    cmocka_unit_test(test_chain),
	    cmocka_unit_test(test_fit),
	    /* these change the authority for those behind them */
	    cmocka_unit_test(test_staples),
	    cmocka_unit_test(test_signer_names),
	    cmocka_unit_test(test_two_names),
	    cmocka_unit_test(test_every_check_has_words),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
