/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt of a request: where it goes, who signs it, what it looks like. */
#include <stdlib.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/aws/aws_client_private.h"

#define PATH_MAX_BYTES (16 * 1024)
#define URL_MAX_BYTES  (64 * 1024)
#define LINES_MAX      (64 * 1024)
#define OWN_HEADERS    5           /* host, date, content hash, token, authorization */
#define REFUSAL_MAX    (64 * 1024) /* of an answer that is no success */

struct attempt {
	struct sigv4_pair *headers; /* that are signed */
	const char **lines;         /* the same and the signature, "name: value" */
	size_t count;
	char date[SIGV4_DATE_LEN + 1];
	char hash[SHA256_HEX_LEN + 1];
	struct buf path, url, text; /* text: of the lines */
	struct sigv4_result signature;
};

static void
attempt_init(struct attempt *a)
{
	*a = (struct attempt){0};
	buf_init(&a->path, PATH_MAX_BYTES);
	buf_init(&a->url, URL_MAX_BYTES);
	buf_init(&a->text, LINES_MAX);
	sigv4_result_init(&a->signature);
}

static void
attempt_clear(struct attempt *a)
{
	/* the session token is in both */
	if (a->text.ptr != NULL)
		explicit_bzero(a->text.ptr, a->text.cap);
	if (a->signature.canonical.ptr != NULL)
		explicit_bzero(a->signature.canonical.ptr, a->signature.canonical.cap);
	free(a->headers);
	free(a->lines);
	buf_clear(&a->path);
	buf_clear(&a->url);
	buf_clear(&a->text);
	sigv4_result_clear(&a->signature);
}

static int
fail(struct aws_flight *f, struct span sentence)
{
	struct aws_request *r = f->request;

	buf_reset(&r->error);
	buf_printf(&r->error, "%s %s: ", aws_service_name(r->service), r->operation);
	buf_put_span(&r->error, sentence);
	return -1;
}

static const char *
region_of(const struct aws_flight *f)
{
	const struct aws_request *r = f->request;
	const char *known = NULL;

	if (r->service == AWS_S3 && r->bucket != NULL)
		known = aws_client_bucket_region(f->client, r->bucket);
	return known != NULL ? known : r->region;
}

