/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_GATHERER_H
#define CORRELATOR_GATHERER_H

#include "correlator/gather.h"
#include "correlator/input/document.h"
#include "correlator/input/record_scan.h"
#include "correlator/input/record_split.h"
#include "correlator/people/issue_index.h"

/*
 * Private to gather*.c: what is under way while inputs are read.
 */
struct gatherer {
	struct ledger *ledger;
	const struct gather_options *options;
	struct diagnostics *diagnostics;
	const struct input_list *inputs;
	const struct input_file *file;
	struct document document;
	struct buf unwrapped;      /* records that stood in strings */
	struct buf scratch;        /* decoded strings of one record */
	struct record_split split; /* the records of a log file */
	enum byte_means means;
	struct syslog_reader *syslog;
	struct issue_index issues; /* where issuing events lie */
	uint64_t found;            /* records in this file that its role may have */
	uint64_t misplaced;        /* ... and that it may not */
	uint64_t broken;
	string_id last_account, last_region; /* of the record before */
	bool cut_short;                      /* said already: the file ends early */
	bool in_the_syslog;                  /* the syslog reader knows of the file */
};

/* A record is at most 1 MB (CloudTrail User Guide). What is longer by far is no record; what is
 * decoded of one, with its key, fits into the scratch. */
#define RECORD_MAX  ((size_t)16 << 20)
#define SCRATCH_MAX (4 * RECORD_MAX)

/* Empties the scratch, with room for what a record of that text decodes to. False without memory.
 */
bool gather_scratch(struct gatherer *g, struct span text);

/* Gives every record of the document to the visitor, as record_scan does; the header of one that is
 * of no use lacks the whole values. 0, or what the visitor returned, or -1 without memory. */
int gather_records(struct gatherer *g, const struct record_visitor *visitor);

/* A CloudTrail record of a file of events. 0, or -1 without memory, as everything below. */
int gather_event(struct gatherer *g, struct span text, const struct record_header *header);
/* What the file's name says of its delivery. */
int gather_delivery(struct gatherer *g);

/* An issuing event: notes where it lies, or keeps it when it cannot be read again. */
int gather_issue(struct gatherer *g, struct span text, const struct record_header *header);
/* After the last input: keeps the issuing events that chains need. */
int gather_needed_issues(struct gatherer *g);

#endif
