/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/asked_walk.h"

#include <stdlib.h>
#include <time.h>

#include "common/array.h"
#include "common/text_hash.h"
#include "common/time_text.h"

#define BODY_MAX  ((size_t)256 << 10)
#define TOKEN_MAX ((size_t)128 << 10)
#define ITEMS_MAX ((size_t)96 << 20)
#define ERROR_MAX ((size_t)16 << 10)
/* The quota is the account's: others may be using it up. What the client's own attempts could not
 * wait out is waited out here, twice as long each time. */
#define THROTTLES_MAX     8
#define THROTTLED_WAIT_US (2 * US_PER_SECOND)
#define THROTTLED_MAX_US  (20 * US_PER_SECOND)
#define FAILURES_MAX      2
#define WAIT_MS           1000
#define WAIT_SHARED_MS    20 /* with more than one client to look after */

void
asked_walk_init(struct asked_walk *w, const struct asked_events *a, const struct asked_api *api,
    const struct asked_target *target)
{
	*w = (struct asked_walk){.events = a, .api = api, .target = target, .live = true};
	buf_init(&w->resource, ASKED_NAME_MAX);
	buf_init(&w->series, ASKED_NAME_MAX);
	buf_init(&w->token, TOKEN_MAX);
	buf_init(&w->next_token, TOKEN_MAX);
	buf_init(&w->error, ERROR_MAX);
	buf_init(&w->items, ITEMS_MAX);
	buf_init(&w->body, BODY_MAX);
	aws_request_init(&w->request);
}

void
asked_walk_clear(struct asked_walk *w)
{
	if (w->in_flight)
		aws_client_cancel(w->target->place->client, &w->request);
	aws_request_clear(&w->request);
	for (size_t i = 0; i < w->text_count; i++)
		free(w->texts[i].name);
	free(w->texts);
	buf_clear(&w->items);
	free(w->tokens);
	buf_clear(&w->resource);
	buf_clear(&w->series);
	buf_clear(&w->token);
	buf_clear(&w->next_token);
	buf_clear(&w->error);
	buf_clear(&w->body);
}

