/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_JSON_READER_H
#define COMMON_JSON_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

/*
 * A pull reader for JSON (RFC 8259): walks the caller's bytes in place, allocates nothing, and
 *gives spans into them. Strict: what is not JSON, nests deeper than JSON_DEPTH_MAX, or ends early
 *makes an error that sticks; every later call then says "no more". Bytes in strings need not be
 *UTF-8 here (json_unescape mends them).
 *
 *	struct json_reader r;
 *	struct span key;
 *
 *	json_reader_init(&r, text);
 *	for (json_enter(&r, JSON_OBJECT); json_next_member(&r, &key);) {
 *		if (json_key_is(key, "eventName"))
 *			name = json_read_string(&r);	    raw, still escaped
 *		else
 *			json_skip(&r);
 *	}
 *	if (r.error != JSON_OK) ...
 *
 * After json_next_member or json_next_element the value must be read, entered or skipped before the
 * next call.
 */
#define JSON_DEPTH_MAX 128

enum json_type {
	JSON_NONE, /* no value: the end of the text, or an error */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

enum json_error {
	JSON_OK = 0,
	JSON_ERROR_SYNTAX,    /* not JSON */
	JSON_ERROR_TRUNCATED, /* the text ends within a value */
	JSON_ERROR_DEPTH,     /* nested deeper than JSON_DEPTH_MAX */
	JSON_ERROR_TOO_LONG,  /* a string longer than its reader has room for (set by callers only)
			       */
};

struct json_reader {
	const char *start;
	const char *at;
	const char *end;
	enum json_error error;
	int depth;
	bool fresh; /* just behind an opening bracket: no comma before the next member */
};

void json_reader_init(struct json_reader *r, struct span text);
/* The type of the value that stands next; white space before it is passed over. */
enum json_type json_peek(struct json_reader *r);
/* Enters the object or array that stands next; a value of another type is an error. */
void json_enter(struct json_reader *r, enum json_type type);
/* Goes to the next member and gives its raw key; false behind the last one (the object is then
 * closed) and on an error. */
bool json_next_member(struct json_reader *r, struct span *key);
bool json_next_element(struct json_reader *r);
/* Passes over the value that stands next; gives its bytes, without white space around it. */
struct span json_skip(struct json_reader *r);
/* The raw inside of the string that stands next, escapes and all. A value of any other type is
 * passed over and gives SPAN_NONE. */
struct span json_read_string(struct json_reader *r);
/* True and *out when the value is an integer within int64_t; anything else is passed over. */
bool json_read_int(struct json_reader *r, int64_t *out);
/* True and *out when the value is true or false; anything else is passed over. */
bool json_read_bool(struct json_reader *r, bool *out);
/* Byte offset of the place reached, for messages. */
size_t json_offset(const struct json_reader *r);
const char *json_error_text(enum json_error error);

/* True when the raw key equals the name, also when the key is spelled with escapes. */
bool json_key_is(struct span raw_key, const char *name);

/*
 * The text of a raw string. Without a backslash and with valid UTF-8 it is the raw span itself;
 * otherwise it is decoded behind the end of scratch and the span points there (scratch must be
 * reserved large enough or not grow again while spans into it live: reserve raw.len * 3 up front).
 * NUL, lone surrogates and invalid UTF-8 become U+FFFD. SPAN_NONE stays SPAN_NONE.
 */
struct span json_unescape(struct span raw, struct buf *scratch);

/* The decoded text of the string that stands next, or the text of a number, true or false as it is
 * written; null, an object and an array are passed over and give SPAN_NONE. */
struct span json_read_text(struct json_reader *r, struct buf *scratch);

#endif
