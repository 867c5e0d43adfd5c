/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_WRITER_H
#define CORRELATOR_STORE_STORE_WRITER_H

#include "correlator/store/store_private.h"
#include "correlator/store/store_row.h"
#include "correlator/store/store_write.h"

/*
 * Private to the writing side. Rows get numbers of ours, one behind the other, so those of a source
 * lie side by side; numbers are never given out again.
 */

/* sources.role of a set of sshd's logs; others have enum input_role. */
#define STORE_ROLE_SET 2

enum store_statement {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_DATA_VERSION,
	SQL_TOTAL_GET,
	SQL_TOTAL_PUT,
	SQL_ALL_SOURCES,
	SQL_INPUT_PUT,
	SQL_SOURCE_GET,
	SQL_SOURCE_PUT,
	SQL_LOGIN_PUT,
	SQL_LOGIN_KEY_PUT,
	SQL_PUSH_PUT,
	SQL_ISSUE_PUT,
	SQL_ISSUE_KEY_PUT,
	SQL_ISSUE_MENTION_PUT,
	SQL_NOTICE_PUT,
	SQL_CALLER_GET,
	SQL_CALLER_PUT,
	SQL_CALLER_USED,
	SQL_CALLER_KEY_PUT,
	SQL_CALLER_MENTION_PUT,
	SQL_MESSAGE_PUT,
	SQL_TEXT_PUT,
	SQL_TEXT_SET,
	SQL_SET_CHANGED,
	SQL_SET_DONE,
	SQL_SET_NEXT,
	SQL_SET_TEXTS,
	SQL_COUNTS_PUT,
	SQL_STATEMENTS,
};

struct store_caller_slot;

/* A range of rows: those of a source. */
struct store_range {
	int64_t first, count;
};

/* Callers met lately: so that a push whose caller is known costs no look-up. */
struct store_callers {
	struct store_caller_slot *slots;
	struct ledger asks; /* for people/issue_asks.h, which reads callers of a ledger */
	struct issue_need_list *needs;
};

/* Where a session is, by its mark: the last opens of the source. */
#define STORE_OPENS ((size_t)64 * 1024) /* a power of 2 */

struct store_open {
	int64_t session, instance, host;
};

struct store_writer {
	sqlite3_stmt *statements[SQL_STATEMENTS];
	bool in_batch;
	int64_t data_version; /* changes when another process writes */
	uint64_t batch_bytes;
	int64_t batch_began_ns;

	int64_t had_rows; /* when writing began */
	bool is_bare;     /* the indexes are not kept: they are made when writing ends */

	/* of all sources, as of the last one that ended */
	struct ledger_counts counts;
	struct coverage coverage;
	struct string_pool names; /* of the coverage */
	bool totals_stale;        /* a source went: they are to be put together anew */
	int64_t floor_us;         /* what lies before is pruned; LOGIN_TIME_UNKNOWN: nothing is */
	int64_t next[STORE_TABLES], next_caller, next_source;
	bool is_late;       /* logins came that lie before the floor: see store_prune_late */
	bool callers_stale; /* pushes went: see store_callers_lose */
	bool compact;       /* much was dropped */

	/* the source at hand */
	bool in_source, is_set;
	int64_t source;
	struct store_source at; /* place and path: in at_text */
	struct buf at_text;
	struct store_range rows[STORE_TABLES];
	struct ledger_counts dropped; /* what the floor kept out */

	struct store_open *opens; /* STORE_OPENS of them */
	bool opens_used;

	struct store_callers callers;
	struct buf body, deflated, inflated;
};

/* The statement with that number; NULL with an error. */
sqlite3_stmt *store_sql(struct store *s, enum store_statement number);

/* Begins a batch, with what the store holds as of now. */
int store_batch_begin(struct store *s);
/* Commits the batch at hand, totals and all. */
int store_batch_commit(struct store *s);
/* Counts bytes written towards the size of the batch. */
void store_batch_add(struct store *s, size_t bytes);
/* Commits, and begins the next one, when the batch is large or old enough. */
int store_batch_pass(struct store *s);

/* Numbers, counts and coverage: from the store, to the store. */
int store_totals_load(struct store *s);
int store_totals_save(struct store *s);
/* Adds a source's. coverage: NULL, or texts of pool. */
int store_totals_add(struct store *s, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool);
void store_totals_clear(struct store_writer *w);
/* The number of a row's caller, whose own row is written if it is new. */
int store_caller(struct store *s, const struct store_row_parts *row, int64_t *id);
/* Writes what is not yet said of the callers' pushes. */
int store_callers_save(struct store *s);
/* Notes that the pushes of a range go, and with them what is known of their callers. */
int store_callers_lose(struct store *s, const struct store_range *pushes);
/* Finds out anew when those callers were at work. */
int store_callers_refresh(struct store *s);
/* Forgets them: the store may hold others now. */
void store_callers_forget(struct store_callers *c);
int store_callers_init(struct store_callers *c);
void store_callers_clear(struct store_callers *c);

/* Writes numbers as rows about that row. */
int store_marks_put(
    struct store *s, enum store_statement number, int64_t row, const struct store_marks *marks);

/* True for rows that were given out. */
bool store_range_is_good(
    const struct store_writer *w, enum store_table table, const struct store_range *r);
/* Drops rows of a source: those of the ranges, and its messages and text. */
int store_drop_rows(struct store *s, const struct store_range rows[static STORE_TABLES]);
int store_drop_source(struct store *s, int64_t source, const struct store_range *rows);
/* Writes the row of the source at hand. */
int store_source_save(struct store *s, const struct ledger_counts *counts,
    const struct coverage *coverage, const struct string_pool *pool, bool whole);
/* Begins the source with that number at hand; its rows from before: was. */
int store_source_open(
    struct store *s, const struct store_source *source, int64_t id, const struct store_range *was);

/* Drops what there is of a source that was begun and not ended. */
int store_source_abandon(struct store *s);

/* Drops logins that came later than the floor they lie before. They had to be there: whether a
 * session is over is known when all of its records are. */
int store_prune_late(struct store *s);

/* Makes the indexes that are missing. */
int store_indexes_make(struct store *s);
/* Does without them until the end of writing. */
int store_indexes_drop(struct store *s);

/* How long before the floor records of a kind still count. */
int64_t store_floor_evidence(const struct store_writer *w);
int64_t store_floor_issues(const struct store_writer *w);

#endif
