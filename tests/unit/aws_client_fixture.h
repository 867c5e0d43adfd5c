/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_AWS_CLIENT_FIXTURE_H
#define TESTS_UNIT_AWS_CLIENT_FIXTURE_H

/*
 * A client whose endpoint is a nasty server, with credentials of its own that count how often they
 * are asked for. Repeats do not wait. Included after cmocka.h, in place of the real provider chain.
 */
#include "common/time_text.h"
#include "correlator/aws/aws_client_private.h"
#include "tests/unit/nasty_server.h"

#define ID             "AKIAIOSFODNN7EXAMPLE"
#define SECRET         "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define OK_HEAD        "HTTP/1.1 200 OK\r\n"
#define EMPTY          "Content-Length: 0\r\n\r\n"
#define HELLO          OK_HEAD "Content-Length: 5\r\n\r\nhello"
#define MILLISECOND_US 1000

struct aws_credential_source {
	int gets, renewals;
	bool fails;
};

struct bed {
	struct nasty_server server;
	struct aws_config *config;
	struct aws_settings settings;
	struct aws_credential_source source;
	struct aws_client *client;
	struct aws_request request;
	char url[64];
};

struct aws_credential_source *
aws_credential_source_new(const struct aws_settings *s)
{
	(void)s;
	return NULL;
}

void
aws_credential_source_free(struct aws_credential_source *c)
{
	(void)c;
}

int
aws_credentials_get(struct aws_credential_source *c, int64_t now_us, bool renew,
    struct aws_credentials *out, struct buf *error)
{
	char token[32];

	(void)now_us;
	c->gets++;
	c->renewals += renew;
	if (c->fails) {
		buf_puts(error, "no credentials: nobody has any");
		return -1;
	}
	(void)snprintf(token, sizeof(token), "token-%d", c->renewals);
	*out = (struct aws_credentials){
	    .access_key_id = strdup(ID),
	    .secret_access_key = strdup(SECRET),
	    .session_token = strdup(token),
	    .expires_us = AWS_CREDENTIALS_NEVER,
	    .provider = "test",
	};
	return 0;
}

static inline void
bed_init(struct bed *b, const struct nasty_answer *script, size_t script_len)
{
	struct aws_options o = {.region = "eu-central-1"};
	struct buf error;

	*b = (struct bed){0};
	nasty_start(&b->server, script, script_len);
	(void)snprintf(b->url, sizeof(b->url), "http://127.0.0.1:%d", b->server.port);
	o.endpoint_url = b->url;
	assert_int_equal(setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1), 0);
	assert_int_equal(setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1), 0);
	(void)unsetenv("AWS_PROFILE");
	(void)unsetenv("AWS_RETRY_MODE");
	(void)unsetenv("AWS_MAX_ATTEMPTS");
	buf_init(&error, 4096);
	b->config = aws_config_load(&error);
	assert_non_null(b->config);
	assert_int_equal(aws_settings_init(&b->settings, &o, b->config, &error), 0);
	buf_clear(&error);
	b->client = aws_client_new(&b->settings, &b->source);
	assert_non_null(b->client);
	aws_client_scale_delays(b->client, 0);
	aws_request_init(&b->request);
	b->request.service = AWS_S3;
	b->request.operation = "GetObject";
	b->request.bucket = "trail";
	b->request.path = "/a key";
	b->request.body_max = 1000;
	b->request.action = "s3:GetObject";
	b->request.resource = "arn:aws:s3:::trail/a key";
}

#define BED_INIT(b, script) bed_init(b, script, sizeof(script) / sizeof((script)[0]))

static inline void
bed_clear(struct bed *b)
{
	aws_request_clear(&b->request);
	aws_client_free(b->client);
	aws_settings_clear(&b->settings);
	aws_config_free(b->config);
	nasty_stop(&b->server);
}

static inline void
assert_buf(const struct buf *b, const char *expected)
{
	assert_int_equal(b->len, strlen(expected));
	assert_memory_equal(buf_span(b).ptr, expected, b->len);
}

static inline void
assert_has(struct buf *b, const char *expected)
{
	assert_non_null(buf_cstr(b));
	if (strstr(buf_cstr(b), expected) == NULL)
		fail_msg("\"%s\" has no \"%s\"", buf_cstr(b), expected);
}

/* The value of a header of a request that the server got; freed by the caller. */
static inline char *
sent_header(const struct bed *b, size_t i, const char *name)
{
	char mark[64];
	const char *at;

	assert_true(i < b->server.count);
	(void)snprintf(mark, sizeof(mark), "\r\n%s: ", name);
	at = strcasestr(b->server.requests[i], mark);
	if (at == NULL)
		return NULL;
	at += strlen(mark);
	return strndup(at, strcspn(at, "\r"));
}

static inline void
assert_sent(const struct bed *b, size_t i, const char *name, const char *expected)
{
	char *value = sent_header(b, i, name);

	assert_non_null(value);
	assert_string_equal(value, expected);
	free(value);
}

#endif
