/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/input/record_quick.h"

#include "correlator/input/byte_block.h"

#define TIME_LEN 20 /* "2026-11-22T06:22:40Z" */
/* How far before a record's end its tail is looked for. */
#define TAIL_MAX 1536
/* Accounts have 12 digits. */
#define ACCOUNT_MAX 64

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
	(STARTS(*(rest), text) &&                                                                  \
	    ((rest)->ptr += sizeof(text) - 1, (rest)->len -= sizeof(text) - 1, true))

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
	if (source <= before ||
	    (time[-(ptrdiff_t)sizeof(TIME_KEY)] != ',' &&
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
read_tail_member(struct span rest, struct record_header *h)
{
	size_t len = 0;

	if (TAKE(&rest, ACCOUNT_KEY)) {
		if (h->recipient_account_id.ptr != NULL)
			return true;
		while (len < rest.len && rest.ptr[len] != '"' && rest.ptr[len] != '\\')
			len++;
		h->recipient_account_id = (struct span){rest.ptr, len};
		return len < ACCOUNT_MAX && len < rest.len && rest.ptr[len] == '"';
	}
	if (!TAKE(&rest, READ_KEY))
		/* the last of two counts, however it is written */
		return (h->recipient_account_id.ptr != NULL ||
			   !STARTS(rest, "\"recipientAccountId\"")) &&
		    (h->read_only.ptr != NULL || !STARTS(rest, "\"readOnly\""));
	if (h->read_only.ptr != NULL)
		return true;
	if (STARTS(rest, "true"))
		h->read_only = (struct span){rest.ptr, 4};
	else if (STARTS(rest, "false"))
		h->read_only = (struct span){rest.ptr, 5};
	return h->read_only.ptr != NULL;
}

/* A block, looked at from the record's end on. */
struct tail_block {
	uint64_t in_string; /* all ones when a string is open behind the block */
	uint64_t telling;   /* the telling letters of the block behind */
	int depth;          /* behind the block, the record's own members being at 1 */
};

/* The keys in the block at `at` that may be one of the two, the block's state going to that before
 * it. False when that cannot be told. */
BYTE_BLOCK_INLINE bool
look_at(struct looks look, struct tail_block *b, const char *at, uint64_t *keys)
{
	uint64_t quote = look.mask_of(at, '"', 0), backslash = look.mask_of(at, '\\', 0);
	uint64_t inside, open, close, telling, rest;
	bool escaped = false;

	if (__builtin_expect(backslash != 0 || at[-1] == '\\', 0)) {
		if (at[-1] == '\\')
			return false;
		quote &= ~byte_block_escaped(backslash, &escaped);
	}
	inside = look.parity_of(quote);
	inside ^= -(inside >> 63) ^ b->in_string;
	open = look.mask_of(at, '{', 0x20) & ~inside;
	close = look.mask_of(at, '}', 0x20) & ~inside;
	telling = look.mask_of(at, 'p', 0) | look.mask_of(at, 'O', 0);
	*keys = 0;
	rest = quote & inside & (telling >> TELLING_AT | b->telling << (BYTE_BLOCK - TELLING_AT));
	for (; rest != 0; rest &= rest - 1) {
		int bit = __builtin_ctzll(rest);

		if (b->depth + __builtin_popcountll(close >> bit) -
			__builtin_popcountll(open >> bit) ==
		    1)
			*keys |= UINT64_C(1) << bit;
	}
	b->in_string = -((inside ^ quote) & 1);
	b->telling = telling;
	b->depth += __builtin_popcountll(close) - __builtin_popcountll(open);
	return true;
}

/*
 * The record's own readOnly and recipientAccountId, looked for from its end, where it is known that
 * no string and nothing but the record is open: so it is known of every byte before, too. Of
 * members named twice the last one counts. False when they cannot be told.
 */
BYTE_BLOCK_INLINE bool
read_tail(struct looks look, struct span document, struct span record, struct record_header *h)
{
	const char *at = record.ptr + record.len, *end = document.ptr + document.len;
	const char *first = record.len > TAIL_MAX ? at - TAIL_MAX : record.ptr;
	struct tail_block b = {0};

	while (h->read_only.ptr == NULL || h->recipient_account_id.ptr == NULL) {
		uint64_t keys;

		if (at - first < BYTE_BLOCK)
			return false;
		at -= BYTE_BLOCK;
		if (!look_at(look, &b, at, &keys))
			return false;
		while (keys != 0) {
			int bit = 63 - __builtin_clzll(keys);

			keys ^= UINT64_C(1) << bit;
			if (!read_tail_member(
				(struct span){at + bit, (size_t)(end - at) - (size_t)bit}, h))
				return false;
		}
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

static uint64_t
word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* The row of records that end alike: there, the name of a host mostly tells the service, and which
 * event of it tells whether it reads. */
static struct record_tail *
tail_row(struct record_tails *tails, struct span record, const struct record_header *h)
{
	const char *end = record.ptr + record.len;
	uint64_t mix = word_at(end - 16) ^ word_at(end - 24) * 3 ^ word_at(end - 40) * 5 ^
	    word_at(h->event_name.ptr) * 7 ^ h->event_name.len;

	/* the golden ratio's fraction, made odd */
	return &tails->rows[(mix * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (RECORD_TAILS - 1)];
}

/* The same text from the end back has the same in it. */
static bool
recall_tail(const struct record_tail *t, struct span record, struct record_header *h)
{
	const char *end = record.ptr + record.len;

	if (t->len == 0 || t->len > record.len || memcmp(end - t->len, t->text, t->len) != 0)
		return false;
	h->recipient_account_id = (struct span){end - t->account_back, t->account_len};
	h->read_only = (struct span){end - t->read_back, t->read_only ? 4 : 5};
	return true;
}

/* From the byte before the first of the two keys: it tells that the key's quote is no part of an
 * escape. */
static void
keep_tail(struct record_tail *t, struct span record, const struct record_header *h)
{
	const char *end = record.ptr + record.len;
	const char *account = h->recipient_account_id.ptr - (sizeof(ACCOUNT_KEY) - 1);
	const char *read = h->read_only.ptr - (sizeof(READ_KEY) - 1);
	const char *from = (account < read ? account : read) - 1;

	t->len = 0;
	if ((size_t)(end - from) > sizeof(t->text) || (*from != ',' && *from != '{'))
		return;
	t->len = (uint16_t)(end - from);
	memcpy(t->text, from, t->len);
	t->account_back = (uint16_t)(end - h->recipient_account_id.ptr);
	t->account_len = (uint16_t)h->recipient_account_id.len;
	t->read_back = (uint16_t)(end - h->read_only.ptr);
	t->read_only = h->read_only.len == 4;
}

BYTE_BLOCK_INLINE bool
read_header(struct looks look, struct span document, const struct record_bounds *bounds,
    struct record_tails *tails, struct record_header *h)
{
	struct span record = {document.ptr + bounds->start, bounds->len};
	const size_t source = (size_t)bounds->start + bounds->source;
	struct span row = {document.ptr + source, document.len - source};
	struct record_tail *tail;

	if (bounds->sources != 1 || !read_row(look, row, bounds->source, h))
		return false;
	if (tails == NULL)
		return read_tail(look, document, record, h);
	tail = tail_row(tails, record, h);
	if (recall_tail(tail, record, h))
		return true;
	if (!read_tail(look, document, record, h))
		return false;
	keep_tail(tail, record, h);
	return true;
}

static bool
header_portable(struct span document, const struct record_bounds *bounds,
    struct record_tails *tails, struct record_header *header)
{
	return read_header((struct looks){byte_block_portable, byte_parity_portable}, document,
	    bounds, tails, header);
}

#if BYTE_BLOCK_HAS_BASE
static bool
header_base(struct span document, const struct record_bounds *bounds, struct record_tails *tails,
    struct record_header *header)
{
	return read_header(
	    (struct looks){byte_block_base, byte_parity_portable}, document, bounds, tails, header);
}
#endif

#if BYTE_BLOCK_HAS_AVX2
static BYTE_BLOCK_AVX2_TARGET bool
header_avx2(struct span document, const struct record_bounds *bounds, struct record_tails *tails,
    struct record_header *header)
{
	return read_header(
	    (struct looks){byte_block_avx2, byte_parity_clmul}, document, bounds, tails, header);
}
#endif

#if BYTE_BLOCK_HAS_AVX512
static BYTE_BLOCK_AVX512_TARGET bool
header_avx512(struct span document, const struct record_bounds *bounds, struct record_tails *tails,
    struct record_header *header)
{
	return read_header(
	    (struct looks){byte_block_avx512, byte_parity_clmul}, document, bounds, tails, header);
}
#endif

static bool
header_by(enum byte_means means, struct span document, const struct record_bounds *bounds,
    struct record_tails *tails, struct record_header *header)
{
	switch (means) {
#if BYTE_BLOCK_HAS_BASE
	case BYTE_MEANS_BASE: return header_base(document, bounds, tails, header);
#endif
#if BYTE_BLOCK_HAS_AVX2
	case BYTE_MEANS_AVX2: return header_avx2(document, bounds, tails, header);
#endif
#if BYTE_BLOCK_HAS_AVX512
	case BYTE_MEANS_AVX512: return header_avx512(document, bounds, tails, header);
#endif
	default: return header_portable(document, bounds, tails, header);
	}
}

/* One by one: compilers clear as much at once by an instruction that is slow to begin, and of a
 * chain of assignments they read back each. */
static void
forget(struct record_header *h)
{
	h->event_source = SPAN_NONE;
	h->event_name = SPAN_NONE;
	h->event_time = SPAN_NONE;
	h->aws_region = SPAN_NONE;
	h->recipient_account_id = SPAN_NONE;
	h->user_identity = SPAN_NONE;
	h->request_parameters = SPAN_NONE;
	h->response_elements = SPAN_NONE;
	h->additional_event_data = SPAN_NONE;
	h->service_event_details = SPAN_NONE;
	h->error_code = SPAN_NONE;
	h->read_only = SPAN_NONE;
}

bool
record_quick_header(enum byte_means means, struct span document, const struct record_bounds *bounds,
    struct record_tails *tails, struct record_header *header)
{
	forget(header);
	if (!header_by(means, document, bounds, tails, header))
		return false;
	return !bounds->escapes ||
	    (!row_has_escapes(header) &&
		!spells_letters(means, (struct span){document.ptr + bounds->start, bounds->len}));
}

bool
record_quick_is_named_once(
    enum byte_means means, struct span document, const struct record_bounds *bounds)
{
	static const struct byte_pattern name = {"\"eventName\"", 11, 6, 10};
	struct span record = {document.ptr + bounds->start, bounds->len};
	size_t at = byte_search(means, record, 0, &name);

	return at != record.len && byte_search(means, record, at + 1, &name) == record.len;
}
