/* SPDX-License-Identifier: Apache-2.0 */
#include "pam_module/login_seal.h"

#include <openssl/crypto.h>

#define KEY_PREFIX "logintrail-seal-v1:"
#define CHECK_LEN  8

static const char member_start[] = ",\"seal\":\"";
static const char member_end[] = "\"}";

/* SHA-256(label || key) */
static int
derive(struct span label, const uint8_t key[static SHA256_LEN], uint8_t out[static SHA256_LEN])
{
	uint8_t text[32 + SHA256_LEN];
	int r;

	memcpy(text, label.ptr, label.len);
	memcpy(text + label.len, key, SHA256_LEN);
	r = sha256_digest((struct span){(const char *)text, label.len + SHA256_LEN}, out);
	OPENSSL_cleanse(text, sizeof(text));
	return r;
}

int
login_seal_move(struct login_seal_key *k, uint64_t seq)
{
	uint8_t next[SHA256_LEN];
	int r = seq >= k->seq ? 0 : -1;

	while (r == 0 && k->seq < seq) {
		r = derive(SPAN("logintrail seal step"), k->key, next);
		if (r != 0)
			break;
		memcpy(k->key, next, sizeof(next));
		k->seq++;
	}
	OPENSSL_cleanse(next, sizeof(next));
	return r;
}

static int
compute_mac(const struct login_seal_key *k, struct span text, uint8_t mac[static SHA256_LEN])
{
	uint8_t key[SHA256_LEN];
	int r;

	r = derive(SPAN("logintrail seal mac"), k->key, key);
	if (r == 0)
		r = sha256_hmac(key, text, mac);
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

int
login_seal_put(const struct login_seal_key *k, struct buf *line, size_t from)
{
	uint8_t mac[SHA256_LEN];
	struct span text;

	if (line->failed || line->len <= from || line->ptr[line->len - 1] != '}')
		return -1;
	text = span_from(buf_span(line), from);
	text.len--;
	if (compute_mac(k, text, mac) != 0)
		return -1;
	buf_truncate(line, line->len - 1);
	buf_puts(line, member_start);
	buf_put_hex(line, mac, sizeof(mac));
	buf_puts(line, member_end);
	return line->failed ? -1 : 0;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_hex(struct span text, uint8_t out[static SHA256_LEN])
{
	if (text.len != SHA256_HEX_LEN)
		return false;
	for (size_t i = 0; i < SHA256_LEN; i++) {
		int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Parts a sealed line into what the MAC covers and the MAC. */
static bool
split(struct span line, struct span *text, uint8_t mac[static SHA256_LEN])
{
	const size_t tail = LOGIN_SEAL_MEMBER_LEN + 1;
	struct span seal;

	if (line.len <= tail || !span_ends(line, member_end))
		return false;
	*text = span_head(line, line.len - tail);
	seal = span_from(line, text->len);
	if (!span_starts(seal, member_start))
		return false;
	return read_hex(span_head(span_from(seal, sizeof(member_start) - 1), SHA256_HEX_LEN), mac);
}

bool
login_seal_present(struct span line)
{
	uint8_t mac[SHA256_LEN];
	struct span text;

	return split(line, &text, mac);
}

enum login_seal_state
login_seal_check(const struct login_seal_key *k, struct span line)
{
	uint8_t said[SHA256_LEN], computed[SHA256_LEN];
	struct span text;

	if (!split(line, &text, said))
		return LOGIN_SEAL_ABSENT;
	if (compute_mac(k, text, computed) != 0)
		return LOGIN_SEAL_UNKNOWN;
	return memcmp(said, computed, sizeof(said)) == 0 ? LOGIN_SEAL_GOOD : LOGIN_SEAL_WRONG;
}

/* The first digits of the text's hash. */
static int
compute_check(struct span text, char out[static SHA256_HEX_LEN + 1])
{
	uint8_t digest[SHA256_LEN];

	if (sha256_digest(text, digest) != 0)
		return -1;
	sha256_hex(digest, out);
	out[CHECK_LEN] = '\0';
	return 0;
}

int
login_seal_key_write(const struct login_seal_key *k, char out[static LOGIN_SEAL_TEXT_MAX])
{
	char hex[SHA256_HEX_LEN + 1], check[SHA256_HEX_LEN + 1];
	int n, r;

	sha256_hex(k->key, hex);
	n = snprintf(
	    out, LOGIN_SEAL_TEXT_MAX, KEY_PREFIX "%llu:%s", (unsigned long long)k->seq, hex);
	OPENSSL_cleanse(hex, sizeof(hex));
	r = compute_check((struct span){out, (size_t)n}, check);
	if (r == 0)
		(void)snprintf(out + n, LOGIN_SEAL_TEXT_MAX - (size_t)n, ":%s", check);
	return r;
}

static bool
read_seq(struct span text, uint64_t *seq)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || n > INT64_MAX / 10 - 1)
			return false;
		n = n * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	*seq = n;
	return text.len != 0;
}

bool
login_seal_key_read(struct span text, struct login_seal_key *k)
{
	struct span rest = span_from(text, sizeof(KEY_PREFIX) - 1), seq, key, check;
	char wanted[SHA256_HEX_LEN + 1];

	if (!span_starts(text, KEY_PREFIX) || !span_cut(&rest, ':', &seq) ||
	    !span_cut(&rest, ':', &key) || !span_cut(&rest, ':', &check) || rest.ptr != NULL)
		return false;
	if (text.len <= CHECK_LEN + 1 ||
	    compute_check(span_head(text, text.len - CHECK_LEN - 1), wanted) != 0 ||
	    !span_is(check, wanted))
		return false;
	return read_seq(seq, &k->seq) && read_hex(key, k->key);
}
