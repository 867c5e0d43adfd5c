/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_http_transfer.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEAD_MAX       (64 * 1024)
#define RECEIVE_BUFFER (128L * 1024)
#define KEEPALIVE_S    30L
#define SLOW_BYTES     100L /* a second: slower than that is stalled */
#define OWN_HEADERS    3
#define REFUSE_BODY    "the answer is longer than the %zu bytes that are taken of it"
#define REFUSE_HEAD    "the head of the answer is longer than 64 KiB"
#define REFUSE_MEMORY  "no memory for the answer"

struct http_transfer *
http_transfer_new(void)
{
	struct http_transfer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->easy = curl_easy_init();
	if (t->easy == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void
http_transfer_free(struct http_transfer *t)
{
	if (t == NULL)
		return;
	http_transfer_release(t);
	curl_easy_cleanup(t->easy);
	free(t);
}

void
http_transfer_release(struct http_transfer *t)
{
	for (struct curl_slist *s = t->headers; s != NULL; s = s->next)
		explicit_bzero(s->data, strlen(s->data));
	/* the handle still points at the list and at the body, which is the caller's */
	curl_easy_reset(t->easy);
	curl_slist_free_all(t->headers);
	t->headers = NULL;
	if (t->call != NULL)
		t->call->handle = NULL;
	t->call = NULL;
}

/* What the server answers --------------------------------------------------------------------- */

/* What Content-Length says: a whole body of that length follows. 0 when it says none. */
static uint64_t
announced_length(const struct http_transfer *t)
{
	struct span text = aws_http_header(t->call, "content-length");
	uint64_t n = 0;

	if (strcmp(t->call->method, "HEAD") == 0)
		return 0;
	for (size_t i = 0; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
		n = n < UINT64_MAX / 100 ? n * 10 + (uint64_t)(text.ptr[i] - '0') : n;
	return n;
}

/* The head is complete: a body that will not do need not come. */
static bool
end_head(struct http_transfer *t)
{
	uint64_t length = announced_length(t);

	if (length > t->call->body_max)
		t->refusal = REFUSE_BODY;
	else if (!buf_reserve(&t->call->text, (size_t)length))
		t->refusal = REFUSE_MEMORY;
	return t->refusal == NULL;
}

/* "Name:  value" */
static void
keep_header(struct buf *head, struct span line)
{
	struct span name;

	if (isspace((unsigned char)line.ptr[0]) || !span_cut(&line, ':', &name) || line.ptr == NULL)
		return;
	while (line.len != 0 && isspace((unsigned char)line.ptr[0]))
		line = span_from(line, 1);
	for (size_t i = 0; i < name.len; i++)
		buf_putc(head, (char)tolower((unsigned char)name.ptr[i]));
	buf_puts(head, ": ");
	buf_put_span(head, line);
	buf_putc(head, '\n');
}

/* One line of a head, with its end; false ends the transfer. */
static bool
take_line(struct http_transfer *t, const char *data, size_t len)
{
	struct buf *head = &t->call->head;

	t->head_bytes += len;
	if (t->head_bytes > HEAD_MAX) {
		t->refusal = REFUSE_HEAD;
		return false;
	}
	while (len != 0 && isspace((unsigned char)data[len - 1]))
		len--;
	if (len == 0)
		return end_head(t);
	if (span_starts((struct span){data, len}, "HTTP/"))
		buf_reset(head); /* that of an interim answer is of no use */
	else
		keep_header(head, (struct span){data, len});
	if (head->failed)
		t->refusal = REFUSE_MEMORY;
	return !head->failed;
}

/* libcurl's form of it: taking less than all ends the transfer. */
static size_t
take_header(char *data, size_t size, size_t count, void *ctx)
{
	return take_line(ctx, data, size * count) ? size * count : 0;
}

static size_t
take_body(char *data, size_t size, size_t count, void *ctx)
{
	struct http_transfer *t = ctx;
	struct buf *text = &t->call->text;
	size_t n = size * count;

	if (n > t->call->body_max - text->len) {
		t->refusal = REFUSE_BODY;
		return 0;
	}
	buf_put(text, data, n);
	if (text->failed) {
		t->refusal = REFUSE_MEMORY;
		return 0;
	}
	return n;
}

/* What is asked ------------------------------------------------------------------------------- */

static bool
has_controls(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

static bool
has_header(const struct aws_http_call *call, const char *name)
{
	for (size_t i = 0; i < call->header_count; i++)
		if (strncasecmp(call->headers[i], name, strlen(name)) == 0)
			return true;
	return false;
}

static int
add_header(struct http_transfer *t, const char *line)
{
	struct curl_slist *list = curl_slist_append(t->headers, line);

	if (list == NULL)
		return -1;
	t->headers = list;
	return 0;
}

/* libcurl takes a header without a value for one to leave out, and wants "name;" for an empty one.
 */
static int
add_own_header(struct http_transfer *t, const char *line)
{
	const char *colon = strchr(line, ':');
	struct buf empty;
	int r = -1;

	if (has_controls(line) || colon == NULL || colon == line)
		return -1;
	if (colon[1 + strspn(colon + 1, " ")] != '\0')
		return add_header(t, line);
	buf_init(&empty, strlen(line) + 2);
	buf_put(&empty, line, (size_t)(colon - line));
	buf_putc(&empty, ';');
	if (buf_cstr(&empty) != NULL)
		r = add_header(t, buf_cstr(&empty));
	buf_clear(&empty);
	return r;
}

static int
set_headers(struct http_transfer *t, const struct aws_http_call *call)
{
	/* no waiting for "100 Continue", and no type that nobody has named */
	if (add_header(t, "Expect:") != 0 ||
	    (!has_header(call, "content-type:") && add_header(t, "Content-Type:") != 0))
		return -1;
	for (size_t i = 0; i < call->header_count; i++)
		if (add_own_header(t, call->headers[i]) != 0)
			return -1;
	return curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK ? 0 : -1;
}

/* The option that takes names came with 7.85, which also deprecates the one that takes bits. */
static CURLcode
set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static bool
set_ways(CURL *easy, const struct aws_http_options *o)
{
	/* a wish: a handle that still has a buffer (HTTP/2) keeps that, and says so */
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
	return set_protocols(easy) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS) ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	    (o->ca_bundle == NULL ||
		curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca_bundle) == CURLE_OK) &&
	    (!o->no_proxy ||
		(curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
		    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK)) &&
	    curl_easy_setopt(easy, CURLOPT_USERAGENT, "logintrail/" LOGINTRAIL_VERSION) == CURLE_OK;
}

static bool
set_connection(CURL *easy, const struct aws_http_options *o)
{
	return curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)o->total_ms) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)o->stall_s) == CURLE_OK &&
	    /* S3 has many addresses under one name, and serves more by several of them */
	    curl_easy_setopt(easy, CURLOPT_DNS_SHUFFLE_ADDRESSES, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_S) == CURLE_OK;
}

