/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "pam_module/receipt_entry.h"
#include "pam_module/receipt_message.h"
#include "pam_module/ssh_key.h"

#define KEY                                                                                        \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINkBDzBtQFzquOuI/9C/tLiNtFn7QYBirM49f4rSAdKz "        \
	"alice@example.com\n"
#define FINGERPRINT "SHA256:yMXvrfDrdw/mN7c8HGSCUJyabYEBRFIHndrsdfFh+4s"
#define MEMBERS                                                                                    \
	"#Timestamp=1795330526\n#Instance=i-0123456789abcdef0\n"                                   \
	"#Caller=arn:aws:iam::111122223333:user/alice\n"                                           \
	"#Request=701e876d-1027-425a-98a8-36c36d6663e4\n"
#define SIGNATURE "c2lnbmF0dXJl\n" /* "signature" */

static enum receipt_entry_error
parse(const char *text, struct receipt_entry *e)
{
	return receipt_entry_parse(span_of(text), e);
}

static void
test_whole_entry(void **state)
{
	char fingerprint[SSH_FINGERPRINT_TEXT_LEN];
	struct receipt_entry e;

	(void)state;
	assert_int_equal(parse(MEMBERS KEY SIGNATURE, &e), RECEIPT_ENTRY_OK);
	assert_span(e.signed_text, MEMBERS KEY);
	assert_span(e.instance, "i-0123456789abcdef0");
	assert_span(e.caller, "arn:aws:iam::111122223333:user/alice");
	assert_span(e.request, "701e876d-1027-425a-98a8-36c36d6663e4");
	assert_int_equal(e.expires_us, INT64_C(1795330526000000));
	assert_string_equal(ssh_fingerprint_text(e.fingerprint, fingerprint), FINGERPRINT);
	assert_int_equal(e.signature_len, 9);
	assert_memory_equal(e.signature, "signature", 9);
}

/* Not every member may be there, and new ones may come; all are signed. */
static void
test_other_members(void **state)
{
	static const char strange[] = "#New=1\n#Instance=i-1\n#\n#no equals sign\n#=x\n" KEY;
	struct receipt_entry e;
	char text[1024];

	(void)state;
	(void)snprintf(text, sizeof(text), "%s%s", strange, SIGNATURE);
	assert_int_equal(parse(text, &e), RECEIPT_ENTRY_OK);
	assert_span(e.signed_text, strange);
	assert_span(e.instance, "i-1");
	assert_span(e.caller, NULL);
	assert_span(e.request, NULL);
	assert_int_equal(e.expires_us, -1);
	/* values are kept as they are */
	assert_int_equal(parse("#Caller=a=b = \r\n" KEY SIGNATURE, &e), RECEIPT_ENTRY_OK);
	assert_span(e.caller, "a=b = \r");
	assert_int_equal(parse(KEY SIGNATURE, &e), RECEIPT_ENTRY_OK);
}

