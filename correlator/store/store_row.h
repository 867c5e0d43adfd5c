/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_ROW_H
#define CORRELATOR_STORE_STORE_ROW_H

#include "correlator/events/issue_keys.h"
#include "correlator/store/store_record.h"

/*
 * A record as the rows that it becomes: body, and all that it is looked up by. Made without the
 * store, so by any thread; written by store_source_row of the same program. Each appends one to
 * out. 0, or -1 when out cannot hold it.
 */
int store_row_event(const struct event *e, struct buf *out);
int store_row_issue(const struct event *e, const struct issue_keys *keys, struct buf *out);
int store_row_login(const struct store_login *r, struct buf *out);
int store_row_notice(const struct key_notice_text *n, struct buf *out);

/* The tables whose rows belong to sources. */
enum store_table {
	STORE_LOGINS,
	STORE_PUSHES,
	STORE_ISSUES,
	STORE_NOTICES,
	STORE_TABLES,
};

/* Columns of a login's row, from `kind` on. */
enum store_login_column {
	STORE_LOGIN_KIND,
	STORE_LOGIN_SOURCE,
	STORE_LOGIN_SESSION,
	STORE_LOGIN_REST,
	STORE_LOGIN_INSTANCE,
	STORE_LOGIN_HOST,
	STORE_LOGIN_KEY,
	STORE_LOGIN_ADDRESS,
	STORE_LOGIN_COLUMNS,
};

/* Of a push and of an issuing event, what an addendum replaces. */
enum { STORE_PUSH_REPLACES = 4, STORE_ISSUE_REPLACES = 1 };

/* Rows about a row (its keys, its mentions) have its number times this, and one of theirs below. */
#define STORE_SUBROWS 32

/* Numbers about a row, each once. */
struct store_marks {
	int64_t marks[STORE_SUBROWS];
	size_t count;
};

/* Adds a number that is not there yet; where there is no room STORE_MENTION_ANY, once. */
void store_marks_add(struct store_marks *m, int64_t mark);

/* How a row begins; behind it stand key_count and mark_count numbers, the identity and the body. */
struct store_row {
	int64_t time_us;
	int64_t numbers[STORE_LOGIN_COLUMNS]; /* the table's columns behind time */
	int64_t identity_mark;
	size_t identity_len, body_len;
	uint8_t table; /* enum store_table */
	uint8_t key_count, mark_count;
	bool console;
};

/* The next packed row, which is cut off. */
struct store_row_parts {
	struct store_row row;
	struct store_marks keys, marks;
	struct span identity, body;
};
void store_row_take(struct span *rows, struct store_row_parts *parts);

#endif
