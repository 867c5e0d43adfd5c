/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "common/time_text.h"
#include "correlator/aws/aws_endpoint_url.h"
#include "correlator/aws/credentials.h"
#include "correlator/aws/credentials_http.h"
#include "correlator/aws/credentials_json.h"

/* Instance metadata (EC2 User Guide, "Retrieve security credentials from instance metadata"). */
#define NAME         "instance-metadata"
#define ENDPOINT_V4  "http://169.254.169.254"
#define ENDPOINT_V6  "http://[fd00:ec2::254]"
#define TOKEN_PATH   "latest/api/token"
#define ROLE_PATH    "latest/meta-data/iam/security-credentials/"
#define TOKEN_TTL    "x-aws-ec2-metadata-token-ttl-seconds: 21600"
#define TOKEN_HEADER "x-aws-ec2-metadata-token: "
#define TOKEN_MAX    1024
#define ANSWER_MAX   (64 * 1024)
#define ROLE_MAX     128
#define WAIT_MAX_US  (US_PER_SECOND / 4)
#define EXTEND_S     (15 * 60)

static const struct credentials_json_form form = {.token = "Token", .is_temporary = true};

struct metadata {
	struct credentials_search *search;
	struct aws_http *http;
	struct buf endpoint, url, token;
	struct aws_http_call call;
};

static bool
is_true(const char *text)
{
	return text != NULL && strcasecmp(text, "true") == 0;
}

/* A variable, else a key of the profile. */
static const char *
setting(const struct credentials_search *s, const char *variable, const char *key)
{
	const char *value = credentials_variable(variable);

	return value != NULL ? value : credentials_profile_get(s, s->settings->profile, key);
}

