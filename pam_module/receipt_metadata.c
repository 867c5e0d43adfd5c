/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_metadata.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/time_text.h"

#define TOKEN_MAX     1024
#define URL_MAX       4096
#define TOKEN_TTL     "X-aws-ec2-metadata-token-ttl-seconds: 60"
#define TOKEN_HEADER  "X-aws-ec2-metadata-token: "
#define ATTEMPTS_MAX  3
#define RETRY_WAIT_US (50 * 1000)

struct metadata {
	CURL *curl;
	struct span endpoint;
	int64_t deadline_us;
	struct curl_slist *token; /* the header that carries it; NULL until there is one */
};

const char *
metadata_result_name(enum metadata_result result)
{
	switch (result) {
	case METADATA_OK: return NULL;
	case METADATA_NOT_FOUND: return "metadata_not_found";
	case METADATA_UNREACHABLE: return "metadata_unreachable";
	case METADATA_TIMEOUT: return "metadata_timeout";
	case METADATA_NO_TOKEN: return "metadata_v1_only";
	case METADATA_UNAUTHORIZED: return "metadata_unauthorized";
	case METADATA_FORBIDDEN: return "metadata_forbidden";
	case METADATA_UNAVAILABLE: return "metadata_unavailable";
	case METADATA_TOO_LONG: return "metadata_too_long";
	case METADATA_UNEXPECTED: return "metadata_unexpected";
	}
	return "metadata_unexpected";
}

void
metadata_put_escaped(struct buf *path, struct span text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~";

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\0' && strchr(plain, text.ptr[i]) != NULL)
			buf_putc(path, text.ptr[i]);
		else
			buf_printf(path, "%%%02X", (unsigned char)text.ptr[i]);
	}
}

static int64_t
left_us(const struct metadata *m)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return m->deadline_us - ((int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000);
}

/* libcurl hands over the body; taking less than all of it ends the transfer. */
static size_t
take_body(char *data, size_t size, size_t count, void *out)
{
	struct buf *body = out;

	buf_put(body, data, size * count);
	return body->failed ? 0 : size * count;
}

static bool
set_options(CURL *curl)
{
	return curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_USERAGENT, "logintrail/" LOGINTRAIL_VERSION) ==
	    CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK;
}

struct metadata *
metadata_open(struct span endpoint, int64_t deadline_us)
{
	struct metadata *m = calloc(1, sizeof(*m));

	/* "http" only, told here since libcurl's own option for it has changed over its versions */
	if (m == NULL || !span_starts(endpoint, "http://"))
		goto fail;
	m->endpoint = endpoint;
	m->deadline_us = deadline_us;
	m->curl = curl_easy_init();
	if (m->curl != NULL && set_options(m->curl))
		return m;
fail:
	metadata_close(m);
	return NULL;
}

void
metadata_close(struct metadata *m)
{
	if (m == NULL)
		return;
	curl_slist_free_all(m->token);
	curl_easy_cleanup(m->curl);
	free(m);
}

static enum metadata_result
judge_status(long status)
{
	switch (status) {
	case 200: return METADATA_OK;
	case 401: return METADATA_UNAUTHORIZED;
	case 403: return METADATA_FORBIDDEN;
	case 404:
	case 405: return METADATA_NOT_FOUND;
	default: return status >= 500 && status <= 599 ? METADATA_UNAVAILABLE : METADATA_UNEXPECTED;
	}
}

static enum metadata_result
judge_failure(CURLcode code, const struct buf *body)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT: return METADATA_TIMEOUT;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR: return METADATA_UNREACHABLE;
	case CURLE_WRITE_ERROR: return body->failed ? METADATA_TOO_LONG : METADATA_UNEXPECTED;
	default: return METADATA_UNEXPECTED;
	}
}

/* One request; what it answers is appended to body only with status 200. */
static enum metadata_result
request(struct metadata *m, const char *method, const char *path, struct curl_slist *headers,
    struct buf *body)
{
	int64_t left_ms = left_us(m) / 1000;
	size_t before = body->len;
	enum metadata_result r;
	char url[URL_MAX];
	long status = 0;
	CURLcode code;
	int n;

