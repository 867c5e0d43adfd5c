/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_sts.h"

#include <string.h>

#include "common/sha256.h"
#include "common/time_text.h"
#include "common/uri_text.h"
#include "correlator/aws/aws_endpoint.h"
#include "correlator/aws/aws_error.h"
#include "correlator/aws/credentials_http.h"
#include "correlator/aws/sigv4.h"

#define BODY_MAX                 (256 * 1024)
#define HEADER_MAX               (64 * 1024)
#define ANSWER_MAX               (256 * 1024)
#define WAIT_MAX_US              (20 * US_PER_SECOND)
#define CALL_MS                  (60 * 1000)
#define SKEW_FROM_US             (4 * 60 * US_PER_SECOND) /* less is not why a signature was refused */
#define REGION_OF_ALL            "us-east-1"              /* where no region is known */
#define ASSUME_ROLE              "AssumeRole"
#define ASSUME_WITH_WEB_IDENTITY "AssumeRoleWithWebIdentity"
#define FORM                     "application/x-www-form-urlencoded; charset=utf-8"

struct sts_call {
	struct aws_endpoint endpoint;
	struct buf url, path, body;
	struct buf date, token, authorization; /* headers; the last two are empty when not signed */
	struct aws_http_call http;
};

static void
call_init(struct sts_call *c)
{
	aws_endpoint_init(&c->endpoint);
	buf_init(&c->url, 8192);
	buf_init(&c->path, 4096);
	buf_init(&c->body, BODY_MAX);
	buf_init(&c->date, 64);
	buf_init(&c->token, HEADER_MAX);
	buf_init(&c->authorization, HEADER_MAX);
	aws_http_call_init(&c->http);
}

static void
call_clear(struct sts_call *c)
{
	aws_http_call_clear(&c->http);
	credentials_wipe(&c->authorization);
	credentials_wipe(&c->token);
	buf_clear(&c->date);
	credentials_wipe(&c->body);
	buf_clear(&c->path);
	buf_clear(&c->url);
	aws_endpoint_clear(&c->endpoint);
}

static void
put_field(struct buf *body, const char *name, struct span value)
{
	if (value.ptr == NULL)
		return;
	if (body->len != 0)
		buf_putc(body, '&');
	buf_puts(body, name);
	buf_putc(body, '=');
	uri_text_encode(body, value, false);
}

static void
put_body(struct buf *body, const struct credentials_role *role, int64_t now_us)
{
	char name[48], duration[24];

	(void)snprintf(name, sizeof(name), "logintrail-%lld", (long long)(now_us / US_PER_SECOND));
	(void)snprintf(duration, sizeof(duration), "%lld", (long long)role->duration_s);
	(void)buf_reserve(body, role->web_token.len * 3 + 4096);
	put_field(body, "Action",
	    role->signer != NULL ? SPAN(ASSUME_ROLE) : SPAN(ASSUME_WITH_WEB_IDENTITY));
	put_field(body, "Version", SPAN("2011-06-15"));
	put_field(body, "RoleArn", span_of(role->role_arn));
	put_field(body, "RoleSessionName",
	    span_of(role->session_name != NULL && role->session_name[0] != '\0' ? role->session_name
										: name));
	put_field(body, "ExternalId", span_of(role->external_id));
	put_field(body, "DurationSeconds", span_of(role->duration_s != 0 ? duration : NULL));
	put_field(body, "WebIdentityToken", role->web_token);
}

