/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/receipt_verify.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/time_text.h"
#include "pam_module/receipt_ocsp.h"

#define CERTIFICATES_MAX 10
#define SIGNER_PREFIX    "managed-ssh-signer."
#define PSS_SALT_LEN     32
#define KEY_BITS_MIN     2048

struct receipt_trust {
	X509_STORE *store;
};

static const struct {
	const char *name, *text;
} checks[RECEIPT_CHECK_COUNT] = {
    [RECEIPT_VALID] = {"valid", "signed by AWS"},
    [RECEIPT_NO_SIGNER] = {"no_signer", "the signer's certificates are missing"},
    [RECEIPT_SIGNER_FORMAT] = {"signer_format", "the signer's certificates do not parse"},
    [RECEIPT_SIGNER_NAME] = {"signer_name", "the signer is not EC2 Instance Connect's"},
    [RECEIPT_SIGNER_TIME] = {"signer_time", "a signer's certificate was not valid at the time"},
    [RECEIPT_SIGNER_UNTRUSTED] = {"signer_untrusted",
	"the signer's certificates do not lead to a trusted CA"},
    [RECEIPT_STAPLE_MISSING] = {"staple_missing", "a signer's certificate has no OCSP response"},
    [RECEIPT_STAPLE_INVALID] = {"staple_invalid",
	"a signer's OCSP response does not verify at the time"},
    [RECEIPT_SIGNER_REVOKED] = {"signer_revoked", "a signer's certificate is revoked"},
    [RECEIPT_SIGNATURE] = {"wrong_signature", "the signature is wrong"},
    [RECEIPT_OTHER_INSTANCE] = {"other_instance", "it is of another instance"},
    [RECEIPT_OTHER_KEY] = {"other_key", "it is of another key"},
    [RECEIPT_EXPIRED] = {"expired", "it had expired before the login"},
    [RECEIPT_EARLY] = {"early", "it is of a push after the login"},
    [RECEIPT_ERROR] = {"not_checked", "it could not be checked"},
};

const char *
receipt_check_name(enum receipt_check check)
{
	return checks[check].name;
}

const char *
receipt_check_text(enum receipt_check check)
{
	return checks[check].text;
}

/* The system's CAs: Debian's and Amazon Linux's directory by hash, or RHEL's one file. */
static bool
load_system(X509_STORE *store)
{
	static const char bundle[] = "/etc/pki/tls/certs/ca-bundle.crt";
	X509_LOOKUP *directory = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());

	if (directory == NULL ||
	    X509_LOOKUP_add_dir(directory, "/etc/ssl/certs", X509_FILETYPE_PEM) != 1)
		return false;
	/* most systems have no such file, and then the directory is enough */
	(void)X509_STORE_load_file(store, bundle);
	return true;
}

struct receipt_trust *
receipt_trust_open(const char *ca_file)
{
	struct receipt_trust *trust = calloc(1, sizeof(*trust));

	if (trust == NULL)
		return NULL;
	trust->store = X509_STORE_new();
	if (trust->store == NULL ||
	    !(ca_file != NULL ? X509_STORE_load_file(trust->store, ca_file) == 1
			      : load_system(trust->store))) {
		receipt_trust_close(trust);
		trust = NULL;
	}
	ERR_clear_error();
	return trust;
}

void
receipt_trust_close(struct receipt_trust *trust)
{
	if (trust != NULL)
		X509_STORE_free(trust->store);
	free(trust);
}

static void
say(char *detail, const char *words)
{
	size_t n = 0;

	if (detail == NULL)
		return;
	for (; words[n] != '\0' && n + 1 < RECEIPT_DETAIL_MAX; n++)
		detail[n] = (char)(words[n] >= ' ' && words[n] < 0x7f ? words[n] : '?');
	detail[n] = '\0';
}

static void
free_certs(STACK_OF(X509) * certs)
{
	sk_X509_pop_free(certs, X509_free);
}

