/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "correlator/store/store_private.h"
#include "correlator/store/store_schema.h"

#define ERROR_MAX     ((size_t)4096)
#define PATH_TEXT_MAX ((size_t)64 * 1024)

/* Of SQLite's file format: how it begins, and where what tells a store from other files stands. */
#define HEADER_LEN            100
#define HEADER_MAGIC          "SQLite format 3"
#define HEADER_APPLICATION_ID 68

#define CACHE_READ_KIB (16 * 1024)

#define LOG_TRIES   10
#define LOG_WAIT_MS 50

const char *
store_error(const struct store *s)
{
	/* store_fail puts a NUL behind it */
	return s->error.len != 0 ? s->error.ptr : "";
}

/* The path as no name that SQLite takes for something else (":memory:", "file:..."). */
static int
keep_path(struct store *s, const char *path)
{
	struct buf text;

	buf_init(&text, PATH_TEXT_MAX);
	if (path[0] != '/')
		buf_puts(&text, "./");
	buf_puts(&text, path);
	if (buf_cstr(&text) != NULL)
		s->path = strdup(buf_cstr(&text));
	buf_clear(&text);
	return s->path != NULL ? 0 : store_fail_memory(s);
}

/* Refuses what SQLite had better not open: it would wait for a FIFO's other end. */
static int
look_at_place(struct store *s)
{
	struct stat st;
	char text[128];

	if (stat(s->path, &st) == 0) {
		s->size = st.st_size;
		s->changed = st.st_mtim;
		if (S_ISREG(st.st_mode))
			return 0;
		return store_fail(s, S_ISDIR(st.st_mode) ? "is a directory" : "is no file");
	}
	if (errno != ENOENT)
		return store_fail(s, "%s", strerror_r(errno, text, sizeof(text)));
	return s->mode == STORE_WRITE ? 0 : store_fail(s, "there is no store");
}

/* As a URI, which alone can say immutable. */
static int
put_uri(struct store *s, struct buf *uri)
{
	buf_puts(uri, s->path[0] == '/' ? "file://" : "file:");
	for (const char *at = s->path; *at != '\0'; at++) {
		if (strchr("%?#", *at) != NULL)
			buf_printf(uri, "%%%02x", (unsigned char)*at);
		else
			buf_putc(uri, *at);
	}
	buf_puts(uri, "?immutable=1");
	return buf_cstr(uri) != NULL ? 0 : store_fail_memory(s);
}

static int
open_file(struct store *s)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    (s->mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
	struct buf uri;
	int r;

	buf_init(&uri, 4 * PATH_TEXT_MAX);
	if (s->way != STORE_STILL)
		r = sqlite3_open_v2(s->path, &s->db, flags, NULL);
	else if (put_uri(s, &uri) == 0)
		r = sqlite3_open_v2(uri.ptr, &s->db,
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	else
		r = SQLITE_NOMEM;
	buf_clear(&uri);
	if (s->db == NULL)
		return store_fail_memory(s);
	if (r != SQLITE_OK)
		return store_fail_sqlite(s);
	(void)sqlite3_extended_result_codes(s->db, 1);
	(void)sqlite3_busy_timeout(s->db, STORE_WAIT_MS);
	return 0;
}

/*
 * Whether the file is a store, by its first bytes, so that SQLite never begins to repair what is
 * none. An empty file is one to be. They are read through SQLite: closing a descriptor of our own
 * would drop its locks.
 */
static int
look_at_header(struct store *s, bool *empty)
{
	unsigned char header[HEADER_LEN] = {0};
	const unsigned char *id = header + HEADER_APPLICATION_ID;
	sqlite3_file *file = NULL;
	sqlite3_int64 size = 0;

	if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    file == NULL || file->pMethods == NULL ||
	    file->pMethods->xFileSize(file, &size) != SQLITE_OK)
		return store_fail_sqlite(s);
	*empty = size == 0;
	if (*empty)
		return s->mode == STORE_WRITE ? 0 : store_fail(s, "is no store");
	if (size < HEADER_LEN ||
	    file->pMethods->xRead(file, header, sizeof(header), 0) != SQLITE_OK ||
	    memcmp(header, HEADER_MAGIC, sizeof(HEADER_MAGIC)) != 0)
		return store_fail(s, "is no store");
	if (((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3]) !=
	    STORE_APPLICATION_ID)
		return store_fail(s, "is no store, but a database of something else");
	return 0;
}

/* The file is not trusted: it has no say in what is run. */
static int
configure(struct store *s)
{
	static const struct {
		int option, value;
	} options[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
	    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	};
	char sql[128];

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)sqlite3_db_config(s->db, options[i].option, options[i].value, NULL);
	/* before anything is read: then SQLite keeps the index of the log in memory. The log itself
	 * is left as it is. */
	if (s->way == STORE_ALONE) {
		(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		if (store_exec(s, "PRAGMA locking_mode=EXCLUSIVE") != 0)
			return -1;
	}
	(void)snprintf(sql, sizeof(sql),
	    "PRAGMA cell_size_check=ON; PRAGMA cache_size=-%d; PRAGMA synchronous=NORMAL",
	    s->mode == STORE_WRITE ? STORE_CACHE_WRITE_KIB : CACHE_READ_KIB);
	if (store_exec(s, sql) != 0)
		return -1;
	return s->mode == STORE_READ ? store_exec(s, "PRAGMA query_only=ON") : 0;
}

