/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_container_uri.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

#define ECS_ADDRESS "http://169.254.170.2"

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f || *text == '\\')
			return false;
	return true;
}

static bool
is_local_v4(const char *host)
{
	struct in_addr address, ecs, eks;

	return inet_pton(AF_INET, host, &address) == 1 &&
	    inet_pton(AF_INET, "169.254.170.2", &ecs) == 1 &&
	    inet_pton(AF_INET, "169.254.170.23", &eks) == 1 &&
	    (ntohl(address.s_addr) >> 24 == 127 || address.s_addr == ecs.s_addr ||
		address.s_addr == eks.s_addr);
}

static bool
is_local_v6(const char *host)
{
	struct in6_addr address, eks;

	return inet_pton(AF_INET6, host, &address) == 1 &&
	    inet_pton(AF_INET6, "fd00:ec2::23", &eks) == 1 &&
	    (IN6_IS_ADDR_LOOPBACK(&address) || IN6_ARE_ADDR_EQUAL(&address, &eks));
}

/* The host of "HOST:PORT" or "[V6]:PORT"; no user name. False: there is none. */
static bool
find_host(struct span authority, char *out, size_t size)
{
	struct span host, rest = authority;
	bool is_v6 = span_starts(authority, "[");

	if (is_v6)
		rest = span_from(rest, 1);
	if (!span_cut(&rest, is_v6 ? ']' : ':', &host) || host.len == 0 || host.len >= size ||
	    (is_v6 && rest.ptr == NULL) || (is_v6 && rest.len != 0 && rest.ptr[0] != ':') ||
	    memchr(authority.ptr, '@', authority.len) != NULL)
		return false;
	memcpy(out, host.ptr, host.len);
	out[host.len] = '\0';
	return true;
}

/* What stands between "//" and the path, the query or the fragment. */
static struct span
find_authority(const char *uri)
{
	const char *at = strstr(uri, "//") + 2;

	return (struct span){at, strcspn(at, "/?#")};
}

const char *
credentials_container_relative(struct buf *out, const char *uri)
{
	if (uri[0] != '/' || !is_plain(uri))
		return "is not a path";
	buf_puts(out, ECS_ADDRESS);
	buf_puts(out, uri);
	return NULL;
}

const char *
credentials_container_full(struct buf *out, const char *uri)
{
	bool is_https = strncasecmp(uri, "https://", 8) == 0;
	char host[256];

	if ((!is_https && strncasecmp(uri, "http://", 7) != 0) || !is_plain(uri) ||
	    !find_host(find_authority(uri), host, sizeof(host)))
		return "is not an http or https URL";
	if (!is_https && strcasecmp(host, "localhost") != 0 && !is_local_v4(host) &&
	    !is_local_v6(host))
		return "is http of a host that is neither this machine nor ECS nor EKS";
	buf_puts(out, uri);
	return NULL;
}
