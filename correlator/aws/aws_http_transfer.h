/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_HTTP_TRANSFER_H
#define CORRELATOR_AWS_AWS_HTTP_TRANSFER_H

#include <curl/curl.h>

#include "correlator/aws/aws_http.h"

/* One easy handle of libcurl and the call that it serves; used for one call after the other. */
struct http_transfer {
	struct http_transfer *next, *prev; /* of the list that it stands in */
	CURL *easy;
	struct curl_slist *headers;
	struct aws_http_call *call;
	size_t head_bytes;   /* of all heads, interim ones too */
	const char *refusal; /* why we ended it ourselves; NULL */
	bool in_multi;
	char error[CURL_ERROR_SIZE];
};

/* NULL without memory. */
struct http_transfer *http_transfer_new(void);
void http_transfer_free(struct http_transfer *t);

/* Sets everything for a call and forgets what the call had answered. 0, or -1 with a sentence in
 * call->error. */
int http_transfer_prepare(
    struct http_transfer *t, struct aws_http_call *call, const struct aws_http_options *o);
/* Writes what libcurl says of its end into the call, and lets go of it. */
void http_transfer_end(struct http_transfer *t, CURLcode code);
/* Lets go of the call; headers are wiped. */
void http_transfer_release(struct http_transfer *t);

#endif
