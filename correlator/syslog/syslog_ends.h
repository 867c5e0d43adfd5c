/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_ENDS_H
#define CORRELATOR_SYSLOG_SYSLOG_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlator/syslog/syslog_sessions.h"

/*
 * Ends whose beginning has not been read, for where the newer of two files is read first
 * ("auth.log", then "auth.log.1"). Of bounded number: what comes later is not kept.
 */
#define SYSLOG_ENDS_MAX ((size_t)1 << 16)

struct syslog_end {
	uint8_t key[16];
	int64_t time_us;
};

struct syslog_ends {
	struct syslog_end *rows;
	size_t count, cap;
	bool sorted;
};

void syslog_ends_clear(struct syslog_ends *e);
/* With a user that of a process's session, without one that of an address and port. 0, or -1. */
int syslog_ends_add(struct syslog_ends *e, const struct syslog_process *p, int64_t time_us);
/* The first end at or behind that time; INT64_MIN when there is none. */
int64_t syslog_ends_find(
    struct syslog_ends *e, const struct syslog_process *p, bool of_connection, int64_t from_us);

#endif
