/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to a server that does everything that servers should not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "correlator/aws/aws_http.h"
#include "tests/unit/nasty_server.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\n"
#define HELLO   OK_HEAD "Content-Length: 5\r\n\r\nhello"

#define START(n, script) nasty_start(n, script, sizeof(script) / sizeof((script)[0]))

struct asked {
	struct aws_http *http;
	struct aws_http_call call;
	char url[128];
};

static void
asked_init(struct asked *a, const struct nasty_server *n, const struct aws_http_options *o)
{
	static const struct aws_http_options plain = {.no_proxy = true};

	*a = (struct asked){0};
	a->http = aws_http_new(o != NULL ? o : &plain);
	assert_non_null(a->http);
	aws_http_call_init(&a->call);
	(void)snprintf(a->url, sizeof(a->url), "http://127.0.0.1:%d/a/../b%%20c?x=1", n->port);
	a->call.url = a->url;
	a->call.body_max = 1000;
}

static void
asked_clear(struct asked *a)
{
	aws_http_call_clear(&a->call);
	aws_http_free(a->http);
}

static void
assert_span(struct span got, const char *expected)
{
	assert_non_null(got.ptr);
	assert_int_equal(got.len, strlen(expected));
	assert_memory_equal(got.ptr, expected, got.len);
}

static void
test_answer(void **state)
{
	static const struct nasty_answer script[] = {
	    {"HTTP/1.1 100 Continue\r\nX-Odd: no\r\n\r\n"
	     "HTTP/1.1 404 Not Found\r\nX-Odd:  Some value \r\nDate: Sun, 22 Nov 2026 06:22:40 GMT"
	     "\r\nx-odd-2:\r\nContent-Length: 3\r\n\r\nabc",
		NASTY_KEEP, 0},
	    {HELLO, NASTY_KEEP, 0},
	};
	struct nasty_server n;
	struct asked a;

	(void)state;
	START(&n, script);
	asked_init(&a, &n, NULL);
	assert_int_equal(aws_http_perform(a.http, &a.call), 0);
	assert_int_equal(a.call.end, AWS_HTTP_ANSWERED);
	assert_int_equal(a.call.status, 404);
	assert_span(buf_span(&a.call.text), "abc");
	assert_span(aws_http_header(&a.call, "x-odd"), "Some value");
	assert_span(aws_http_header(&a.call, "x-odd-2"), "");
	assert_null(aws_http_header(&a.call, "odd").ptr);
	assert_null(aws_http_header(&a.call, "x-odd-").ptr);
	assert_int_equal(aws_http_date_us(&a.call), INT64_C(1795328560) * 1000000);
	/* the same connection, and nothing left of the answer before */
	assert_int_equal(aws_http_perform(a.http, &a.call), 0);
	assert_span(buf_span(&a.call.text), "hello");
	assert_null(aws_http_header(&a.call, "x-odd").ptr);
	assert_int_equal(aws_http_date_us(&a.call), -1);
	assert_int_equal(n.connections, 1);
	assert_non_null(strstr(n.requests[0], "GET /a/../b%20c?x=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(n.requests[0], "\r\nUser-Agent: logintrail/"));
	asked_clear(&a);
	nasty_stop(&n);
}

static void
test_what_is_sent(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 0}};
	static const char *const headers[] = {"x-one: 1", "x-none: ", "host: elsewhere.example"};
	static const struct {
		const char *method, *first_line, *end;
	} rows[] = {
	    {"PUT", "PUT /a/../b%20c?x=1 HTTP/1.1\r\n", "\r\n\r\nwhat is put"},
	    {"POST", "POST /a/../b%20c?x=1 HTTP/1.1\r\n", "\r\n\r\nwhat is put"},
	    {"DELETE", "DELETE /a/../b%20c?x=1 HTTP/1.1\r\n", "\r\n\r\n"},
	};
	struct nasty_server n;
	struct asked a;

	(void)state;
	START(&n, script);
	asked_init(&a, &n, NULL);
	a.call.headers = headers;
	a.call.header_count = 3;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *request;

		a.call.method = rows[i].method;
		a.call.body = SPAN("what is put");
		assert_int_equal(aws_http_perform(a.http, &a.call), 0);
		request = n.requests[i];
		assert_ptr_equal(strstr(request, rows[i].first_line), request);
		assert_string_equal(request + strlen(request) - strlen(rows[i].end), rows[i].end);
		assert_non_null(strstr(request, "\r\nx-one: 1\r\n"));
		assert_non_null(strstr(request, "\r\nx-none:\r\n"));
		assert_non_null(strcasestr(request, "\r\nhost: elsewhere.example\r\n"));
		assert_null(strcasestr(request, "\r\nexpect:"));
		assert_null(strcasestr(request, "\r\ncontent-type:"));
		assert_null(strstr(request, "127.0.0.1"));
	}
	asked_clear(&a);
	nasty_stop(&n);
}

