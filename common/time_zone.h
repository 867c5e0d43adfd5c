/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_TIME_ZONE_H
#define COMMON_TIME_ZONE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Zones of the time zone database (tzfile(5)) by name ("Europe/Berlin", "UTC"), and fixed offsets
 * ("+01:00", "-0330", "Z").
 */
struct time_zone;

/* NULL when the zone is not known, or without memory. */
struct time_zone *time_zone_open(const char *name);
void time_zone_close(struct time_zone *z);
/* The moment at which clocks of the zone showed local_us (local time written as if it were UTC). Of
 * two moments (the hour that comes twice) the first; a time that was skipped is read as if clocks
 * had not been set yet. z NULL: UTC. */
int64_t time_zone_to_utc(const struct time_zone *z, int64_t local_us);

#endif
