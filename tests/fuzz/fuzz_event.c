/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a record of a key push or of an issuing event. */
#include <stdint.h>

#include "common/time_text.h"
#include "correlator/events/event.h"

/* Decoded text is valid memory of printable size. */
static void
touch(struct span s)
{
	volatile unsigned sum = 0;

	for (size_t i = 0; i < s.len; i++)
		sum += (unsigned char)s.ptr[i];
}

static void
touch_issue(const struct event *e)
{
	const struct span texts[] = {e->issued_key_id, e->issued_principal_id, e->issued_arn,
	    e->role_arn, e->session_name, e->mfa_serial, e->session_source_identity, e->tags,
	    e->tag_name, e->subject, e->subject_type, e->issuer, e->name_qualifier, e->provider,
	    e->set_account, e->set_name, e->switch_from, e->minted_session, e->mfa_used};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		touch(texts[i]);
	if (e->tags.len > 1024 + 5 || (e->tag_name.ptr != NULL && e->tags.ptr == NULL))
		abort();
	if ((e->kind == EVENT_ISSUE) != (e->issue != ISSUE_NONE))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf scratch;
	struct event e;
	enum event_error error;

	buf_init(&scratch, 3 * size + 1);
	error = event_parse((struct span){(const char *)data, size}, &scratch, &e);
	if (error == EVENT_ERROR_MEMORY)
		abort(); /* three times the record is enough, says event.h */
	if (error == EVENT_OK) {
		touch_issue(&e);
		if (e.time_us < 0 || (e.has_fingerprint && e.key_error.ptr != NULL) ||
		    ((e.has_fingerprint || e.key_error.ptr != NULL) != (e.key_text.ptr != NULL)))
			abort();
		touch(e.event_id);
		touch(e.key_text);
		touch(e.key_type);
		touch(e.user_agent);
		touch(e.identity.arn);
		touch(e.identity.source_identity);
		touch(e.account_id);
	}
	buf_clear(&scratch);
	return 0;
}
