/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_http.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/aws/aws_http_transfer.h"

#define CONNECT_MS      10000
#define STALL_S         30
#define CONNECTIONS_MAX 64
#define HEAD_MAX        (64 * 1024)
#define WIPED_MAX       (64 * 1024)
#define WAIT_MAX_MS     1000 /* of aws_http_perform, which nobody wakes */

/* A ring with its owner as the head. */
struct transfer_list {
	struct http_transfer head;
	size_t count;
};

struct aws_http {
	struct aws_http_options options;
	char *ca_bundle;
	CURLM *multi;
	struct transfer_list idle, waiting, running;
};

static void
list_init(struct transfer_list *l)
{
	l->head.next = l->head.prev = &l->head;
	l->count = 0;
}

static void
list_put(struct transfer_list *l, struct http_transfer *t)
{
	t->prev = l->head.prev;
	t->next = &l->head;
	t->prev->next = t;
	l->head.prev = t;
	l->count++;
}

static void
list_remove(struct transfer_list *l, struct http_transfer *t)
{
	t->prev->next = t->next;
	t->next->prev = t->prev;
	t->next = t->prev = NULL;
	l->count--;
}

static struct http_transfer *
list_first(struct transfer_list *l)
{
	return l->count != 0 ? l->head.next : NULL;
}

/* The one thing here that lasts as long as the process, because libcurl's state does. */
static bool
curl_is_ready(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	CURLcode code;

	(void)pthread_mutex_lock(&lock);
	code = curl_global_init(CURL_GLOBAL_DEFAULT);
	(void)pthread_mutex_unlock(&lock);
	return code == CURLE_OK;
}

static long
clamp_long(int64_t n, int64_t otherwise)
{
	if (n <= 0)
		return (long)otherwise;
	return n < INT_MAX ? (long)n : INT_MAX;
}

static int
set_options(struct aws_http *h, const struct aws_http_options *o)
{
	h->options = *o;
	h->options.connect_ms = clamp_long(o->connect_ms, CONNECT_MS);
	h->options.total_ms = clamp_long(o->total_ms, 0);
	h->options.stall_s = clamp_long(o->stall_s, STALL_S);
	if (o->connections_max == 0)
		h->options.connections_max = CONNECTIONS_MAX;
	if (o->ca_bundle != NULL) {
		h->ca_bundle = strdup(o->ca_bundle);
		if (h->ca_bundle == NULL)
			return -1;
	}
	h->options.ca_bundle = h->ca_bundle;
	/* all that were open at once stay open, also when there is less to do for a while */
	return curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS,
		   clamp_long((int64_t)h->options.connections_max, 0)) == CURLM_OK
	    ? 0
	    : -1;
}

struct aws_http *
aws_http_new(const struct aws_http_options *o)
{
	struct aws_http *h;

	if (!curl_is_ready())
		return NULL;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NULL;
	list_init(&h->idle);
	list_init(&h->waiting);
	list_init(&h->running);
	h->multi = curl_multi_init();
	if (h->multi == NULL || set_options(h, o) != 0) {
		aws_http_free(h);
		return NULL;
	}
	return h;
}

static void
free_all(struct aws_http *h, struct transfer_list *l)
{
	struct http_transfer *t;

	while ((t = list_first(l)) != NULL) {
		list_remove(l, t);
		if (t->in_multi)
			(void)curl_multi_remove_handle(h->multi, t->easy);
		http_transfer_free(t);
	}
}

void
aws_http_free(struct aws_http *h)
{
	if (h == NULL)
		return;
	free_all(h, &h->running);
	free_all(h, &h->waiting);
	free_all(h, &h->idle);
	if (h->multi != NULL)
		(void)curl_multi_cleanup(h->multi);
	free(h->ca_bundle);
	free(h);
}

/* Calls --------------------------------------------------------------------------------------- */

void
aws_http_call_init(struct aws_http_call *call)
{
	*call = (struct aws_http_call){.method = "GET"};
	buf_init(&call->head, HEAD_MAX * 2);
	buf_init(&call->text, 0);
}