/* Date, token and Authorization of the body as it is now. 0 or -1. */
static int
call_sign(struct sts_call *c, const struct aws_credentials *signer, int64_t now_us)
{
	uint8_t digest[SHA256_LEN];
	char date[SIGV4_DATE_LEN + 1], hash[SHA256_HEX_LEN + 1];
	struct sigv4_pair headers[4] = {{SPAN("content-type"), SPAN(FORM)},
	    {SPAN("host"), buf_span(&c->endpoint.host)},
	    {SPAN("x-amz-date"), {date, SIGV4_DATE_LEN}},
	    {SPAN("x-amz-security-token"), span_of(signer->session_token)}};
	struct sigv4_request request = {.method = SPAN("POST"),
	    .path = buf_span(&c->path),
	    .headers = headers,
	    .header_count = signer->session_token != NULL ? 4 : 3,
	    .payload_hash = {hash, SHA256_HEX_LEN}};
	struct sigv4_signer by = {.access_key_id = span_of(signer->access_key_id),
	    .secret_access_key = span_of(signer->secret_access_key),
	    .region = buf_span(&c->endpoint.region),
	    .service = span_of(aws_service_name(AWS_STS)),
	    .time_us = now_us};
	struct sigv4_result result;
	int r;

	sigv4_date(now_us, date);
	if (sha256_digest(buf_span(&c->body), digest) != 0)
		return -1;
	sha256_hex(digest, hash);
	sigv4_result_init(&result);
	r = sigv4_sign(&request, &by, &result);
	buf_reset(&c->date);
	buf_printf(&c->date, "x-amz-date: %s", date);
	buf_reset(&c->authorization);
	buf_puts(&c->authorization, "authorization: ");
	buf_put_span(&c->authorization, buf_span(&result.authorization));
	buf_reset(&c->token);
	if (signer->session_token != NULL &&
	    buf_reserve(&c->token, strlen(signer->session_token) + 64))
		buf_printf(&c->token, "x-amz-security-token: %s", signer->session_token);
	credentials_wipe(&result.canonical); /* has the token */
	sigv4_result_clear(&result);
	return r;
}

static int
call_send(struct sts_call *c, const struct credentials_search *s, struct aws_http *http)
{
	const char *headers[4] = {"content-type: " FORM};
	struct credentials_http_policy policy = {
	    .attempts = s->settings->attempts_max, .wait_max_us = WAIT_MAX_US};
	size_t count = 1;
	int r = -1;

	if (c->authorization.len != 0) {
		headers[count++] = buf_cstr(&c->date);
		headers[count++] = buf_cstr(&c->authorization);
		if (c->token.len != 0)
			headers[count++] = buf_cstr(&c->token);
	}
	for (size_t i = 0; i < count; i++)
		if (headers[i] == NULL)
			return -1;
	c->http.method = "POST";
	c->http.url = buf_cstr(&c->url);
	c->http.headers = headers;
	c->http.header_count = count;
	c->http.body = buf_span(&c->body);
	c->http.body_max = ANSWER_MAX;
	if (c->http.url != NULL && !c->body.failed)
		r = credentials_http_perform(http, &c->http, &policy);
	c->http.headers = NULL;
	return r;
}

/* Whether the time that was signed was refused, and *skew_us is what it must be corrected by. */
static bool
is_skewed(const struct sts_call *c, int64_t now_us, int64_t *skew_us)
{
	static const char *const codes[] = {"RequestTimeTooSkewed", "RequestExpired",
	    "InvalidSignatureException", "SignatureDoesNotMatch"};
	int64_t server_us = aws_http_date_us(&c->http);
	bool is_time = false;
	struct aws_error e;

	*skew_us = server_us - now_us;
	if (c->http.status < 400 || c->authorization.len == 0 || server_us < 0 ||
	    (*skew_us > -SKEW_FROM_US && *skew_us < SKEW_FROM_US))
		return false;
	aws_error_init(&e);
	aws_error_read(&e, &c->http);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		is_time = is_time || strcmp(e.code, codes[i]) == 0;
	aws_error_clear(&e);
	return is_time;
}

/* Signs, sends, and does so once again with the server's clock. 0 or -1: no answer. */
static int
call_run(struct sts_call *c, struct credentials_search *s, const struct credentials_role *role)
{
	struct aws_http_options options = {
	    .ca_bundle = s->settings->ca_bundle, .total_ms = CALL_MS};
	struct aws_http *http = aws_http_new(&options);
	int64_t skew_us;
	int r = -1;

	for (int i = 0; http != NULL && i < 2; i++) {
		if (role->signer != NULL && call_sign(c, role->signer, s->now_us + s->skew_us) != 0)
			break;
		r = call_send(c, s, http);
		if (r != 0 || !is_skewed(c, s->now_us + s->skew_us, &skew_us))
			break;
		s->skew_us += skew_us;
	}
	aws_http_free(http);
	return r;
}

