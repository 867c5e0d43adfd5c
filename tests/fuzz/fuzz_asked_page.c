/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an answer of LookupEvents, FilterLogEvents or GetCallerIdentity. */
#include <stdint.h>

#include "common/json_reader.h"
#include "correlator/remote/caller_account.h"
#include "correlator/remote/log_events.h"
#include "correlator/remote/log_page.h"
#include "correlator/remote/lookup_page.h"

#define TOKEN_MAX 64

/* Events are told as they stand, each an object. */
static int
check_event(void *ctx, int64_t time_us, struct span event)
{
	const struct span *text = ctx;
	struct json_reader r;

	if (event.ptr < text->ptr || event.ptr + event.len > text->ptr + text->len ||
	    (time_us < 0 && time_us != INT64_MIN))
		abort();
	json_reader_init(&r, event);
	if (json_peek(&r) != JSON_OBJECT || json_skip(&r).len != event.len || r.error != JSON_OK)
		abort();
	return event.len % 7 == 6 ? -3 : 0;
}

static int
check_message(void *ctx, int64_t time_us, struct span message)
{
	(void)ctx;
	if (message.len == 0 || memchr(message.ptr, '\n', message.len) != NULL ||
	    (time_us < 0 && time_us != INT64_MIN))
		abort();
	return message.len % 7 == 6 ? -3 : 0;
}

static void
check_account(struct span text)
{
	char account[CALLER_ACCOUNT_LEN + 1];
	int r = caller_account_read(text, account);
	struct span found = span_of(account);

	if (r == 0 ? found.len != CALLER_ACCOUNT_LEN || !span_is_digits(found) : found.len != 0)
		abort();
}

static void
check_arn(struct span text)
{
	char arn[256];
	struct log_group_arn parts;

	if (text.len >= sizeof(arn))
		return;
	memcpy(arn, text.ptr, text.len);
	arn[text.len] = '\0';
	if (log_group_arn_parse(arn, &parts) &&
	    (parts.name.len == 0 || memchr(parts.name.ptr, ':', parts.name.len) != NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct buf token;

	if (size == 0)
		return 0;
	buf_init(&token, TOKEN_MAX);
	if (lookup_page_read(text, check_event, &text, &token) == -1)
		abort();
	buf_reset(&token);
	if (log_page_read(text, check_message, NULL, &token) == -1)
		abort();
	buf_clear(&token);
	(void)lookup_page_time(text);
	check_account(text);
	check_arn(text);
	return 0;
}
