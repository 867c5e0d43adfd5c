/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_entry.h"

#include <string.h>

#include "common/base64.h"
#include "common/time_text.h"
#include "pam_module/ssh_key.h"

#define TIMESTAMP_DIGITS_MAX 11

const char *
receipt_entry_error_text(enum receipt_entry_error error)
{
	switch (error) {
	case RECEIPT_ENTRY_OK: return "no error";
	case RECEIPT_ENTRY_ERROR_TOO_LONG: return "it is too long";
	case RECEIPT_ENTRY_ERROR_FORM: return "a line is missing or out of place";
	case RECEIPT_ENTRY_ERROR_TWICE: return "a member is given twice";
	case RECEIPT_ENTRY_ERROR_TIMESTAMP: return "its timestamp is not a number of seconds";
	case RECEIPT_ENTRY_ERROR_KEY: return "its key does not parse";
	case RECEIPT_ENTRY_ERROR_SIGNATURE: return "its signature is not base64 or too long";
	}
	return "unknown error";
}

/* The line that starts at the front of s, without its LF. */
static struct span
first_line(struct span s)
{
	const char *end = s.ptr != NULL && s.len != 0 ? memchr(s.ptr, '\n', s.len) : NULL;

	return end != NULL ? span_head(s, (size_t)(end - s.ptr)) : s;
}

bool
receipt_entry_next(struct span *rest, struct span *entry)
{
	size_t len = 0;

	while (rest->len != 0 && rest->ptr[0] == '\n')
		*rest = span_from(*rest, 1);
	if (rest->len == 0)
		return false;
	while (len < rest->len) {
		size_t line = first_line(span_from(*rest, len)).len;

		if (line == 0)
			break;
		len += line + 1;
	}
	*entry = span_head(*rest, len);
	*rest = span_from(*rest, len);
	return true;
}

static bool
parse_seconds(struct span text, int64_t *us)
{
	int64_t seconds = 0;

	if (text.len == 0 || text.len > TIMESTAMP_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		seconds = seconds * 10 + (text.ptr[i] - '0');
	}
	*us = seconds * US_PER_SECOND;
	return true;
}

static enum receipt_entry_error
set_once(struct span *member, struct span value)
{
	if (member->ptr != NULL)
		return RECEIPT_ENTRY_ERROR_TWICE;
	*member = value;
	return RECEIPT_ENTRY_OK;
}

/* A "#Name=value" line. What is not known, or is no such line, is signed text and nothing more. */
static enum receipt_entry_error
parse_member(struct span line, struct receipt_entry *e)
{
	struct span value = span_from(line, 1), name;

	(void)span_cut(&value, '=', &name);
	if (value.ptr == NULL)
		return RECEIPT_ENTRY_OK;
	if (span_is(name, "Instance"))
		return set_once(&e->instance, value);
	if (span_is(name, "Caller"))
		return set_once(&e->caller, value);
	if (span_is(name, "Request"))
		return set_once(&e->request, value);
	if (!span_is(name, "Timestamp"))
		return RECEIPT_ENTRY_OK;
	if (e->expires_us >= 0)
		return RECEIPT_ENTRY_ERROR_TWICE;
	return parse_seconds(value, &e->expires_us) ? RECEIPT_ENTRY_OK
						    : RECEIPT_ENTRY_ERROR_TIMESTAMP;
}

static enum receipt_entry_error
parse_key(struct span line, struct receipt_entry *e)
{
	struct ssh_key key;
	struct buf blob;
	bool ok;

	buf_init(&blob, RECEIPT_ENTRY_MAX);
	ok = ssh_key_from_text(line, &blob, &key) == SSH_KEY_OK;
	if (ok)
		memcpy(e->fingerprint, key.fingerprint, sizeof(e->fingerprint));
	buf_clear(&blob);
	e->key_line = line;
	return ok ? RECEIPT_ENTRY_OK : RECEIPT_ENTRY_ERROR_KEY;
}

/* The lines behind the key, all of them one base64 text. */
static enum receipt_entry_error
parse_signature(struct span rest, struct receipt_entry *e)
{
	struct buf text, bytes;
	bool ok = true;

	buf_init(&text, RECEIPT_ENTRY_MAX);
	buf_init(&bytes, RECEIPT_SIGNATURE_MAX);
	while (rest.len != 0) {
		struct span line = first_line(rest);

		if (line.len != 0 && line.ptr[0] == '#')
			ok = false;
		buf_put_span(&text, line);
		rest = span_from(rest, line.len + 1);
	}
	ok = ok && text.len != 0 && !text.failed && base64_decode(buf_span(&text), &bytes) &&
	    bytes.len != 0;
	if (ok) {
		memcpy(e->signature, bytes.ptr, bytes.len);
		e->signature_len = bytes.len;
	}
	buf_clear(&bytes);
	buf_clear(&text);
	return ok ? RECEIPT_ENTRY_OK : RECEIPT_ENTRY_ERROR_SIGNATURE;
}

enum receipt_entry_error
receipt_entry_parse(struct span text, struct receipt_entry *e)
{
	struct receipt_entry entry = {.expires_us = -1};
	enum receipt_entry_error r = RECEIPT_ENTRY_OK;
	struct span rest = text, line;

	if (text.len > RECEIPT_ENTRY_MAX)
		return RECEIPT_ENTRY_ERROR_TOO_LONG;
	if (text.len != 0 && memchr(text.ptr, '\0', text.len) != NULL)
		return RECEIPT_ENTRY_ERROR_FORM;
	while (r == RECEIPT_ENTRY_OK && rest.len != 0 && rest.ptr[0] == '#') {
		line = first_line(rest);
		r = parse_member(line, &entry);
		rest = span_from(rest, line.len + 1);
	}
	if (r != RECEIPT_ENTRY_OK)
		return r;
	line = first_line(rest);
	if (line.len == 0 || line.len == rest.len)
		return RECEIPT_ENTRY_ERROR_FORM;
	rest = span_from(rest, line.len + 1);
	entry.signed_text = span_head(text, (size_t)(rest.ptr - text.ptr));
	r = parse_key(line, &entry);
	if (r == RECEIPT_ENTRY_OK)
		r = parse_signature(rest, &entry);
	if (r == RECEIPT_ENTRY_OK)
		*e = entry;
	return r;
}
