/* SPDX-License-Identifier: Apache-2.0 */
/* What a receipt rests on: the push that it names, and who signed it. */
#include "common/base64.h"
#include "common/text_hash.h"
#include "common/time_text.h"
#include "correlator/store/store_closure.h"
#include "correlator/store/store_mark.h"
#include "pam_module/receipt_entry.h"

/* As receipt_check.c tries, and one more of each. */
#define SIGNERS_BEFORE 9
#define SIGNERS_BEHIND 5
/* So many forms of a signer are taken in of one hour. */
#define SIGNER_FORMS_MAX 2000
/* Lines of one signer are looked for once for all receipts of such a time. */
#define SIGNER_TIME_US (US_PER_HOUR)

static int
add_request(struct closure *c, const struct login_record *receipt)
{
	struct receipt_entry e;
	struct buf text;
	int r = 0;

	buf_init(&text, RECEIPT_ENTRY_MAX);
	if (receipt->receipt_entry.ptr != NULL && base64_decode(receipt->receipt_entry, &text) &&
	    receipt_entry_parse(buf_span(&text), &e) == RECEIPT_ENTRY_OK && e.request.len != 0)
		r = closure_add_pushes(c,
		    store_query(c->store, QUERY_PUSHES_OF_REQUEST, store_mark(e.request), 0, 0),
		    CLOSURE_PUSH_ROW);
	buf_clear(&text);
	return r;
}

static int64_t
signer_content(const struct login_record *r)
{
	uint64_t h = text_hash_add(text_hash_mix(1), r->signer.chain);

	for (size_t i = 0; i < r->signer.staple_count; i++)
		h = text_hash_add(
		    text_hash_add(h, r->signer.staples[i].name), r->signer.staples[i].response);
	return (int64_t)h;
}

/* The signer's lines nearest in time: hosts repeat them, so many different ones, however often each
 * of them was written. */
static int
add_signer_lines(struct closure *c, sqlite3_stmt *rows, struct span sha256, size_t max)
{
	struct store_numbers contents = {0};
	struct store_login login;
	int r = -1;

	while (rows != NULL && contents.count < max) {
		bool added = false;

		r = store_step(c->store, rows);
		if (r != 1)
			break;
		r = closure_read_login(c, store_column(rows, LOGIN_COLUMN_BODY), &login);
		if (r == 0 && span_eq(login.record.signer_sha256, sha256)) {
			if (store_numbers_add(
				&contents, signer_content(&login.record), 0, &added) == NULL)
				r = store_fail_memory(c->store);
			else if (added)
				r = closure_add_login(c, rows, CLOSURE_LOGIN_ROW);
		}
		if (r != 0)
			break;
	}
	store_numbers_clear(&contents);
	if (rows != NULL)
		(void)sqlite3_reset(rows);
	return r < 0 ? -1 : 0;
}

static int
add_signer(struct closure *c, struct span signer, int64_t time_us)
{
	int64_t mark = store_mark(signer);
	int64_t from_us = time_us - ((time_us % SIGNER_TIME_US) + SIGNER_TIME_US) % SIGNER_TIME_US;
	int64_t to_us = from_us + SIGNER_TIME_US;
	bool added = false;

	if (signer.len == 0)
		return 0;
	if (store_numbers_add(&c->signers,
		(int64_t)text_hash_mix((uint64_t)mark ^ text_hash_mix((uint64_t)from_us)), 0,
		&added) == NULL)
		return store_fail_memory(c->store);
	if (!added)
		return 0;
	if (add_signer_lines(c, store_query(c->store, QUERY_SIGNERS_AT, mark, from_us, to_us),
		signer, SIGNER_FORMS_MAX) != 0 ||
	    add_signer_lines(c, store_query(c->store, QUERY_SIGNERS_BEFORE, mark, from_us, 0),
		signer, SIGNERS_BEFORE) != 0)
		return -1;
	return add_signer_lines(
	    c, store_query(c->store, QUERY_SIGNERS_BEHIND, mark, to_us, 0), signer, SIGNERS_BEHIND);
}

int
closure_add_receipt(struct closure *c, const struct login_record *receipt)
{
	return add_request(c, receipt) != 0
	    ? -1
	    : add_signer(c, receipt->receipt_signer, receipt->time_us);
}
