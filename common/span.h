/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_SPAN_H
#define COMMON_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A run of bytes that somebody else owns: a pointer and a length, never NUL-terminated by contract.
 * ptr is NULL when the thing named is absent; an empty string has a pointer and length 0.
 */
struct span {
	const char *ptr;
	size_t len;
};

#define SPAN_NONE     ((struct span){NULL, 0})
#define SPAN(literal) ((struct span){("" literal), sizeof(literal) - 1})

/* The bytes of a C string; SPAN_NONE for NULL. */
static inline struct span
span_of(const char *s)
{
	return (struct span){s, s != NULL ? strlen(s) : 0};
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* True when the span is present and equals the C string. */
static inline bool
span_is(struct span a, const char *s)
{
	return a.ptr != NULL && span_eq(a, span_of(s));
}

static inline bool
span_starts(struct span a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.ptr != NULL && a.len >= n && memcmp(a.ptr, prefix, n) == 0;
}

static inline bool
span_ends(struct span a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.len >= n && memcmp(a.ptr + a.len - n, suffix, n) == 0;
}

/* The span without its first n bytes (all of them when it is shorter). */
static inline struct span
span_from(struct span a, size_t n)
{
	if (n > a.len)
		n = a.len;
	return (struct span){a.ptr != NULL ? a.ptr + n : NULL, a.len - n};
}

/* Cuts the prefix off *s; false, and *s as it was, when it does not begin so. */
static inline bool
span_pass(struct span *s, const char *prefix)
{
	if (!span_starts(*s, prefix))
		return false;
	*s = span_from(*s, strlen(prefix));
	return true;
}

/* At most the first n bytes. */
static inline struct span
span_head(struct span a, size_t n)
{
	return (struct span){a.ptr, a.len < n ? a.len : n};
}

/*
 * Cuts *rest at the first sep: *head gets what stands before it, *rest what stands behind it.
 * Without a sep *head gets all and *rest becomes absent. False when *rest was absent already.
 */
static inline bool
span_cut(struct span *rest, char sep, struct span *head)
{
	const char *at;

	if (rest->ptr == NULL)
		return false;
	at = rest->len != 0 ? memchr(rest->ptr, sep, rest->len) : NULL;
	if (at == NULL) {
		*head = *rest;
		*rest = SPAN_NONE;
		return true;
	}
	*head = (struct span){rest->ptr, (size_t)(at - rest->ptr)};
	*rest = span_from(*rest, head->len + 1);
	return true;
}

/* Digits alone, at least one. */
static inline bool
span_is_digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len != 0;
}

#define SPAN_NUMBER_DIGITS 18 /* as many as always fit */

/* The number that digits alone say, at most digits_max of them; else false, and *n as it was. */
static inline bool
span_number(struct span s, size_t digits_max, int64_t *n)
{
	if (s.len > digits_max || s.len > SPAN_NUMBER_DIGITS || !span_is_digits(s))
		return false;
	*n = 0;
	for (size_t i = 0; i < s.len; i++)
		*n = *n * 10 + (s.ptr[i] - '0');
	return true;
}

#endif
