/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts and signers as lines of the login log. */
#include "tests/unit/host_test.h"

#include "pam_module/login_log.h"
#include "pam_module/login_record.h"

#define ID    "0123456789abcdef0123456789abcdef"
#define NAME  "0123456789ABCDEF0123456789ABCDEF01234567"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void
make(struct login_record *r, enum login_record_kind kind)
{
	login_record_init(r, kind);
	r->seq = 7;
	r->time_us = INT64_C(1795330526000000);
	memcpy(r->prev, ZEROS, sizeof(r->prev));
}

static void
check_line(const struct login_record *r, const char *expected, struct login_record *back,
    struct buf *scratch)
{
	struct buf line;

	buf_init(&line, LOGIN_RECORD_SIGNER_MAX);
	assert_int_equal(login_record_write(r, &line), 0);
	assert_span(buf_span(&line), expected);
	assert_int_equal(login_record_read(span_of(expected), scratch, back), 0);
	assert_int_equal(back->kind, r->kind);
	buf_clear(&line);
}

static void
test_receipt(void **state)
{
	struct login_record r, back;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 1 << 20);
	make(&r, LOGIN_RECORD_RECEIPT);
	r.id = SPAN(ID);
	r.receipt_entry = SPAN("I1RpbWU=");
	r.receipt_signer = SPAN(ZEROS);
	check_line(&r,
	    "{\"v\":1,\"kind\":\"receipt\",\"id\":\"" ID
	    "\",\"seq\":7,\"time\":\"2026-11-22T06:55:26.000000Z\",\"entry\":\"I1RpbWU=\","
	    "\"signer\":\"" ZEROS "\",\"prev\":\"" ZEROS "\"}",
	    &back, &scratch);
	assert_span(back.receipt_entry, "I1RpbWU=");
	assert_span(back.receipt_signer, ZEROS);
	assert_span(back.receipt_error, NULL);
	make(&r, LOGIN_RECORD_RECEIPT);
	r.id = SPAN(ID);
	r.receipt_error = SPAN("no_entry");
	check_line(&r,
	    "{\"v\":1,\"kind\":\"receipt\",\"id\":\"" ID
	    "\",\"seq\":7,\"time\":\"2026-11-22T06:55:26.000000Z\",\"error\":\"no_entry\","
	    "\"prev\":\"" ZEROS "\"}",
	    &back, &scratch);
	assert_span(back.receipt_error, "no_entry");
	buf_clear(&scratch);
}

#define SIGNER                                                                                     \
	"\"sha256\":\"" ZEROS "\",\"chain\":\"PEM\\nlines\\n\",\"ocsp\":{\"" NAME "\":\"b64=\"}"

static void
test_signer(void **state)
{
	struct login_record r, back;
	struct buf scratch, words;

	(void)state;
	buf_init(&scratch, 1 << 20);
	buf_init(&words, 1 << 20);
	make(&r, LOGIN_RECORD_SIGNER);
	r.signer_sha256 = SPAN(ZEROS);
	r.signer.chain = SPAN("PEM\nlines\n");
	r.signer.staples[0] = (struct receipt_staple){SPAN(NAME), SPAN("b64=")};
	r.signer.staple_count = 1;
	check_line(&r,
	    "{\"v\":1,\"kind\":\"signer\",\"seq\":7,\"time\":\"2026-11-22T06:55:26."
	    "000000Z\"," SIGNER ",\"prev\":\"" ZEROS "\"}",
	    &back, &scratch);
	assert_span(back.signer.chain, "PEM\nlines\n");
	assert_int_equal(back.signer.staple_count, 1);
	assert_span(back.signer.staples[0].name, NAME);
	assert_span(back.signer.staples[0].response, "b64=");
	/* what a signer is looked for by in the log */
	login_record_write_signer(&r, &words);
	assert_span(buf_span(&words), SIGNER);
	buf_clear(&words);
	buf_clear(&scratch);
}

