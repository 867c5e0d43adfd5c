/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/aws/credentials.h"
#include "correlator/aws/credentials_container_uri.h"
#include "correlator/aws/credentials_http.h"
#include "correlator/aws/credentials_json.h"

/* The endpoint of ECS, EKS (Pod Identity), Greengrass and others. */
#define NAME        "container"
#define RELATIVE    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL        "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN       "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
#define TOKEN_MAX   (16 * 1024)
#define ANSWER_MAX  (64 * 1024)
#define CALL_MS     2000
#define ATTEMPTS    3
#define WAIT_MAX_US US_PER_SECOND

static const struct credentials_json_form form = {.token = "Token", .is_temporary = true};

/* Of a file or of the variable; the file counts. */
static enum credentials_result
read_token(struct credentials_search *s, struct buf *token)
{
	const char *path = getenv(TOKEN_FILE), *text = getenv(TOKEN);
	int r;

	if (path != NULL) {
		r = credentials_file_read(path, token);
		if (r != 0)
			return credentials_fail(s, NAME, TOKEN_FILE " %s: %s", path, strerror(-r));
	} else if (text != NULL) {
		if (!buf_reserve(token, strlen(text)))
			return credentials_fail(s, NAME, TOKEN " is too long");
		buf_puts(token, text);
	}
	for (size_t i = 0; i < token->len; i++)
		if ((unsigned char)token->ptr[i] < ' ' || token->ptr[i] == 0x7f)
			return credentials_fail(s, NAME,
			    "%s holds a line break or another control character",
			    path != NULL ? TOKEN_FILE : TOKEN);
	return CREDENTIALS_FOUND;
}

/* "authorization: TOKEN"; nothing when there is none. */
static enum credentials_result
put_token(struct credentials_search *s, struct buf *header)
{
	enum credentials_result result;
	struct buf token;

	buf_init(&token, TOKEN_MAX);
	result = read_token(s, &token);
	if (result == CREDENTIALS_FOUND && token.len != 0 && buf_reserve(header, token.len + 64)) {
		buf_puts(header, "authorization: ");
		buf_put_span(header, buf_span(&token));
	}
	credentials_wipe(&token);
	return result;
}

static enum credentials_result
judge(struct credentials_search *s, const struct aws_http_call *call, struct aws_credentials *out)
{
	enum credentials_result result = CREDENTIALS_FOUND;
	struct buf why;

	if (call->status != 200)
		return credentials_fail(
		    s, NAME, "%s answered with HTTP status %ld", call->url, call->status);
	buf_init(&why, 256);
	if (credentials_json_read(buf_span(&call->text), &form, out, &why) != 0)
		result = credentials_fail(
		    s, NAME, "the answer of %s: %.*s", call->url, (int)why.len, buf_span(&why).ptr);
	buf_clear(&why);
	return result;
}

static enum credentials_result
fetch(struct credentials_search *s, const char *url, const char *token, struct aws_credentials *out)
{
	static const struct credentials_http_policy policy = {ATTEMPTS, WAIT_MAX_US};
	struct aws_http_options options = {.ca_bundle = s->settings->ca_bundle,
	    .no_proxy = true,
	    .connect_ms = CALL_MS,
	    .total_ms = CALL_MS};
	const char *const headers[] = {"accept: application/json", token};
	struct aws_http *http = aws_http_new(&options);
	enum credentials_result result;
	struct aws_http_call call;

	aws_http_call_init(&call);
	call.method = "GET";
	call.url = url;
	call.headers = headers;
	call.header_count = token != NULL ? 2 : 1;
	call.body_max = ANSWER_MAX;
	if (http == NULL)
		result = credentials_fail(s, NAME, "no memory");
	else if (credentials_http_perform(http, &call, &policy) != 0)
		result = credentials_fail(s, NAME, "%s: %s", url, call.error);
	else
		result = judge(s, &call, out);
	aws_http_call_clear(&call);
	aws_http_free(http);
	return result;
}

enum credentials_result
credentials_container_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	const char *relative = getenv(RELATIVE), *full = getenv(FULL), *wrong;
	enum credentials_result result;
	struct buf url, header;

	(void)profile;
	if (relative == NULL && full == NULL)
		return credentials_lacks(s, NAME, RELATIVE " and " FULL " are not set");
	buf_init(&url, 4096);
	buf_init(&header, TOKEN_MAX + 64);
	wrong = relative != NULL ? credentials_container_relative(&url, relative)
				 : credentials_container_full(&url, full);
	if (wrong == NULL && buf_cstr(&url) == NULL)
		wrong = "is too long";
	if (wrong != NULL)
		result =
		    credentials_fail(s, NAME, "%s %s", relative != NULL ? RELATIVE : FULL, wrong);
	else {
		result = put_token(s, &header);
		if (result == CREDENTIALS_FOUND)
			result = fetch(
			    s, buf_cstr(&url), header.len != 0 ? buf_cstr(&header) : NULL, out);
	}
	credentials_wipe(&header);
	buf_clear(&url);
	return result;
}
