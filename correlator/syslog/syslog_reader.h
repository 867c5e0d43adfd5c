/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_READER_H
#define CORRELATOR_SYSLOG_SYSLOG_READER_H

#include "correlator/syslog/sshd_message.h"
#include "correlator/syslog/syslog_ends.h"
#include "correlator/syslog/syslog_logins.h"
#include "correlator/syslog/syslog_sessions.h"
#include "correlator/syslog/syslog_year.h"

/* Private to syslog_logins.c, which finds and reads the lines, and syslog_assemble.c, which makes
 * logins of them. */
struct syslog_reader {
	struct ledger *ledger;
	struct syslog_options options;
	struct time_zone *zone; /* NULL: UTC */
	struct syslog_year year;
	struct syslog_sessions sessions;
	struct syslog_ends ends;
	int64_t changed_us;
	struct buf path, scratch, decoded, host;
	bool host_known; /* row and instance are those of the host in `host`, in this file */
	const struct instance_place_row *row;
	struct span instance, place;
};

/* A line and what it says, on the way to the ledger. */
struct syslog_item {
	const struct syslog_line *line;
	struct sshd_message message;
	struct syslog_process process;
	int64_t time_us;
};

/* What an item that says something of a login, or of a key, means for the ledger. 0, or -1. */
int syslog_assemble(struct syslog_reader *r, const struct syslog_item *i);

#endif
