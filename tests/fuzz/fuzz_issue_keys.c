/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a document: what issuing events in it can be found by, read from the few values that
 * the scan has noted, is what the whole record says, read by event_parse.
 */
#include <stdint.h>

#include "common/time_text.h"
#include "correlator/events/issue_keys.h"

static void
expect(struct issue_keys *k, enum issue_key_kind kind, struct span a, struct span b, int64_t at_s)
{
	uint64_t key = issue_key(kind, a, b, at_s);

	for (size_t i = 0; i < k->count; i++)
		if (k->keys[i] == key)
			return;
	if (a.len == 0)
		return;
	if (k->count == ISSUE_KEYS_MAX)
		abort();
	k->keys[k->count++] = key;
}

static void
expect_sign_in(struct issue_keys *k, const struct event *e, int64_t at_s)
{
	const struct user_identity *u = &e->identity;
	int64_t created_us;

	expect(k, ISSUE_KEY_SESSION, u->principal_id, SPAN_NONE, at_s);
	if (time_parse(u->creation_date, &created_us))
		expect(
		    k, ISSUE_KEY_SESSION, u->principal_id, SPAN_NONE, created_us / US_PER_SECOND);
	if (e->issue != ISSUE_SIGNIN_TOKEN)
		expect(k, ISSUE_KEY_SIGN_IN, u->sign_in_session_arn, SPAN_NONE, 0);
}

/* docs/SEMANTICS.md, "Hops". */
static void
expected_keys(const struct event *e, struct issue_keys *k)
{
	int64_t at_s = e->time_us / US_PER_SECOND;

	*k = (struct issue_keys){.time_us = e->time_us};
	if (e->failed)
		return;
	expect(k, ISSUE_KEY_ACCESS, e->issued_key_id, SPAN_NONE, 0);
	switch (e->issue) {
	case ISSUE_ASSUME_ROLE:
	case ISSUE_ASSUME_ROLE_WITH_SAML:
	case ISSUE_ASSUME_ROLE_WITH_WEB_IDENTITY:
	case ISSUE_FEDERATION_TOKEN:
	case ISSUE_ASSUME_ROOT:
		expect(k, ISSUE_KEY_SESSION, e->issued_principal_id, SPAN_NONE, at_s);
		break;
	case ISSUE_SESSION_TOKEN:
		expect(k, ISSUE_KEY_SESSION, e->identity.principal_id, SPAN_NONE, at_s);
		break;
	case ISSUE_ROLE_CREDENTIALS:
	case ISSUE_FEDERATE:
		if (e->set_name.len != 0)
			expect(k, ISSUE_KEY_SET, e->set_account, e->set_name, at_s);
		break;
	case ISSUE_CONSOLE_LOGIN:
	case ISSUE_SWITCH_ROLE:
	case ISSUE_SIGNIN_TOKEN: expect_sign_in(k, e, at_s); break;
	case ISSUE_OAUTH_TOKEN:
		expect(k, ISSUE_KEY_SIGN_IN, e->minted_session, SPAN_NONE, 0);
		break;
	case ISSUE_NONE:
	case ISSUE_KINDS: abort();
	}
}

static int
read_record(
    void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct buf *scratch = ctx;
	enum issue_kind kind = event_issue_kind_of(header);
	struct issue_keys is, should;
	enum event_error error;
	struct event e;

	if (shape != RECORD_CLOUDTRAIL || kind == ISSUE_NONE)
		return 0;
	buf_reset(scratch);
	error = issue_keys_read(kind, header, scratch, &is);
	buf_reset(scratch);
	if (event_parse(text, scratch, &e) != error || e.issue != kind)
		abort();
	if (error == EVENT_ERROR_MEMORY)
		abort();
	if (error == EVENT_OK) {
		expected_keys(&e, &should);
		if (is.first_us > is.time_us || is.last_us < is.time_us)
			abort();
		if (is.time_us != should.time_us || is.count != should.count ||
		    memcmp(is.keys, should.keys, is.count * sizeof(is.keys[0])) != 0)
			abort();
	} else if (is.count != 0) {
		abort();
	}
	return 0;
}

static void
pass_malformed(void *ctx, size_t offset, enum json_error error)
{
	(void)ctx;
	(void)offset;
	(void)error;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf decoded, scratch;
	struct record_visitor visitor = {&decoded, read_record, pass_malformed};

	buf_init(&decoded, 9 * size + 16); /* what stands in strings can grow in decoding */
	buf_init(&scratch, 3 * size + 16);
	(void)record_scan((struct span){(const char *)data, size}, &scratch, &visitor);
	buf_clear(&decoded);
	buf_clear(&scratch);
	return 0;
}
