/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_GATHER_H
#define CORRELATOR_GATHER_H

#include "correlator/correlate/ledger.h"
#include "correlator/diagnostics.h"
#include "correlator/input/input_list.h"
#include "correlator/scan/progress.h"
#include "correlator/syslog/syslog_logins.h"

struct gather_options {
	size_t inflate_max; /* bytes that one file may inflate to */
	bool people;        /* keep the issuing events that the callers' chains need */
	size_t issues_max;  /* entries of people/issue_index.h; 0: ISSUE_INDEX_MAX */
	struct syslog_options syslog;
	bool plain;     /* read every record in full: what the quick way is compared with */
	size_t threads; /* that files of events are scanned by; 0: 1 */
	struct progress *progress; /* NULL: none */
};

/*
 * Reads every file of the list into the ledger: load, find the records, type them, keep what is of
 * use, count everything; the same for any number of threads, messages and their order too. Issuing
 * events are noted while everything is read once, and the few files that hold one which a chain
 * needs are read again (people/issue_needs.h); standard input and pipes cannot be, so all issuing
 * events of these are kept at once. What a file has wrong is said in d and costs that file or
 * record only. The ledger is finished at the end. 0, or -1 without memory.
 */
int gather_inputs(struct ledger *l, const struct input_list *inputs, const struct gather_options *o,
    struct diagnostics *d);

#endif