static int64_t
clock_us(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

static void
note_answer(struct aws_request *r)
{
	struct asked_walk *w = r->ctx;

	w->in_flight = false;
	w->answered = true;
}

static uint64_t
count_retries(const struct asked_walk *w)
{
	struct aws_client_counts counts;

	aws_client_counts(w->target->place->client, &counts);
	return counts.retries;
}

static int
start(struct asked_walk *w)
{
	struct aws_request *r = &w->request;

	buf_reset(&w->body);
	w->api->ask(w, &w->body);
	if (w->body.failed || buf_cstr(&w->resource) == NULL)
		return -1;
	w->headers[0] =
	    (struct sigv4_pair){SPAN("content-type"), SPAN("application/x-amz-json-1.1")};
	w->headers[1] = (struct sigv4_pair){SPAN("x-amz-target"), span_of(w->api->target)};
	aws_request_clear(r);
	aws_request_init(r);
	r->service = w->api->service;
	r->operation = w->api->operation;
	r->region = w->target->place->region;
	r->method = "POST";
	r->path = "/";
	r->headers = w->headers;
	r->header_count = 2;
	r->body = buf_span(&w->body);
	r->body_max = w->api->body_max;
	r->action = w->api->action;
	r->resource = w->resource.ptr;
	r->done = note_answer;
	r->ctx = w;
	w->retries = count_retries(w);
	w->started_us = clock_us();
	w->in_flight = true;
	if (aws_client_start(w->target->place->client, r) == 0)
		return 0;
	w->in_flight = false;
	return -1;
}

/* True when the token came before in this series; -1 without memory. */
static int
is_repeated(struct asked_walk *w, struct span token)
{
	uint64_t hash = text_hash_add(0, token);

	for (size_t i = 0; i < w->token_count; i++)
		if (w->tokens[i] == hash)
			return 1;
	if (!array_grow((void **)&w->tokens, w->token_count, &w->token_cap, sizeof(*w->tokens)))
		return -1;
	w->tokens[w->token_count++] = hash;
	return 0;
}

/* Goes on to the next series. */
static void
end_series(struct asked_walk *w, bool complete, bool is_last)
{
	bool more = w->api->end(w, complete);

	w->live = more && !is_last;
	w->token_count = 0;
	buf_reset(&w->items);
	buf_reset(&w->token);
}

static void
say(struct asked_walk *w, const char *more)
{
	const char *series = buf_cstr(&w->series), *error = buf_cstr(&w->error);

	diagnostics_error(w->events->diagnostics, series != NULL ? series : w->api->scheme, "%s%s",
	    error != NULL ? error : "failed", more);
}

/* The series has failed, as w->error says. refused: another one would be refused as well. 0 or -1
 * without memory. */
static int
fail_series(struct asked_walk *w, bool refused)
{
	bool is_last = refused || ++w->failures >= FAILURES_MAX;
	int r = 0;

	say(w, is_last && w->api->is_many ? "; nothing more is asked there" : "");
	/* a day of which not all came must not take the place of one that did */
	if (!w->events->whole_days)
		r = asked_walk_keep(w);
	if (r == -3)
		say(w, "");
	end_series(w, false, is_last);
	return r == -1 ? -1 : 0;
}

static int
fail_token(struct asked_walk *w, const char *sentence)
{
	buf_reset(&w->error);
	buf_puts(&w->error, sentence);
	return fail_series(w, false);
}

static int
complete_series(struct asked_walk *w)
{
	int r = asked_walk_keep(w);

	if (r != 0)
		return r == -1 ? -1 : fail_series(w, false);
	w->failures = 0;
	end_series(w, true, false);
	return 0;
}

/* The page came. */
static int
take_page(struct asked_walk *w)
{
	int repeated, r;

	if (w->date_us == 0)
		w->date_us = aws_http_date_us(&w->request.http);
	buf_reset(&w->next_token);
	r = w->api->take(w, buf_span(&w->request.http.text), &w->next_token);
	if (r == -2) {
		buf_reset(&w->error);
		buf_printf(&w->error,
		    "what was answered is not an answer of %s, or has something in it that cannot "
		    "be "
		    "read",
		    w->api->operation);
	}
	if (r != 0)
		return r == -1 ? -1 : fail_series(w, false);
	if (w->next_token.failed)
		return fail_token(w, "the token for the next page is too long");
	if (w->next_token.len == 0)
		return complete_series(w);
	repeated = is_repeated(w, buf_span(&w->next_token));
	if (repeated > 0)
		return fail_token(w,
		    "the token for the next page has come before: the pages go round in a circle, "
		    "and what else there is cannot be had");
	buf_reset(&w->token);
	buf_put_span(&w->token, buf_span(&w->next_token));
	return repeated < 0 || w->token.failed ? -1 : 0;
}

/* It did not. */
static int
fail_page(struct asked_walk *w)
{
	const struct aws_request *r = &w->request;
	enum aws_retry_cause cause = aws_retry_classify(r->status, r->code);

	if (cause == AWS_RETRY_THROTTLED && w->throttles < THROTTLES_MAX) {
		int64_t wait_us = THROTTLED_WAIT_US << w->throttles++;

		w->next_us = clock_us() + (wait_us < THROTTLED_MAX_US ? wait_us : THROTTLED_MAX_US);
		return 0;
	}
	w->throttles = 0;
	if (w->api->is_expected != NULL && w->api->is_expected(w)) {
		end_series(w, false, true);
		return 0;
	}
	buf_reset(&w->error);
	buf_put_span(&w->error, buf_span(&r->error));
	return fail_series(w, cause == AWS_RETRY_NOT && r->status >= 400 && r->status < 500);
}

static int
take_answer(struct asked_walk *w)
{
	/* the interval counts from the last attempt, which the client may have made just now */
	int64_t from_us = count_retries(w) == w->retries ? w->started_us : clock_us();

	w->answered = false;
	w->next_us = from_us + w->interval_us;
	if (!w->request.ok)
		return fail_page(w);
	w->throttles = 0;
	return take_page(w);
}

static bool
is_first_of_client(const struct asked_walk *walks, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (walks[k].target->place->client == walks[i].target->place->client)
			return false;
	return true;
}

static void
tell(const struct asked_walk *walks, size_t count)
{
	const struct asked_events *a = walks[0].events;
	struct remote_progress p = {.what = walks[0].api->scheme};

	if (a->progress == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		struct aws_client_counts counts;

		p.objects += walks[i].text_count;
		if (!is_first_of_client(walks, i))
			continue;
		aws_client_counts(walks[i].target->place->client, &counts);
		p.requests += counts.requests;
		p.bytes += counts.bytes;
		p.throttled += counts.throttled;
	}
	a->progress(a->progress_ctx, &p);
}

/* Lets the clients work until something is to be done here. */
static void
step(const struct asked_walk *walks, size_t count)
{
	int64_t now_us = clock_us(), wait_us = WAIT_MS * INT64_C(1000);
	size_t clients = 0;

	for (size_t i = 0; i < count; i++) {
		const struct asked_walk *w = &walks[i];

		clients += is_first_of_client(walks, i);
		if (w->live && !w->in_flight && w->next_us - now_us < wait_us)
			wait_us = w->next_us > now_us ? w->next_us - now_us : 0;
	}
	if (clients > 1 && wait_us > WAIT_SHARED_MS * INT64_C(1000))
		wait_us = WAIT_SHARED_MS * INT64_C(1000);
	for (size_t i = 0; i < count; i++) {
		if (!is_first_of_client(walks, i))
			continue;
		aws_client_step(walks[i].target->place->client, (int)((wait_us + 999) / 1000));
		wait_us = 0;
	}
}

/* Does what can be done; 1 when something is left to do. */
static int
look_after(struct asked_walk *walks, size_t count)
{
	bool left = false, took = false;

	for (size_t i = 0; i < count; i++) {
		struct asked_walk *w = &walks[i];

		took = took || w->answered;
		if (w->answered && take_answer(w) != 0)
			return -1;
		if (w->live && !w->in_flight && w->next_us <= clock_us() && start(w) != 0)
			return -1;
		left = left || w->live;
	}
	if (took)
		tell(walks, count);
	return left;
}

int
asked_walk_run(struct asked_walk *walks, size_t count)
{
	int r = 0;

	while (count != 0 && (r = look_after(walks, count)) > 0)
		step(walks, count);
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct asked_events *a = walks[i].events;

		for (size_t k = 0; k < walks[i].text_count && r == 0; k++)
			r = a->add(a->add_ctx, walks[i].texts[k].name, walks[i].texts[k].size);
	}
	return r;
}
