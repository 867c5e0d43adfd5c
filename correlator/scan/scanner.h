/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SCAN_SCANNER_H
#define CORRELATOR_SCAN_SCANNER_H

#include "correlator/input/document.h"
#include "correlator/input/input_list.h"
#include "correlator/input/record_quick.h"
#include "correlator/input/record_scan.h"
#include "correlator/input/record_split.h"
#include "correlator/scan/findings.h"
#include "correlator/scan/same_hour.h"

/*
 * Files of events, one after the other, to findings: load, inflate, split, look at each record. A
 * thread has one of its own, with buffers that are used again; nothing else is written to.
 */
struct scan_options {
	size_t inflate_max;                   /* bytes that one file may inflate to */
	bool people;                          /* note the issuing events too */
	bool plain;                           /* read every record in full */
	bool keep_issues;                     /* issuing events are kept, not their places */
	const struct document_source *source; /* of files that are elsewhere; NULL: none */
};

struct scanner;
/* Takes what was found so far, all of it, once the files before have been taken: what is left is
 * findings_clear'ed. 0, or -1: the scan ends. */
typedef int scan_hand_over(void *ctx, struct findings *f);

struct scanner {
	const struct scan_options *options;
	scan_hand_over *hand_over; /* called when there are FINDINGS_MAX bytes of them */
	void *ctx;

	struct document document;
	struct buf unwrapped;      /* records that stood in strings */
	struct buf scratch;        /* decoded strings of one record */
	struct record_split split; /* the records of a log file */
	struct record_tails tails; /* of any records before */
	enum byte_means means;
	struct string_pool strings;          /* accounts and regions */
	struct coverage coverage;            /* of this file, until it is moved to the findings */
	string_id last_account, last_region; /* of the record before */
	struct same_hour before;             /* ... where coverage_add was last called for it */

	const struct input_file *file;
	struct findings *findings;
	uint64_t found; /* records that a file of events may have */
	uint64_t misplaced, broken;
	size_t
	    record_at;  /* of the record that is read by itself: where in the document it begins */
	bool cut_short; /* said already: the file ends early */
	bool in_turn;   /* what is found is taken before anything else is loaded */
};

/* A record is at most 1 MB (CloudTrail User Guide). What is longer by far is no record; what is
 * decoded of one, with its key, fits into the scratch. */
#define RECORD_MAX  ((size_t)16 << 20)
#define SCRATCH_MAX (4 * RECORD_MAX)

/* 0, or -1 without memory. */
int scanner_init(
    struct scanner *s, const struct scan_options *o, scan_hand_over *hand_over, void *ctx);
void scanner_clear(struct scanner *s);
/* Scans the file into empty findings. in_turn: all files before it have been taken, so nothing need
 * be copied. 0; -1 without memory, or what hand_over returned. */
int scanner_run(struct scanner *s, const struct input_file *file, bool in_turn, struct findings *f);

#endif