static void
test_head_has_no_body(void **state)
{
	static const struct nasty_answer script[] = {
	    {OK_HEAD "Content-Length: 12345678\r\n\r\n", NASTY_KEEP, 0}};
	struct nasty_server n;
	struct asked a;

	(void)state;
	START(&n, script);
	asked_init(&a, &n, NULL);
	a.call.method = "HEAD";
	for (int i = 0; i < 3; i++) {
		assert_int_equal(aws_http_perform(a.http, &a.call), 0);
		assert_span(aws_http_header(&a.call, "content-length"), "12345678");
		assert_int_equal(a.call.text.len, 0);
	}
	assert_int_equal(n.connections, 1);
	asked_clear(&a);
	nasty_stop(&n);
}

/* No way in which an answer can be broken passes for a whole one. */
static void
test_broken_answers(void **state)
{
	static const struct {
		struct nasty_answer answer;
		enum aws_http_end end;
		bool timed_out;
		const char *says;
	} rows[] = {
	    {{OK_HEAD "Content-Length: 9\r\n\r\nhell", NASTY_CLOSE, 0}, AWS_HTTP_FAILED, false, ""},
	    {{OK_HEAD "Content-Length: 9\r\n\r\nhell", NASTY_RESET, 0}, AWS_HTTP_FAILED, false, ""},
	    {{OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", NASTY_CLOSE, 0},
		AWS_HTTP_FAILED, false, ""},
	    {{"", NASTY_CLOSE, 0}, AWS_HTTP_FAILED, false, ""},
	    {{"", NASTY_RESET, 0}, AWS_HTTP_FAILED, false, ""},
	    {{"HTTP/1.1 200 OK\r\nContent-Le", NASTY_RESET, 0}, AWS_HTTP_FAILED, false, ""},
	    {{"SSH-2.0-OpenSSH_9.2\r\n", NASTY_CLOSE, 0}, AWS_HTTP_REFUSED, false, ""},
	    {{"", NASTY_STALL, 0}, AWS_HTTP_FAILED, true, ""},
	    {{OK_HEAD "Content-Length: 9\r\n\r\nhell", NASTY_STALL, 0}, AWS_HTTP_FAILED, true, ""},
	    {{OK_HEAD, NASTY_HEADERS, 0}, AWS_HTTP_REFUSED, false, "64 KiB"},
	    {{OK_HEAD "Content-Length: 1001\r\n\r\nhello", NASTY_STALL, 0}, AWS_HTTP_REFUSED, false,
		"longer than the 1000 bytes"},
	    {{OK_HEAD "Content-Length: 1001\r\nX-None:\r\n\r\n", NASTY_STALL, 0}, AWS_HTTP_REFUSED,
		false, "longer than the 1000 bytes"},
	    {{OK_HEAD "Content-Length: 999999999999999\r\n\r\nhello", NASTY_STALL, 0},
		AWS_HTTP_REFUSED, false, "longer than the 1000 bytes"},
	};

	static const struct aws_http_options impatient = {.no_proxy = true, .stall_s = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nasty_server n;
		struct asked a;

		nasty_start(&n, &rows[i].answer, 1);
		asked_init(&a, &n, rows[i].timed_out ? &impatient : NULL);
		assert_int_equal(aws_http_perform(a.http, &a.call), -1);
		assert_int_equal(a.call.end, rows[i].end);
		assert_int_equal(a.call.timed_out, rows[i].timed_out);
		assert_true(a.call.error[0] != '\0');
		assert_non_null(strstr(a.call.error, rows[i].says));
		asked_clear(&a);
		nasty_stop(&n);
	}
}

static void
test_body_of_exactly_the_maximum(void **state)
{
	static const struct nasty_answer script[] = {
	    {OK_HEAD "Content-Length: 5\r\n\r\nhello", NASTY_KEEP, 0},
	    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
		NASTY_KEEP, 0},
	    {OK_HEAD "Connection: close\r\n\r\nhello", NASTY_CLOSE, 0},
	};
	struct nasty_server n;
	struct asked a;

	(void)state;
	for (int max = 4; max <= 5; max++) {
		START(&n, script);
		asked_init(&a, &n, NULL);
		a.call.body_max = (size_t)max;
		for (int i = 0; i < 3; i++) {
			assert_int_equal(aws_http_perform(a.http, &a.call), max == 5 ? 0 : -1);
			assert_int_equal(
			    a.call.end, max == 5 ? AWS_HTTP_ANSWERED : AWS_HTTP_REFUSED);
			if (max == 5)
				assert_string_equal(buf_cstr(&a.call.text), "hello");
		}
		asked_clear(&a);
		nasty_stop(&n);
	}
}

