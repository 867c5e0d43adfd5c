/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_QUERY_H
#define CORRELATOR_STORE_STORE_QUERY_H

#include "correlator/store/store_private.h"

/*
 * What the reading side asks of the tables (store_schema.c), by integers alone. Columns are named
 * by the enums below in the order in which the queries give them.
 */
enum store_query {
	/* everything, in the order of ids */
	QUERY_ALL_LOGINS,  /* body */
	QUERY_ALL_PUSHES,  /* body, the caller's body */
	QUERY_ALL_NOTICES, /* body */
	QUERY_TOTAL,       /* value; the name is bound as text */

	/* issuing events: ids by key; by the caller, from, to; that replace another one (mark) */
	QUERY_ISSUES_OF_KEY,
	QUERY_ISSUES_OF_CALLER,
	QUERY_ISSUES_REPLACING,
	QUERY_ISSUE,          /* enum store_issue_column, by id */
	QUERY_KEYS_OF_ISSUE,  /* key, of the id */
	QUERY_ALL_ISSUE_KEYS, /* key, id, by key */

	/* callers: by id; ids by what they ask for; by what they or the issuing events speak of */
	QUERY_CALLER, /* enum store_caller_column */
	QUERY_CALLERS_OF_KEY,
	QUERY_CALLERS_MENTIONING,
	QUERY_ISSUES_MENTIONING,

	/* pushes: enum store_push_column */
	QUERY_PUSHES_OF_KEY,           /* key, from, to */
	QUERY_PUSHES_OF_KEY_THERE,     /* key, from, to; and as the fourth, an instance */
	QUERY_PUSHES_OF_KEY_ELSEWHERE, /* key, an instance that is left out, to */
	QUERY_PUSHES_OF_INSTANCE,      /* instance, from, to */
	QUERY_PUSHES_OF_REQUEST,       /* request */
	QUERY_PUSHES_OF_CALLER,        /* caller, from, to */
	QUERY_PUSHES_FROM_ADDRESS,     /* address */
	QUERY_PUSHES_REPLACING,        /* event */

	/* records of logins: enum store_login_column */
	QUERY_LOGIN,              /* id */
	QUERY_BODIES,             /* body, body: by two ids */
	QUERY_LOGINS_OF_SESSION,  /* first mark, last mark */
	QUERY_OPENS_OF_INSTANCE,  /* instance, from, to */
	QUERY_OPENS_OF_HOST,      /* host, from, to */
	QUERY_OPENS_OF_KEY,       /* key, from, to */
	QUERY_OPENS_OF_LATER_KEY, /* the same of further steps */
	QUERY_OPENS_FROM_ADDRESS, /* address, from, to */
	QUERY_OPENS_IN_TIME,      /* from, to */
	/* id, kind, time, session, rest, source of opens and closes, from indexes alone */
	QUERY_STAYS_OF_INSTANCE, /* instance, to */
	QUERY_STAYS_OF_HOST,     /* host, to */
	QUERY_STAYS,             /* and instance: of everything; to */

	QUERY_CLOSES_OF_SESSION, /* time, instance, source, id: session */
	/* enum store_login_column: signer's mark, time; the nearest in time first */
	QUERY_SIGNERS_AT, /* from, to */
	QUERY_SIGNERS_BEFORE,
	QUERY_SIGNERS_BEHIND,
	QUERY_NOTICES_OF_INSTANCE, /* id, body: instance, from, to */
	QUERY_NOTICES_OF_HOST,     /* the same of a host */
	/* whether there are any at all: a row or none */
	QUERY_ANY_SET,
	QUERY_ANY_NOTICE,
	QUERY_ANY_PUSH_REPLACING,
	QUERY_ANY_ISSUE_REPLACING,
	STORE_QUERIES,
};

enum store_issue_column {
	ISSUE_COLUMN_ID,
	ISSUE_COLUMN_TIME,
	ISSUE_COLUMN_EVENT,
	ISSUE_COLUMN_CALLER,
	ISSUE_COLUMN_BODY,
};

enum store_caller_column {
	CALLER_COLUMN_FIRST,
	CALLER_COLUMN_LAST,
	CALLER_COLUMN_CONSOLE,
	CALLER_COLUMN_BODY,
};

enum store_push_column {
	PUSH_COLUMN_ID,
	PUSH_COLUMN_TIME,
	PUSH_COLUMN_KEY,
	PUSH_COLUMN_INSTANCE,
	PUSH_COLUMN_EVENT,
	PUSH_COLUMN_CALLER,
	PUSH_COLUMN_BODY,
};

enum store_login_column {
	LOGIN_COLUMN_ID,
	LOGIN_COLUMN_TIME,
	LOGIN_COLUMN_KIND,
	LOGIN_COLUMN_SESSION,
	LOGIN_COLUMN_INSTANCE,
	LOGIN_COLUMN_HOST,
	LOGIN_COLUMN_BODY,
};

enum store_stay_column {
	STAY_COLUMN_ID,
	STAY_COLUMN_KIND,
	STAY_COLUMN_TIME,
	STAY_COLUMN_SESSION,
	STAY_COLUMN_REST,
	STAY_COLUMN_SOURCE,
	STAY_COLUMN_INSTANCE,
};

/* The query with up to three parameters bound; NULL with an error. One of a kind at a time. */
sqlite3_stmt *store_query(struct store *s, enum store_query query, int64_t a, int64_t b, int64_t c);
/* Whether it gives a row. 0 or -1. */
int store_query_any(struct store *s, enum store_query query, int64_t a, bool *any);

#endif
