/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_YEAR_H
#define CORRELATOR_SYSLOG_SYSLOG_YEAR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/*
 * Which year the stamps without one are in (docs/SEMANTICS.md, "Retro mode", Time). Every line is
 * shown to it in order: a quiet host's sshd alone may be silent over half a year.
 */
struct syslog_year {
	bool in_use;  /* the document has such stamps */
	int first;    /* the year of its first stamp */
	int turns;    /* how often the year has changed since */
	int day;      /* of the line before, in days of 1972; -1: none yet */
	char text[6]; /* its month and day as they are written */
};

/* Reads all of the document's days. year: of its first stamp, 0: the latest that leaves no day of
 * it later than changed_us. (By a day at most: that may be another zone's.) */
void syslog_year_find(struct syslog_year *y, struct span document, int year, int64_t changed_us);
/* Takes note of a line's day. */
void syslog_year_line(struct syslog_year *y, struct span line);
/* A time of the year 1972 in the year of the last line noted. */
int64_t syslog_year_place(const struct syslog_year *y, int64_t time_us);

#endif