static void
test_drip_is_waited_for(void **state)
{
	static const struct nasty_answer script[] = {{OK_HEAD
	    "Content-Length: 300\r\n\r\n"
	    "123456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.1"
	    "23456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.12"
	    "3456789.123456789.123456789.123456789.123456789.123456789.123456789.123456789.123"
	    "456789.123456789.123456789.123456789.123456789.123456789.",
	    NASTY_DRIP, 0}};
	struct nasty_server n;
	struct asked a;

	(void)state;
	START(&n, script);
	asked_init(&a, &n, NULL);
	assert_int_equal(aws_http_perform(a.http, &a.call), 0);
	assert_int_equal(a.call.text.len, 300);
	asked_clear(&a);
	nasty_stop(&n);
}

static void
test_redirects_are_not_followed(void **state)
{
	static const struct nasty_answer script[] = {
	    {"HTTP/1.1 301 Moved\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", NASTY_KEEP, 0}};
	struct nasty_server n;
	struct asked a;

	(void)state;
	START(&n, script);
	asked_init(&a, &n, NULL);
	assert_int_equal(aws_http_perform(a.http, &a.call), 0);
	assert_int_equal(a.call.status, 301);
	assert_int_equal(n.count, 1);
	asked_clear(&a);
	nasty_stop(&n);
}

static void
test_what_is_not_sent(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 0}};
	static const char *const headers[] = {
	    "x: a\r\nevil: 1", "x: a\nevil: 1", "x: \x01", "no colon", ": no name"};
	static const char *const urls[] = {
	    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://", ""};
	struct nasty_server n;
	struct asked a;

	(void)state;
	START(&n, script);
	asked_init(&a, &n, NULL);
	a.call.header_count = 1;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		a.call.headers = &headers[i];
		assert_int_equal(aws_http_start(a.http, &a.call), -1);
		assert_int_equal(a.call.end, AWS_HTTP_REFUSED);
		assert_null(strstr(a.call.error, "evil"));
	}
	a.call.header_count = 0;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		a.call.url = urls[i];
		assert_int_equal(aws_http_perform(a.http, &a.call), -1);
		assert_int_equal(a.call.end, AWS_HTTP_REFUSED);
	}
	assert_int_equal(n.count, 0);
	asked_clear(&a);
	nasty_stop(&n);
}

/* A port that nobody listens at; a certificate file that is not there. */
static void
test_no_connection(void **state)
{
	static const struct aws_http_options no_bundle = {
	    .no_proxy = true, .ca_bundle = "/nonexistent/bundle.pem"};
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 0}};
	struct nasty_server n;
	struct asked a;

	(void)state;
	START(&n, script);
	nasty_stop(&n);
	asked_init(&a, &n, NULL);
	assert_int_equal(aws_http_perform(a.http, &a.call), -1);
	assert_int_equal(a.call.end, AWS_HTTP_FAILED);
	assert_false(a.call.timed_out);
	assert_int_equal(a.call.status, 0);
	assert_non_null(strstr(a.call.error, "connect"));
	asked_clear(&a);
	START(&n, script);
	asked_init(&a, &n, &no_bundle);
	(void)snprintf(a.url, sizeof(a.url), "https://127.0.0.1:%d/", n.port);
	assert_int_equal(aws_http_perform(a.http, &a.call), -1);
	assert_int_equal(a.call.end, AWS_HTTP_REFUSED);
	asked_clear(&a);
	nasty_stop(&n);
}

/* Not by a proxy when it is not to be, whatever the environment says. */
static void
test_proxies(void **state)
{
	static const struct aws_http_options by_proxy = {.stall_s = 30};
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 0}};
	struct nasty_server n, proxy;
	char at[64];
	struct asked a;

	(void)state;
	START(&n, script);
	START(&proxy, script);
	(void)snprintf(at, sizeof(at), "http://127.0.0.1:%d", proxy.port);
	assert_int_equal(setenv("http_proxy", at, 1), 0);
	asked_init(&a, &n, NULL);
	assert_int_equal(aws_http_perform(a.http, &a.call), 0);
	assert_int_equal(n.count, 1);
	assert_int_equal(proxy.count, 0);
	asked_clear(&a);
	asked_init(&a, &n, &by_proxy);
	assert_int_equal(aws_http_perform(a.http, &a.call), 0);
	assert_int_equal(n.count, 1);
	assert_int_equal(proxy.count, 1);
	asked_clear(&a);
	assert_int_equal(unsetenv("http_proxy"), 0);
	nasty_stop(&n);
	nasty_stop(&proxy);
}

