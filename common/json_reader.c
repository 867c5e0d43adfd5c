/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_reader.h"

/* What a byte can be: the loops below look each byte up once. */
enum {
	IS_SPACE = 1, /* white space between tokens */
	ENDS_RUN = 2, /* a quote, a backslash or a control character within a string */
	IS_DIGIT = 4,
};

static const unsigned char byte_class[256] = {
    [0 ... 8] = ENDS_RUN,
    ['\t'] = IS_SPACE | ENDS_RUN,
    ['\n'] = IS_SPACE | ENDS_RUN,
    [11 ... 12] = ENDS_RUN,
    ['\r'] = IS_SPACE | ENDS_RUN,
    [14 ... 31] = ENDS_RUN,
    [' '] = IS_SPACE,
    ['"'] = ENDS_RUN,
    ['\\'] = ENDS_RUN,
    ['0' ... '9'] = IS_DIGIT,
};

static bool
is_class(char c, int class)
{
	return (byte_class[(unsigned char)c] & class) != 0;
}

/* Stops the reader: every later call finds nothing. `at` stays where the error is. */
static void
fail(struct json_reader *r, enum json_error error)
{
	if (r->error == JSON_OK)
		r->error = error;
}

void
json_reader_init(struct json_reader *r, struct span text)
{
	const char *start = text.ptr != NULL ? text.ptr : "";

	*r = (struct json_reader){
	    .start = start,
	    .at = start,
	    .end = start + text.len,
	};
}

size_t
json_offset(const struct json_reader *r)
{
	return (size_t)(r->at - r->start);
}

const char *
json_error_text(enum json_error error)
{
	switch (error) {
	case JSON_OK: return "no error";
	case JSON_ERROR_SYNTAX: return "not valid JSON";
	case JSON_ERROR_TRUNCATED: return "JSON ends early";
	case JSON_ERROR_DEPTH: return "JSON nests too deep";
	case JSON_ERROR_TOO_LONG: return "a string is too long";
	}
	return "unknown error";
}

static void
skip_space(struct json_reader *r)
{
	while (r->at < r->end && is_class(*r->at, IS_SPACE))
		r->at++;
}

enum json_type
json_peek(struct json_reader *r)
{
	if (r->error != JSON_OK)
		return JSON_NONE;
	skip_space(r);
	if (r->at == r->end)
		return JSON_NONE;
	switch (*r->at) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_ARRAY;
	case '"': return JSON_STRING;
	case 't': return JSON_TRUE;
	case 'f': return JSON_FALSE;
	case 'n': return JSON_NULL;
	case '-': return JSON_NUMBER;
	default: return is_class(*r->at, IS_DIGIT) ? JSON_NUMBER : JSON_NONE;
	}
}

/* Consumes one given character behind white space; an error when another stands there. */
static bool
expect(struct json_reader *r, char c)
{
	skip_space(r);
	if (r->at < r->end && *r->at == c) {
		r->at++;
		return true;
	}
	fail(r, r->at == r->end ? JSON_ERROR_TRUNCATED : JSON_ERROR_SYNTAX);
	return false;
}

void
json_enter(struct json_reader *r, enum json_type type)
{
	if (r->error != JSON_OK || !expect(r, type == JSON_OBJECT ? '{' : '['))
		return;
	if (++r->depth > JSON_DEPTH_MAX)
		fail(r, JSON_ERROR_DEPTH);
	r->fresh = true;
}

/* Goes past the comma to the next item, or past the closing bracket: false then. */
static bool
next_item(struct json_reader *r, char closing)
{
	bool first = r->fresh;

	if (r->error != JSON_OK)
		return false;
	r->fresh = false;
	skip_space(r);
	if (r->at < r->end && *r->at == closing) {
		r->at++;
		r->depth--;
		return false;
	}
	return first || expect(r, ',');
}

/* The backslash at r->at and what belongs to it (RFC 8259 section 7). */
static bool
skip_escape(struct json_reader *r)
{
	size_t left = (size_t)(r->end - r->at);

	if (left < 2) {
		fail(r, JSON_ERROR_TRUNCATED);
		return false;
	}
	if (r->at[1] != 'u') {
		if (strchr("\"\\/bfnrt", r->at[1]) == NULL || r->at[1] == '\0') {
			fail(r, JSON_ERROR_SYNTAX);
			return false;
		}
		r->at += 2;
		return true;
	}
	for (size_t i = 2; i < 6; i++) {
		if (i >= left || strchr("0123456789abcdefABCDEF", r->at[i]) == NULL ||
		    r->at[i] == '\0') {
			fail(r, i >= left ? JSON_ERROR_TRUNCATED : JSON_ERROR_SYNTAX);
			return false;
		}
	}
	r->at += 6;
	return true;
}

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/*
 * The first byte from `at` that ends a run within a string, eight bytes a step. A byte b of the
 * word sets its top bit in (word - b's) & ~word when it is less than b; borrows can set wrong bits
 * only above (behind) the first right one.
 */
static const char *
run_end(const char *at, const char *end)
{
	while (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && end - at >= 8) {
		uint64_t word, quote, backslash, hits;

		memcpy(&word, at, sizeof(word));
		quote = word ^ EVERY_BYTE('"');
		backslash = word ^ EVERY_BYTE('\\');
		hits = (word - EVERY_BYTE(0x20)) & ~word;
		hits |= (quote - EVERY_BYTE(1)) & ~quote;
		hits |= (backslash - EVERY_BYTE(1)) & ~backslash;
		hits &= EVERY_BYTE(0x80);
		if (hits != 0)
			return at + __builtin_ctzll(hits) / 8;
		at += 8;
	}
	while (at < end && !is_class(*at, ENDS_RUN))
		at++;
	return at;
}