void
aws_http_call_clear(struct aws_http_call *call)
{
	if (call->text.ptr != NULL && call->text.cap <= WIPED_MAX)
		explicit_bzero(call->text.ptr, call->text.cap);
	buf_clear(&call->text);
	buf_clear(&call->head);
}

struct span
aws_http_header(const struct aws_http_call *call, const char *name)
{
	struct span rest = buf_span(&call->head), line;
	size_t n = strlen(name);

	while (rest.len != 0 && span_cut(&rest, '\n', &line))
		if (span_starts(line, name) && span_starts(span_from(line, n), ": "))
			return span_from(line, n + 2);
	return SPAN_NONE;
}

int64_t
aws_http_date_us(const struct aws_http_call *call)
{
	struct span value = aws_http_header(call, "date");
	char text[64];
	time_t at;

	if (value.ptr == NULL || value.len >= sizeof(text))
		return -1;
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	at = curl_getdate(text, NULL);
	return at > 0 ? (int64_t)at * US_PER_SECOND : -1;
}

/* Running ------------------------------------------------------------------------------------- */

static struct http_transfer *
get_transfer(struct aws_http *h)
{
	struct http_transfer *t = list_first(&h->idle);

	if (t == NULL)
		return http_transfer_new();
	list_remove(&h->idle, t);
	return t;
}

int
aws_http_start(struct aws_http *h, struct aws_http_call *call)
{
	struct http_transfer *t = get_transfer(h);

	if (t == NULL) {
		call->end = AWS_HTTP_REFUSED;
		(void)snprintf(call->error, sizeof(call->error), "no memory for a request");
		return -1;
	}
	if (http_transfer_prepare(t, call, &h->options) != 0) {
		list_put(&h->idle, t);
		return -1;
	}
	list_put(&h->waiting, t);
	return 0;
}

/* Out of libcurl's hands and of its list. */
static void
take_out(struct aws_http *h, struct http_transfer *t)
{
	if (t->in_multi) {
		(void)curl_multi_remove_handle(h->multi, t->easy);
		t->in_multi = false;
		list_remove(&h->running, t);
	} else {
		list_remove(&h->waiting, t);
	}
}

void
aws_http_cancel(struct aws_http *h, struct aws_http_call *call)
{
	struct http_transfer *t = call->handle;

	if (t == NULL)
		return;
	take_out(h, t);
	http_transfer_release(t);
	list_put(&h->idle, t);
}

static void
finish(struct aws_http *h, struct http_transfer *t, CURLcode code)
{
	struct aws_http_call *call = t->call;

	take_out(h, t);
	http_transfer_end(t, code);
	list_put(&h->idle, t);
	if (call->done != NULL)
		call->done(call);
}

/* Requests beyond connections_max wait here and not in libcurl, where their time would run. */
static void
run_waiting(struct aws_http *h)
{
	struct http_transfer *t;

	while (h->running.count < h->options.connections_max &&
	    (t = list_first(&h->waiting)) != NULL) {
		if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
			finish(h, t, CURLE_FAILED_INIT);
			continue;
		}
		list_remove(&h->waiting, t);
		list_put(&h->running, t);
		t->in_multi = true;
	}
}

void
aws_http_step(struct aws_http *h, int timeout_ms)
{
	int running = 0, left = 0;
	CURLMsg *message;

	run_waiting(h);
	(void)curl_multi_poll(h->multi, NULL, 0, timeout_ms < 0 ? 0 : timeout_ms, NULL);
	(void)curl_multi_perform(h->multi, &running);
	while ((message = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct http_transfer *t = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		finish(h, t, code);
	}
	run_waiting(h);
}

void
aws_http_wakeup(struct aws_http *h)
{
	(void)curl_multi_wakeup(h->multi);
}

int
aws_http_perform(struct aws_http *h, struct aws_http_call *call)
{
	if (aws_http_start(h, call) != 0)
		return -1;
	while (call->handle != NULL)
		aws_http_step(h, WAIT_MAX_MS);
	return call->end == AWS_HTTP_ANSWERED ? 0 : -1;
}
