/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_OPTION_VALUES_H
#define CORRELATOR_OPTION_VALUES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/* Values of options. All: true and *out on success, false and *out untouched otherwise. */

/* Seconds with an optional fraction, "5", "0.25": at most 10,000,000 (115 days), not negative. */
bool option_value_seconds(struct span text, int64_t *us);
/* A duration: seconds as above, or a whole number with s, m, h, d or w behind it; at most 366 days.
 */
bool option_value_duration(struct span text, int64_t *us);
/* Bytes: a number over 0, with K, M or G behind it for the powers of 1024. */
bool option_value_size(struct span text, int64_t *bytes);
/* A decimal number from 0 to 2^63 - 1. */
bool option_value_number(struct span text, int64_t *n);
/* An IPv4 or IPv6 address; IPv4 comes out mapped into IPv6. */
bool option_value_ip(const char *text, struct in6_addr *ip);
/* True for 8 to 32 hexadecimal digits. */
bool option_value_is_session(struct span text);
/* True for a SHA256 fingerprint: 43 digits of base64, with or without "SHA256:" and "=". */
bool option_value_is_fingerprint(struct span text);
/* The 43 digits of such a fingerprint. */
struct span option_value_fingerprint(struct span text);
/* True for an instance id: "i-" and 8 to 17 lower-case hexadecimal digits. */
bool option_value_is_instance(struct span text);
/* True for what may be the name of a region: letters in lower case, digits and "-", at most 32. */
bool option_value_is_region(struct span text);
/* True when common/time_zone.h knows the zone. */
bool option_value_is_time_zone(const char *text);
/* True when the text begins with "scheme://", or with a source that has a name, of this version or
 * of later ones. */
bool option_value_has_scheme(struct span text);

#endif
