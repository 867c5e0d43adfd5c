/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_WRITE_H
#define CORRELATOR_STORE_STORE_WRITE_H

#include "correlator/events/issue_keys.h"
#include "correlator/input/input_list.h"
#include "correlator/store/store.h"
#include "correlator/store/store_record.h"

/*
 * Putting sources (files of logins or events) into a store. All rows of a source, and that it was
 * read, are committed together, in batches of whole sources: a crash loses the batch at hand and
 * nothing else, and what is written is never there twice.
 */

/* A file as it lay there. */
struct store_source {
	enum input_role role;
	struct span path;  /* as typed: what messages call it */
	struct span place; /* absolute, without links: what it is known again by */
	uint64_t size;
	int64_t changed_ns; /* time of change, nanoseconds since 1970 */
};

enum store_known {
	STORE_NEW,     /* not in the store */
	STORE_SAME,    /* read before, as a whole, with this size and time of change */
	STORE_CHANGED, /* read before, with others, or not as a whole */
};

/* One writer at a time: waits for another one (STORE_WAIT_MS). Opens the first batch. */
int store_write_begin(struct store *s);
int store_write_knows(struct store *s, const struct store_source *source, enum store_known *known);
/* Notes an input as it was typed, once. */
int store_write_input(struct store *s, enum input_role role, const char *uri);

/* Begins a source; whatever the store has of it (role and place) is dropped. What follows up to
 * store_source_end belongs to it; of one that does not get there nothing stays. */
int store_source_begin(struct store *s, const struct store_source *source);
/* A key push, serial console push or tunnel. */
int store_source_event(struct store *s, const struct event *e);
/* An issuing event, with the keys that it can be found by. */
int store_source_issue(struct store *s, const struct event *e, const struct issue_keys *keys);
int store_source_login(struct store *s, const struct store_login *r);
int store_source_notice(struct store *s, const struct key_notice_text *n);
/* One that was made before (store_row.h), instead of these. */
int store_source_row(struct store *s, struct span packed);
int store_source_message(struct store *s, bool is_error, struct span text);
/* The source is one with lines of sshd: its text is kept whole (compressed), since logins are put
 * together from all files of a set. */
int store_source_text(struct store *s, int64_t set, int64_t changed_us, struct span text);
/* counts: what reading it counted; coverage: what it covers. whole: it was read as a whole (else it
 * is read again the next time). Commits when the batch is large or old enough. */
int store_source_end(struct store *s, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool, bool whole);

/*
 * Logs of sshd are read by options (which instance, year, zone, ...). Files read by the same ones
 * are a set: when one of them comes or changes, all logins of the set are put together anew.
 */
/* The set with these options (any text; equal text is the same set). */
int store_set(struct store *s, struct span options, int64_t *set);
/* The next set that has changed since it was put together, and its options; false in *found when
 * there is none. Valid until the next call. */
int store_set_changed(struct store *s, int64_t *set, struct span *options, bool *found);
/* Calls `text` for every file of the set, by path. */
typedef int store_text_visit(
    void *ctx, enum input_role role, struct span path, int64_t changed_us, struct span text);
int store_set_texts(struct store *s, int64_t set, store_text_visit *text, void *ctx);
/* A set's logins, notices and counts are those of a source of its own: as store_source_begin and
 * _end. */
int store_set_begin(struct store *s, int64_t set);
int store_set_end(struct store *s, const struct ledger_counts *counts);

/*
 * Drops what lies before the time (docs/SEMANTICS.md, "Retention"): sessions all of whose records
 * do and which have ended; pushes and notices of a day before, issuing events of as much longer as
 * credentials live; for good: what is read later of that time is dropped too. The time only moves
 * forward. *dropped: rows that went.
 */
int store_prune(struct store *s, int64_t before_us, uint64_t *dropped);

/* Commits, and makes what is missing of indexes. */
int store_write_end(struct store *s);

#endif