static enum credentials_result
find_endpoint(struct credentials_search *s, struct buf *out)
{
	const char *endpoint =
	    setting(s, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
	const char *mode = setting(
	    s, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
	bool is_v6 = mode != NULL ? strcasecmp(mode, "ipv6") == 0
				  : is_true(setting(s, "AWS_IMDS_USE_IPV6", "imds_use_ipv6"));
	struct aws_endpoint_url url;
	const char *problem;

	if (mode != NULL && !is_v6 && strcasecmp(mode, "ipv4") != 0)
		return credentials_fail(s, NAME,
		    "the metadata service's endpoint mode \"%s\" is neither ipv4 nor ipv6", mode);
	if (endpoint == NULL)
		endpoint = is_v6 ? ENDPOINT_V6 : ENDPOINT_V4;
	/* it is not shown: what is none may hold a password */
	if (aws_endpoint_url_parse(endpoint, &url, &problem) != 0)
		return credentials_fail(s, NAME,
		    "the metadata service's endpoint is not a URL that can be used: %s", problem);
	buf_puts(out, endpoint);
	if (endpoint[strlen(endpoint) - 1] != '/')
		buf_putc(out, '/');
	return CREDENTIALS_FOUND;
}

/* 0: answered. */
static int
request(struct metadata *m, const char *method, struct span path, const char *header)
{
	struct credentials_http_policy policy = {
	    m->search->settings->metadata_attempts, WAIT_MAX_US};
	int r;

	buf_reset(&m->url);
	buf_put_span(&m->url, buf_span(&m->endpoint));
	buf_put_span(&m->url, path);
	m->call.method = method;
	m->call.url = buf_cstr(&m->url);
	m->call.headers = &header;
	m->call.header_count = header != NULL ? 1 : 0;
	m->call.body_max = ANSWER_MAX;
	r = m->call.url != NULL ? credentials_http_perform(m->http, &m->call, &policy) : -1;
	m->call.headers = NULL;
	return r;
}

static enum credentials_result
lacks_answer(struct metadata *m)
{
	return credentials_lacks(m->search, NAME, "no answer from %.*s (%s)", (int)m->endpoint.len,
	    buf_span(&m->endpoint).ptr, m->call.error);
}

static enum credentials_result
keep_token(struct metadata *m)
{
	struct span token = buf_span(&m->call.text);

	for (size_t i = 0; i < token.len; i++)
		if (token.ptr[i] <= ' ' || token.ptr[i] >= 0x7f)
			token.len = 0;
	if (token.len == 0 || token.len > TOKEN_MAX)
		return credentials_lacks(
		    m->search, NAME, "what was answered as a session token is none");
	(void)buf_reserve(&m->token, m->token.max);
	buf_reset(&m->token);
	buf_puts(&m->token, TOKEN_HEADER);
	buf_put_span(&m->token, token);
	return CREDENTIALS_FOUND;
}

/* Without a token version 1 is asked, as botocore does, where it has not been ruled out. */
static enum credentials_result
get_token(struct metadata *m)
{
	const char *no_v1 =
	    setting(m->search, "AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled");

	buf_reset(&m->token);
	if (request(m, "PUT", SPAN(TOKEN_PATH), TOKEN_TTL) != 0)
		return lacks_answer(m);
	if (m->call.status == 200)
		return keep_token(m);
	if ((m->call.status == 403 || m->call.status == 404 || m->call.status == 405) &&
	    !is_true(no_v1))
		return CREDENTIALS_FOUND;
	return credentials_lacks(
	    m->search, NAME, "a session token was refused with HTTP status %ld", m->call.status);
}

/* A token that is no longer good is fetched anew, once. */
static enum credentials_result
get(struct metadata *m, struct span path)
{
	for (int i = 0;; i++) {
		if (request(m, "GET", path, m->token.len != 0 ? buf_cstr(&m->token) : NULL) != 0)
			return lacks_answer(m);
		if (m->call.status == 200)
			return CREDENTIALS_FOUND;
		if (m->call.status != 401 || i != 0)
			return credentials_lacks(m->search, NAME, "%s (HTTP status %ld)",
			    m->call.status == 404 ? "the instance has no role" : "no credentials",
			    m->call.status);
		if (get_token(m) != CREDENTIALS_FOUND)
			return CREDENTIALS_NONE;
	}
}

/* The first line, when it is a name that IAM gives. */
static struct span
role_name(struct span text)
{
	struct span name = SPAN_NONE;

	(void)span_cut(&text, '\n', &name);
	if (span_ends(name, "\r"))
		name.len--;
	for (size_t i = 0; i < name.len; i++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=,.@_-",
			name.ptr[i]) == NULL)
			return SPAN_NONE;
	return name.len <= ROLE_MAX ? name : SPAN_NONE;
}

/* Credentials that are about to expire, or have, mean that the service has no new ones for now; EC2
 * takes them a while longer ("static stability"), and hurried repeats would not help. */
static void
extend(struct aws_credentials *c, int64_t now_us)
{
	int64_t longer_us = (EXTEND_S + 120 + (int64_t)credentials_random(481)) * US_PER_SECOND;

	if (c->expires_us - longer_us <= now_us)
		c->expires_us = now_us + longer_us;
}

static enum credentials_result
take(struct metadata *m, struct aws_credentials *out)
{
	enum credentials_result result = CREDENTIALS_FOUND;
	struct buf why;

	buf_init(&why, 256);
	if (credentials_json_read(buf_span(&m->call.text), &form, out, &why) != 0)
		result = credentials_lacks(m->search, NAME, "the answer of %.*s: %.*s",
		    (int)m->endpoint.len, buf_span(&m->endpoint).ptr, (int)why.len,
		    buf_span(&why).ptr);
	else
		extend(out, m->search->now_us + m->search->skew_us);
	buf_clear(&why);
	return result;
}

static enum credentials_result
fetch(struct metadata *m, struct aws_credentials *out)
{
	enum credentials_result result = get_token(m);
	struct span name;
	struct buf path;

	if (result == CREDENTIALS_FOUND)
		result = get(m, SPAN(ROLE_PATH));
	if (result != CREDENTIALS_FOUND)
		return result;
	name = role_name(buf_span(&m->call.text));
	if (name.len == 0)
		return credentials_lacks(m->search, NAME, "what was answered as a role is none");
	buf_init(&path, sizeof(ROLE_PATH) + ROLE_MAX);
	buf_puts(&path, ROLE_PATH);
	buf_put_span(&path, name);
	result = get(m, buf_span(&path));
	if (result == CREDENTIALS_FOUND)
		result = take(m, out);
	buf_clear(&path);
	return result;
}

enum credentials_result
credentials_metadata_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	struct aws_http_options options = {.no_proxy = true,
	    .connect_ms = s->settings->metadata_timeout_ms,
	    .total_ms = s->settings->metadata_timeout_ms};
	struct metadata m = {.search = s};
	enum credentials_result result;

	(void)profile;
	if (is_true(credentials_variable("AWS_EC2_METADATA_DISABLED")))
		return credentials_lacks(s, NAME, "AWS_EC2_METADATA_DISABLED is true");
	buf_init(&m.endpoint, 2048);
	buf_init(&m.url, 4096);
	buf_init(&m.token, sizeof(TOKEN_HEADER) + TOKEN_MAX);
	aws_http_call_init(&m.call);
	result = find_endpoint(s, &m.endpoint);
	if (result == CREDENTIALS_FOUND) {
		m.http = aws_http_new(&options);
		result = m.http != NULL ? fetch(&m, out) : credentials_fail(s, NAME, "no memory");
	}
	aws_http_call_clear(&m.call);
	aws_http_free(m.http);
	credentials_wipe(&m.token);
	buf_clear(&m.url);
	buf_clear(&m.endpoint);
	return result;
}
