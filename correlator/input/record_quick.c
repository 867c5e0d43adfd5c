/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_quick.h"

#include "correlator/input/byte_block.h"

#define TIME_LEN 20 /* "2026-11-22T06:22:40Z" */
/* How far before a record's end its tail is looked for. */
#define TAIL_MAX 1536

#define TIME_KEY    "\"eventTime\":\""
#define SOURCE_KEY  "\"eventSource\":\""
#define NAME_KEY    "\"eventName\":\""
#define REGION_KEY  "\"awsRegion\":\""
#define ACCOUNT_KEY "\"recipientAccountId\":\""
#define READ_KEY    "\"readOnly\":"
/* Of the two keys of the tail, 'p' and 'O' stand here behind the quote; of most others not. */
#define TELLING_AT 5

typedef uint64_t block_mask(const char *at, char byte, char set_bits);
typedef uint64_t block_parity(uint64_t mask);

struct looks {
	block_mask *mask_of;
	block_parity *parity_of;
};

/* The length of a literal is known when it is compared. */
#define STARTS(rest, text)                                                                         \
	((rest).len >= sizeof(text) - 1 && memcmp((rest).ptr, text, sizeof(text) - 1) == 0)
#define TAKE(rest, text)                                                                           \
	(STARTS(*(rest), text) && ((rest)->ptr += sizeof(text) - 1,                                \
				      (rest)->len -= sizeof(text) - 1, true))

/* A string's inside up to its closing quote, which is passed too. */
BYTE_BLOCK_INLINE bool
take_string(struct looks look, struct span *rest, struct span *out)
{
	uint64_t quotes = rest->len >= BYTE_BLOCK ? look.mask_of(rest->ptr, '"', 0) : 0;
	size_t len;

	if (quotes != 0) {
		len = (size_t)__builtin_ctzll(quotes);
	} else {
		const char *quote = memchr(rest->ptr, '"', rest->len);

		if (quote == NULL)
			return false;
		len = (size_t)(quote - rest->ptr);
	}
	*out = (struct span){rest->ptr, len};
	rest->ptr += len + 1;
	rest->len -= len + 1;
	return true;
}

/* What AWS writes side by side. rest: the document from the source's key. */
BYTE_BLOCK_INLINE bool
read_row(struct looks look, struct span rest, uint32_t source, struct record_header *h)
{
	const size_t before = sizeof(TIME_KEY) - 1 + TIME_LEN + 2;
	const char *time = rest.ptr - before + sizeof(TIME_KEY) - 1;

	/* what stands before the key tells that its quote is one */
	if (source <= before || (time[-(ptrdiff_t)sizeof(TIME_KEY)] != ',' &&
				    time[-(ptrdiff_t)sizeof(TIME_KEY)] != '{'))
		return false;
	if (memcmp(rest.ptr - before, TIME_KEY, sizeof(TIME_KEY) - 1) != 0 ||
	    memcmp(time + TIME_LEN, "\",", 2) != 0 || memchr(time, '"', TIME_LEN) != NULL)
		return false;
	h->event_time = (struct span){time, TIME_LEN};
	return TAKE(&rest, SOURCE_KEY) && take_string(look, &rest, &h->event_source) &&
	    TAKE(&rest, "," NAME_KEY) && take_string(look, &rest, &h->event_name) &&
	    TAKE(&rest, "," REGION_KEY) && take_string(look, &rest, &h->aws_region);
}

static bool
has_backslash(struct span s)
{
	return memchr(s.ptr, '\\', s.len) != NULL;
}

static bool
row_has_escapes(const struct record_header *h)
{
	return has_backslash(h->event_time) || has_backslash(h->event_source) ||
	    has_backslash(h->event_name) || has_backslash(h->aws_region);
}

/* The value of one of the two keys of the tail, which begins at `rest`. False when it is not one
 * that can be told. */
BYTE_BLOCK_INLINE bool
read_tail_member(struct looks look, struct span rest, struct record_header *h)
{
	if (TAKE(&rest, ACCOUNT_KEY))
		return h->recipient_account_id.ptr != NULL ||
		    take_string(look, &rest, &h->recipient_account_id);
	if (!TAKE(&rest, READ_KEY) || h->read_only.ptr != NULL)
		return true;
	if (STARTS(rest, "true"))
		h->read_only = span_head(rest, 4);
	else if (STARTS(rest, "false"))
		h->read_only = span_head(rest, 5);
	return h->read_only.ptr != NULL;
}

/*
 * The record's own readOnly and recipientAccountId, looked for from its end, where it is known that
 * no string and nothing but the record is open: so it is known of every byte before, too. Of members named twice the last one counts. False when they cannot be told.
 */
