/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_H
#define CORRELATOR_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "correlator/correlate/ledger.h"
#include "correlator/input/input_list.h"

/*
 * What was read, kept: one SQLite file (docs/FORMAT.md, "Store"), write-ahead log, versioned. It
 * holds records, not verdicts: every answer is judged anew over what the store gives to a ledger,
 * so what comes later revises what was said before.
 *
 * All functions return 0, or -1 with one sentence in store_error(), without the file's name.
 */
struct store;

#define STORE_VERSION 1
/* How long another process's lock is waited for. */
#define STORE_WAIT_MS (30 * 1000)

enum store_mode {
	STORE_READ,
	STORE_WRITE, /* made when there is none; older versions are migrated */
};

/* NULL with a sentence in `error`: cannot be opened, is no store, is one of a later version, locked
 * for longer than STORE_WAIT_MS. A store on a medium that cannot be written to is read all the
 * same.
 */
struct store *store_open(const char *path, enum store_mode mode, struct buf *error);
void store_close(struct store *s);
const char *store_error(const struct store *s);

/* Begins and ends one view of the store: what others write meanwhile is not seen. */
int store_read_begin(struct store *s);
int store_read_end(struct store *s);

/*
 * The inputs as they were typed when they were ingested, in that order, and what was said about
 * them.
 */
struct store_input {
	enum input_role role;
	char *uri;
};

struct store_message {
	bool is_error;
	char *subject; /* the file, as it was typed */
	char *text;
};

struct store_about {
	struct store_input *inputs;
	size_t input_count;
	uint64_t errors, warnings;
	struct store_message *messages; /* the first STORE_MESSAGES_MAX of them */
	size_t message_count;
	int64_t pruned_us; /* what lies before it is gone; LOGIN_TIME_UNKNOWN: nothing is */
};

#define STORE_MESSAGES_MAX 20

/*
 * For so long before the time that it was pruned at a store keeps its rows as evidence: sessions
 * that ended and pushes in that time, and issuing events of longer, as chains lead back. A chain of
 * all the steps that are followed, each of credentials that lived as long as any do, is shorter.
 */
#define STORE_EVIDENCE_US (30 * 24 * US_PER_HOUR)

int store_about(struct store *s, struct store_about *about);
void store_about_clear(struct store_about *about);

#endif
