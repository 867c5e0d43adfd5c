/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_LOGINS_H
#define CORRELATOR_SYSLOG_SYSLOG_LOGINS_H

#include "correlator/correlate/ledger.h"
#include "correlator/syslog/instance_map.h"
#include "correlator/syslog/syslog_line.h"

/*
 * Puts sshd's lines together to logins, docs/SEMANTICS.md, "Retro mode", and gives them, and EC2
 * Instance Connect's lines, to the ledger. One reader for a whole run: a login may end in another
 * file than it began in. What is open at a time is kept by process and by address and port, of
 * bounded number (the oldest go first).
 */
struct syslog_options {
	const struct instance_map *map; /* NULL: none */
	struct span instance;           /* --instance; absent: none */
	int year;                       /* --year; 0: found out */
	const char *time_zone; /* --time-zone: a name of the zone data base, "+01:00"; NULL: UTC */
	int64_t eic_uid;       /* --eic-uid; -1: any system account */
	int64_t now_us;
};

struct syslog_reader;

/* NULL without memory. The ledger and the options outlive the reader. */
struct syslog_reader *syslog_reader_new(struct ledger *l, const struct syslog_options *o);
void syslog_reader_free(struct syslog_reader *r);

/* Begins a file: its path says which instance it is of, changed_us (LOGIN_TIME_UNKNOWN: not known)
 * which year it can be of. */
int syslog_reader_file(struct syslog_reader *r, const char *path, int64_t changed_us);
/* All lines of a text document; counts what it meets. 0, or -1 without memory. */
int syslog_reader_text(struct syslog_reader *r, struct span document);
/* One entry of the journal. 0, or -1 without memory. */
int syslog_reader_journal(struct syslog_reader *r, struct span entry);

/* Behind the last input and before ledger_finish: gives the ends that only a disconnect tells of.
 * 0, or -1 without memory. */
int syslog_reader_finish(struct syslog_reader *r);

#endif
