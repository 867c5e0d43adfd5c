/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of sshd: texts, and the sets that they are put together from. */
#include <libdeflate.h>
#include <stdlib.h>

#include "correlator/store/store_writer.h"

#define DEFLATE_LEVEL 6
/* No DEFLATE stream becomes more than this times as long. */
#define INFLATE_TIMES 1100

/* 1, 0, -1: whether there is one, and its number. */
static int
find_set(struct store *s, struct span options, int64_t *set)
{
	sqlite3_stmt *statement = store_sql(s, SQL_SOURCE_GET);
	int r;

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int(statement, 1, STORE_ROLE_SET);
	store_bind(statement, 2, options);
	r = store_step(s, statement);
	if (r == 1) {
		*set = sqlite3_column_int64(statement, 0);
		(void)sqlite3_reset(statement);
	}
	return r;
}

int
store_set(struct store *s, struct span options, int64_t *set)
{
	static const char sql[] =
	    "INSERT INTO sources VALUES(?1,?2,?3,x'',0,0,0,x'',x'',1,0,1,0,1,0,1,0)";
	sqlite3_stmt *statement = NULL;
	int r;

	if (options.ptr == NULL)
		options = SPAN("");
	r = find_set(s, options, set);
	if (r != 0)
		return r < 0 ? -1 : 0;
	if (store_prepared(s, &statement, sql) == NULL)
		return -1;
	*set = s->writer->next_source++;
	(void)sqlite3_bind_int64(statement, 1, *set);
	(void)sqlite3_bind_int(statement, 2, STORE_ROLE_SET);
	store_bind(statement, 3, options);
	r = store_run(s, statement);
	(void)sqlite3_finalize(statement);
	return r;
}

static int
deflate_text(struct store *s, struct span text)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(DEFLATE_LEVEL);
	struct buf *out = &s->writer->deflated;
	size_t room;

	if (c == NULL)
		return store_fail_memory(s);
	room = libdeflate_deflate_compress_bound(c, text.len);
	buf_reset(out);
	if (!buf_reserve(out, room)) {
		libdeflate_free_compressor(c);
		return store_fail_memory(s);
	}
	out->len = libdeflate_deflate_compress(c, text.ptr, text.len, out->ptr, room);
	libdeflate_free_compressor(c);
	return 0;
}

int
store_source_text(struct store *s, int64_t set, int64_t changed_us, struct span text)
{
	sqlite3_stmt *statement = store_sql(s, SQL_TEXT_PUT),
		     *changed = store_sql(s, SQL_SET_CHANGED);

	if (text.ptr == NULL)
		text = SPAN("");
	if (statement == NULL || changed == NULL || deflate_text(s, text) != 0)
		return -1;
	store_batch_add(s, s->writer->deflated.len);
	(void)sqlite3_bind_int64(statement, 1, s->writer->source);
	(void)sqlite3_bind_int64(statement, 2, set);
	(void)sqlite3_bind_int64(statement, 3, changed_us);
	(void)sqlite3_bind_int64(statement, 4, (int64_t)text.len);
	store_bind(statement, 5, buf_span(&s->writer->deflated));
	(void)sqlite3_bind_int64(changed, 1, set);
	return store_run(s, statement) == 0 ? store_run(s, changed) : -1;
}

int
store_set_changed(struct store *s, int64_t *set, struct span *options, bool *found)
{
	sqlite3_stmt *statement = store_sql(s, SQL_SET_NEXT);
	struct buf *kept = &s->writer->inflated;
	int r;

	*found = false;
	if (statement == NULL)
		return -1;
	r = store_step(s, statement);
	if (r != 1)
		return r;
	*set = sqlite3_column_int64(statement, 0);
	buf_reset(kept);
	buf_put_span(kept, store_column(statement, 1));
	*options = buf_span(kept);
	*found = true;
	(void)sqlite3_reset(statement);
	return kept->failed ? store_fail_memory(s) : 0;
}

/* The text of a row, in w->inflated. */
static int
inflate_text(struct store *s, struct span deflated, int64_t size)
{
	struct buf *out = &s->writer->inflated;
	struct libdeflate_decompressor *d;
	enum libdeflate_result result;

	if (size < 0 || (uint64_t)size / INFLATE_TIMES > deflated.len)
		return store_fail_damaged(s);
	buf_reset(out);
	d = libdeflate_alloc_decompressor();
	if (d == NULL || !buf_reserve(out, (size_t)size + 1)) {
		libdeflate_free_decompressor(d);
		return store_fail_memory(s);
	}
	result = libdeflate_deflate_decompress(
	    d, deflated.ptr, deflated.len, out->ptr, (size_t)size, NULL);
	libdeflate_free_decompressor(d);
	out->len = (size_t)size;
	return result == LIBDEFLATE_SUCCESS ? 0 : store_fail_damaged(s);
}

static int
visit(struct store *s, sqlite3_stmt *row, store_text_visit *text, void *ctx)
{
	enum input_role role =
	    sqlite3_column_int(row, 0) == INPUT_EVENTS ? INPUT_EVENTS : INPUT_LOGINS;

	if (inflate_text(s, store_column(row, 4), sqlite3_column_int64(row, 3)) != 0)
		return -1;
	if (text(ctx, role, store_column(row, 1), sqlite3_column_int64(row, 2),
		buf_span(&s->writer->inflated)) != 0)
		return s->error.len == 0 ? store_fail(s, "its logs of sshd could not be read") : -1;
	return 0;
}

int
store_set_texts(struct store *s, int64_t set, store_text_visit *text, void *ctx)
{
	sqlite3_stmt *statement = store_sql(s, SQL_SET_TEXTS);
	int r;

	if (statement == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, set);
	buf_reset(&s->error);
	while ((r = store_step(s, statement)) == 1) {
		if (visit(s, statement, text, ctx) != 0) {
			(void)sqlite3_reset(statement);
			return -1;
		}
	}
	return r;
}

int
store_set_begin(struct store *s, int64_t set)
{
	static const char sql[] = "SELECT place, login_first, login_count, push_first, push_count,"
				  " issue_first, issue_count, notice_first, notice_count"
				  " FROM sources WHERE id=?1 AND role=2";
	struct store_range was[STORE_TABLES];
	struct store_source source = {.path = SPAN("")};
	sqlite3_stmt *statement = NULL, *done = store_sql(s, SQL_SET_DONE);
	int r;

	if (done == NULL || store_prepared(s, &statement, sql) == NULL)
		return -1;
	(void)sqlite3_bind_int64(statement, 1, set);
	r = store_step(s, statement);
	if (r == 0)
		r = store_fail_damaged(s);
	if (r == 1) {
		source.place = store_column(statement, 0);
		for (int i = 0; i < STORE_TABLES; i++)
			was[i] = (struct store_range){sqlite3_column_int64(statement, 1 + 2 * i),
			    sqlite3_column_int64(statement, 2 + 2 * i)};
		s->writer->is_set = true;
		r = store_source_open(s, &source, set, was);
	}
	(void)sqlite3_finalize(statement);
	if (r != 0)
		return -1;
	(void)sqlite3_bind_int64(done, 1, set);
	return store_run(s, done);
}

int
store_set_end(struct store *s, const struct ledger_counts *counts)
{
	if (store_source_save(s, counts, NULL, NULL, true) != 0)
		return -1;
	s->writer->is_set = false;
	return store_batch_pass(s);
}