static void
test_hostile_signer(void **state)
{
	static const char head[] = "{\"v\":1,\"kind\":\"signer\",\"seq\":7,"
				   "\"time\":\"2026-11-22T06:55:26Z\",\"prev\":\"" ZEROS "\"";
	static const struct {
		const char *ocsp;
		size_t count;
	} cases[] = {
	    {",\"ocsp\":7}", 0},
	    {",\"ocsp\":{\"short\":\"x\"}}", 0},
	    {",\"ocsp\":{\"" NAME "\":7}}", 0},
	    {",\"ocsp\":{\"0123456789abcdef0123456789abcdef01234567\":\"x\"}}", 0},
	    {",\"ocsp\":{\"" NAME "\":\"1\",\"" NAME "\":\"2\",\"" NAME "\":\"3\",\"" NAME
	     "\":\"4\",\"" NAME "\":\"5\",\"" NAME "\":\"6\",\"" NAME "\":\"7\"}}",
		RECEIPT_STAPLES_MAX},
	};
	struct login_record r;
	struct buf scratch;
	char line[1024];

	(void)state;
	buf_init(&scratch, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(line, sizeof(line), "%s%s", head, cases[i].ocsp);
		buf_reset(&scratch);
		assert_int_equal(login_record_read(span_of(line), &scratch, &r), 0);
		assert_int_equal(r.signer.staple_count, cases[i].count);
		assert_int_equal(r.truncated, cases[i].count != 0);
	}
	buf_clear(&scratch);
}

/* Evidence is whole or not there. */
static void
test_never_cut(void **state)
{
	static const enum login_record_kind kinds[] = {LOGIN_RECORD_RECEIPT, LOGIN_RECORD_SIGNER};
	static const size_t sizes[] = {LOGIN_RECORD_MAX, LOGIN_RECORD_SIGNER_MAX};
	char *long_text = malloc(LOGIN_RECORD_SIGNER_MAX);

	(void)state;
	assert_non_null(long_text);
	memset(long_text, 'A', LOGIN_RECORD_SIGNER_MAX);
	for (size_t i = 0; i < 2; i++) {
		for (int over = 0; over < 2; over++) {
			struct login_record r;
			struct buf line;

			buf_init(&line, 2 * LOGIN_RECORD_SIGNER_MAX);
			make(&r, kinds[i]);
			r.receipt_entry = r.signer.chain =
			    (struct span){long_text, over ? sizes[i] : sizes[i] - 400};
			assert_int_equal(login_record_write(&r, &line), over ? -1 : 0);
			assert_true(over ? line.len == 0 : line.len > sizes[i] - 400);
			buf_clear(&line);
		}
	}
	free(long_text);
}

/* A signer's line is longer than others, and the next record continues the chain behind it. */
static void
test_long_line_in_the_log(void **state)
{
	char *dir = scratch_make(), *log = path_in(dir, "logins.jsonl"), *chain;
	const int64_t never = INT64_MAX / 2;
	struct login_record r;

	(void)state;
	chain = malloc(RECEIPT_CHAIN_MAX);
	assert_non_null(chain);
	memset(chain, '\n', RECEIPT_CHAIN_MAX); /* two bytes each in JSON */
	login_record_init(&r, LOGIN_RECORD_SIGNER);
	r.signer_sha256 = SPAN(ZEROS);
	r.signer.chain = (struct span){chain, RECEIPT_CHAIN_MAX};
	assert_int_equal(login_log_append(log, &r, never), LOGIN_LOG_OK);
	login_record_init(&r, LOGIN_RECORD_CLOSE);
	r.id = SPAN(ID);
	assert_int_equal(login_log_append(log, &r, never), LOGIN_LOG_OK);
	assert_int_equal(r.seq, 2);
	assert_int_equal(RUN(NULL, "sh", "-c",
			     "test \"$(head -n 1 $1 | head -c -1 | sha256sum | cut -c 1-64)\" = "
			     "\"$(tail -n 1 $1 | jq -r .prev)\"",
			     "sh", log),
	    0);
	free(chain);
	free(log);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_receipt),
	    cmocka_unit_test(test_signer),
	    cmocka_unit_test(test_hostile_signer),
	    cmocka_unit_test(test_never_cut),
	    cmocka_unit_test(test_long_line_in_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
