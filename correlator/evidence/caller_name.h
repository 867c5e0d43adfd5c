/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVIDENCE_CALLER_NAME_H
#define CORRELATOR_EVIDENCE_CALLER_NAME_H

#include <stdbool.h>

#include "common/span.h"

/*
 * Whether a receipt's Caller can be the caller that CloudTrail names by this ARN. Equal ARNs are.
 * AWS does not document Caller's form for an assumed role, so the role without its session
 * ("arn:aws:iam::A:role/path/R", "arn:aws:sts::A:assumed-role/R") is compatible with each of its
 * sessions ("arn:aws:sts::A:assumed-role/R/S"); two sessions of different names are not. What is
 * absent on either side says nothing, and is compatible.
 */
bool caller_name_fits(struct span caller, struct span arn);

#endif