static void
test_signature_lines(void **state)
{
	struct receipt_entry e;

	(void)state;
	assert_int_equal(parse(KEY "c2ln\nbmF0\ndXJl", &e), RECEIPT_ENTRY_OK);
	assert_int_equal(e.signature_len, 9);
	assert_memory_equal(e.signature, "signature", 9);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		enum receipt_entry_error error;
	} cases[] = {
	    {"", RECEIPT_ENTRY_ERROR_FORM},
	    {"#Instance=i-1\n", RECEIPT_ENTRY_ERROR_FORM},
	    {"#Instance=i-1\n" KEY, RECEIPT_ENTRY_ERROR_SIGNATURE},
	    {KEY "\n", RECEIPT_ENTRY_ERROR_SIGNATURE},
	    {"ssh-ed25519 AAAA", RECEIPT_ENTRY_ERROR_FORM},
	    {"ssh-ed25519 AAAA\n" SIGNATURE, RECEIPT_ENTRY_ERROR_KEY},
	    {"nothing\n" SIGNATURE, RECEIPT_ENTRY_ERROR_KEY},
	    {KEY "not base64!\n", RECEIPT_ENTRY_ERROR_SIGNATURE},
	    {KEY SIGNATURE "#Caller=late\n", RECEIPT_ENTRY_ERROR_SIGNATURE},
	    {"#Caller=a\n#Caller=b\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TWICE},
	    {"#Caller=a\n#Caller=a\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TWICE},
	    {"#Instance=a\n#Instance=b\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TWICE},
	    {"#Request=\n#Request=b\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TWICE},
	    {"#Timestamp=1\n#Timestamp=2\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TWICE},
	    {"#Timestamp=\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TIMESTAMP},
	    {"#Timestamp=-1\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TIMESTAMP},
	    {"#Timestamp=123456789012\n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TIMESTAMP},
	    {"#Timestamp=1795330526 \n" KEY SIGNATURE, RECEIPT_ENTRY_ERROR_TIMESTAMP},
	};
	struct receipt_entry e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum receipt_entry_error is = parse(cases[i].text, &e);

		if (is != cases[i].error)
			print_error("%s: %s\n", cases[i].text, receipt_entry_error_text(is));
		assert_int_equal(is, cases[i].error);
	}
}

static void
test_bounds(void **state)
{
	static const char nul[] = "#a\0b\n" KEY SIGNATURE;
	char text[RECEIPT_ENTRY_MAX + 2];
	struct receipt_entry e;

	(void)state;
	assert_int_equal(
	    receipt_entry_parse((struct span){nul, sizeof(nul) - 1}, &e), RECEIPT_ENTRY_ERROR_FORM);
	memset(text, 'A', sizeof(text));
	text[0] = '#';
	assert_int_equal(receipt_entry_parse((struct span){text, RECEIPT_ENTRY_MAX + 1}, &e),
	    RECEIPT_ENTRY_ERROR_TOO_LONG);
	/* a signature of more bytes than any RSA key makes */
	memcpy(text, KEY, sizeof(KEY) - 1);
	assert_int_equal(receipt_entry_parse((struct span){text, (sizeof(KEY) - 1) + 4 * 400}, &e),
	    RECEIPT_ENTRY_ERROR_SIGNATURE);
}

static void
test_entries_are_cut(void **state)
{
	struct span rest = SPAN("\n\nfirst\nof two lines\n\n\n\nsecond\n\nthird"), entry;

	(void)state;
	assert_true(receipt_entry_next(&rest, &entry));
	assert_span(entry, "first\nof two lines\n");
	assert_true(receipt_entry_next(&rest, &entry));
	assert_span(entry, "second\n");
	assert_true(receipt_entry_next(&rest, &entry));
	assert_span(entry, "third");
	assert_false(receipt_entry_next(&rest, &entry));
	rest = SPAN("\n\n");
	assert_false(receipt_entry_next(&rest, &entry));
}

static void
test_request(void **state)
{
	struct receipt_request q = {
	    .user = SPAN("ec2-user"),
	    .endpoint = SPAN("http://127.0.0.1:1"),
	    .fingerprints = {SPAN("SHA256:a"), SPAN("SHA256:b")},
	    .fingerprint_count = 2,
	    .deadline_ms = 700,
	};
	struct receipt_request read;
	struct buf text;

	(void)state;
	buf_init(&text, RECEIPT_REQUEST_MAX);
	receipt_request_write(&q, &text);
	assert_int_equal(receipt_request_parse(buf_span(&text), &read), 0);
	assert_span(read.user, "ec2-user");
	assert_span(read.endpoint, "http://127.0.0.1:1");
	assert_int_equal(read.fingerprint_count, 2);
	assert_span(read.fingerprints[1], "SHA256:b");
	assert_int_equal(read.deadline_ms, 700);
	/* cut off anywhere, it is no request */
	for (size_t len = 0; len < text.len; len++)
		assert_int_equal(receipt_request_parse(span_head(buf_span(&text), len), &read), -1);
	buf_clear(&text);
}

#define NAME "0123456789ABCDEF0123456789ABCDEF01234567"

static void
test_answer(void **state)
{
	static const char text[] =
	    "entry=one\nline=x\0new=thing\0entry=two\0chain=PEM\0staple=" NAME
	    ":b64\0staple=short:b64\0staple=" NAME ":\0error=not a word\0error=no_signer\0end=1";
	struct receipt_answer a;

	(void)state;
	receipt_answer_parse((struct span){text, sizeof(text)}, &a);
	assert_true(a.complete);
	assert_int_equal(a.entry_count, 2);
	assert_span(a.entries[0], "one\nline=x");
	assert_span(a.entries[1], "two");
	assert_span(a.signer.chain, "PEM");
	assert_int_equal(a.signer.staple_count, 1);
	assert_span(a.signer.staples[0].name, NAME);
	assert_span(a.signer.staples[0].response, "b64");
	assert_span(a.error, "no_signer");
	/* the program was ended in the middle of its second entry */
	receipt_answer_parse((struct span){text, 34}, &a);
	assert_false(a.complete);
	assert_int_equal(a.entry_count, 1);
	assert_span(a.signer.chain, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole_entry),
	    cmocka_unit_test(test_other_members),
	    cmocka_unit_test(test_signature_lines),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_entries_are_cut),
	    cmocka_unit_test(test_request),
	    cmocka_unit_test(test_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