/* Many at once ----------------------------------------------------------------------------------
 */

#define CALLS 40

struct crowd {
	struct aws_http *http;
	struct aws_http_call calls[CALLS];
	size_t done, ok;
	int again; /* how many are to be started once more */
};

static void
crowd_done(struct aws_http_call *call)
{
	struct crowd *c = call->ctx;

	c->done++;
	c->ok += call->end == AWS_HTTP_ANSWERED && span_is(buf_span(&call->text), "hello");
	if (c->again-- > 0)
		assert_int_equal(aws_http_start(c->http, call), 0);
}

static void
crowd_start(struct crowd *c, const char *url, size_t connections_max)
{
	struct aws_http_options o = {.no_proxy = true, .connections_max = connections_max};

	*c = (struct crowd){.http = aws_http_new(&o)};
	assert_non_null(c->http);
	for (size_t i = 0; i < CALLS; i++) {
		aws_http_call_init(&c->calls[i]);
		c->calls[i].url = url;
		c->calls[i].body_max = 100;
		c->calls[i].done = crowd_done;
		c->calls[i].ctx = c;
		assert_int_equal(aws_http_start(c->http, &c->calls[i]), 0);
	}
}

static void
crowd_clear(struct crowd *c)
{
	for (size_t i = 0; i < CALLS; i++)
		aws_http_call_clear(&c->calls[i]);
	aws_http_free(c->http);
}

static void
test_many(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 5}};
	struct nasty_server n;
	struct crowd c;
	char url[64];

	(void)state;
	START(&n, script);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", n.port);
	crowd_start(&c, url, 8);
	c.again = 20;
	for (int i = 0; i < 1000 && c.done < CALLS + 20; i++)
		aws_http_step(c.http, 1000);
	assert_int_equal(c.done, CALLS + 20);
	assert_int_equal(c.ok, CALLS + 20);
	assert_int_equal(n.at_once_max, 8);
	assert_int_equal(n.connections, 8);
	crowd_clear(&c);
	nasty_stop(&n);
}

static void
test_cancel(void **state)
{
	static const struct nasty_answer script[] = {{HELLO, NASTY_KEEP, 20}};
	struct nasty_server n;
	struct crowd c;
	char url[64];

	(void)state;
	START(&n, script);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", n.port);
	crowd_start(&c, url, 4);
	aws_http_step(c.http, 0);
	/* some of those on their way, some of those that wait */
	for (size_t i = 0; i < CALLS; i += 2)
		aws_http_cancel(c.http, &c.calls[i]);
	aws_http_cancel(c.http, &c.calls[0]);
	for (int i = 0; i < 1000 && c.done < CALLS / 2; i++)
		aws_http_step(c.http, 1000);
	assert_int_equal(c.done, CALLS / 2);
	assert_int_equal(c.ok, CALLS / 2);
	crowd_clear(&c);
	/* freed with calls under way */
	crowd_start(&c, url, 4);
	aws_http_step(c.http, 0);
	crowd_clear(&c);
	assert_int_equal(c.done, 0);
	nasty_stop(&n);
}

static void *
wake(void *http)
{
	(void)usleep(50000);
	aws_http_wakeup(http);
	return NULL;
}

static void
test_wakeup(void **state)
{
	static const struct aws_http_options o = {.no_proxy = true};
	struct aws_http *http = aws_http_new(&o);
	struct timespec from, to;
	pthread_t thread;

	(void)state;
	assert_non_null(http);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(pthread_create(&thread, NULL, wake, http), 0);
	aws_http_step(http, 20000);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(to.tv_sec - from.tv_sec < 10);
	assert_int_equal(pthread_join(thread, NULL), 0);
	aws_http_free(http);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answer),
	    cmocka_unit_test(test_what_is_sent),
	    cmocka_unit_test(test_head_has_no_body),
	    cmocka_unit_test(test_broken_answers),
	    cmocka_unit_test(test_body_of_exactly_the_maximum),
	    cmocka_unit_test(test_drip_is_waited_for),
	    cmocka_unit_test(test_redirects_are_not_followed),
	    cmocka_unit_test(test_what_is_not_sent),
	    cmocka_unit_test(test_no_connection),
	    cmocka_unit_test(test_proxies),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_cancel),
	    cmocka_unit_test(test_wakeup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
