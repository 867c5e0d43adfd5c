/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_HTTP_H
#define CORRELATOR_AWS_AWS_HTTP_H

#include <stdint.h>

#include "common/buf.h"

/*
 * HTTP by libcurl's multi interface: many requests at once, connections used again, HTTP/2 where it
 * is offered. Knows nothing of AWS. One thread at a time, but for aws_http_wakeup. Redirects are
 * not followed, paths are sent as they are, no body grows over its maximum, no head over 64 KiB,
 * every wait has an end. Proxies are those of the environment (https_proxy, HTTPS_PROXY, no_proxy;
 * http_proxy in lower case only).
 *
 * libcurl's own global state is set up by the first aws_http_new of the process, under a lock,
 * since libcurl itself does so safely only from 7.84 on. It is never torn down.
 */
struct aws_http;

struct aws_http_options {
	const char *ca_bundle;  /* a PEM file; NULL: the system's */
	bool no_proxy;          /* metadata services: never by a proxy */
	int64_t connect_ms;     /* 0: 10 s */
	int64_t total_ms;       /* of one request; 0: no end but stall_s */
	int64_t stall_s;        /* slower than 100 bytes a second for so long: failed; 0: 30 */
	size_t connections_max; /* requests at once, the others wait their turn; 0: 64 */
};

/* NULL without memory. Options are copied. */
struct aws_http *aws_http_new(const struct aws_http_options *o);
/* Calls under way end without done. */
void aws_http_free(struct aws_http *h);

enum aws_http_end {
	AWS_HTTP_ANSWERED, /* status, headers and the whole body are there */
	AWS_HTTP_FAILED,   /* no connection, cut off, stalled: error says what; worth another try */
	AWS_HTTP_REFUSED,  /* TLS or URL is wrong, body too long, no memory: another try will not
			      help */
};

/* One request and what comes of it. The caller owns it, keeps it and its body still until done is
 * called (URL and headers are copied), and may start it again then. */
struct aws_http_call {
	const char *method; /* GET, HEAD, PUT, POST */
	const char *url;
	const char *const *headers; /* "name: value"; no control characters */
	size_t header_count;
	struct span body;
	size_t body_max; /* of the answer's body */

	enum aws_http_end end;
	bool timed_out; /* of AWS_HTTP_FAILED: what was waited for did not come in time */
	long status;
	struct buf head; /* of the answer: its lines, "name: value\n" each, names in lower case */
	struct buf text; /* its body */
	char error[256]; /* a sentence; never with a header of the request */

	void (*done)(struct aws_http_call *call); /* from aws_http_step */
	void *ctx;
	void *handle; /* private */
};

void aws_http_call_init(struct aws_http_call *call);
/* Answers of up to 64 KiB are wiped: they may hold secrets. */
void aws_http_call_clear(struct aws_http_call *call);
/* The value of a header of the answer, by its name in lower case; SPAN_NONE when there is none. */
struct span aws_http_header(const struct aws_http_call *call, const char *name);
/* The time that the answer's Date header says; -1 when it says none. */
int64_t aws_http_date_us(const struct aws_http_call *call);

/* 0 or -1 (call->error; done is not called). */
int aws_http_start(struct aws_http *h, struct aws_http_call *call);
/* Ends a call that is under way, without done. */
void aws_http_cancel(struct aws_http *h, struct aws_http_call *call);
/* Does what can be done, waiting at most that long for something to do. */
void aws_http_step(struct aws_http *h, int timeout_ms);
/* From any thread: the step under way, or the next, does not wait. */
void aws_http_wakeup(struct aws_http *h);
/* Starts and steps until it has ended; 0 when it was answered. */
int aws_http_perform(struct aws_http *h, struct aws_http_call *call);

#endif
