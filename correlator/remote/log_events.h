/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REMOTE_LOG_EVENTS_H
#define CORRELATOR_REMOTE_LOG_EVENTS_H

#include "correlator/remote/asked_events.h"

/*
 * The log group that a trail writes to, by FilterLogEvents (Amazon CloudWatch Logs API Reference)
 * with a filter for the events of use. `group` is the group's name, asked for at all places, or
 * its ARN (arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME, also with ":*" behind it): then its
 * region is asked, by the profile of its account, or by the first when none is (a monitoring
 * account).
 *
 * Records are kept one a line, a day together, under
 * "cloudwatch-logs:ACCOUNT/REGION/GROUP/2026-11-22"; see asked_walk.h. They cover what records of
 * files do: hours in which there is one. That there are none says nothing, since nobody knows here
 * what the trail delivers to the group.
 *
 * What cannot be had is an error in the diagnostics, and what came before it is kept. 0 or -1
 * without memory.
 */
int log_events_run(const struct asked_events *a, const char *group);

/* The parts of a log group's ARN. */
struct log_group_arn {
	struct span partition, region, account_id, name;
};

/* False: no such ARN. Spans point into text. */
bool log_group_arn_parse(const char *text, struct log_group_arn *arn);

#endif
