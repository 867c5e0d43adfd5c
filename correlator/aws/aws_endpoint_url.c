/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_endpoint_url.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define HOST_MAX           253

static bool
is_address(struct span host)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr address;

	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET, text, &address) == 1;
}

/* "[::1]" at *text, which goes on behind it. */
static bool
take_address(const char **text, struct aws_endpoint_url *url)
{
	char address[INET6_ADDRSTRLEN];
	struct in6_addr parsed;
	const size_t n = strcspn(*text + 1, "]/?#");

	if (n >= sizeof(address) || (*text)[1 + n] != ']')
		return false;
	memcpy(address, *text + 1, n);
	address[n] = '\0';
	if (inet_pton(AF_INET6, address, &parsed) != 1)
		return false;
	url->host = (struct span){*text, n + 2};
	url->is_address = true;
	*text += n + 2;
	return true;
}

static bool
take_host(const char **text, struct aws_endpoint_url *url)
{
	const size_t n = strspn(*text, LETTERS_AND_DIGITS ".-_");

	if (**text == '[')
		return take_address(text, url);
	if (n == 0 || n > HOST_MAX || (*text)[0] == '.' || (*text)[0] == '-')
		return false;
	url->host = (struct span){*text, n};
	url->is_address = is_address(url->host);
	*text += n;
	return true;
}

/* ":443"; that of the scheme is left out, as it is in a Host header. */
static bool
take_port(const char **text, struct aws_endpoint_url *url)
{
	const char *digits = *text + 1;
	size_t n;

	url->port = 0;
	if (**text != ':')
		return true;
	n = strspn(digits, "0123456789");
	if (n == 0 || n > 5)
		return false;
	for (size_t i = 0; i < n; i++)
		url->port = url->port * 10 + (digits[i] - '0');
	if (url->port == 0 || url->port > 65535)
		return false;
	if (url->port == (url->is_https ? 443 : 80))
		url->port = 0;
	*text = digits + n;
	return true;
}

static bool
take_path(const char *text, struct aws_endpoint_url *url)
{
	size_t n = strlen(text);

	if (n != 0 && text[0] != '/')
		return false;
	if (text[strspn(text, LETTERS_AND_DIGITS "/-._~!$&'()*+,;=:@")] != '\0')
		return false;
	while (n != 0 && text[n - 1] == '/')
		n--;
	url->path = (struct span){text, n};
	return true;
}

int
aws_endpoint_url_parse(const char *text, struct aws_endpoint_url *url, const char **problem)
{
	const char *rest = text;

	*url = (struct aws_endpoint_url){0};
	if (strncasecmp(text, "https://", 8) == 0) {
		url->is_https = true;
		rest += 8;
	} else if (strncasecmp(text, "http://", 7) == 0) {
		rest += 7;
	} else {
		*problem = "it begins with neither https:// nor http://";
		return -1;
	}
	if (!take_host(&rest, url))
		*problem = "it has no host name that is one";
	else if (!take_port(&rest, url))
		*problem = "it has no port that is one";
	else if (!take_path(rest, url))
		*problem = "there is more in it than a scheme, a host, a port and a path";
	else
		return 0;
	return -1;
}
