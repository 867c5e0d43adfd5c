/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/sigv4.h"

#include <stdlib.h>
#include <string.h>

#include "common/time_text.h"
#include "correlator/aws/sigv4_canonical.h"

#define ALGORITHM "AWS4-HMAC-SHA256"

void
sigv4_date(int64_t time_us, char out[static SIGV4_DATE_LEN + 1])
{
	char text[TIME_TEXT_LEN];
	size_t n = 0;

	(void)time_format(text, time_us, 0);
	for (const char *p = text; *p != '\0' && n < SIGV4_DATE_LEN; p++) {
		if (*p != '-' && *p != ':')
			out[n++] = *p;
	}
	out[n] = '\0';
}

void
sigv4_result_init(struct sigv4_result *r)
{
	*r = (struct sigv4_result){0};
	buf_init(&r->canonical, SIGV4_TEXT_MAX);
	buf_init(&r->to_sign, SIGV4_TEXT_MAX);
	buf_init(&r->authorization, SIGV4_TEXT_MAX);
}

void
sigv4_result_clear(struct sigv4_result *r)
{
	/* it has the session token in it */
	if (r->canonical.ptr != NULL)
		explicit_bzero(r->canonical.ptr, r->canonical.cap);
	buf_clear(&r->canonical);
	buf_clear(&r->to_sign);
	buf_clear(&r->authorization);
	r->signature[0] = '\0';
}

static void
put_scope(struct buf *out, const struct sigv4_signer *signer, const char *date)
{
	buf_put(out, date, 8);
	buf_putc(out, '/');
	buf_put_span(out, signer->region);
	buf_putc(out, '/');
	buf_put_span(out, signer->service);
	buf_puts(out, "/aws4_request");
}

static int
put_to_sign(struct sigv4_result *r, const struct sigv4_signer *signer, const char *date)
{
	uint8_t digest[SHA256_LEN];

	if (sha256_digest(buf_span(&r->canonical), digest) != 0)
		return -1;
	buf_puts(&r->to_sign, ALGORITHM "\n");
	buf_puts(&r->to_sign, date);
	buf_putc(&r->to_sign, '\n');
	put_scope(&r->to_sign, signer, date);
	buf_putc(&r->to_sign, '\n');
	buf_put_hex(&r->to_sign, digest, sizeof(digest));
	return r->to_sign.failed ? -1 : 0;
}

/* HMAC of the texts, each with what came of the one before as key, the first with "AWS4" and the
 * secret. */
static int
chain_keys(
    struct span secret, const struct span *texts, size_t count, uint8_t out[static SHA256_LEN])
{
	struct buf first;
	struct span key;
	int r = -1;

	buf_init(&first, 4 + secret.len);
	if (!buf_reserve(&first, 4 + secret.len))
		return -1;
	buf_puts(&first, "AWS4");
	buf_put_span(&first, secret);
	key = buf_span(&first);
	for (size_t i = 0; i < count; i++) {
		uint8_t step[SHA256_LEN];

		r = sha256_hmac_key(key, texts[i], step);
		if (r != 0)
			break;
		memcpy(out, step, sizeof(step));
		explicit_bzero(step, sizeof(step));
		key = (struct span){(const char *)out, SHA256_LEN};
	}
	explicit_bzero(first.ptr, first.cap);
	buf_clear(&first);
	return r;
}

static int
put_signature(struct sigv4_result *r, const struct sigv4_signer *signer, const char *date)
{
	const struct span texts[] = {{date, 8}, signer->region, signer->service,
	    SPAN("aws4_request"), buf_span(&r->to_sign)};
	uint8_t mac[SHA256_LEN];

	if (chain_keys(signer->secret_access_key, texts, sizeof(texts) / sizeof(texts[0]), mac) !=
	    0)
		return -1;
	sha256_hex(mac, r->signature);
	return 0;
}

static void
put_authorization(struct sigv4_result *r, const struct sigv4_signer *signer, const char *date,
    const struct sigv4_header *headers, size_t count)
{
	struct buf *out = &r->authorization;

	buf_puts(out, ALGORITHM " Credential=");
	buf_put_span(out, signer->access_key_id);
	buf_putc(out, '/');
	put_scope(out, signer, date);
	buf_puts(out, ", SignedHeaders=");
	sigv4_put_header_names(out, headers, count);
	buf_puts(out, ", Signature=");
	buf_puts(out, r->signature);
}

int
sigv4_sign(
    const struct sigv4_request *request, const struct sigv4_signer *signer, struct sigv4_result *r)
{
	char date[SIGV4_DATE_LEN + 1];
	struct sigv4_header *headers = sigv4_headers_sort(request);
	int result = -1;

	buf_reset(&r->canonical);
	buf_reset(&r->to_sign);
	buf_reset(&r->authorization);
	sigv4_date(signer->time_us, date);
	if (headers != NULL && sigv4_put_canonical(&r->canonical, request, headers) == 0 &&
	    put_to_sign(r, signer, date) == 0 && put_signature(r, signer, date) == 0) {
		put_authorization(r, signer, date, headers, request->header_count);
		result = r->authorization.failed ? -1 : 0;
	}
	free(headers);
	return result;
}