static bool
set_takers(struct http_transfer *t)
{
	t->error[0] = '\0';
	return curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error) == CURLE_OK &&
	    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t) == CURLE_OK &&
	    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t) == CURLE_OK &&
	    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t) == CURLE_OK;
}

/* A body goes by the way of a form, from memory, so that libcurl can send it a second time when a
 * kept connection turns out to be dead. */
static bool
set_request(CURL *easy, const struct aws_http_call *call)
{
	bool sends = strcmp(call->method, "PUT") == 0 || strcmp(call->method, "POST") == 0;

	if (curl_easy_setopt(easy, CURLOPT_URL, call->url) != CURLE_OK)
		return false;
	if (strcmp(call->method, "HEAD") == 0)
		return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
	if (!sends)
		return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
		    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method) == CURLE_OK;
	return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len) ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		call->body.ptr != NULL ? call->body.ptr : "") == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method) == CURLE_OK;
}

static void
forget_answer(struct aws_http_call *call)
{
	call->end = AWS_HTTP_FAILED;
	call->timed_out = false;
	call->status = 0;
	call->error[0] = '\0';
	buf_reset(&call->head);
	buf_reset(&call->text);
	/* one more for who wants a NUL behind it */
	call->text.max = call->body_max < SIZE_MAX ? call->body_max + 1 : SIZE_MAX;
	if (call->text.max < call->text.cap)
		call->text.max = call->text.cap;
}

int
http_transfer_prepare(
    struct http_transfer *t, struct aws_http_call *call, const struct aws_http_options *o)
{
	forget_answer(call);
	t->call = call;
	t->head_bytes = 0;
	t->refusal = NULL;
	if (set_ways(t->easy, o) && set_connection(t->easy, o) && set_takers(t) &&
	    set_request(t->easy, call) && set_headers(t, call) == 0) {
		call->handle = t;
		return 0;
	}
	call->end = AWS_HTTP_REFUSED;
	(void)snprintf(call->error, sizeof(call->error),
	    "the request cannot be made: a header that is none, an option that this libcurl (%s) "
	    "does "
	    "not know, or no memory",
	    curl_version_info(CURLVERSION_NOW)->version);
	http_transfer_release(t);
	return -1;
}

/* How it ended -------------------------------------------------------------------------------- */

static enum aws_http_end
judge(CURLcode code)
{
	static const CURLcode refusals[] = {
	    CURLE_UNSUPPORTED_PROTOCOL,
	    CURLE_FAILED_INIT,
	    CURLE_URL_MALFORMAT,
	    CURLE_NOT_BUILT_IN,
	    CURLE_WRITE_ERROR,
	    CURLE_OUT_OF_MEMORY,
	    CURLE_BAD_FUNCTION_ARGUMENT,
	    CURLE_UNKNOWN_OPTION,
	    CURLE_SSL_ENGINE_NOTFOUND,
	    CURLE_SSL_ENGINE_SETFAILED,
	    CURLE_SSL_CERTPROBLEM,
	    CURLE_SSL_CIPHER,
	    CURLE_PEER_FAILED_VERIFICATION,
	    CURLE_SSL_CACERT_BADFILE,
	    CURLE_SSL_ISSUER_ERROR,
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (code == refusals[i])
			return AWS_HTTP_REFUSED;
	return code == CURLE_OK ? AWS_HTTP_ANSWERED : AWS_HTTP_FAILED;
}

static void
say_end(const struct http_transfer *t, struct aws_http_call *call, CURLcode code)
{
	if (t->refusal != NULL && strcmp(t->refusal, REFUSE_BODY) == 0)
		(void)snprintf(call->error, sizeof(call->error), REFUSE_BODY, call->body_max);
	else if (t->refusal != NULL)
		(void)snprintf(call->error, sizeof(call->error), "%s", t->refusal);
	else
		(void)snprintf(call->error, sizeof(call->error), "%.*s",
		    (int)sizeof(call->error) - 1,
		    t->error[0] != '\0' ? t->error : curl_easy_strerror(code));
}

void
http_transfer_end(struct http_transfer *t, CURLcode code)
{
	struct aws_http_call *call = t->call;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &call->status);
	call->end = t->refusal != NULL ? AWS_HTTP_REFUSED : judge(code);
	call->timed_out = code == CURLE_OPERATION_TIMEDOUT;
	if (call->end != AWS_HTTP_ANSWERED)
		say_end(t, call, code);
	http_transfer_release(t);
}
