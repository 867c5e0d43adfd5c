/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_GATHER_H
#define CORRELATOR_GATHER_H

#include "correlator/correlate/ledger.h"
#include "correlator/diagnostics.h"
#include "correlator/input/input_list.h"
#include "correlator/scan/progress.h"
#include "correlator/syslog/syslog_logins.h"

struct issue_needs;

/*
 * Who wants to know which file is being taken, because the ledger hands on what is added to it
 * (ledger_tap). Called by one thread at a time; 0, or -1, which ends the gathering.
 */
struct gather_watch {
	int (*begin)(void *ctx, const struct input_file *file);
	/* A file of logins has lines of sshd: its text, to be read with others later
	 * (gather_login_text); changed_us: LOGIN_TIME_UNKNOWN when not known. Nothing of it is
	 * added now. */
	int (*text)(void *ctx, int64_t changed_us, struct span text);
	/* whole: it could be read as a whole. */
	int (*end)(void *ctx, bool whole);
	void *ctx;
};

struct gather_options {
	size_t inflate_max; /* bytes that one file may inflate to */
	bool people;        /* keep the issuing events that the callers' chains need */
	size_t issues_max;  /* entries of people/issue_index.h; 0: ISSUE_INDEX_MAX */
	struct syslog_options syslog;
	bool plain;     /* read every record in full: what the quick way is compared with */
	size_t threads; /* that files of events are scanned by; 0: 1 */
	struct progress *progress;            /* NULL: none */
	const struct document_source *source; /* of files that are elsewhere; NULL: none */
	/* Not NULL: every issuing event is added, as it is met, and the ledger is not finished. */
	const struct gather_watch *watch;
	/* Adds the issuing events that a round of the ledger's callers asks for and that lie
	 * elsewhere than in the inputs; 0, or -1, which ends the gathering. NULL: there are none.
	 */
	int (*more_issues)(void *ctx, struct ledger *l, const struct issue_needs *needs);
	void *more_issues_ctx;
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

/* Texts of files with lines of sshd, as gather_watch.text gave them, by path: adds their logins. */
struct gather_text {
	char *path; /* not written to */
	int64_t changed_us;
	struct span text;
};
struct gather_texts;
/* NULL without memory. All arguments outlive it. */
struct gather_texts *gather_texts_new(
    struct ledger *l, const struct syslog_options *o, struct diagnostics *d);
int gather_texts_add(struct gather_texts *t, const struct gather_text *text);
/* Adds what only becomes clear behind the last. 0 or -1. */
int gather_texts_finish(struct gather_texts *t);
void gather_texts_free(struct gather_texts *t);

#endif
