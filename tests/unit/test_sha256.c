/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/sha256.h"

/* FIPS 180-4's examples. */
static void
test_known_digests(void **state)
{
	static const struct {
		struct span text;
		const char *hex;
	} cases[] = {
	    {SPAN(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	    {SPAN("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	    {SPAN("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t digest[SHA256_LEN];
		char hex[SHA256_HEX_LEN + 1];

		assert_int_equal(sha256_digest(cases[i].text, digest), 0);
		sha256_hex(digest, hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

/* The same bytes are the same digest, however they are cut. */
static void
test_list(void **state)
{
	char text[200];
	uint8_t whole[SHA256_LEN], parts[SHA256_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	assert_int_equal(sha256_digest((struct span){text, sizeof(text)}, whole), 0);
	for (size_t cut = 0; cut <= sizeof(text); cut++) {
		const struct span list[] = {
		    {text, cut}, {text, 0}, {text + cut, sizeof(text) - cut}};

		assert_int_equal(sha256_digest_list(list, 3, parts), 0);
		assert_memory_equal(parts, whole, SHA256_LEN);
	}
	assert_int_equal(sha256_digest_list(NULL, 0, parts), 0);
	assert_int_equal(parts[0], 0xe3);
}

/* As libcrypto's own, for keys and texts of all bytes and many lengths. */
static void
test_hmac(void **state)
{
	char text[300];
	uint8_t key[SHA256_LEN], is[SHA256_LEN], should[SHA256_LEN];

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		for (size_t i = 0; i < SHA256_LEN; i++)
			key[i] = (uint8_t)(len * 31 + i * 11);
		for (size_t i = 0; i < len; i++)
			text[i] = (char)(len * 5 + i * 3);
		assert_int_equal(sha256_hmac(key, (struct span){text, len}, is), 0);
		assert_non_null(
		    HMAC(EVP_sha256(), key, sizeof(key), (unsigned char *)text, len, should, NULL));
		assert_memory_equal(is, should, SHA256_LEN);
	}
}

/* The same for keys of any length: shorter than a block, as long as one, longer. */
static void
test_hmac_key(void **state)
{
	char key[200], text[50];
	uint8_t is[SHA256_LEN], should[SHA256_LEN];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t len = 0; len < sizeof(key); len++) {
		for (size_t i = 0; i < len; i++)
			key[i] = (char)(len * 17 + i * 13);
		assert_int_equal(
		    sha256_hmac_key((struct span){key, len}, (struct span){text, sizeof(text)}, is),
		    0);
		assert_non_null(HMAC(EVP_sha256(), key, (int)len, (unsigned char *)text,
		    sizeof(text), should, NULL));
		assert_memory_equal(is, should, SHA256_LEN);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known_digests),
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_hmac),
	    cmocka_unit_test(test_hmac_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
