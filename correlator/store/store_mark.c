/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_mark.h"

#include <arpa/inet.h>

#include "common/text_hash.h"
#include "pam_module/login_record.h"

/* What no address is longer than, with an interface behind it. */
#define ADDRESS_MAX 64
/* Texts in lower case are made piece by piece; one that is longer is marked by its beginning. */
#define LOWER_MAX          256
#define SESSION_DIGITS     16
#define SESSION_DIGITS_MIN 8

_Static_assert(LOGIN_SESSION_ID_LEN == 2 * SESSION_DIGITS, "two numbers are an id");

/* Texts of different sorts are marked apart, so that they seldom meet. */
enum mark_sort {
	MARK_TEXT = 1,
	MARK_LOWER,
	MARK_ADDRESS,
};

static int64_t
mark_of(enum mark_sort sort, struct span text)
{
	uint64_t h = text_hash_add(text_hash_mix((uint64_t)sort), text);

	return h != 0 ? (int64_t)h : 1;
}

int64_t
store_mark(struct span text)
{
	return text.len != 0 ? mark_of(MARK_TEXT, text) : 0;
}

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

int64_t
store_mark_lower(struct span text)
{
	unsigned char small[LOWER_MAX];
	size_t len = text.len < sizeof(small) ? text.len : sizeof(small);

	for (size_t i = 0; i < len; i++)
		small[i] = lower((unsigned char)text.ptr[i]);
	return len != 0 ? mark_of(MARK_LOWER, (struct span){(const char *)small, len}) : 0;
}

int64_t
store_mark_host(struct span hostname)
{
	struct span rest = hostname, head;

	if (hostname.len == 0 || !span_cut(&rest, '.', &head))
		return 0;
	return store_mark_lower(head.len != 0 ? head : hostname);
}

int64_t
store_mark_address(struct span text)
{
	unsigned char bytes[16] = {[10] = 0xff, [11] = 0xff}; /* IPv4 within IPv6 */
	char copy[ADDRESS_MAX];

	if (text.len == 0)
		return 0;
	/* what compares addresses takes a NUL for the end of one */
	if (strnlen(text.ptr, text.len) < sizeof(copy)) {
		size_t len = strnlen(text.ptr, text.len);

		memcpy(copy, text.ptr, len);
		copy[len] = '\0';
		if (inet_pton(AF_INET, copy, bytes + 12) == 1 ||
		    inet_pton(AF_INET6, copy, bytes) == 1)
			return mark_of(
			    MARK_ADDRESS, (struct span){(const char *)bytes, sizeof(bytes)});
	}
	return mark_of(MARK_TEXT, text);
}

static int
digit_of(char digit)
{
	unsigned char c = lower((unsigned char)digit);

	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int64_t
store_mark_session(struct span id)
{
	uint64_t number = 0;
	size_t i = 0;

	for (; i < SESSION_DIGITS && i < id.len && digit_of(id.ptr[i]) >= 0; i++)
		number = number << 4 | (uint64_t)digit_of(id.ptr[i]);
	if (i < SESSION_DIGITS_MIN)
		return store_mark(id);
	number <<= 4 * (SESSION_DIGITS - i);
	return (int64_t)(number ^ (uint64_t)1 << 63);
}

int64_t
store_mark_session_rest(struct span id)
{
	uint64_t number = 0;

	if (id.len != LOGIN_SESSION_ID_LEN)
		return 0;
	for (size_t i = 0; i < id.len; i++) {
		unsigned char c = (unsigned char)id.ptr[i];

		if (digit_of(id.ptr[i]) < 0 || c != lower(c))
			return 0;
		/* the first 16 are shifted out */
		number = number << 4 | (uint64_t)digit_of(id.ptr[i]);
	}
	return (int64_t)number;
}
