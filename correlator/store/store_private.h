/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_PRIVATE_H
#define CORRELATOR_STORE_STORE_PRIVATE_H

#include <sqlite3.h>
#include <time.h>

#include "correlator/store/store.h"

/*
 * Private to correlator/store/: the open store, and the way to SQLite. Functions return 0, or -1
 * with a sentence in s->error.
 */

/* How many statements the reading side may keep prepared, by numbers of its own. */
#define STORE_READ_STATEMENTS 64

#define STORE_CACHE_WRITE_KIB (64 * 1024)

struct store_writer;

/* How a store is read. */
enum store_way {
	STORE_SHARED, /* beside others */
	STORE_ALONE,  /* others kept out: for want of room for the index of the log beside it */
	STORE_STILL,  /* without locks: nothing can be made beside the file, and there is no log */
};

struct store {
	sqlite3 *db;
	struct buf error;
	int sqlite_error; /* of the last failure that SQLite told of, without its extension */
	bool no_space;    /* that one was an input/output error for want of room */
	char *path;
	enum store_mode mode;
	bool has_log; /* STORE_WRITE */
	enum store_way way;
	int64_t size; /* STORE_STILL: what it looked like when it was opened */
	struct timespec changed;
	sqlite3_stmt *read[STORE_READ_STATEMENTS];
	struct store_writer *writer; /* STORE_WRITE: store_writer.h */
};

/* Words the error, in place of an earlier one. Always -1. */
int store_fail(struct store *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same from what SQLite says went wrong last. Always -1. */
int store_fail_sqlite(struct store *s);
/* "out of memory". Always -1. */
int store_fail_memory(struct store *s);
/* What the store holds is not what a store can hold: damaged. Always -1. */
int store_fail_damaged(struct store *s);

/* The statement of this SQL, prepared the first time and kept at *kept until store_close, reset and
 * without values bound to it. NULL with an error. */
sqlite3_stmt *store_prepared(struct store *s, sqlite3_stmt **kept, const char *sql);
/* The next row: 1, 0 behind the last (and the statement is reset), -1. */
int store_step(struct store *s, sqlite3_stmt *statement);
/* Runs a statement that gives no rows, and resets it. */
int store_run(struct store *s, sqlite3_stmt *statement);
/* Runs statements that have no parameters. */
int store_exec(struct store *s, const char *sql);
/* The first column of the first row of such a statement; `absent` when there is no row. */
int store_number(struct store *s, const char *sql, int64_t absent, int64_t *number);

/* Binds bytes that stay where they are until the statement is reset. Absent ones are NULL. Errors
 * show when the statement runs: SQLite then takes the parameter to be NULL, which no column is. */
void store_bind(sqlite3_stmt *statement, int parameter, struct span bytes);
/* The column's bytes, valid until the next step; absent for NULL. */
struct span store_column(sqlite3_stmt *statement, int column);

/*
 * From now on there is a write-ahead log, and nobody waits for readers. A new store is filled
 * before without one, since that writes each page once: then commits wait for those who read, and
 * they for commits. While others are at work the file stays as it is; the next one to write tries
 * again.
 */
int store_log_begin(struct store *s);

/* Frees what the writer holds (store_write.c). */
void store_writer_free(struct store *s);

#endif
