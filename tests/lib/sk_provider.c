/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An authenticator without a device: what ssh and ssh-keygen load with SecurityKeyProvider, for
 * ed25519-sk keys with an application string of any length. The interface is OpenSSH's, described
 * in its PROTOCOL.u2f ("middleware"). The private key is the key handle itself: for tests only.
 */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SK_API_VERSION   0x000a0000
#define SK_ERROR         (-1)
#define SK_ED25519       0x01
#define SK_USER_PRESENCE 0x01
#define KEY_LEN          32
#define SIGNATURE_LEN    64
#define SHA256_LEN       32

struct sk_enroll_response {
	uint8_t flags;
	uint8_t *public_key;
	size_t public_key_len;
	uint8_t *key_handle;
	size_t key_handle_len;
	uint8_t *signature;
	size_t signature_len;
	uint8_t *attestation_cert;
	size_t attestation_cert_len;
	uint8_t *authdata;
	size_t authdata_len;
};

struct sk_sign_response {
	uint8_t flags;
	uint32_t counter;
	uint8_t *sig_r;
	size_t sig_r_len;
	uint8_t *sig_s;
	size_t sig_s_len;
};

struct sk_option;
struct sk_resident_key;

uint32_t sk_api_version(void);
int sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t challenge_len,
    const char *application, uint8_t flags, const char *pin, struct sk_option **options,
    struct sk_enroll_response **response);
int sk_sign(uint32_t algorithm, const uint8_t *data, size_t data_len, const char *application,
    const uint8_t *key_handle, size_t key_handle_len, uint8_t flags, const char *pin,
    struct sk_option **options, struct sk_sign_response **response);
int sk_load_resident_keys(
    const char *pin, struct sk_option **options, struct sk_resident_key ***keys, size_t *count);

uint32_t
sk_api_version(void)
{
	return SK_API_VERSION;
}

int
sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t challenge_len,
    const char *application, uint8_t flags, const char *pin, struct sk_option **options,
    struct sk_enroll_response **response)
{
	struct sk_enroll_response *r = calloc(1, sizeof(*r));
	EVP_PKEY *key = algorithm == SK_ED25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") : NULL;

	(void)challenge, (void)challenge_len, (void)application, (void)pin, (void)options;
	if (r == NULL || key == NULL)
		return SK_ERROR;
	r->flags = flags;
	r->public_key_len = r->key_handle_len = KEY_LEN;
	r->public_key = malloc(KEY_LEN);
	r->key_handle = malloc(KEY_LEN);
	r->signature = calloc(1, 1);
	r->attestation_cert = calloc(1, 1);
	r->authdata = calloc(1, 1);
	if (EVP_PKEY_get_raw_public_key(key, r->public_key, &r->public_key_len) != 1 ||
	    EVP_PKEY_get_raw_private_key(key, r->key_handle, &r->key_handle_len) != 1)
		return SK_ERROR;
	EVP_PKEY_free(key);
	*response = r;
	return 0;
}

/* What is signed: SHA-256 of the application, flags, counter, SHA-256 of the message. */
int
sk_sign(uint32_t algorithm, const uint8_t *data, size_t data_len, const char *application,
    const uint8_t *key_handle, size_t key_handle_len, uint8_t flags, const char *pin,
    struct sk_option **options, struct sk_sign_response **response)
{
	uint8_t text[2 * SHA256_LEN + 5] = {0};
	struct sk_sign_response *r = calloc(1, sizeof(*r));
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key_handle, key_handle_len);
	EVP_MD_CTX *sign = EVP_MD_CTX_new();

	(void)algorithm, (void)flags, (void)pin, (void)options;
	if (r == NULL || key == NULL || sign == NULL)
		return SK_ERROR;
	r->flags = text[SHA256_LEN] = SK_USER_PRESENCE;
	r->counter = text[SHA256_LEN + 4] = 1;
	r->sig_r_len = SIGNATURE_LEN;
	r->sig_r = malloc(SIGNATURE_LEN);
	if (EVP_Digest(application, strlen(application), text, NULL, EVP_sha256(), NULL) != 1 ||
	    EVP_Digest(data, data_len, text + SHA256_LEN + 5, NULL, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestSignInit(sign, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestSign(sign, r->sig_r, &r->sig_r_len, text, sizeof(text)) != 1)
		return SK_ERROR;
	EVP_MD_CTX_free(sign);
	EVP_PKEY_free(key);
	*response = r;
	return 0;
}

int
sk_load_resident_keys(
    const char *pin, struct sk_option **options, struct sk_resident_key ***keys, size_t *count)
{
	(void)pin, (void)options, (void)keys, (void)count;
	return SK_ERROR;
}
