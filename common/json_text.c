/* SPDX-License-Identifier: Apache-2.0 */
/* The text of JSON strings: the second half of json_reader.h. */
#include "common/json_reader.h"

#include "common/utf8.h"

static uint32_t
hex4(const char *p)
{
	uint32_t n = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];

		n = n << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return n;
}

/* The code point of the \u escape at p, of two when they are a surrogate pair; *n is its length. */
static uint32_t
unicode_escape(const char *p, size_t left, size_t *n)
{
	uint32_t high = hex4(p + 2), low;

	*n = 6;
	if (high < 0xd800 || high > 0xdfff)
		return high != 0 ? high : 0xfffd;
	if (high >= 0xdc00 || left < 12 || p[6] != '\\' || p[7] != 'u')
		return 0xfffd;
	low = hex4(p + 8);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*n = 12;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* What stands at raw.ptr[0], decoded; returns how many bytes it took. */
static size_t
unescape_one(struct span raw, uint32_t *code)
{
	static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
	const char *name;
	size_t n;

	if (raw.ptr[0] != '\\') {
		n = utf8_decode(raw.ptr, raw.len, code);
		if (n == 0 || *code == 0)
			*code = 0xfffd;
		return n != 0 ? n : 1;
	}
	if (raw.len < 2)
		return (*code = 0xfffd, 1);
	if (raw.ptr[1] == 'u' && raw.len >= 6) {
		*code = unicode_escape(raw.ptr, raw.len, &n);
		return n;
	}
	name = memchr(names, raw.ptr[1], sizeof(names) - 1);
	*code = (unsigned char)(name != NULL ? values[name - names] : raw.ptr[1]);
	return 2;
}

/* How many of the first bytes are ASCII without a backslash or NUL; counted by eights. */
static size_t
plain_run(struct span raw)
{
	const uint64_t ones = UINT64_MAX / 255, tops = ones * 0x80;
	size_t i = 0;

	for (; i + 8 <= raw.len; i += 8) {
		uint64_t word, slash;

		memcpy(&word, raw.ptr + i, sizeof(word));
		slash = word ^ ones * '\\';
		/* a zero byte borrows into its top bit: of the word, or of what was a backslash */
		if (((word | (word - ones) | (slash - ones)) & tops) != 0)
			break;
	}
	return i;
}

/* True when the raw string already is its own text: printable ASCII without a backslash, or more
 * rarely valid UTF-8. */
static bool
is_itself(struct span raw)
{
	for (size_t i = plain_run(raw); i < raw.len;) {
		uint32_t code;
		size_t n;

		if (raw.ptr[i] == '\\' || raw.ptr[i] == '\0')
			return false;
		n = utf8_decode(raw.ptr + i, raw.len - i, &code);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

struct span
json_unescape(struct span raw, struct buf *scratch)
{
	size_t from = scratch->len;

	if (raw.ptr == NULL || is_itself(raw))
		return raw;
	while (raw.len != 0) {
		char utf8[4];
		uint32_t code;

		raw = span_from(raw, unescape_one(raw, &code));
		buf_put(scratch, utf8, utf8_encode(code, utf8));
	}
	if (scratch->failed)
		return SPAN_NONE;
	return (struct span){scratch->ptr + from, scratch->len - from};
}

bool
json_key_is(struct span raw_key, const char *name)
{
	size_t len = strlen(name);

	if (raw_key.len == len && memcmp(raw_key.ptr, name, len) == 0)
		return true;
	if (raw_key.len <= len || memchr(raw_key.ptr, '\\', raw_key.len) == NULL)
		return false;
	while (raw_key.len != 0) {
		char utf8[4];
		uint32_t code;
		size_t n;

		raw_key = span_from(raw_key, unescape_one(raw_key, &code));
		n = utf8_encode(code, utf8);
		if (n > len || memcmp(utf8, name, n) != 0)
			return false;
		name += n;
		len -= n;
	}
	return len == 0;
}

struct span
json_read_text(struct json_reader *r, struct buf *scratch)
{
	enum json_type type = json_peek(r);

	if (type == JSON_STRING)
		return json_unescape(json_read_string(r), scratch);
	if (type == JSON_NUMBER || type == JSON_TRUE || type == JSON_FALSE)
		return json_skip(r);
	(void)json_skip(r);
	return SPAN_NONE;
}
