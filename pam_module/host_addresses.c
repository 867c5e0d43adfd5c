/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/host_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include "pam_module/host_files.h"

/* An address in a form that sorts: IPv4 before IPv6. */
struct address {
	unsigned char is_ipv6;
	unsigned char bytes[16];
};

/* The sorted addresses found so far, the first ones of all. */
struct address_list {
	struct address item[LOGIN_RECORD_IPS_MAX];
	size_t count;
	bool dropped;
};

static bool
is_global_ipv4(uint32_t ip)
{
	return ip != 0 && ip >> 24 != 127 && ip >> 16 != 0xa9fe && ip >> 28 != 0xe;
}

static bool
is_global_ipv6(const struct in6_addr *ip)
{
	return !IN6_IS_ADDR_UNSPECIFIED(ip) && !IN6_IS_ADDR_LOOPBACK(ip) &&
	    !IN6_IS_ADDR_LINKLOCAL(ip) && !IN6_IS_ADDR_MULTICAST(ip);
}

static bool
read_address(const struct sockaddr *from, struct address *a)
{
	*a = (struct address){.is_ipv6 = 0};
	if (from != NULL && from->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)from;

		memcpy(a->bytes, &in->sin_addr, sizeof(in->sin_addr));
		return is_global_ipv4(ntohl(in->sin_addr.s_addr));
	}
	if (from != NULL && from->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)from;

		a->is_ipv6 = 1;
		memcpy(a->bytes, &in6->sin6_addr, sizeof(in6->sin6_addr));
		return is_global_ipv6(&in6->sin6_addr);
	}
	return false;
}

/* Keeps the list sorted; the last one falls off when it is full. */
static void
insert(struct address_list *list, const struct address *a)
{
	size_t at = 0;
	int order = -1;

	while (at < list->count && (order = memcmp(&list->item[at], a, sizeof(*a))) < 0)
		at++;
	if (at < list->count && order == 0)
		return;
	list->dropped = list->dropped || list->count == LOGIN_RECORD_IPS_MAX;
	if (at == LOGIN_RECORD_IPS_MAX)
		return;
	if (list->count < LOGIN_RECORD_IPS_MAX)
		list->count++;
	memmove(&list->item[at + 1], &list->item[at], (list->count - 1 - at) * sizeof(*a));
	list->item[at] = *a;
}

void
host_addresses_read(struct buf *storage, struct login_record *r)
{
	struct address_list list = {.count = 0};
	struct ifaddrs *all = NULL;
	char text[INET6_ADDRSTRLEN];

	if (getifaddrs(&all) != 0)
		return;
	for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
		struct address a;

		if (read_address(one->ifa_addr, &a))
			insert(&list, &a);
	}
	freeifaddrs(all);
	for (size_t i = 0; i < list.count; i++) {
		int family = list.item[i].is_ipv6 ? AF_INET6 : AF_INET;

		if (inet_ntop(family, list.item[i].bytes, text, sizeof(text)) != NULL)
			r->host.ips[r->host.ip_count++] = host_store(storage, span_of(text));
	}
	r->truncated = r->truncated || list.dropped;
}
