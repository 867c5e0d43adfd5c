/* SPDX-License-Identifier: Apache-2.0 */
/* The way to SQLite: statements that are prepared once, and its errors as sentences. */
#include <errno.h>
#include <stdarg.h>

#include "correlator/store/store_private.h"

int
store_fail(struct store *s, const char *format, ...)
{
	va_list args;
	char text[512];

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_reset(&s->error);
	buf_puts(&s->error, text);
	if (buf_cstr(&s->error) == NULL)
		buf_reset(&s->error);
	return -1;
}

int
store_fail_memory(struct store *s)
{
	return store_fail(s, "out of memory");
}

int
store_fail_damaged(struct store *s)
{
	return store_fail(s, "the store is damaged");
}

static bool
is_no_space(int system_error)
{
	return system_error == ENOSPC || system_error == EDQUOT;
}

static int
file_errno(struct store *s, int pointer)
{
	sqlite3_file *file = NULL;
	int number = 0;

	if (sqlite3_file_control(s->db, "main", pointer, &file) != SQLITE_OK || file == NULL ||
	    file->pMethods == NULL ||
	    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) != SQLITE_OK)
		return 0;
	return number;
}

/* What the system said of the last failure; 0: nothing. */
static int
system_errno(struct store *s)
{
	int number = sqlite3_system_errno(s->db);

	/* of a commit that fails SQLite says nothing there, but the files know */
	if (number == 0)
		number = file_errno(s, SQLITE_FCNTL_JOURNAL_POINTER);
	return number != 0 ? number : file_errno(s, SQLITE_FCNTL_FILE_POINTER);
}

/* What went wrong, and what the system says of it where it says something. */
static int
fail_system(struct store *s, const char *what)
{
	char text[128];

	s->no_space = is_no_space(system_errno(s));
	if (s->no_space)
		return store_fail(s, "no space is left for it");
	if (system_errno(s) == 0)
		return store_fail(s, "%s", what);
	return store_fail(s, "%s: %s", what, strerror_r(system_errno(s), text, sizeof(text)));
}

int
store_fail_sqlite(struct store *s)
{
	s->no_space = false;
	s->sqlite_error = sqlite3_errcode(s->db) & 0xff;
	switch (s->sqlite_error) {
	case SQLITE_FULL: return store_fail(s, "no space is left for it");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return store_fail(
		    s, "another process has been writing to it for %d s", STORE_WAIT_MS / 1000);
	case SQLITE_NOTADB: return store_fail(s, "is no store");
	case SQLITE_CORRUPT: return store_fail_damaged(s);
	case SQLITE_NOMEM: return store_fail_memory(s);
	case SQLITE_READONLY: return store_fail(s, "cannot be written to");
	case SQLITE_CANTOPEN: return fail_system(s, "cannot be opened");
	case SQLITE_IOERR: return fail_system(s, "input/output error");
	case SQLITE_TOOBIG: return store_fail(s, "a row would be too large");
	default: return store_fail(s, "SQLite: %s", sqlite3_errmsg(s->db));
	}
}

sqlite3_stmt *
store_prepared(struct store *s, sqlite3_stmt **kept, const char *sql)
{
	if (*kept != NULL) {
		(void)sqlite3_reset(*kept);
		(void)sqlite3_clear_bindings(*kept);
		return *kept;
	}
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, kept, NULL) == SQLITE_OK)
		return *kept;
	*kept = NULL;
	(void)store_fail_sqlite(s);
	return NULL;
}

int
store_step(struct store *s, sqlite3_stmt *statement)
{
	int r = sqlite3_step(statement);

	if (r == SQLITE_ROW)
		return 1;
	if (r != SQLITE_DONE)
		(void)store_fail_sqlite(s);
	(void)sqlite3_reset(statement);
	return r == SQLITE_DONE ? 0 : -1;
}

int
store_run(struct store *s, sqlite3_stmt *statement)
{
	int r = store_step(s, statement);

	if (r == 1)
		(void)sqlite3_reset(statement);
	return r < 0 ? -1 : 0;
}

int
store_exec(struct store *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_fail_sqlite(s);
}

int
store_number(struct store *s, const char *sql, int64_t absent, int64_t *number)
{
	sqlite3_stmt *statement = NULL;
	int r;

	*number = absent;
	if (store_prepared(s, &statement, sql) == NULL)
		return -1;
	r = store_step(s, statement);
	if (r == 1 && sqlite3_column_type(statement, 0) != SQLITE_NULL)
		*number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return r < 0 ? -1 : 0;
}

void
store_bind(sqlite3_stmt *statement, int parameter, struct span bytes)
{
	/* a pointer that is NULL would bind NULL, also for what is empty */
	if (bytes.ptr == NULL)
		(void)sqlite3_bind_null(statement, parameter);
	else
		(void)sqlite3_bind_blob64(
		    statement, parameter, bytes.ptr, bytes.len, SQLITE_STATIC);
}

struct span
store_column(sqlite3_stmt *statement, int column)
{
	const void *bytes;

	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return SPAN_NONE;
	bytes = sqlite3_column_blob(statement, column);
	return (struct span){
	    bytes != NULL ? bytes : "", (size_t)sqlite3_column_bytes(statement, column)};
}
