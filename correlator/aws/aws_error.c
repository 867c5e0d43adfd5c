/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_error.h"

#include <ctype.h>
#include <string.h>

#include "common/json_reader.h"
#include "common/safe_text.h"
#include "correlator/aws/aws_xml.h"

#define MESSAGE_MAX 400 /* bytes of the server's words */
#define ID_MAX      128
#define JSON_ROOM   3 /* times as long when unescaped, at most */

void
aws_error_init(struct aws_error *e)
{
	e->code[0] = '\0';
	e->region[0] = '\0';
	buf_init(&e->message, MESSAGE_MAX);
	buf_init(&e->request_id, 2 * ID_MAX + 2);
}

void
aws_error_clear(struct aws_error *e)
{
	buf_clear(&e->message);
	buf_clear(&e->request_id);
}

/* As much of the text as consists of letters, digits and the bytes named. */
static struct span
only(struct span text, const char *others)
{
	size_t n = 0;

	while (n < text.len &&
	    (isalnum((unsigned char)text.ptr[n]) ||
		(text.ptr[n] != '\0' && strchr(others, text.ptr[n]) != NULL)))
		n++;
	return span_head(text, n);
}

static void
set_text(char *out, size_t size, struct span text)
{
	if (text.len == 0 || text.len >= size)
		return;
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
}

/* "com.amazonaws.cloudtrail#InvalidNextTokenException", "AccessDeniedException:http://..." */
static void
set_code(struct aws_error *e, struct span text)
{
	const char *hash = text.len != 0 ? memchr(text.ptr, '#', text.len) : NULL;

	if (hash != NULL)
		text = span_from(text, (size_t)(hash - text.ptr) + 1);
	set_text(e->code, sizeof(e->code), only(text, "._-"));
}

/* The first line: where a signature is wrong, the whole canonical request may follow it, with the
 * session token in it. */
static void
set_message(struct aws_error *e, struct span text)
{
	size_t n = 0;

	while (n < text.len && n < MESSAGE_MAX && text.ptr[n] != '\n' && text.ptr[n] != '\r')
		n++;
	buf_reset(&e->message);
	buf_put_span(&e->message, span_head(text, n));
}

static void
add_id(struct aws_error *e, struct span text)
{
	text = only(text, "+/=._-");
	if (text.len == 0 || span_eq(text, buf_span(&e->request_id)))
		return;
	if (e->request_id.len != 0)
		buf_puts(&e->request_id, ", ");
	buf_put_span(&e->request_id, span_head(text, ID_MAX));
}

static int
take_element(void *ctx, const char *path, struct span text)
{
	static const char outer[] = "ErrorResponse/";
	struct aws_error *e = ctx;

	if (strncmp(path, outer, sizeof(outer) - 1) == 0)
		path += sizeof(outer) - 1;
	if (strcmp(path, "Error/Code") == 0)
		set_code(e, text);
	else if (strcmp(path, "Error/Message") == 0)
		set_message(e, text);
	else if (strcmp(path, "Error/Region") == 0)
		set_text(e->region, sizeof(e->region), only(text, "-"));
	else if (e->request_id.len == 0 &&
	    (strcmp(path, "Error/RequestId") == 0 || strcmp(path, "RequestId") == 0))
		add_id(e, text);
	return 0;
}

static void
read_json(struct aws_error *e, struct span text)
{
	struct json_reader r;
	struct buf scratch;
	struct span key;

	buf_init(&scratch, text.len * JSON_ROOM + 1);
	if (!buf_reserve(&scratch, text.len * JSON_ROOM))
		goto out;
	json_reader_init(&r, text);
	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);) {
		struct span value = json_read_text(&r, &scratch);

		if (value.ptr == NULL)
			continue;
		if (json_key_is(key, "__type") || (json_key_is(key, "code") && e->code[0] == '\0'))
			set_code(e, value);
		else if (json_key_is(key, "message") || json_key_is(key, "Message"))
			set_message(e, value);
	}
out:
	buf_clear(&scratch);
}

void
aws_error_read(struct aws_error *e, const struct aws_http_call *http)
{
	struct span text = buf_span(&http->text), region;

	add_id(e, aws_http_header(http, "x-amzn-requestid"));
	if (e->request_id.len == 0)
		add_id(e, aws_http_header(http, "x-amz-request-id"));
	set_code(e, aws_http_header(http, "x-amzn-errortype"));
	while (text.len != 0 && isspace((unsigned char)text.ptr[0]))
		text = span_from(text, 1);
	if (span_starts(text, "<"))
		(void)aws_xml_read(text, take_element, e);
	else if (span_starts(text, "{"))
		read_json(e, text);
	add_id(e, aws_http_header(http, "x-amz-id-2"));
	region = aws_http_header(http, "x-amz-bucket-region");
	if (region.ptr != NULL)
		set_text(e->region, sizeof(e->region), only(region, "-"));
}

/* Saying it ----------------------------------------------------------------------------------- */

bool
aws_error_is_denied(long status, const char *code)
{
	static const char *const denied[] = {"AccessDenied", "AccessDeniedException",
	    "AllAccessDisabled", "UnauthorizedOperation", "NotAuthorized"};

	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++)
		if (strcmp(code, denied[i]) == 0)
			return true;
	return status == 403 && code[0] == '\0'; /* HEAD has no body to say more */
}

static bool
is_about_credentials(const char *code)
{
	static const char *const codes[] = {"InvalidAccessKeyId", "InvalidClientTokenId",
	    "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException",
	    "IncompleteSignature", "MissingAuthenticationToken",
	    "MissingAuthenticationTokenException", "InvalidToken", "ExpiredToken",
	    "ExpiredTokenException", "RequestExpired"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return false;
}

/* What reads objects that are encrypted by KMS is refused in the name of its key. */
static bool
is_about_key(struct span message)
{
	return message.len != 0 && memmem(message.ptr, message.len, "kms:Decrypt", 11) != NULL;
}

static void
say_advice(struct buf *out, const struct aws_error *e, const struct aws_error_place *p)
{
	if (aws_error_is_denied(p->status, e->code) && is_about_key(buf_span(&e->message))) {
		buf_puts(out, ": grant kms:Decrypt on the key that the objects are encrypted with");
	} else if (aws_error_is_denied(p->status, e->code) && p->action != NULL) {
		buf_printf(out, ": grant %s on ", p->action);
		safe_text_put(out, span_of(p->resource != NULL ? p->resource : "*"));
	} else if (is_about_credentials(e->code) && p->provider != NULL) {
		buf_printf(out, ": the credentials are those of provider %s", p->provider);
	}
}

void
aws_error_say(struct buf *out, const struct aws_error *e, const struct aws_error_place *p)
{
	buf_printf(out, "%s %s answered %ld", p->service, p->operation, p->status);
	if (e->code[0] != '\0')
		buf_printf(out, " %s", e->code);
	if (p->attempts > 1)
		buf_printf(out, ", %d times", p->attempts);
	if (e->request_id.len != 0) {
		buf_puts(out, " (request ");
		buf_put_span(out, buf_span(&e->request_id));
		buf_puts(out, ")");
	}
	say_advice(out, e, p);
	if (e->message.len != 0) {
		buf_puts(out, "; it says \"");
		safe_text_put(out, buf_span(&e->message));
		buf_puts(out, "\"");
	}
}
