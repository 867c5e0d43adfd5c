/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_LEDGER_INDEX_H
#define CORRELATOR_CORRELATE_LEDGER_INDEX_H

#include "common/buf.h"
#include "correlator/correlate/ledger.h"

/*
 * Private to the ledger: what finds rows that are there already, until ledger_finish.
 */

/* Row numbers + 1 by string number: which row a session or an event id already has. */
struct id_map {
	uint32_t *rows;
	size_t cap;
};

struct session_end {
	string_id session, instance_id; /* instance_id: 0 unknown, as in closes of the module */
	int64_t time_us, audit_session; /* audit_session: -1 unknown */
	bool by_journal;                /* of syslog: the journal says that root wrote the line */
};

/* A login of the module whose session id another login has too. */
struct session_twin {
	string_id session;
	uint32_t login; /* in ledger.logins, before any is removed */
};

struct ledger_index {
	struct id_map push_of_event, login_of_session;
	struct string_pool caller_keys; /* number - 1 is the index in ledger.callers */
	struct string_pool conflicts;   /* contents of rows whose id was there with other content */
	struct string_pool issue_rows;  /* contents of ledger.issues */
	struct buf key;
	struct session_end *ends;
	size_t end_count, end_cap;
	struct session_twin *twins;
	size_t twin_count, twin_cap;
	/* apart from the module's: whoever can write a line of syslog must not end its sessions */
	struct id_map syslog_of_session;
	struct session_end *syslog_ends;
	size_t syslog_end_count, syslog_end_cap;
};

/* 0 when the id has no row. */
uint32_t id_map_get(const struct id_map *m, string_id id);
/* False without memory. */
bool id_map_set(struct id_map *m, string_id id, uint32_t row);

/* The number of a string of the ledger; sets *failed without memory. */
string_id ledger_keep(struct ledger *l, struct span s, bool *failed);

/* The index of the caller with this identity in *row, added when it is new; time_us: of the event
 * that it is the caller of. 0, or -1 without memory. */
int ledger_keep_caller(
    struct ledger *l, const struct user_identity *u, int64_t time_us, uint32_t *row);

/* Sorts the issuing events, without those that an addendum replaces. 0, or -1 without memory. */
int ledger_finish_issues(struct ledger *l);

/* Whether this very content was kept under the same id before, beside the first one's. 0 or -1. */
int ledger_conflict_seen(struct ledger *l, struct span content, bool *seen);

/* Whether the journal tells of a login of syslog: then root's sshd wrote its lines. */
bool ledger_login_is_journal(const struct login *login);
/* What another record of the same login says and the one that stays lacks. Files of syslog, whose
 * lines may be anybody's, add no end and no step to what the module or the journal tells. */
void ledger_login_learn(struct login *keeper, const struct login *other);
/* Whether two logins with one process and port may be one by what they logged in with. */
bool ledger_login_same_key(const struct ledger *l, const struct login *a, const struct login *b);
/* Of two logins of syslog that are one, whether a stays: the journal's, then what knows more. */
bool ledger_login_outranks(const struct login *a, const struct login *b);
/* One login is one login, docs/SEMANTICS.md "Both": gives logins of syslog their ends, and removes
 * those that the module, the journal or another file tells of too; who stays learns what it lacks.
 * Login rows move. 0, or -1 without memory. */
int ledger_merge_syslog(struct ledger *l);
/* Gives the module's sessions their ends, then the same. 0, or -1 without memory. */
int ledger_finish_logins(struct ledger *l);

/* Puts the notices in order of time and drops those that are there twice. 0, or -1 without memory.
 */
int ledger_finish_notices(struct ledger *l);

/* A host's name up to its first dot, which is what syslog calls it; 0 for none. Never adds to the
 * pool: ledger_keep_short_host made sure before that it is there. */
string_id ledger_short_host(const struct ledger *l, string_id hostname);
int ledger_keep_short_host(struct ledger *l, string_id hostname);

#endif
