/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_SIGV4_CANONICAL_H
#define CORRELATOR_AWS_SIGV4_CANONICAL_H

#include "correlator/aws/sigv4.h"

/*
 * The first step of a signature: a request as one text that depends on nothing but its meaning (AWS
 * General Reference, "Create a canonical request").
 */
#define SIGV4_TEXT_MAX ((size_t)1 << 20)

struct sigv4_header {
	const struct sigv4_pair *pair;
	size_t index; /* values of one name stay in order */
};

/* The request's headers by name, to be freed; NULL without memory. */
struct sigv4_header *sigv4_headers_sort(const struct sigv4_request *q);

/* 0, or -1 without memory. */
int sigv4_put_canonical(
    struct buf *out, const struct sigv4_request *q, const struct sigv4_header *headers);
/* "host;x-amz-date" */
void sigv4_put_header_names(struct buf *out, const struct sigv4_header *headers, size_t count);

#endif