/* Makes the steps from one version to the present one, all or none. */
static int
migrate(struct store *s)
{
	char sql[64];
	int64_t version;

	if (store_exec(s, "BEGIN IMMEDIATE") != 0 ||
	    store_number(s, "PRAGMA user_version", 0, &version) != 0)
		return -1;
	for (int64_t to = version + 1; to <= STORE_VERSION; to++)
		if (store_exec(s, store_schema_step((int)to)) != 0)
			return -1;
	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d",
	    STORE_APPLICATION_ID, STORE_VERSION);
	if (version < STORE_VERSION && store_exec(s, sql) != 0)
		return -1;
	return store_exec(s, "COMMIT");
}

/* A store of this version, made or migrated if need be. */
static int
check_version(struct store *s, bool empty)
{
	int64_t version;

	if (store_number(s, "PRAGMA user_version", 0, &version) != 0)
		return -1;
	if (version > STORE_VERSION)
		return store_fail(s,
		    "is a store of version %lld; this program knows versions up to %d",
		    (long long)version, STORE_VERSION);
	if (version == STORE_VERSION)
		return 0;
	if (s->mode == STORE_READ)
		return version == 0 ? store_fail(s, "is no store")
				    : store_fail(s,
					  "is a store of version %lld, which an ingest brings to "
					  "version %d",
					  (long long)version, STORE_VERSION);
	if (empty && store_exec(s, store_schema_file()) != 0)
		return -1;
	return migrate(s);
}

int
store_log_begin(struct store *s)
{
	int r = -1;

	/* it needs the file for itself for a moment */
	(void)sqlite3_busy_timeout(s->db, 0);
	for (int tries = 0; r != 0 && tries < LOG_TRIES; tries++) {
		if (tries != 0)
			(void)usleep(LOG_WAIT_MS * 1000);
		r = store_exec(s, "PRAGMA journal_mode=WAL");
		if (r != 0 && s->sqlite_error != SQLITE_BUSY)
			break;
	}
	(void)sqlite3_busy_timeout(s->db, STORE_WAIT_MS);
	s->has_log = r == 0;
	return r == 0 || s->sqlite_error == SQLITE_BUSY ? 0 : -1;
}

static void
close_file(struct store *s)
{
	sqlite3_stmt *statement;

	while (s->db != NULL && (statement = sqlite3_next_stmt(s->db, NULL)) != NULL)
		(void)sqlite3_finalize(statement);
	(void)sqlite3_close(s->db);
	s->db = NULL;
}

static int
open_and_check(struct store *s)
{
	bool is_new = false;

	if (open_file(s) != 0 || look_at_header(s, &is_new) != 0 || configure(s) != 0 ||
	    check_version(s, is_new) != 0)
		return -1;
	return s->mode == STORE_WRITE && !is_new ? store_log_begin(s) : 0;
}

static bool
has_log(const struct store *s)
{
	struct buf log;
	struct stat st;
	bool has;

	buf_init(&log, PATH_TEXT_MAX);
	buf_puts(&log, s->path);
	buf_puts(&log, "-wal");
	has = buf_cstr(&log) == NULL || stat(log.ptr, &st) == 0 || errno != ENOENT;
	buf_clear(&log);
	return has;
}

/* Another way to read what could not be opened by the present one; false when there is none. */
static bool
find_way(struct store *s)
{
	int error = s->sqlite_error;

	s->sqlite_error = SQLITE_OK;
	if (s->mode != STORE_READ || s->way == STORE_STILL)
		return false;
	if (error == SQLITE_IOERR && s->no_space && s->way == STORE_SHARED)
		s->way = STORE_ALONE;
	else if ((error == SQLITE_CANTOPEN || error == SQLITE_READONLY) && !has_log(s))
		s->way = STORE_STILL;
	else
		return false;
	return true;
}

static int
open_somehow(struct store *s)
{
	int r;

	while ((r = open_and_check(s)) != 0 && find_way(s))
		close_file(s);
	return r;
}

struct store *
store_open(const char *path, enum store_mode mode, struct buf *error)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		buf_puts(error, "out of memory");
		return NULL;
	}
	/* a lock at each piece of memory, for numbers that nobody reads; too late for any but the
	 * first store of a program, and no harm then */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	s->mode = mode;
	buf_init(&s->error, ERROR_MAX);
	if (keep_path(s, path) == 0 && look_at_place(s) == 0 && open_somehow(s) == 0)
		return s;
	buf_puts(error, store_error(s));
	store_close(s);
	return NULL;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_writer_free(s);
	close_file(s);
	free(s->path);
	buf_clear(&s->error);
	free(s);
}

int
store_read_begin(struct store *s)
{
	int64_t any;

	/* the view begins with the first read */
	if (store_exec(s, "BEGIN") != 0)
		return -1;
	return store_number(s, "PRAGMA schema_version", 0, &any);
}

int
store_read_end(struct store *s)
{
	struct stat st;

	if (store_exec(s, "COMMIT") != 0)
		return -1;
	if (s->way == STORE_STILL &&
	    (stat(s->path, &st) != 0 || st.st_size != s->size ||
		st.st_mtim.tv_sec != s->changed.tv_sec || st.st_mtim.tv_nsec != s->changed.tv_nsec))
		return store_fail(s, "was written to while it was read");
	return 0;
}
