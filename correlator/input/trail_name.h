/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_INPUT_TRAIL_NAME_H
#define CORRELATOR_INPUT_TRAIL_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/*
 * What the name of a CloudTrail log file says (CloudTrail User Guide, "CloudTrail log file name
 * format"): ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_RANDOM.json.gz. The time is that of delivery.
 */
struct trail_name {
	struct span account_id, region;
	int64_t delivered_us;
};

/* True when the last part of the path is such a name. Spans point into path. */
bool trail_name_parse(const char *path, struct trail_name *name);

#endif
