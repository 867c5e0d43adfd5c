/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_issued.h"

/* The length of a literal is known when it is compared. */
#define TAKE(rest, text)                                                                           \
	((rest)->len >= sizeof(text) - 1 && memcmp((rest)->ptr, text, sizeof(text) - 1) == 0 &&    \
	    ((rest)->ptr += sizeof(text) - 1, (rest)->len -= sizeof(text) - 1, true))

/* A string's inside up to its closing quote, and the quote; there are no escapes. */
static bool
take_text(struct span *rest, struct span *out)
{
	const char *quote = memchr(rest->ptr, '"', rest->len);

	if (quote == NULL)
		return false;
	*out = span_head(*rest, (size_t)(quote - rest->ptr));
	*rest = span_from(*rest, out->len + 1);
	return true;
}

/* Other bytes may not be UTF-8, and are then read as something else. */
static bool
is_ascii(struct span s)
{
	uint64_t word, any = 0;
	size_t i;

	for (i = 0; i + sizeof(word) <= s.len; i += sizeof(word)) {
		memcpy(&word, s.ptr + i, sizeof(word));
		any |= word;
	}
	for (; i < s.len; i++)
		any |= (unsigned char)s.ptr[i];
	return (any & UINT64_C(0x8080808080808080)) == 0;
}

static bool
take_credentials(struct span *rest, struct record_issued *issued)
{
	struct span unused;

	return issued->access_key_id.ptr == NULL && TAKE(rest, "{\"accessKeyId\":\"") &&
	    take_text(rest, &issued->access_key_id) && TAKE(rest, ",\"sessionToken\":\"") &&
	    take_text(rest, &unused) && TAKE(rest, ",\"expiration\":\"") &&
	    take_text(rest, &unused) && TAKE(rest, "}");
}

static bool
take_role_user(struct span *rest, struct record_issued *issued)
{
	struct span unused;

	return issued->principal_id.ptr == NULL && TAKE(rest, "{\"assumedRoleId\":\"") &&
	    take_text(rest, &issued->principal_id) && TAKE(rest, ",\"arn\":\"") &&
	    take_text(rest, &unused) && TAKE(rest, "}");
}

/* A member of the response: one of the two, or a text or a number that says nothing here. */
static bool
take_member(struct span *rest, struct record_issued *issued)
{
	struct span key, unused;

	if (!TAKE(rest, "\"") || !take_text(rest, &key) || !TAKE(rest, ":"))
		return false;
	if (span_is(key, "credentials"))
		return take_credentials(rest, issued);
	if (span_is(key, "assumedRoleUser"))
		return take_role_user(rest, issued);
	if (span_is(key, "federatedUser") || span_is(key, "ConsoleLogin") ||
	    span_is(key, "SwitchRole") || span_is(key, "GetSigninToken"))
		return false;
	if (TAKE(rest, "\""))
		return take_text(rest, &unused);
	while (rest->len != 0 && rest->ptr[0] >= '0' && rest->ptr[0] <= '9')
		*rest = span_from(*rest, 1);
	return true;
}

/* The value of responseElements, which is passed. */
static bool
take_response(struct span *rest, struct record_issued *issued)
{
	*issued = (struct record_issued){0};
	if (!TAKE(rest, "{"))
		return false;
	do
		if (!take_member(rest, issued))
			return false;
	while (TAKE(rest, ","));
	return TAKE(rest, "}") && issued->access_key_id.ptr != NULL &&
	    issued->principal_id.ptr != NULL && is_ascii(issued->access_key_id) &&
	    is_ascii(issued->principal_id);
}

static bool
has(enum byte_means means, struct span text, const struct byte_pattern *pattern)
{
	return byte_search(means, text, 0, pattern) != text.len;
}

bool
record_issued_read(enum byte_means means, struct span document, const struct record_bounds *bounds,
    const struct record_header *header, struct record_issued *issued)
{
	static const struct byte_pattern response = {"\"responseElement", 16, 9, 0};
	static const struct byte_pattern success = {"\"success\"", 9, 2, 4};
	static const struct byte_pattern error = {"\"errorCode\"", 11, 6, 10};
	static const struct byte_pattern name = {"\"eventName\"", 11, 6, 10};
	struct span record = {document.ptr + bounds->start, bounds->len}, before, rest;
	size_t at = byte_search(means, record, 0, &response);
	size_t named =
	    (size_t)(header->event_name.ptr - record.ptr) - (sizeof("\"eventName\":\"") - 1);

	if (bounds->escapes || at == record.len || at < bounds->source)
		return false;
	before = (struct span){record.ptr, at};
	rest = (struct span){record.ptr + at + response.len, record.len - at - response.len};
	if (!TAKE(&rest, "s\":") || !take_response(&rest, issued))
		return false;
	return byte_search(means, before, 0, &name) == named &&
	    byte_search(means, before, named + 1, &name) == before.len &&
	    !has(means, before, &error) && !has(means, rest, &name) && !has(means, rest, &error) &&
	    !has(means, rest, &response) && !has(means, before, &success) &&
	    !has(means, rest, &success);
}