	n = snprintf(
	    url, sizeof(url), "%.*s/latest/%s", (int)m->endpoint.len, m->endpoint.ptr, path);
	if (left_ms <= 0)
		return METADATA_TIMEOUT;
	if (n < 0 || n >= (int)sizeof(url) ||
	    curl_easy_setopt(m->curl, CURLOPT_URL, url) != CURLE_OK ||
	    curl_easy_setopt(m->curl, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK ||
	    curl_easy_setopt(m->curl, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
	    curl_easy_setopt(m->curl, CURLOPT_WRITEDATA, body) != CURLE_OK ||
	    curl_easy_setopt(m->curl, CURLOPT_TIMEOUT_MS, (long)left_ms) != CURLE_OK ||
	    curl_easy_setopt(m->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)left_ms) != CURLE_OK)
		return METADATA_UNEXPECTED;
	code = curl_easy_perform(m->curl);
	(void)curl_easy_getinfo(m->curl, CURLINFO_RESPONSE_CODE, &status);
	r = code == CURLE_OK ? judge_status(status) : judge_failure(code, body);
	if (r != METADATA_OK)
		buf_truncate(body, before);
	return r;
}

/* Tries again what may go better a moment later. */
static enum metadata_result
request_again(struct metadata *m, const char *method, const char *path, struct curl_slist *headers,
    struct buf *body)
{
	struct timespec wait = {.tv_nsec = RETRY_WAIT_US * 1000};
	enum metadata_result r = METADATA_UNAVAILABLE;

	for (int attempt = 0; attempt < ATTEMPTS_MAX && r == METADATA_UNAVAILABLE; attempt++) {
		if (attempt != 0 && left_us(m) > RETRY_WAIT_US)
			(void)nanosleep(&wait, NULL);
		r = request(m, method, path, headers, body);
	}
	return r;
}

/* A token is one word: what would break out of its header's line is none. */
static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f)
			return false;
	return s.len != 0;
}

static enum metadata_result
keep_token(struct metadata *m, struct span token)
{
	enum metadata_result r = METADATA_UNEXPECTED;
	struct buf header;

	if (!is_token(token))
		return METADATA_UNEXPECTED;
	buf_init(&header, sizeof(TOKEN_HEADER) + TOKEN_MAX);
	buf_puts(&header, TOKEN_HEADER);
	buf_put_span(&header, token);
	if (buf_cstr(&header) != NULL)
		m->token = curl_slist_append(NULL, buf_cstr(&header));
	if (m->token != NULL)
		r = METADATA_OK;
	buf_clear(&header);
	return r;
}

static enum metadata_result
get_token(struct metadata *m)
{
	struct curl_slist *headers = curl_slist_append(NULL, TOKEN_TTL);
	enum metadata_result r = METADATA_UNEXPECTED;
	struct buf token;

	buf_init(&token, TOKEN_MAX);
	curl_slist_free_all(m->token);
	m->token = NULL;
	if (headers != NULL)
		r = request_again(m, "PUT", "api/token", headers, &token);
	if (r == METADATA_OK)
		r = keep_token(m, buf_span(&token));
	else if (r == METADATA_NOT_FOUND)
		r = METADATA_NO_TOKEN; /* it does not know what a token is */
	buf_clear(&token);
	curl_slist_free_all(headers);
	return r;
}

enum metadata_result
metadata_get(struct metadata *m, const char *path, struct buf *out)
{
	enum metadata_result r = METADATA_OK;

	if (m->token == NULL)
		r = get_token(m);
	if (r == METADATA_OK)
		r = request_again(m, "GET", path, m->token, out);
	if (r != METADATA_UNAUTHORIZED)
		return r;
	r = get_token(m);
	return r == METADATA_OK ? request_again(m, "GET", path, m->token, out) : r;
}