/* The string whose opening quote is at r->at: its inside; SPAN_NONE on an error. */
static struct span
scan_string(struct json_reader *r)
{
	const char *from = ++r->at;

	for (;;) {
		const char *at = run_end(r->at, r->end);

		r->at = at;
		if (at == r->end) {
			fail(r, JSON_ERROR_TRUNCATED);
			return SPAN_NONE;
		}
		if (*at == '"') {
			r->at++;
			return (struct span){from, (size_t)(at - from)};
		}
		if (*at != '\\') {
			fail(r, JSON_ERROR_SYNTAX);
			return SPAN_NONE;
		}
		if (!skip_escape(r))
			return SPAN_NONE;
	}
}

bool
json_next_member(struct json_reader *r, struct span *key)
{
	if (!next_item(r, '}'))
		return false;
	skip_space(r);
	if (r->at == r->end || *r->at != '"') {
		fail(r, r->at == r->end ? JSON_ERROR_TRUNCATED : JSON_ERROR_SYNTAX);
		return false;
	}
	*key = scan_string(r);
	return r->error == JSON_OK && expect(r, ':');
}

bool
json_next_element(struct json_reader *r)
{
	return next_item(r, ']');
}

static void
skip_literal(struct json_reader *r, const char *word)
{
	size_t n = strlen(word), left = (size_t)(r->end - r->at);

	if (left >= n && memcmp(r->at, word, n) == 0)
		r->at += n;
	else
		fail(r, left < n ? JSON_ERROR_TRUNCATED : JSON_ERROR_SYNTAX);
}

static size_t
skip_digits(struct json_reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && is_class(*r->at, IS_DIGIT))
		r->at++;
	if (r->at == from)
		fail(r, r->at == r->end ? JSON_ERROR_TRUNCATED : JSON_ERROR_SYNTAX);
	return (size_t)(r->at - from);
}

static bool
take(struct json_reader *r, const char *any)
{
	if (r->at == r->end || *r->at == '\0' || strchr(any, *r->at) == NULL)
		return false;
	r->at++;
	return true;
}

/* RFC 8259 section 6. */
static void
skip_number(struct json_reader *r)
{
	bool zero;

	(void)take(r, "-");
	zero = r->at < r->end && *r->at == '0';
	if (skip_digits(r) > 1 && zero)
		fail(r, JSON_ERROR_SYNTAX);
	if (r->error == JSON_OK && take(r, "."))
		(void)skip_digits(r);
	if (r->error == JSON_OK && take(r, "eE")) {
		(void)take(r, "+-");
		(void)skip_digits(r);
	}
}

/* A value that is not an object or array. */
static void
skip_scalar(struct json_reader *r)
{
	switch (json_peek(r)) {
	case JSON_STRING: (void)scan_string(r); break;
	case JSON_NUMBER: skip_number(r); break;
	case JSON_TRUE: skip_literal(r, "true"); break;
	case JSON_FALSE: skip_literal(r, "false"); break;
	case JSON_NULL: skip_literal(r, "null"); break;
	default: fail(r, r->at == r->end ? JSON_ERROR_TRUNCATED : JSON_ERROR_SYNTAX);
	}
}

/*
 * The object or array that stands next, without recursion: which bracket is open at each depth is
 * remembered in is_object.
 */
static void
skip_nested(struct json_reader *r)
{
	unsigned char is_object[JSON_DEPTH_MAX + 1];
	int base = r->depth;
	struct span key;

	do {
		enum json_type type = json_peek(r);

		if (type == JSON_OBJECT || type == JSON_ARRAY) {
			json_enter(r, type);
			if (r->error != JSON_OK)
				return;
			is_object[r->depth] = type == JSON_OBJECT;
		} else {
			skip_scalar(r);
		}
		/* every bracket that is open has set its own entry */
		while (r->error == JSON_OK && r->depth > base &&
		    /* cppcheck-suppress uninitvar */
		    !(is_object[r->depth] ? json_next_member(r, &key) : json_next_element(r)))
			;
	} while (r->error == JSON_OK && r->depth > base);
}

struct span
json_skip(struct json_reader *r)
{
	enum json_type type = json_peek(r);
	const char *from = r->at;

	if (r->error != JSON_OK)
		return SPAN_NONE;
	if (type == JSON_OBJECT || type == JSON_ARRAY)
		skip_nested(r);
	else
		skip_scalar(r);
	r->fresh = false;
	return r->error == JSON_OK ? (struct span){from, (size_t)(r->at - from)} : SPAN_NONE;
}

struct span
json_read_string(struct json_reader *r)
{
	if (json_peek(r) != JSON_STRING) {
		(void)json_skip(r);
		return SPAN_NONE;
	}
	return scan_string(r);
}

bool
json_read_int(struct json_reader *r, int64_t *out)
{
	enum json_type type = json_peek(r);
	struct span text = json_skip(r);
	bool negative = text.len != 0 && text.ptr[0] == '-';
	int64_t n = 0;

	if (type != JSON_NUMBER || text.ptr == NULL)
		return false;
	for (size_t i = negative; i < text.len; i++) {
		if (!is_class(text.ptr[i], IS_DIGIT) || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, text.ptr[i] - '0', &n))
			return false;
	}
	if (!negative && __builtin_sub_overflow(0, n, &n))
		return false;
	*out = n;
	return true;
}

bool
json_read_bool(struct json_reader *r, bool *out)
{
	enum json_type type = json_peek(r);

	(void)json_skip(r);
	if (r->error != JSON_OK || (type != JSON_TRUE && type != JSON_FALSE))
		return false;
	*out = type == JSON_TRUE;
	return true;
}
