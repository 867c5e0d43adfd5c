/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_STORE_STORE_CLOSURE_H
#define CORRELATOR_STORE_STORE_CLOSURE_H

#include "correlator/store/store_arena.h"
#include "correlator/store/store_numbers.h"
#include "correlator/store/store_query.h"
#include "correlator/store/store_read.h"
#include "correlator/store/store_record.h"

/*
 * Private to the reading side: the part of a store that an answer rests on. Rows are taken in one
 * by one, each once, at the level that they are needed at; a row that comes in, or is needed for
 * more than before, waits in a queue until what it rests on was taken in too. When nothing waits
 * any more, all of it goes into the ledger in the order of ids, as if it had been read as a whole.
 *
 * Too much is never wrong, too little always is. All functions return 0, or -1 with an error.
 */

/* What is right about a login. Of each: its end, its host's other lines of it, its receipts. */
enum closure_login_level {
	CLOSURE_LOGIN_ROW,    /* a close or a receipt, or not looked at yet */
	CLOSURE_LOGIN_LINKED, /* which pushes can explain it */
	CLOSURE_LOGIN_KNOWN,  /* its verdict, and its person */
	CLOSURE_LOGIN_SHOWN,  /* all that a report says of it and of its pushes */
};

/* What is right about a push. */
enum closure_push_level {
	CLOSURE_PUSH_ROW,     /* that it was made */
	CLOSURE_PUSH_PERSON,  /* who made it */
	CLOSURE_PUSH_SHOWN,   /* its state, and the sessions that it can explain */
	CLOSURE_PUSH_REACHED, /* and all about these */
};

struct closure_login {
	int64_t id, time_us, session, instance, host;
	struct span body;
	uint8_t kind, level, done; /* level: needed; done: up to which it rests on nothing else */
};

struct closure_push {
	int64_t id, time_us, key, instance, event;
	struct span body;
	uint32_t caller;
	uint8_t level, done;
};

struct closure_issue {
	int64_t id, time_us, event;
	struct span body;
	uint32_t caller;
};

#define CLOSURE_FAR UINT8_MAX

struct closure_caller {
	int64_t id;
	struct span body;
	uint32_t row;  /* in ledger.callers */
	uint8_t depth; /* hops that lead to it from a push whose maker is looked for; CLOSURE_FAR */
	bool has_pushes;
};

struct closure_notice {
	int64_t id;
	struct span body;
};

/* Numbers that wait for their turn. */
struct closure_queue {
	uint32_t *rows;
	size_t count, cap, next;
};

struct closure {
	struct store *store;
	struct ledger *ledger;
	const struct store_question *question;
	const struct match_options *match;
	bool people;
	bool tests; /* pushes that did not explain a login are shown too */
	bool has_sets, has_notices, has_push_addenda, has_issue_addenda; /* in the store */
	struct store_arena arena;
	struct closure_login *logins;
	size_t login_count, login_cap;
	struct closure_push *pushes;
	size_t push_count, push_cap;
	struct closure_issue *issues;
	size_t issue_count, issue_cap;
	struct closure_caller *callers;
	size_t caller_count, caller_cap;
	struct closure_notice *notices;
	size_t notice_count, notice_cap;
	/* by id: the row's index */
	struct store_numbers login_rows, push_rows, issue_rows, caller_rows, notice_rows;
	struct closure_queue login_queue, push_queue, caller_queue;
	struct store_numbers placed;  /* marks of instances whose pushes' places are known */
	struct store_numbers heard;   /* marks of instances of which a login was looked for */
	struct store_numbers keys;    /* keys of which all pushes are there */
	struct store_numbers signers; /* marks of signers with the time of use */
	struct closure_host *hosts;
	size_t host_count, host_cap;
	struct store_numbers host_rows; /* by mark of an instance */
	struct closure_reach *reach;    /* of a question about an identity; else NULL */
};

int closure_init(struct closure *c, struct store *s, struct ledger *l,
    const struct store_question *q, const struct match_options *match, bool people);
void closure_clear(struct closure *c);