/* All certificates of the PEM text; NULL when there is none, or one does not parse. */
static STACK_OF(X509) * parse_chain(struct span pem)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *in = pem.len <= RECEIPT_CHAIN_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
	bool ok = certs != NULL && in != NULL;
	X509 *cert;

	ERR_clear_error();
	while (ok && (cert = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
		ok = sk_X509_num(certs) < CERTIFICATES_MAX && sk_X509_push(certs, cert) > 0;
		if (!ok)
			X509_free(cert);
	}
	/* the end of the text is told as "no start line"; anything else is a broken certificate */
	ok = ok && sk_X509_num(certs) != 0 &&
	    ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	BIO_free(in);
	if (!ok) {
		free_certs(certs);
		certs = NULL;
	}
	return certs;
}

/* The leaf's common name; SPAN_NONE unless it has exactly one, of ASCII. */
static struct span
common_name(const X509 *cert)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const ASN1_STRING *text;
	struct span name;

	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
		return SPAN_NONE;
	text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	if (ASN1_STRING_type(text) != V_ASN1_UTF8STRING &&
	    ASN1_STRING_type(text) != V_ASN1_PRINTABLESTRING)
		return SPAN_NONE;
	name = (struct span){
	    (const char *)ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text)};
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f)
			return SPAN_NONE;
	return name;
}

/* managed-ssh-signer.REGION.DOMAIN, the domain of one of AWS's partitions. */
static bool
is_signer_name(struct span name, struct span wanted_region)
{
	static const char *const domains[] = {
	    "amazonaws.com", "amazonaws.com.cn", "c2s.ic.gov", "sc2s.sgov.gov"};
	struct span domain, region;
	bool known = false;

	if (!span_starts(name, SIGNER_PREFIX))
		return false;
	domain = span_from(name, sizeof(SIGNER_PREFIX) - 1);
	if (!span_cut(&domain, '.', &region) || domain.ptr == NULL || region.len == 0)
		return false;
	for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++)
		known = known || span_is(domain, domains[i]);
	return known && (wanted_region.ptr == NULL || span_eq(region, wanted_region));
}

static enum receipt_check
judge_chain_error(int error, char *detail)
{
	say(detail, X509_verify_cert_error_string(error));
	switch (error) {
	case X509_V_ERR_CERT_NOT_YET_VALID:
	case X509_V_ERR_CERT_HAS_EXPIRED: return RECEIPT_SIGNER_TIME;
	case X509_V_ERR_OUT_OF_MEM: return RECEIPT_ERROR;
	default: return RECEIPT_SIGNER_UNTRUSTED;
	}
}

/* Verifies the first certificate, with the others to build its chain of; *chain is to be freed. */
static enum receipt_check
verify_chain(X509_STORE *store, STACK_OF(X509) * certs, char *detail, STACK_OF(X509) * *chain)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	enum receipt_check r = RECEIPT_ERROR;

	if (context == NULL ||
	    X509_STORE_CTX_init(context, store, sk_X509_value(certs, 0), certs) != 1)
		goto out;
	if (X509_verify_cert(context) != 1) {
		r = judge_chain_error(X509_STORE_CTX_get_error(context), detail);
		goto out;
	}
	*chain = X509_STORE_CTX_get1_chain(context);
	r = *chain != NULL ? RECEIPT_VALID : RECEIPT_ERROR;
out:
	X509_STORE_CTX_free(context);
	return r;
}

static enum receipt_check
verify_staples(
    const struct receipt_signer *signer, X509_STORE *store, STACK_OF(X509) * chain, time_t at)
{
	enum receipt_check r = RECEIPT_VALID;

	/* the last one is the CA that is trusted for itself */
	for (int i = 0; r == RECEIPT_VALID && i + 1 < sk_X509_num(chain); i++)
		r = receipt_ocsp_check(
		    signer, store, sk_X509_value(chain, i), sk_X509_value(chain, i + 1), at);
	return r;
}

