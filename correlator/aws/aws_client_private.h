/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_CLIENT_PRIVATE_H
#define CORRELATOR_AWS_AWS_CLIENT_PRIVATE_H

#include <stdatomic.h>

#include "correlator/aws/aws_client.h"
#include "correlator/aws/aws_error.h"

/* A ring of flights with its owner as the head. */
struct aws_flight_ring {
	struct aws_flight_ring *next, *prev;
};

/* One aws_request on its way. */
struct aws_flight {
	struct aws_flight_ring ring; /* first: of the waiting or of the sent */
	struct aws_client *client;
	struct aws_request *request;
	bool sent;
	int64_t due_us;                     /* while waiting: when it may be sent (monotonic) */
	int attempts;                       /* sent so often */
	int repeats;                        /* of them paid for by the quota */
	enum aws_retry_cause cause;         /* of the last repeat */
	bool skew_mended, renewed, moved;   /* done once each */
	bool expired;                       /* the credentials of the last attempt are */
	int64_t signed_us;                  /* the time in the last signature */
	struct aws_credentials credentials; /* of the last signature */
	struct aws_endpoint endpoint;       /* of the last attempt */
};

struct aws_bucket_region {
	char *bucket, *region;
};

struct aws_client {
	const struct aws_settings *settings;
	struct aws_credential_source *credentials;
	struct aws_http *http;
	struct aws_flight_ring waiting; /* by due_us */
	struct aws_flight_ring flying;
	struct aws_retry_quota quota;
	int64_t skew_us; /* the server's clock less ours */
	struct aws_bucket_region *regions;
	size_t region_count, region_cap;
	double delay_scale; /* 1; tests wait less */
	_Atomic uint64_t requests, retries, throttled, waited_us, bytes;
};

/* Tests only: how much of the delays before repeats is waited. */
void aws_client_scale_delays(struct aws_client *c, double scale);

int64_t aws_client_clock_us(void);

static inline void
aws_client_count(_Atomic uint64_t *counter, uint64_t n)
{
	(void)atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

/* Puts it among the waiting. */
void aws_flight_wait(struct aws_flight *f, int64_t due_us);
/* Ends it: takes it out, frees it, calls the request's done. */
void aws_flight_end(struct aws_flight *f, bool ok);

/* Signs and sends it; a failure ends it. */
void aws_flight_send(struct aws_flight *f);
/* What is to be done about an answer, from aws_http_step. */
void aws_flight_answered(struct aws_http_call *http);

/* The region that requests of a bucket are known to belong into; NULL. */
const char *aws_client_bucket_region(const struct aws_client *c, const char *bucket);
/* Remembered as long as there is room and memory. True when requests go there from now on. */
bool aws_client_move_bucket(struct aws_client *c, const char *bucket, const char *region);

#endif
