/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_MESSAGE_H
#define PAM_MODULE_RECEIPT_MESSAGE_H

#include <stdint.h>

#include "common/buf.h"
#include "pam_module/login_record.h"
#include "pam_module/receipt_entry.h"
#include "pam_module/receipt_signer.h"

/*
 * What recorder and logintrail-receipt say to each other, docs/FORMAT.md "Between recorder and
 * logintrail-receipt": "key=value" items, each with a NUL behind it, the last one "end=1".
 */
#define RECEIPT_REQUEST_MAX (32 * 1024)
#define RECEIPT_ANSWER_MAX                                                                         \
	(RECEIPT_ENTRIES_MAX * RECEIPT_ENTRY_MAX + RECEIPT_CHAIN_MAX +                             \
	    RECEIPT_STAPLES_MAX * (RECEIPT_STAPLE_MAX + 64) + 1024)
#define RECEIPT_ERROR_MAX 40 /* bytes of an error's word */
#define RECEIPT_ENDPOINT  "http://169.254.169.254"

struct receipt_request {
	struct span user, endpoint;
	struct span fingerprints[LOGIN_RECORD_AUTH_MAX]; /* "SHA256:..." */
	size_t fingerprint_count;
	int64_t deadline_ms;
};

/* The request in words; out->failed when it does not fit. */
void receipt_request_write(const struct receipt_request *q, struct buf *out);
/* Spans point into text. 0, or -1 when it is incomplete or not understood. */
int receipt_request_parse(struct span text, struct receipt_request *q);

struct receipt_answer {
	struct span entries[RECEIPT_ENTRIES_MAX];
	size_t entry_count;
	struct receipt_signer signer;
	struct span error; /* a word of docs/FORMAT.md; absent when all went well */
	bool complete;     /* its last item was there */
};

/* One item; a value with a NUL in it is left out. */
void receipt_message_put(struct buf *out, const char *key, struct span value);
/* "staple=NAME:RESPONSE", the response without white space. */
void receipt_message_put_staple(struct buf *out, const struct receipt_staple *staple);

/* Takes what is there: the program may have been ended in the middle. Spans point into text. Items
 * over the bounds, and those that are not understood, are passed over. */
void receipt_answer_parse(struct span text, struct receipt_answer *a);

#endif