BYTE_BLOCK_INLINE bool
read_tail(struct looks look, struct span document, struct span record, struct record_header *h)
{
	const char *start = record.ptr + record.len, *end = document.ptr + document.len;
	const char *first = record.len > TAIL_MAX ? start - TAIL_MAX : record.ptr;
	uint64_t in_string = 0; /* all ones when a string is open behind the block */
	uint64_t behind = 0;    /* the telling letters of the block behind */
	int64_t depth = 0;      /* behind the block, the record's own members being at 1 */

	while (h->read_only.ptr == NULL || h->recipient_account_id.ptr == NULL) {
		uint64_t quote, backslash, inside, open, close, telling, keys;

		start -= BYTE_BLOCK;
		if (start < first)
			return false;
		quote = look.mask_of(start, '"', 0);
		backslash = look.mask_of(start, '\\', 0);
		if (__builtin_expect(backslash != 0 || start[-1] == '\\', 0)) {
			bool escaped = false;

			if (start[-1] == '\\')
				return false;
			quote &= ~byte_block_escaped(backslash, &escaped);
		}
		inside = look.parity_of(quote);
		inside ^= -(inside >> 63) ^ in_string;
		in_string = -(((inside ^ quote) & 1));
		open = look.mask_of(start, '{', 0x20) & ~inside;
		close = look.mask_of(start, '}', 0x20) & ~inside;
		telling = look.mask_of(start, 'p', 0) | look.mask_of(start, 'O', 0);
		keys = quote & inside &
		    (telling >> TELLING_AT | behind << (BYTE_BLOCK - TELLING_AT));
		behind = telling;
		while (keys != 0) {
			int bit = 63 - __builtin_clzll(keys);

			keys ^= UINT64_C(1) << bit;
			if (depth + __builtin_popcountll(close >> bit) -
				    __builtin_popcountll(open >> bit) ==
				1 &&
			    !read_tail_member(look,
				(struct span){start + bit, (size_t)(end - start) - (size_t)bit}, h))
				return false;
		}
		depth += __builtin_popcountll(close) - __builtin_popcountll(open);
	}
	return true;
}

/* A letter of a name may be spelled "\\u0053": then names cannot be told by their bytes. */
static bool
spells_letters(enum byte_means means, struct span record)
{
	static const struct byte_pattern spelled = {"\\u00", 4, 0, 1};

	return byte_search(means, record, 0, &spelled) != record.len;
}

BYTE_BLOCK_INLINE bool
read_header(struct looks look, struct span document, const struct record_bounds *bounds,
    struct record_header *h)
{
	struct span record = {document.ptr + bounds->start, bounds->len};

	return bounds->sources == 1 &&
	    read_row(look, span_from(document, bounds->start + bounds->source), bounds->source, h) &&
	    read_tail(look, document, record, h);
}

static bool
header_portable(
    struct span document, const struct record_bounds *bounds, struct record_header *header)
{
	return read_header((struct looks){byte_block_portable, byte_parity_portable}, document,
	    bounds, header);
}

#if BYTE_BLOCK_HAS_BASE
static bool
header_base(struct span document, const struct record_bounds *bounds, struct record_header *header)
{
	return read_header(
	    (struct looks){byte_block_base, byte_parity_portable}, document, bounds, header);
}
#endif

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET bool
header_avx2(struct span document, const struct record_bounds *bounds, struct record_header *header)
{
	return read_header(
	    (struct looks){byte_block_avx2, byte_parity_clmul}, document, bounds, header);
}
#endif

#if BYTE_BLOCK_HAS_AVX512
static BYTE_BLOCK_AVX512_TARGET bool
header_avx512(
    struct span document, const struct record_bounds *bounds, struct record_header *header)
{
	return read_header(
	    (struct looks){byte_block_avx512, byte_parity_clmul}, document, bounds, header);
}
#endif

static bool
header_by(enum byte_means means, struct span document, const struct record_bounds *bounds,
    struct record_header *header)
{
	switch (means) {
#if BYTE_BLOCK_HAS_BASE
	case BYTE_MEANS_BASE: return header_base(document, bounds, header);
#endif
#if BYTE_BLOCK_HAS_AVX2
	case BYTE_MEANS_AVX2: return header_avx2(document, bounds, header);
#endif
#if BYTE_BLOCK_HAS_AVX512
	case BYTE_MEANS_AVX512: return header_avx512(document, bounds, header);
#endif
	default: return header_portable(document, bounds, header);
	}
}

