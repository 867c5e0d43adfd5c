/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_ocsp.h"

#include <openssl/ocsp.h>
#include <time.h>

#include "common/base64.h"

/* Clocks of responders differ: what `openssl ocsp` allows too. */
#define LEEWAY_S 300

/* The response under the name of the certificate's SHA-1; SPAN_NONE when there is none. */
static struct span
find_staple(const struct receipt_signer *signer, const X509 *cert)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char digest[EVP_MAX_MD_SIZE];
	char name[RECEIPT_STAPLE_NAME];
	unsigned int len = 0;

	if (X509_digest(cert, EVP_sha1(), digest, &len) != 1 || 2 * len != sizeof(name))
		return SPAN_NONE;
	for (unsigned int i = 0; i < len; i++) {
		name[2 * i] = digits[digest[i] >> 4];
		name[2 * i + 1] = digits[digest[i] & 15];
	}
	for (size_t i = 0; i < signer->staple_count; i++)
		if (span_eq(signer->staples[i].name, (struct span){name, sizeof(name)}))
			return signer->staples[i].response;
	return SPAN_NONE;
}

/* Base64, possibly in lines, of a DER response. */
static OCSP_RESPONSE *
parse_staple(struct span text)
{
	OCSP_RESPONSE *response = NULL;
	struct buf joined, der;

	buf_init(&joined, RECEIPT_STAPLE_MAX);
	buf_init(&der, RECEIPT_STAPLE_MAX);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\n' && text.ptr[i] != '\r' && text.ptr[i] != ' ')
			buf_putc(&joined, text.ptr[i]);
	if (!joined.failed && base64_decode(buf_span(&joined), &der) && der.len != 0) {
		const unsigned char *at = (const unsigned char *)der.ptr;

		response = d2i_OCSP_RESPONSE(NULL, &at, (long)der.len);
	}
	buf_clear(&der);
	buf_clear(&joined);
	return response;
}

/* The issuer's own signature needs no chain; a responder's certificate must have one. */
static bool
is_signed(OCSP_BASICRESP *basic, X509_STORE *store, X509 *issuer)
{
	STACK_OF(X509) *trusted = sk_X509_new_null();
	bool ok;

	ok = trusted != NULL && sk_X509_push(trusted, issuer) > 0 &&
	    OCSP_basic_verify(basic, trusted, store, OCSP_TRUSTOTHER) == 1;
	sk_X509_free(trusted);
	return ok;
}

/* The answer about cert, whichever digest the responder names certificates by. */
static bool
find_status(OCSP_BASICRESP *basic, const X509 *cert, const X509 *issuer, int *status,
    ASN1_GENERALIZEDTIME **from, ASN1_GENERALIZEDTIME **until)
{
	const EVP_MD *digests[] = {EVP_sha1(), EVP_sha256()};
	bool found = false;

	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]) && !found; i++) {
		OCSP_CERTID *id = OCSP_cert_to_id(digests[i], cert, issuer);

		found = id != NULL &&
		    OCSP_resp_find_status(basic, id, status, NULL, NULL, from, until) == 1;
		OCSP_CERTID_free(id);
	}
	return found;
}

static bool
is_current(const ASN1_TIME *from, const ASN1_TIME *until, time_t at)
{
	time_t late = at + LEEWAY_S, early = at - LEEWAY_S;

	return from != NULL && X509_cmp_time(from, &late) < 0 &&
	    (until == NULL || X509_cmp_time(until, &early) > 0);
}

static enum receipt_check
judge(OCSP_BASICRESP *basic, X509_STORE *store, X509 *cert, X509 *issuer, time_t at)
{
	ASN1_GENERALIZEDTIME *from = NULL, *until = NULL;
	int status = V_OCSP_CERTSTATUS_UNKNOWN;

	if (!is_signed(basic, store, issuer) ||
	    !find_status(basic, cert, issuer, &status, &from, &until) ||
	    !is_current(from, until, at))
		return RECEIPT_STAPLE_INVALID;
	return status == V_OCSP_CERTSTATUS_GOOD ? RECEIPT_VALID : RECEIPT_SIGNER_REVOKED;
}

enum receipt_check
receipt_ocsp_check(
    const struct receipt_signer *signer, X509_STORE *store, X509 *cert, X509 *issuer, time_t at)
{
	enum receipt_check r = RECEIPT_STAPLE_INVALID;
	struct span staple = find_staple(signer, cert);
	OCSP_BASICRESP *basic = NULL;
	OCSP_RESPONSE *response;

	if (staple.ptr == NULL)
		return RECEIPT_STAPLE_MISSING;
	response = parse_staple(staple);
	if (response != NULL && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	if (basic != NULL)
		r = judge(basic, store, cert, issuer, at);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return r;
}