/* Behind the first line of some messages stands the request, its token among it; and who knows what
 * else a server sends back. */
static void
cut_message(struct buf *message, const struct credentials_role *role)
{
	struct span token =
	    role->signer != NULL ? span_of(role->signer->session_token) : role->web_token;
	struct span rest = buf_span(message), line;

	if (span_cut(&rest, '\n', &line))
		buf_truncate(message, line.len);
	if (token.len != 0 && message->len != 0 &&
	    memmem(message->ptr, message->len, token.ptr, token.len) != NULL)
		buf_reset(message);
}

static enum credentials_result
fail_with(
    struct credentials_search *s, const struct sts_call *c, const struct credentials_role *role)
{
	struct aws_error_place place = {.service = "sts",
	    .operation = role->signer != NULL ? ASSUME_ROLE : ASSUME_WITH_WEB_IDENTITY,
	    .action = role->signer != NULL ? "sts:" ASSUME_ROLE : "sts:" ASSUME_WITH_WEB_IDENTITY,
	    .resource = role->role_arn,
	    .provider = role->signer != NULL ? role->signer->provider : NULL,
	    .status = c->http.status};
	enum credentials_result result;
	struct aws_error e;
	struct buf words;

	aws_error_init(&e);
	buf_init(&words, 2048);
	aws_error_read(&e, &c->http);
	cut_message(&e.message, role);
	aws_error_say(&words, &e, &place);
	result = credentials_fail(s, role->provider, "%.*s", (int)words.len, buf_span(&words).ptr);
	buf_clear(&words);
	aws_error_clear(&e);
	return result;
}

static enum credentials_result
call_judge(struct credentials_search *s, const struct sts_call *c,
    const struct credentials_role *role, struct aws_credentials *out)
{
	enum credentials_result result = CREDENTIALS_FOUND;
	struct buf why;

	if (c->http.status != 200)
		return fail_with(s, c, role);
	buf_init(&why, 256);
	if (credentials_sts_read(buf_span(&c->http.text), out, &why) != 0)
		result = credentials_fail(s, role->provider, "the answer of %.*s: %.*s",
		    (int)c->url.len, buf_span(&c->url).ptr, (int)why.len, buf_span(&why).ptr);
	buf_clear(&why);
	return result;
}

enum credentials_result
credentials_sts(
    struct credentials_search *s, const struct credentials_role *role, struct aws_credentials *out)
{
	const char *region = s->settings->region != NULL ? s->settings->region : REGION_OF_ALL;
	enum credentials_result result = CREDENTIALS_FAILED;
	/* a URL that was typed is for what was asked for: it is not told tokens, and has no roles
	 */
	struct aws_settings settings = *s->settings;
	struct sts_call c;
	struct buf why;

	settings.endpoint_url = NULL;
	call_init(&c);
	buf_init(&why, 1024);
	if (aws_endpoint_resolve(&c.endpoint, &settings, AWS_STS, region, NULL, &why) != 0) {
		(void)credentials_fail(s, role->provider, "%.*s", (int)why.len, buf_span(&why).ptr);
		goto out;
	}
	buf_put_span(&c.url, buf_span(&c.endpoint.url));
	buf_putc(&c.url, '/');
	buf_put_span(&c.path, buf_span(&c.endpoint.base_path));
	buf_putc(&c.path, '/');
	put_body(&c.body, role, s->now_us);
	if (call_run(&c, s, role) == 0)
		result = call_judge(s, &c, role, out);
	else if (c.http.error[0] != '\0')
		(void)credentials_fail(s, role->provider, "%.*s: %s", (int)c.endpoint.url.len,
		    buf_span(&c.endpoint.url).ptr, c.http.error);
	else
		(void)credentials_fail(s, role->provider, "no memory");
out:
	call_clear(&c);
	buf_clear(&why);
	return result;
}
