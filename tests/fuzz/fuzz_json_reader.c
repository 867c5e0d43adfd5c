/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_reader against cJSON: of a text that both take, structure, strings, numbers and literals
 * must be equal. Where they are known to differ:
 *
 *   cJSON takes more: control characters within strings, numbers like 01 and 1., a value with
 *   anything behind it, white space that is any byte up to 0x20, deeper nesting.
 *   json_reader takes more: lone surrogates (U+FFFD; cJSON refuses them).
 *   Strings that are not compared: with bytes that are not UTF-8 (U+FFFD for us, kept by cJSON),
 * and with \u0000 (U+FFFD for us, the end of the string for users of cJSON).
 */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdint.h>

#include "common/json_reader.h"
#include "common/utf8.h"

static bool
is_utf8(const char *s)
{
	size_t len = strlen(s);

	while (len != 0) {
		uint32_t code;
		size_t n = utf8_decode(s, len, &code);

		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

static void
compare_text(struct span raw, const char *theirs)
{
	struct buf scratch;
	struct span ours;

	buf_init(&scratch, 3 * raw.len + 1);
	ours = json_unescape(raw, &scratch);
	if (ours.ptr == NULL)
		abort();
	if (is_utf8(theirs) && memmem(raw.ptr, raw.len, "\\u0000", 6) == NULL &&
	    (!span_is(ours, theirs) || !json_key_is(raw, theirs)))
		abort();
	buf_clear(&scratch);
}

static void
compare_number(struct json_reader *r, double theirs)
{
	struct json_reader before = *r;
	struct span text = json_skip(r);
	char copy[64]; /* cJSON reads 63 characters of a number */
	int64_t n;

	if (text.len >= sizeof(copy))
		return;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (strtod(copy, NULL) != theirs)
		abort();
	if (json_read_int(&before, &n) && fabs(theirs) < 1e15 && (double)n != theirs)
		abort();
}

static void compare(struct json_reader *r, const cJSON *theirs);

static void
compare_items(struct json_reader *r, const cJSON *theirs, enum json_type type)
{
	const cJSON *item = theirs->child;
	struct span key;

	json_enter(r, type);
	while (type == JSON_OBJECT ? json_next_member(r, &key) : json_next_element(r)) {
		if (item == NULL)
			abort();
		if (type == JSON_OBJECT)
			compare_text(key, item->string);
		compare(r, item);
		item = item->next;
	}
	if (item != NULL)
		abort();
}

static void
compare(struct json_reader *r, const cJSON *theirs)
{
	bool yes;

	static const int types[] = {
	    [JSON_NULL] = cJSON_NULL,
	    [JSON_FALSE] = cJSON_False,
	    [JSON_TRUE] = cJSON_True,
	    [JSON_NUMBER] = cJSON_Number,
	    [JSON_STRING] = cJSON_String,
	    [JSON_ARRAY] = cJSON_Array,
	    [JSON_OBJECT] = cJSON_Object,
	};
	enum json_type type = json_peek(r);

	if ((theirs->type & 0xff) != types[type] || type == JSON_NONE)
		abort();
	if (type == JSON_OBJECT || type == JSON_ARRAY)
		compare_items(r, theirs, type);
	else if (type == JSON_STRING)
		compare_text(json_read_string(r), theirs->valuestring);
	else if (type == JSON_NUMBER)
		compare_number(r, theirs->valuedouble);
	else if (type == JSON_NULL)
		(void)json_skip(r);
	else if (!json_read_bool(r, &yes) || yes != (type == JSON_TRUE))
		abort();
	if (r->error != JSON_OK)
		abort();
}

/* What json_reader takes and cJSON may refuse. */
static bool
has_odd_escape(struct span text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == '\\' && text.ptr[i + 1] == 'u')
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size}, value;
	struct json_reader r;
	const char *end = NULL;
	cJSON *theirs;

	json_reader_init(&r, text);
	value = json_skip(&r);
	if (r.at < r.start || r.at > r.end || (value.ptr == NULL) != (r.error != JSON_OK))
		abort();
	theirs = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, 0);
	/* numbers are cut at 63 characters by cJSON, and what is behind them is then refused */
	if (r.error == JSON_OK && theirs == NULL && size < 64 && !has_odd_escape(text))
		abort();
	if (r.error == JSON_OK && theirs != NULL) {
		json_reader_init(&r, text);
		compare(&r, theirs);
	}
	cJSON_Delete(theirs);
	return 0;
}