static int
find_endpoint(struct aws_flight *f)
{
	const struct aws_request *r = f->request;
	struct buf error;
	int result;

	buf_init(&error, r->error.max / 2);
	result = aws_endpoint_resolve(&f->endpoint, f->client->settings, r->service, region_of(f),
	    r->service == AWS_S3 ? r->bucket : NULL, &error);
	if (result != 0)
		(void)fail(f, buf_span(&error));
	buf_clear(&error);
	return result;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Those that were refused as expired may have been renewed for another request meanwhile. */
static int
find_credentials(struct aws_flight *f)
{
	struct aws_credential_source *source = f->client->credentials;
	struct aws_credentials now = {0};
	struct buf error;
	int result;

	f->signed_us = time_now_us() + f->client->skew_us;
	buf_init(&error, f->request->error.max / 2);
	result = aws_credentials_get(source, f->signed_us, false, &now, &error);
	if (result == 0 && f->expired &&
	    same_text(now.access_key_id, f->credentials.access_key_id) &&
	    same_text(now.session_token, f->credentials.session_token)) {
		aws_credentials_clear(&now);
		now = (struct aws_credentials){0};
		result = aws_credentials_get(source, f->signed_us, true, &now, &error);
	}
	f->expired = false;
	aws_credentials_clear(&f->credentials);
	f->credentials = now;
	if (result != 0)
		(void)fail(f, buf_span(&error));
	buf_clear(&error);
	return result;
}

/* The request itself --------------------------------------------------------------------------- */

static void
add_header(struct attempt *a, struct span name, struct span value)
{
	a->headers[a->count++] = (struct sigv4_pair){name, value};
}

static int
add_headers(struct aws_flight *f, struct attempt *a)
{
	const struct aws_request *r = f->request;
	struct span body = r->body.ptr != NULL ? r->body : SPAN("");
	uint8_t digest[SHA256_LEN];

	a->headers = calloc(r->header_count + OWN_HEADERS, sizeof(*a->headers));
	a->lines = calloc(r->header_count + OWN_HEADERS, sizeof(*a->lines));
	if (a->headers == NULL || a->lines == NULL || sha256_digest(body, digest) != 0)
		return -1;
	sha256_hex(digest, a->hash);
	sigv4_date(f->signed_us, a->date);
	add_header(a, SPAN("host"), buf_span(&f->endpoint.host));
	add_header(a, SPAN("x-amz-date"), span_of(a->date));
	if (r->service == AWS_S3)
		add_header(a, SPAN("x-amz-content-sha256"), span_of(a->hash));
	if (f->credentials.session_token != NULL)
		add_header(a, SPAN("x-amz-security-token"), span_of(f->credentials.session_token));
	for (size_t i = 0; i < r->header_count; i++)
		add_header(a, r->headers[i].name, r->headers[i].value);
	return 0;
}

static int
sign(struct aws_flight *f, struct attempt *a)
{
	const struct aws_request *r = f->request;
	struct sigv4_request signed_request = {
	    .method = span_of(r->method),
	    .query = r->query,
	    .query_count = r->query_count,
	    .headers = a->headers,
	    .header_count = a->count,
	    .payload_hash = span_of(a->hash),
	    .is_s3 = r->service == AWS_S3,
	};
	struct sigv4_signer signer = {
	    .access_key_id = span_of(f->credentials.access_key_id),
	    .secret_access_key = span_of(f->credentials.secret_access_key),
	    .region = buf_span(&f->endpoint.region),
	    .service = span_of(aws_service_name(r->service)),
	    .time_us = f->signed_us,
	};

	buf_put_span(&a->path, buf_span(&f->endpoint.base_path));
	buf_puts(&a->path, r->path);
	signed_request.path = buf_span(&a->path);
	return a->path.failed ? -1 : sigv4_sign(&signed_request, &signer, &a->signature);
}

/* The text of all lines first: it may move while it grows. */
static int
make_lines(struct attempt *a)
{
	const char *at;

	for (size_t i = 0; i < a->count; i++) {
		buf_put_span(&a->text, a->headers[i].name);
		buf_puts(&a->text, ": ");
		buf_put_span(&a->text, a->headers[i].value);
		buf_putc(&a->text, '\0');
	}
	buf_puts(&a->text, "authorization: ");
	buf_put_span(&a->text, buf_span(&a->signature.authorization));
	buf_putc(&a->text, '\0');
	if (a->text.failed)
		return -1;
	at = a->text.ptr;
	for (size_t i = 0; i <= a->count; i++) {
		a->lines[i] = at;
		at += strlen(at) + 1;
	}
	return 0;
}

static int
make_url(const struct aws_flight *f, struct attempt *a)
{
	const struct aws_request *r = f->request;

	buf_put_span(&a->url, buf_span(&f->endpoint.url));
	sigv4_put_path(&a->url, span_of(r->path));
	if (r->query_count != 0) {
		buf_putc(&a->url, '?');
		if (sigv4_put_query(&a->url, r->query, r->query_count) != 0)
			return -1;
	}
	return buf_cstr(&a->url) != NULL ? 0 : -1;
}

static int
start(struct aws_flight *f, const struct attempt *a)
{
	struct aws_request *r = f->request;
	int result;

	r->http.method = r->method;
	r->http.url = a->url.ptr;
	r->http.headers = a->lines;
	r->http.header_count = a->count + 1;
	r->http.body = r->body;
	r->http.body_max = r->body_max > REFUSAL_MAX ? r->body_max : REFUSAL_MAX;
	r->http.done = aws_flight_answered;
	r->http.ctx = f;
	result = aws_http_start(f->client->http, &r->http);
	r->http.url = NULL;
	r->http.headers = NULL;
	r->http.header_count = 0;
	if (result != 0)
		return fail(f, span_of(r->http.error));
	f->attempts++;
	aws_client_count(&f->client->requests, 1);
	return 0;
}

void
aws_flight_send(struct aws_flight *f)
{
	struct attempt a;
	int r = -1;

	attempt_init(&a);
	if (find_endpoint(f) != 0 || find_credentials(f) != 0)
		goto out;
	if (add_headers(f, &a) != 0 || sign(f, &a) != 0 || make_lines(&a) != 0 ||
	    make_url(f, &a) != 0) {
		r = fail(f, SPAN("the request cannot be signed: it is too long, or no memory"));
		goto out;
	}
	r = start(f, &a);
out:
	attempt_clear(&a);
	if (r != 0)
		aws_flight_end(f, false);
}
