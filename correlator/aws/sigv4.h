/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_SIGV4_H
#define CORRELATOR_AWS_SIGV4_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/sha256.h"

/*
 * AWS Signature Version 4 (AWS General Reference, "Create a signed AWS API request"), as a pipeline
 * whose steps can be looked at: canonical request, string to sign, signature, Authorization header.
 * Nothing here talks to anybody or knows the time.
 */
struct sigv4_pair {
	struct span name, value;
};

struct sigv4_request {
	struct span method;
	struct span path;               /* not encoded; begins with "/" */
	const struct sigv4_pair *query; /* not encoded, any order */
	size_t query_count;
	const struct sigv4_pair *headers; /* all that are to be signed, "host" among them */
	size_t header_count;
	struct span payload_hash; /* hexadecimal SHA-256 of the body, or SIGV4_UNSIGNED */
	/* S3: the path is encoded once and its dots and slashes mean themselves. All other
	 * services: normalised (RFC 3986 section 6) and encoded twice. */
	bool is_s3;
};

#define SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"

struct sigv4_signer {
	struct span access_key_id, secret_access_key;
	struct span region, service;
	int64_t time_us; /* also what the x-amz-date header among request.headers says */
};

struct sigv4_result {
	struct buf canonical, to_sign;
	char signature[SHA256_HEX_LEN + 1];
	struct buf authorization; /* the value of the Authorization header */
};

#define SIGV4_DATE_LEN 16 /* 20261122T062240Z */

void sigv4_date(int64_t time_us, char out[static SIGV4_DATE_LEN + 1]);

void sigv4_result_init(struct sigv4_result *r);
void sigv4_result_clear(struct sigv4_result *r);

/* 0, or -1 without memory, or when libcrypto fails. What was derived of the secret is wiped. */
int sigv4_sign(
    const struct sigv4_request *request, const struct sigv4_signer *signer, struct sigv4_result *r);

/* The path as it goes on the wire (encoded once), and the query in the form that is signed, without
 * "?": build URLs of these, so that what is sent is what was signed. */
void sigv4_put_path(struct buf *out, struct span path);
int sigv4_put_query(struct buf *out, const struct sigv4_pair *query, size_t count);

#endif
