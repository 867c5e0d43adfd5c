/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/option_values.h"

#include <arpa/inet.h>

#include "common/time_text.h"
#include "common/time_zone.h"

#define SECONDS_MAX        10000000
#define DURATION_MAX       (366 * US_PER_DAY)
#define FINGERPRINT_DIGITS 43

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits up to the first other character, which *rest gets. */
static bool
take_number(struct span text, struct span *rest, int64_t *out)
{
	int64_t n = 0;
	size_t i = 0;

	for (; i < text.len && is_digit(text.ptr[i]); i++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, text.ptr[i] - '0', &n))
			return false;
	}
	*rest = span_from(text, i);
	*out = n;
	return i != 0;
}

bool
option_value_number(struct span text, int64_t *n)
{
	struct span rest;
	int64_t value;

	if (!take_number(text, &rest, &value) || rest.len != 0)
		return false;
	*n = value;
	return true;
}

bool
option_value_seconds(struct span text, int64_t *us)
{
	int64_t seconds, unit = US_PER_SECOND / 10, fraction = 0;
	struct span rest;

	if (!take_number(text, &rest, &seconds) || seconds > SECONDS_MAX)
		return false;
	if (rest.len != 0) {
		if (rest.ptr[0] != '.' || rest.len == 1)
			return false;
		for (size_t i = 1; i < rest.len; i++, unit /= 10) {
			if (!is_digit(rest.ptr[i]))
				return false;
			fraction += (rest.ptr[i] - '0') * unit;
		}
	}
	*us = seconds * US_PER_SECOND + fraction;
	return true;
}

bool
option_value_duration(struct span text, int64_t *us)
{
	static const struct {
		char letter;
		int64_t us;
	} units[] = {
	    {'s', US_PER_SECOND},
	    {'m', 60 * US_PER_SECOND},
	    {'h', US_PER_HOUR},
	    {'d', US_PER_DAY},
	    {'w', 7 * US_PER_DAY},
	};
	struct span rest;
	int64_t n;

	if (option_value_seconds(text, us))
		return true;
	if (!take_number(text, &rest, &n) || rest.len != 1)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (rest.ptr[0] != units[i].letter)
			continue;
		if (n > DURATION_MAX / units[i].us)
			return false;
		*us = n * units[i].us;
		return true;
	}
	return false;
}

bool
option_value_size(struct span text, int64_t *bytes)
{
	static const char units[] = "KMG";
	int64_t n, scale = 1;
	struct span rest;

	if (!take_number(text, &rest, &n) || n == 0 || rest.len > 1)
		return false;
	if (rest.len == 1) {
		const char *unit = memchr(units, rest.ptr[0] & ~0x20, sizeof(units) - 1);

		if (unit == NULL)
			return false;
		scale = INT64_C(1) << 10 * (unit - units + 1);
	}
	if (__builtin_mul_overflow(n, scale, &n))
		return false;
	*bytes = n;
	return true;
}

bool
option_value_ip(const char *text, struct in6_addr *ip)
{
	struct in6_addr v6 = {0};
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		v6.s6_addr[10] = v6.s6_addr[11] = 0xff;
		memcpy(&v6.s6_addr[12], &v4, sizeof(v4));
	} else if (inet_pton(AF_INET6, text, &v6) != 1) {
		return false;
	}
	*ip = v6;
	return true;
}

bool
option_value_is_session(struct span text)
{
	if (text.len < 8 || text.len > 32)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)(text.ptr[i] | 0x20);

		if (!is_digit(text.ptr[i]) && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

struct span
option_value_fingerprint(struct span text)
{
	if (span_starts(text, "SHA256:"))
		text = span_from(text, 7);
	if (text.len == FINGERPRINT_DIGITS + 1 && text.ptr[FINGERPRINT_DIGITS] == '=')
		text.len--;
	return text;
}

bool
option_value_is_fingerprint(struct span text)
{
	text = option_value_fingerprint(text);
	if (text.len != FINGERPRINT_DIGITS)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], lower = (char)(c | 0x20);

		if (!is_digit(c) && !(lower >= 'a' && lower <= 'z') && c != '+' && c != '/')
			return false;
	}
	return true;
}

bool
option_value_is_instance(struct span text)
{
	if (!span_starts(text, "i-") || text.len < 2 + 8 || text.len > 2 + 17)
		return false;
	for (size_t i = 2; i < text.len; i++) {
		if (!is_digit(text.ptr[i]) && !(text.ptr[i] >= 'a' && text.ptr[i] <= 'f'))
			return false;
	}
	return true;
}

bool
option_value_is_region(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-')
			return false;
	}
	return text.len != 0 && text.len <= 32;
}

bool
option_value_is_time_zone(const char *text)
{
	struct time_zone *zone = time_zone_open(text);
	bool known = zone != NULL;

	time_zone_close(zone);
	return known;
}

bool
option_value_has_scheme(struct span text)
{
	static const char *const others[] = {
	    "lookup-events:", "cloudwatch-logs:", "sqs:", "athena:", "trino:"};
	size_t i = 0;

	for (size_t n = 0; n < sizeof(others) / sizeof(others[0]); n++) {
		if (span_starts(text, others[n]))
			return true;
	}
	while (i < text.len && ((text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z'))
		i++;
	while (i < text.len &&
	    (is_digit(text.ptr[i]) || text.ptr[i] == '+' || text.ptr[i] == '-' ||
		((text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z')))
		i++;
	return i > 1 && span_starts(span_from(text, i), "://");
}
