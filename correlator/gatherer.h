/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_GATHERER_H
#define CORRELATOR_GATHERER_H

#include "correlator/gather.h"
#include "correlator/input/document.h"
#include "correlator/input/record_scan.h"
#include "correlator/people/issue_index.h"
#include "correlator/scan/scan_pool.h"

/*
 * Private to gather*.c: what is under way while inputs are read. Threads scan files of events;
 * this is what one of them at a time may write to.
 */
struct gatherer {
	struct ledger *ledger;
	const struct gather_options *options;
	struct diagnostics *diagnostics;
	const struct input_list *inputs;
	const struct input_file *file;
	struct document document; /* logins; files of events that are read again */
	struct buf unwrapped;     /* records that stood in strings */
	struct buf scratch;       /* decoded strings of one record */
	struct syslog_reader *syslog;
	struct issue_index issues; /* where issuing events lie */
	uint64_t found;            /* records in this file of logins that it may have */
	uint64_t misplaced;        /* ... and that it may not */
	uint64_t broken;
	int64_t changed_us; /* this file of logins; LOGIN_TIME_UNKNOWN: not known */
	bool cut_short;     /* said already: the file ends early */
	bool in_the_syslog; /* the syslog reader knows of the file */
	/* of options->watch */
	size_t begun; /* file + 1 */
	uint64_t failed_before;
	bool failed; /* it said -1 */
};

/* Empties the scratch, with room for what a record of that text decodes to. False without memory.
 */
bool gather_scratch(struct gatherer *g, struct span text);

/* Tells the watch, if there is one, that what follows is of that file. */
int gather_begin(struct gatherer *g, size_t file);

/* Takes what was found in a file of events: into the ledger, the coverage, the index of issuing
 * events, the diagnostics. 0, or -1 without memory, as everything below. */
int gather_findings(struct gatherer *g, size_t file, const struct findings *f);

/* A file of logins: login records, or the log of sshd. */
int gather_logins(struct gatherer *g, size_t file);

/* An issuing event that is needed, or that cannot be read again. */
int gather_issue(struct gatherer *g, struct span text);
/* After the last input: keeps the issuing events that chains need. */
int gather_needed_issues(struct gatherer *g);

#endif
