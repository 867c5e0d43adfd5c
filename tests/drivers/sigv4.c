/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs requests: of each the words "s3" or another service's name, region, access key id, secret,
 * microseconds, method, path, payload hash, number of query pairs, the pairs, number of headers,
 * the headers. Answers canonical request, string to sign, signature, Authorization header, the path
 * and the query as they go on the wire.
 */
#include "tests/drivers/driver_input.h"

#include "correlator/aws/sigv4.h"

struct pairs {
	struct sigv4_pair *list;
	size_t count;
};

static struct pairs
read_pairs(void)
{
	char *number = driver_need();
	struct pairs p = {.count = strtoul(number, NULL, 10)};

	free(number);
	p.list = calloc(p.count + 1, sizeof(*p.list));
	if (p.list == NULL)
		exit(2);
	for (size_t i = 0; i < p.count; i++) {
		p.list[i].name = span_of(driver_need());
		p.list[i].value = span_of(driver_need());
	}
	return p;
}

static void
free_pairs(struct pairs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free((void *)(uintptr_t)p->list[i].name.ptr);
		free((void *)(uintptr_t)p->list[i].value.ptr);
	}
	free(p->list);
}

static void
answer(const struct sigv4_request *request, const struct sigv4_signer *signer)
{
	struct sigv4_result r;
	struct buf wire;

	sigv4_result_init(&r);
	buf_init(&wire, 1 << 20);
	if (sigv4_sign(request, signer, &r) != 0)
		exit(2);
	driver_put(r.canonical.ptr, r.canonical.len);
	driver_put(r.to_sign.ptr, r.to_sign.len);
	driver_put(r.signature, strlen(r.signature));
	driver_put(r.authorization.ptr, r.authorization.len);
	sigv4_put_path(&wire, request->path);
	driver_put(wire.ptr, wire.len);
	buf_reset(&wire);
	if (sigv4_put_query(&wire, request->query, request->query_count) != 0)
		exit(2);
	driver_put(buf_span(&wire).ptr, wire.len);
	buf_clear(&wire);
	sigv4_result_clear(&r);
}

int
main(void)
{
	char *service;

	while ((service = driver_word()) != NULL) {
		char *words[7];
		struct pairs query, headers;

		for (size_t i = 0; i < 7; i++)
			words[i] = driver_need();
		query = read_pairs();
		headers = read_pairs();
		answer(&(struct sigv4_request){.method = span_of(words[4]),
			   .path = span_of(words[5]),
			   .query = query.list,
			   .query_count = query.count,
			   .headers = headers.list,
			   .header_count = headers.count,
			   .payload_hash = span_of(words[6]),
			   .is_s3 = strcmp(service, "s3") == 0},
		    &(struct sigv4_signer){.access_key_id = span_of(words[1]),
			.secret_access_key = span_of(words[2]),
			.region = span_of(words[0]),
			.service = span_of(service),
			.time_us = strtoll(words[3], NULL, 10)});
		free_pairs(&query);
		free_pairs(&headers);
		for (size_t i = 0; i < 7; i++)
			free(words[i]);
		free(service);
	}
	return 0;
}