/* Takes a row in, which the statement stands on. */
int closure_add_login(struct closure *c, sqlite3_stmt *row, enum closure_login_level level);
int closure_add_push(struct closure *c, sqlite3_stmt *row, enum closure_push_level level);
int closure_add_notice(struct closure *c, sqlite3_stmt *row);
/* One that is there is needed for more. */
int closure_raise_push(struct closure *c, uint32_t push, enum closure_push_level level);
/* Those that a query gives. */
int closure_add_pushes(struct closure *c, sqlite3_stmt *rows, enum closure_push_level level);
/* An issuing event, by its id. */
int closure_add_issue(struct closure *c, int64_t id, uint32_t *at);
/* The caller with that id; time_us: of the event that it is met by. */
int closure_add_caller(struct closure *c, int64_t id, int64_t time_us, uint32_t *at);
/* Its chain is looked for, that many hops away from a push. */
int closure_want_chain(struct closure *c, uint32_t caller, unsigned depth);

/* What the rows rest on. */
int closure_close_login(struct closure *c, uint32_t login);
int closure_close_push(struct closure *c, uint32_t push);
int closure_close_caller(struct closure *c, uint32_t caller);
/* The pushes that can explain the login, and all of its keys where it is shown and none does;
 * grouped: its host has other lines of it (store_closure_keys.c). */
int closure_add_keys(
    struct closure *c, const struct closure_login *row, const struct login_record *r, bool grouped);
/* The push that a receipt names, and its signer's lines (store_closure_receipts.c). */
int closure_add_receipt(struct closure *c, const struct login_record *receipt);
/* Whether an addendum replaces the push e: then it is none. event: its mark. */
int closure_is_replaced(struct closure *c, int64_t event, const struct event *e, bool *replaced);
/* The pushes that an explanation of the login shows (store_closure_tests.c). */
int closure_add_tests(
    struct closure *c, const struct closure_login *row, const struct login_record *r, bool grouped);
/* Until nothing waits, then into the ledger. */
int closure_run(struct closure *c);
int closure_put(struct closure *c);

/* When the caller is the role of an instance: who was logged in there at that time. */
int closure_add_role(struct closure *c, uint32_t caller, int64_t time_us, bool *is_instance);
/* Whether anybody's chain needs the issuing event, as far as the store says: a caller asks for it
 * that made a push, or an event that is needed (store_closure_needs.c). */
int closure_is_needed(struct closure *c, int64_t issue, bool *needed);

/* Who was logged in on the instance in the second that begins then: they are needed known. */
int closure_add_present(struct closure *c, struct span instance, int64_t time_us);
/* The same logins of an instance, or host, that were open at some time from from_us to to_us, at
 * that level (store_closure_hosts.c). wanted: what they must be, too; NULL: nothing. */
typedef bool closure_filter(const struct closure *c, const struct login_record *r);
int closure_add_open(struct closure *c, struct span instance_or_host, int64_t from_us,
    int64_t to_us, enum closure_login_level level, closure_filter *wanted);
/* The same of all hosts. */
int closure_add_open_anywhere(struct closure *c, int64_t from_us, int64_t to_us,
    enum closure_login_level level, closure_filter *wanted);
void closure_hosts_clear(struct closure *c);

/* Begins the search for whom the question names, and goes on with what came in
 * (store_closure_reach.c). */
int closure_reach_begin(struct closure *c, const struct identity_store *users);
int closure_reach_login(struct closure *c, const struct closure_login *login, struct span instance);
void closure_reach_clear(struct closure *c);

/* So far apart, at most, lie two lines of one login (ledger_merge.c), and a second. */
#define CLOSURE_APART_US (131 * US_PER_SECOND)
/* The time up to which, or from which, a line can lie that tells of a login of time_us: where hosts
 * have logs of several sorts it can be one of a chain of two such lines. */
int64_t closure_later(const struct closure *c, int64_t time_us);
int64_t closure_earlier(const struct closure *c, int64_t time_us);
/* The span of time in which a push could explain the login, whatever the host's other lines add to
 * it; and in which a login could be explained by a push of that time. */
void closure_window(const struct closure *c, const struct login_record *r, bool grouped,
    int64_t *from_us, int64_t *to_us);
void closure_window_of_push(
    const struct closure *c, int64_t time_us, int64_t *from_us, int64_t *to_us);
/* A body that was written by a store; -1 with "damaged". */
int closure_read_login(struct closure *c, struct span body, struct store_login *login);
int closure_read_event(struct closure *c, struct span body, struct event *e);

#endif