bool
record_quick_header(enum byte_means means, struct span document, const struct record_bounds *bounds,
    struct record_header *header)
{
	*header = (struct record_header){0};
	if (!header_by(means, document, bounds, header))
		return false;
	return !bounds->escapes ||
	    (!row_has_escapes(header) &&
		!spells_letters(
		    means, (struct span){document.ptr + bounds->start, bounds->len}));
}

static bool
has(enum byte_means means, struct span text, const struct byte_pattern *pattern)
{
	return byte_search(means, text, 0, pattern) != text.len;
}

/* A string's inside up to its closing quote, and the quote; there are no escapes. */
static bool
take_text(struct span *rest, struct span *out)
{
	const char *quote = memchr(rest->ptr, '"', rest->len);

	if (quote == NULL)
		return false;
	*out = span_head(*rest, (size_t)(quote - rest->ptr));
	*rest = span_from(*rest, out->len + 1);
	return true;
}

static bool
take_credentials(struct span *rest, struct record_issued *issued)
{
	struct span unused;

	return issued->access_key_id.ptr == NULL && TAKE(rest, "{\"accessKeyId\":\"") &&
	    take_text(rest, &issued->access_key_id) && TAKE(rest, ",\"sessionToken\":\"") &&
	    take_text(rest, &unused) && TAKE(rest, ",\"expiration\":\"") &&
	    take_text(rest, &unused) && TAKE(rest, "}");
}

static bool
take_role_user(struct span *rest, struct record_issued *issued)
{
	struct span unused;

	return issued->principal_id.ptr == NULL && TAKE(rest, "{\"assumedRoleId\":\"") &&
	    take_text(rest, &issued->principal_id) && TAKE(rest, ",\"arn\":\"") &&
	    take_text(rest, &unused) && TAKE(rest, "}");
}

/* A member of the response: one of the two, or a text or a number that says nothing here. */
static bool
take_member(struct span *rest, struct record_issued *issued)
{
	struct span key, unused;

	if (!TAKE(rest, "\"") || !take_text(rest, &key) || !TAKE(rest, ":"))
		return false;
	if (span_is(key, "credentials"))
		return take_credentials(rest, issued);
	if (span_is(key, "assumedRoleUser"))
		return take_role_user(rest, issued);
	if (span_is(key, "federatedUser") || span_is(key, "ConsoleLogin") ||
	    span_is(key, "SwitchRole") || span_is(key, "GetSigninToken"))
		return false;
	if (TAKE(rest, "\""))
		return take_text(rest, &unused);
	while (rest->len != 0 && rest->ptr[0] >= '0' && rest->ptr[0] <= '9')
		*rest = span_from(*rest, 1);
	return true;
}

/* The value of responseElements, which is passed. */
static bool
take_response(struct span *rest, struct record_issued *issued)
{
	*issued = (struct record_issued){0};
	if (!TAKE(rest, "{"))
		return false;
	do
		if (!take_member(rest, issued))
			return false;
	while (TAKE(rest, ","));
	return TAKE(rest, "}") && issued->access_key_id.ptr != NULL &&
	    issued->principal_id.ptr != NULL;
}

bool
record_quick_issued(enum byte_means means, struct span document, const struct record_bounds *bounds,
    const struct record_header *header, struct record_issued *issued)
{
	static const struct byte_pattern response = {"\"responseElement", 16, 9, 0};
	static const struct byte_pattern error = {"\"errorCode\"", 11, 0, 10};
	static const struct byte_pattern name = {"\"eventName\"", 11, 0, 10};
	struct span record = {document.ptr + bounds->start, bounds->len}, before, rest;
	size_t at = byte_search(means, record, bounds->source, &response);
	size_t named = (size_t)(header->event_name.ptr - record.ptr) - (sizeof(NAME_KEY) - 1);

	before = span_head(record, at);
	rest = span_from(record, at + response.len);
	if (bounds->escapes || !TAKE(&rest, "s\":") || !take_response(&rest, issued))
		return false;
	return byte_search(means, before, 0, &name) == named &&
	    byte_search(means, before, named + 1, &name) == before.len &&
	    !has(means, span_from(before, bounds->source), &error) && !has(means, rest, &name) &&
	    !has(means, rest, &error) && !has(means, rest, &response);
}

bool
record_quick_is_named_once(
    enum byte_means means, struct span document, const struct record_bounds *bounds)
{
	static const struct byte_pattern name = {"\"eventName\"", 11, 0, 10};
	struct span record = {document.ptr + bounds->start, bounds->len};
	size_t at = byte_search(means, record, 0, &name);

	return at != record.len && byte_search(means, record, at + 1, &name) == record.len;
}