static enum receipt_check
verify_signature(X509 *leaf, const struct receipt_entry *entry)
{
	EVP_PKEY *key = X509_get0_pubkey(leaf);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	enum receipt_check r = RECEIPT_SIGNATURE;
	EVP_PKEY_CTX *options = NULL;

	if (context == NULL) {
		r = RECEIPT_ERROR;
		goto out;
	}
	if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
	    EVP_PKEY_get_bits(key) < KEY_BITS_MIN ||
	    EVP_DigestVerifyInit(context, &options, EVP_sha256(), NULL, key) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(options, EVP_sha256()) != 1 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, PSS_SALT_LEN) != 1)
		goto out;
	if (EVP_DigestVerify(context, entry->signature, entry->signature_len,
		(const unsigned char *)entry->signed_text.ptr, entry->signed_text.len) == 1)
		r = RECEIPT_VALID;
out:
	EVP_MD_CTX_free(context);
	return r;
}

/* Whatever is verified by this store is verified strictly, and as of that time. */
static void
set_time(X509_STORE *store, time_t at)
{
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);

	(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	X509_VERIFY_PARAM_set_time(param, at);
}

enum receipt_check
receipt_verify_signer(struct receipt_trust *trust, const struct receipt_signer *signer,
    struct span region, int64_t time_us, char detail[RECEIPT_DETAIL_MAX])
{
	time_t at = (time_t)(time_us / US_PER_SECOND);
	STACK_OF(X509) * certs, *chain = NULL;
	enum receipt_check r;

	say(detail, "");
	if (signer->chain.len == 0)
		return RECEIPT_NO_SIGNER;
	set_time(trust->store, at);
	certs = parse_chain(signer->chain);
	if (certs == NULL)
		r = RECEIPT_SIGNER_FORMAT;
	else if (!is_signer_name(common_name(sk_X509_value(certs, 0)), region))
		r = RECEIPT_SIGNER_NAME;
	else
		r = verify_chain(trust->store, certs, detail, &chain);
	if (r == RECEIPT_VALID)
		r = verify_staples(signer, trust->store, chain, at);
	free_certs(chain);
	free_certs(certs);
	ERR_clear_error();
	return r;
}

enum receipt_check
receipt_verify_signature(const struct receipt_signer *signer, const struct receipt_entry *entry)
{
	enum receipt_check r;
	X509 *leaf = NULL;
	BIO *in;

	if (signer->chain.len == 0)
		return RECEIPT_NO_SIGNER;
	if (signer->chain.len > RECEIPT_CHAIN_MAX)
		return RECEIPT_SIGNER_FORMAT;
	in = BIO_new_mem_buf(signer->chain.ptr, (int)signer->chain.len);
	if (in != NULL)
		leaf = PEM_read_bio_X509(in, NULL, NULL, NULL);
	r = leaf != NULL ? verify_signature(leaf, entry) : RECEIPT_SIGNER_FORMAT;
	X509_free(leaf);
	BIO_free(in);
	ERR_clear_error();
	return r;
}

enum receipt_check
receipt_verify(struct receipt_trust *trust, const struct receipt_entry *entry,
    const struct receipt_signer *signer, struct span region, int64_t time_us,
    char detail[RECEIPT_DETAIL_MAX])
{
	enum receipt_check r = receipt_verify_signer(trust, signer, region, time_us, detail);

	return r == RECEIPT_VALID ? receipt_verify_signature(signer, entry) : r;
}

enum receipt_check
receipt_fit(const struct receipt_entry *entry, struct span instance_id,
    const uint8_t fingerprint[static SHA256_LEN], int64_t time_us, int64_t early_us,
    int64_t late_us)
{
	if (entry->instance.len == 0 || !span_eq(entry->instance, instance_id))
		return RECEIPT_OTHER_INSTANCE;
	if (memcmp(entry->fingerprint, fingerprint, SHA256_LEN) != 0)
		return RECEIPT_OTHER_KEY;
	if (entry->expires_us < 0 || time_us > entry->expires_us + late_us)
		return RECEIPT_EXPIRED;
	if (time_us < entry->expires_us - RECEIPT_VALIDITY_US - early_us)
		return RECEIPT_EARLY;
	return RECEIPT_VALID;
}
