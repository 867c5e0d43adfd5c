/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_client.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/aws/aws_client_private.h"

#define ERROR_MAX   4096
#define REGIONS_MAX 1024
#define WAIT_MAX_MS 1000 /* of aws_client_do, which nobody wakes */

int64_t
aws_client_clock_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void
ring_init(struct aws_flight_ring *r)
{
	r->next = r->prev = r;
}

static void
ring_put_before(struct aws_flight_ring *at, struct aws_flight_ring *r)
{
	r->prev = at->prev;
	r->next = at;
	r->prev->next = r;
	at->prev = r;
}

static void
ring_remove(struct aws_flight_ring *r)
{
	r->prev->next = r->next;
	r->next->prev = r->prev;
	ring_init(r);
}

/* The ring is the first member. */
static struct aws_flight *
flight_of(struct aws_flight_ring *r)
{
	return (struct aws_flight *)r;
}

struct aws_client *
aws_client_new(const struct aws_settings *s, struct aws_credential_source *credentials)
{
	struct aws_http_options o = {.ca_bundle = s->ca_bundle};
	struct aws_client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->settings = s;
	c->credentials = credentials;
	c->delay_scale = 1;
	ring_init(&c->waiting);
	ring_init(&c->flying);
	aws_retry_quota_init(&c->quota);
	c->http = aws_http_new(&o);
	if (c->http == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

static void
flight_free(struct aws_flight *f)
{
	ring_remove(&f->ring);
	f->request->flight = NULL;
	aws_credentials_clear(&f->credentials);
	aws_endpoint_clear(&f->endpoint);
	free(f);
}

static void
free_all(struct aws_client *c, struct aws_flight_ring *head)
{
	for (struct aws_flight_ring *r = head->next, *next; r != head; r = next) {
		struct aws_flight *f = flight_of(r);

		next = r->next;
		aws_http_cancel(c->http, &f->request->http);
		flight_free(f);
	}
}

void
aws_client_free(struct aws_client *c)
{
	if (c == NULL)
		return;
	free_all(c, &c->waiting);
	free_all(c, &c->flying);
	aws_http_free(c->http);
	for (size_t i = 0; i < c->region_count; i++) {
		free(c->regions[i].bucket);
		free(c->regions[i].region);
	}
	free(c->regions);
	free(c);
}

void
aws_client_scale_delays(struct aws_client *c, double scale)
{
	c->delay_scale = scale;
}

void
aws_client_counts(const struct aws_client *c, struct aws_client_counts *out)
{
	out->requests = atomic_load_explicit(&c->requests, memory_order_relaxed);
	out->retries = atomic_load_explicit(&c->retries, memory_order_relaxed);
	out->throttled = atomic_load_explicit(&c->throttled, memory_order_relaxed);
	out->waited_us = atomic_load_explicit(&c->waited_us, memory_order_relaxed);
	out->bytes = atomic_load_explicit(&c->bytes, memory_order_relaxed);
}

/* Where buckets are ---------------------------------------------------------------------------- */

static struct aws_bucket_region *
find_bucket(const struct aws_client *c, const char *bucket)
{
	for (size_t i = 0; i < c->region_count; i++)
		if (strcmp(c->regions[i].bucket, bucket) == 0)
			return &c->regions[i];
	return NULL;
}

const char *
aws_client_bucket_region(const struct aws_client *c, const char *bucket)
{
	struct aws_bucket_region *b = find_bucket(c, bucket);

	return b != NULL ? b->region : NULL;
}

bool
aws_client_move_bucket(struct aws_client *c, const char *bucket, const char *region)
{
	struct aws_bucket_region *b = find_bucket(c, bucket);
	struct aws_bucket_region row = {NULL, strdup(region)};

	if (row.region == NULL)
		return false;
	if (b != NULL) {
		free(b->region);
		b->region = row.region;
		return true;
	}
	row.bucket = strdup(bucket);
	if (row.bucket != NULL && c->region_count < REGIONS_MAX &&
	    array_grow(
		(void **)&c->regions, c->region_count, &c->region_cap, sizeof(*c->regions))) {
		c->regions[c->region_count++] = row;
		return true;
	}
	free(row.bucket);
	free(row.region);
	return false;
}

/* Requests ------------------------------------------------------------------------------------- */

void
aws_request_init(struct aws_request *r)
{
	*r = (struct aws_request){.method = "GET", .path = "/"};
	buf_init(&r->error, ERROR_MAX);
	aws_http_call_init(&r->http);
}

void
aws_request_clear(struct aws_request *r)
{
	buf_clear(&r->error);
	aws_http_call_clear(&r->http);
}

void
aws_flight_wait(struct aws_flight *f, int64_t due_us)
{
	struct aws_flight_ring *head = &f->client->waiting, *at = head;

	ring_remove(&f->ring);
	f->sent = false;
	f->due_us = due_us;
	while (at->prev != head && flight_of(at->prev)->due_us > due_us)
		at = at->prev;
	ring_put_before(at, &f->ring);
}

int
aws_client_start(struct aws_client *c, struct aws_request *r)
{
	struct aws_flight *f = calloc(1, sizeof(*f));

	r->ok = false;
	r->status = 0;
	r->code[0] = '\0';
	buf_reset(&r->error);
	if (f == NULL)
		return -1;
	ring_init(&f->ring);
	f->client = c;
	f->request = r;
	aws_endpoint_init(&f->endpoint);
	r->flight = f;
	aws_flight_wait(f, aws_client_clock_us());
	return 0;
}

void
aws_client_cancel(struct aws_client *c, struct aws_request *r)
{
	if (r->flight == NULL)
		return;
	aws_http_cancel(c->http, &r->http);
	flight_free(r->flight);
}

void
aws_flight_end(struct aws_flight *f, bool ok)
{
	struct aws_request *r = f->request;

	flight_free(f);
	r->ok = ok;
	if (r->done != NULL)
		r->done(r);
}

/* Steps ---------------------------------------------------------------------------------------- */

static struct aws_flight *
first_due(struct aws_client *c, int64_t now_us)
{
	struct aws_flight *f = flight_of(c->waiting.next);

	return c->waiting.next != &c->waiting && f->due_us <= now_us ? f : NULL;
}

/* Those that are due now; what starts meanwhile has its turn in the next step. Returns how many. */
static size_t
send_due(struct aws_client *c)
{
	int64_t now_us = aws_client_clock_us(), wait_us;
	size_t due = 0, sent = 0;
	struct aws_flight *f;

	for (struct aws_flight_ring *r = c->waiting.next;
	     r != &c->waiting && flight_of(r)->due_us <= now_us; r = r->next)
		due++;
	for (; due != 0 && (f = first_due(c, now_us)) != NULL; due--) {
		wait_us = aws_retry_pace(&c->quota, c->settings, now_us);
		if (wait_us > 0) {
			aws_client_count(&c->waited_us, (uint64_t)wait_us);
			aws_flight_wait(f, now_us + wait_us);
			continue;
		}
		ring_remove(&f->ring);
		ring_put_before(&c->flying, &f->ring);
		f->sent = true;
		aws_flight_send(f);
		sent++;
	}
	return sent;
}

static int
wait_ms(const struct aws_client *c, int timeout_ms)
{
	int64_t left_ms;

	if (c->waiting.next == &c->waiting)
		return timeout_ms;
	left_ms = (flight_of(c->waiting.next)->due_us - aws_client_clock_us() + 999) / 1000;
	if (left_ms < 0)
		left_ms = 0;
	return left_ms < timeout_ms ? (int)left_ms : timeout_ms;
}

void
aws_client_step(struct aws_client *c, int timeout_ms)
{
	/* what was sent may have ended in that: then the caller has something to do already */
	size_t sent = send_due(c);
	bool idle = c->flying.next == &c->flying;

	aws_http_step(c->http, sent != 0 && idle ? 0 : wait_ms(c, timeout_ms));
	(void)send_due(c);
}

void
aws_client_wakeup(struct aws_client *c)
{
	aws_http_wakeup(c->http);
}

int
aws_client_do(struct aws_client *c, struct aws_request *r)
{
	if (aws_client_start(c, r) != 0) {
		buf_puts(&r->error, "no memory for a request");
		return -1;
	}
	while (r->flight != NULL)
		aws_client_step(c, WAIT_MAX_MS);
	return r->ok ? 0 : -1;
}

int
aws_client_json(struct aws_client *c, struct aws_request *r, const char *target)
{
	const struct sigv4_pair headers[] = {
	    {SPAN("content-type"), SPAN("application/x-amz-json-1.1")},
	    {SPAN("x-amz-target"), span_of(target)},
	};
	int result;

	r->method = "POST";
	r->path = "/";
	r->headers = headers;
	r->header_count = sizeof(headers) / sizeof(headers[0]);
	result = aws_client_do(c, r);
	r->headers = NULL;
	r->header_count = 0;
	return result;
}
