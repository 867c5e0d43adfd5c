/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_JSON_WRITER_H
#define COMMON_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * Writes JSON into a buffer, commas included: the one place where JSON is escaped. A key is NULL
 * inside an array. Failures stay in the buffer (buf.failed); check it once at the end.
 */
struct json_writer {
	struct buf *out;
	bool comma; /* the next item needs one before it */
};

void json_writer_init(struct json_writer *w, struct buf *out);

void json_object_begin(struct json_writer *w, const char *key);
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w, const char *key);
void json_array_end(struct json_writer *w);

/* Strings are escaped; invalid UTF-8 becomes U+FFFD; an absent span or NULL writes nothing at all,
 * not even the key (a field that is not known is absent). */
void json_put_span(struct json_writer *w, const char *key, struct span value);
void json_put_string(struct json_writer *w, const char *key, const char *value);
void json_put_int(struct json_writer *w, const char *key, int64_t value);
void json_put_bool(struct json_writer *w, const char *key, bool value);
void json_put_null(struct json_writer *w, const char *key);
/* A time as RFC 3339 UTC text with `digits` of the fraction. */
void json_put_time(struct json_writer *w, const char *key, int64_t us, int digits);

/* The escaped inside of a JSON string, without quotes. */
void json_escape(struct buf *out, struct span value);

#endif
