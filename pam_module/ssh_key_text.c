/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"
#include "pam_module/ssh_key.h"

#define RFC4716_BEGIN "---- BEGIN SSH2 PUBLIC KEY ----"
#define RFC4716_END   "---- END SSH2 PUBLIC KEY ----"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span
trim(struct span s)
{
	while (s.len != 0 && is_space(s.ptr[0]))
		s = span_from(s, 1);
	while (s.len != 0 && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* The next word of a line; empty at its end. */
static struct span
take_word(struct span *rest)
{
	struct span word;

	while (rest->len != 0 && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t'))
		*rest = span_from(*rest, 1);
	word = span_head(*rest, 0);
	while (word.len < rest->len && !is_space(rest->ptr[word.len]))
		word.len++;
	*rest = span_from(*rest, word.len);
	return word;
}

/* The next line, whether it ends in LF, CR or both (RFC 4716 section 3.2 allows each). */
static bool
take_line(struct span *rest, struct span *line)
{
	size_t n = 0;

	if (rest->len == 0)
		return false;
	while (n < rest->len && rest->ptr[n] != '\n' && rest->ptr[n] != '\r')
		n++;
	*line = span_head(*rest, n);
	*rest = span_from(*rest, n);
	if (rest->len >= 2 && rest->ptr[0] == '\r' && rest->ptr[1] == '\n')
		*rest = span_from(*rest, 1);
	*rest = span_from(*rest, 1);
	return true;
}

/* Appends the key's bytes to *blob; SSH_KEY_OK or what is wrong with the base64. */
static enum ssh_key_error
decode(struct span base64, struct buf *blob)
{
	if (base64.len / 4 * 3 > SSH_KEY_BLOB_MAX)
		return SSH_KEY_ERROR_TOO_LONG;
	if (base64_decode(base64, blob))
		return SSH_KEY_OK;
	return blob->failed ? SSH_KEY_ERROR_CRYPTO : SSH_KEY_ERROR_BASE64;
}

static enum ssh_key_error
parse_decoded(const struct buf *blob, size_t from, struct ssh_key *key)
{
	return ssh_key_from_blob(span_from(buf_span(blob), from), key);
}

/* "type base64 comment"; the comment may be anything, but a second line would be a second key. */
static enum ssh_key_error
parse_line(struct span text, struct buf *blob, struct ssh_key *key)
{
	size_t from = blob->len;
	struct span type, base64;
	enum ssh_key_error r;

	if (text.len != 0 && memchr(text.ptr, '\n', text.len) != NULL)
		return SSH_KEY_ERROR_FORMAT;
	type = take_word(&text);
	base64 = take_word(&text);
	if (type.len == 0 || base64.len == 0)
		return SSH_KEY_ERROR_FORMAT;
	r = decode(base64, blob);
	if (r == SSH_KEY_OK)
		r = parse_decoded(blob, from, key);
	if (r == SSH_KEY_OK && !span_is(type, key->type))
		r = SSH_KEY_ERROR_TYPE;
	return r;
}

/* Passes over the header that begins with this line, continued lines and all. */
static void
skip_header(struct span *rest, struct span line)
{
	while (line.len != 0 && line.ptr[line.len - 1] == '\\')
		if (!take_line(rest, &line))
			break;
}

/* Appends the base64 text between the two marker lines to *out. */
static enum ssh_key_error
gather_base64(struct span text, struct buf *out)
{
	struct span line;

	if (!take_line(&text, &line) || !span_is(trim(line), RFC4716_BEGIN))
		return SSH_KEY_ERROR_FORMAT;
	while (take_line(&text, &line)) {
		if (span_is(trim(line), RFC4716_END))
			return text.len == 0 ? SSH_KEY_OK : SSH_KEY_ERROR_FORMAT;
		if (line.len != 0 && memchr(line.ptr, ':', line.len) != NULL)
			skip_header(&text, line);
		else
			buf_put_span(out, trim(line));
	}
	return SSH_KEY_ERROR_FORMAT;
}

static enum ssh_key_error
parse_rfc4716(struct span text, struct buf *blob, struct ssh_key *key)
{
	size_t from = blob->len, base64_len;
	enum ssh_key_error r;

	if (text.len > 2 * SSH_KEY_BLOB_MAX)
		return SSH_KEY_ERROR_TOO_LONG;
	/* Room for the text and its bytes: decoding must not move what it reads. */
	if (!buf_reserve(blob, 2 * text.len))
		return SSH_KEY_ERROR_CRYPTO;
	r = gather_base64(text, blob);
	if (r != SSH_KEY_OK)
		return r;
	base64_len = blob->len - from;
	r = decode(span_from(buf_span(blob), from), blob);
	if (r != SSH_KEY_OK)
		return r;
	blob->len -= base64_len;
	memmove(blob->ptr + from, blob->ptr + from + base64_len, blob->len - from);
	return parse_decoded(blob, from, key);
}

enum ssh_key_error
ssh_key_from_text(struct span text, struct buf *blob, struct ssh_key *key)
{
	size_t from = blob->len;
	enum ssh_key_error r;

	text = trim(text);
	if (span_starts(text, RFC4716_BEGIN))
		r = parse_rfc4716(text, blob, key);
	else
		r = parse_line(text, blob, key);
	if (r != SSH_KEY_OK)
		buf_truncate(blob, from);
	return r;
}
