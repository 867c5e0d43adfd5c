/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_TIME_ZONE_RULE_H
#define COMMON_TIME_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/*
 * Private to time_zone.c: the rule behind the end of a zone's table, in the form of POSIX's TZ with
 * RFC 8536's extension (hours from -167 to 167): "CET-1CEST,M3.5.0,M10.5.0/3".
 */
struct time_zone_day {
	enum { TIME_ZONE_DAY_JULIAN, TIME_ZONE_DAY_ZERO, TIME_ZONE_DAY_MONTH } form;
	int month, week, day;
	int32_t time_s; /* local time of that day */
};

struct time_zone_rule {
	int32_t standard_s, summer_s; /* east of UTC */
	bool has_summer;
	struct time_zone_day start, end;
};

bool time_zone_rule_parse(struct span text, struct time_zone_rule *rule);
/* Seconds east of UTC at that moment. */
int32_t time_zone_rule_offset(const struct time_zone_rule *rule, int64_t utc_s);

#endif
