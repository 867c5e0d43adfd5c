/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_AWS_AWS_ENDPOINT_URL_H
#define CORRELATOR_AWS_AWS_ENDPOINT_URL_H

#include "common/span.h"

/* An endpoint's URL in parts (RFC 3986): http or https, a host name or address, a port, a path.
 * What has more than that (a user, a query, a fragment, an escape) or other characters is none. */
struct aws_endpoint_url {
	bool is_https;
	bool is_address;  /* 127.0.0.1, [::1]: no bucket can stand in front of it */
	struct span host; /* as typed */
	int port;         /* 0: the scheme's own */
	struct span path; /* "" or "/..." without a slash at its end */
};

/* 0, or -1 with *problem. Spans are of text. */
int aws_endpoint_url_parse(const char *text, struct aws_endpoint_url *url, const char **problem);

#endif
