/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_message.h"

#include <string.h>

#define DEADLINE_MS_MAX 60000

void
receipt_message_put(struct buf *out, const char *key, struct span value)
{
	if (value.ptr == NULL || memchr(value.ptr, '\0', value.len) != NULL)
		return;
	buf_puts(out, key);
	buf_putc(out, '=');
	buf_put_span(out, value);
	buf_putc(out, '\0');
}

void
receipt_message_put_staple(struct buf *out, const struct receipt_staple *staple)
{
	buf_puts(out, "staple=");
	buf_put_span(out, staple->name);
	buf_putc(out, ':');
	/* served in lines; whatever else is no base64 is found when it is read */
	for (size_t i = 0; i < staple->response.len; i++)
		if (staple->response.ptr[i] > ' ')
			buf_putc(out, staple->response.ptr[i]);
	buf_putc(out, '\0');
}

void
receipt_request_write(const struct receipt_request *q, struct buf *out)
{
	receipt_message_put(out, "user", q->user);
	receipt_message_put(out, "endpoint", q->endpoint);
	for (size_t i = 0; i < q->fingerprint_count; i++)
		receipt_message_put(out, "fingerprint", q->fingerprints[i]);
	buf_puts(out, "deadline_ms=");
	buf_put_u64(out, q->deadline_ms > 0 ? (unsigned long long)q->deadline_ms : 1);
	buf_putc(out, '\0');
	receipt_message_put(out, "end", SPAN("1"));
}

/* The next whole item; false at the end, and when what is left has no NUL behind it. */
static bool
next_item(struct span *rest, struct span *key, struct span *value)
{
	const char *end = rest->len != 0 ? memchr(rest->ptr, '\0', rest->len) : NULL;

	if (end == NULL)
		return false;
	*value = span_head(*rest, (size_t)(end - rest->ptr));
	*rest = span_from(*rest, value->len + 1);
	(void)span_cut(value, '=', key);
	if (value->ptr == NULL)
		*value = SPAN("");
	return true;
}

static bool
parse_deadline(struct span text, int64_t *ms)
{
	int64_t n = 0;

	if (text.len == 0 || text.len > 6)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		n = n * 10 + (text.ptr[i] - '0');
	}
	*ms = n;
	return n >= 1 && n <= DEADLINE_MS_MAX;
}

int
receipt_request_parse(struct span text, struct receipt_request *q)
{
	struct span key, value;
	bool complete = false;

	*q = (struct receipt_request){.endpoint = SPAN(RECEIPT_ENDPOINT)};
	while (next_item(&text, &key, &value)) {
		complete = span_is(key, "end");
		if (span_is(key, "user"))
			q->user = value;
		else if (span_is(key, "endpoint"))
			q->endpoint = value;
		else if (span_is(key, "fingerprint") &&
		    q->fingerprint_count < LOGIN_RECORD_AUTH_MAX)
			q->fingerprints[q->fingerprint_count++] = value;
		else if (span_is(key, "deadline_ms") && !parse_deadline(value, &q->deadline_ms))
			return -1;
	}
	return complete && text.len == 0 && q->user.len != 0 && q->deadline_ms != 0 &&
		q->fingerprint_count != 0
	    ? 0
	    : -1;
}

/* An error goes into the record as it is: a word, or nothing. */
static bool
is_word(struct span s)
{
	if (s.len == 0 || s.len > RECEIPT_ERROR_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= 'a' && s.ptr[i] <= 'z') &&
		    !(s.ptr[i] >= '0' && s.ptr[i] <= '9') && s.ptr[i] != '_')
			return false;
	return true;
}

static void
add_staple(struct receipt_signer *signer, struct span value)
{
	struct receipt_staple staple = {.response = value};

	if (span_cut(&staple.response, ':', &staple.name) && staple.response.len != 0 &&
	    staple.response.len <= RECEIPT_STAPLE_MAX && receipt_staple_name_ok(staple.name) &&
	    signer->staple_count < RECEIPT_STAPLES_MAX)
		signer->staples[signer->staple_count++] = staple;
}

static void
add_entry(struct receipt_answer *a, struct span value)
{
	if (value.len != 0 && value.len <= RECEIPT_ENTRY_MAX &&
	    a->entry_count < RECEIPT_ENTRIES_MAX)
		a->entries[a->entry_count++] = value;
}

void
receipt_answer_parse(struct span text, struct receipt_answer *a)
{
	struct span key, value;

	*a = (struct receipt_answer){.complete = false};
	while (next_item(&text, &key, &value)) {
		a->complete = span_is(key, "end") && text.len == 0;
		if (span_is(key, "entry"))
			add_entry(a, value);
		else if (span_is(key, "chain") && value.len <= RECEIPT_CHAIN_MAX)
			a->signer.chain = value;
		else if (span_is(key, "staple"))
			add_staple(&a->signer, value);
		else if (span_is(key, "error") && is_word(value))
			a->error = value;
	}
}
