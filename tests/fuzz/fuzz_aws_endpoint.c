/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "correlator/aws/aws_endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next line of the input, to be freed; NULL when it is empty. */
static char *
take_line(struct span *rest)
{
	struct span line = SPAN_NONE;

	(void)span_cut(rest, '\n', &line);
	return line.len != 0 ? strndup(line.ptr, line.len) : NULL;
}

/* Whatever region and bucket are, the request goes to AWS; whatever the endpoint is, its URL has a
 * host and a path in it and nothing else. */
static void
check_endpoint(struct aws_endpoint *e, const struct aws_settings *s)
{
	const char *host = buf_cstr(&e->host), *url = buf_cstr(&e->url),
		   *region = buf_cstr(&e->region);

	assert(host != NULL && url != NULL && region != NULL && buf_cstr(&e->base_path) != NULL);
	assert(host[0] != '\0' && strpbrk(host, "/@?#\\ \t\r\n%") == NULL);
	assert(strpbrk(url, "@?#\\ \t\r\n") == NULL && url[strlen(url) - 1] != '/');
	assert(region[0] != '\0' &&
	    region[strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0');
	if (s->endpoint_url == NULL)
		assert(strstr(host, ".amazonaws.") != NULL || strstr(host, ".api.") != NULL ||
		    strstr(host, ".gov") != NULL || strstr(host, ".uk") != NULL);
}

/* Settings, region, bucket and URL, a line each. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};
	char *flags = take_line(&rest), *region = take_line(&rest), *bucket = take_line(&rest);
	const unsigned bits = flags != NULL ? (unsigned char)flags[0] : 0;
	struct aws_settings s = {
	    .profile = flags,
	    .endpoint_url = take_line(&rest),
	    .fips = (bits & 1) != 0,
	    .dual_stack = (bits & 2) != 0,
	    .s3_dual_stack = (bits & 4) != 0,
	    .path_style = (bits & 8) != 0,
	    .virtual_style = (bits & 16) != 0,
	    .ignore_endpoint_urls = true, /* and so neither environment nor profile is looked at */
	};
	struct aws_endpoint e;
	struct buf error;

	aws_endpoint_init(&e);
	buf_init(&error, 1 << 20);
	if (s.profile != NULL &&
	    aws_endpoint_resolve(&e, &s, (enum aws_service)(bits >> 6), region, bucket, &error) ==
		0)
		check_endpoint(&e, &s);
	else
		assert(s.profile == NULL || error.len != 0);
	aws_endpoint_clear(&e);
	buf_clear(&error);
	free(flags);
	free(region);
	free(bucket);
	free(s.endpoint_url);
	return 0;
}
