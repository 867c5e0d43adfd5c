/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_CLIENT_H
#define CORRELATOR_AWS_AWS_CLIENT_H

#include "correlator/aws/aws_credentials.h"
#include "correlator/aws/aws_endpoint.h"
#include "correlator/aws/aws_http.h"
#include "correlator/aws/aws_retry.h"
#include "correlator/aws/sigv4.h"

/*
 * Signed requests to AWS, many at once, by one thread: endpoint, credentials, signature, sending,
 * retries, the server's clock, S3's other regions. One client a profile.
 *
 * A request is repeated as the settings' retry mode says; a wait for that holds up no other.
 * Besides, once for each of these and at once: signed with the server's time when that is what was
 * wrong, with new credentials when these had expired, and of S3 in the bucket's region (remembered
 * for later requests; without any region S3 is asked in us-east-1, which knows all).
 */
struct aws_client;

struct aws_client_counts { /* for progress */
	uint64_t requests; /* sent, repeats too */
	uint64_t retries, throttled;
	uint64_t waited_us; /* for throttling servers, over all requests */
	uint64_t bytes;     /* of bodies that came */
};

struct aws_request {
	enum aws_service service;
	const char *operation; /* "ListObjectsV2" */
	const char *region;    /* NULL: the settings' */
	const char *bucket;    /* of S3 */
	const char *method;
	const char *path;               /* not encoded, begins with "/" (of S3: "/" and the key) */
	const struct sigv4_pair *query; /* not encoded */
	size_t query_count;
	const struct sigv4_pair *headers; /* beside host, date, token and content hash */
	size_t header_count;
	struct span body;
	size_t body_max;
	/* what a caller must be allowed: "s3:ListBucket", "arn:aws:s3:::BUCKET" (the partition is
	 * made that of the region); for messages; NULL: not known */
	const char *action, *resource;
	/* From aws_client_step; may start any request, this one too, but not wait for one. NULL:
	 * none */
	void (*done)(struct aws_request *r);
	void *ctx;

	/* what came of it */
	bool ok;          /* answered with 2xx */
	long status;      /* of the last answer; 0: none */
	char code[128];   /* AWS's error code; "" */
	struct buf error; /* a sentence with service, operation, status, code, request id, and
			   * what to grant where access was denied */
	struct aws_http_call http; /* head and text of the last answer */
	struct aws_flight *flight; /* private */
};

void aws_request_init(struct aws_request *r);
void aws_request_clear(struct aws_request *r);

/* Borrows all. NULL without memory. Requests that are under way when it is freed end without done.
 */
struct aws_client *aws_client_new(
    const struct aws_settings *s, struct aws_credential_source *credentials);
void aws_client_free(struct aws_client *c);
/* From any thread. */
void aws_client_counts(const struct aws_client *c, struct aws_client_counts *out);

/* Starts it; done is called once, later, from aws_client_step, whatever comes of it. 0, or -1
 * without memory. The request, and what it points at, stays still until then. Credentials are
 * fetched by aws_client_step, which waits for them: their source keeps them, so that is rare. */
int aws_client_start(struct aws_client *c, struct aws_request *r);
void aws_client_cancel(struct aws_client *c, struct aws_request *r);
/* Does what can be done, waiting at most that long for something to do. */
void aws_client_step(struct aws_client *c, int timeout_ms);
void aws_client_wakeup(struct aws_client *c); /* from any thread */
/* Start and step until it is done; 0 when ok. */
int aws_client_do(struct aws_client *c, struct aws_request *r);

/* POST of JSON 1.1 to a service (LookupEvents, FilterLogEvents): target is the X-Amz-Target header,
 * whole. Blocks. The answer is r->http.text. 0 when ok. */
int aws_client_json(struct aws_client *c, struct aws_request *r, const char *target);

#endif
