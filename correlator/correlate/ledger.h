/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_LEDGER_H
#define CORRELATOR_CORRELATE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/string_pool.h"
#include "correlator/correlate/coverage.h"
#include "correlator/correlate/verdict.h"
#include "correlator/events/event.h"
#include "correlator/evidence/receipts.h"
#include "pam_module/login_record.h"

/*
 * Everything kept from the inputs, in memory: the logins, the key pushes, the callers, what is
 * covered, and how much was read. Rows hold string numbers of `pool`. Memory grows with what is
 * kept, never with what is read.
 */

/* A caller: userIdentity, each different one kept once. */
struct caller {
	string_id type, principal_id, arn, account_id, access_key_id, user_name;
	string_id invoked_by, identity_provider, on_behalf_of_user, on_behalf_of_store;
	string_id issuer_arn, creation_date, mfa, source_identity, sign_in_session_arn;
	string_id ec2_role_delivery, assumed_root;
	string_id principal; /* who it is, for people and for comparing: see ledger_principal_eq */
	int64_t created_us;  /* creation_date; LOGIN_TIME_UNKNOWN without one */
	int64_t first_used_us, last_used_us; /* of the events that it is the caller of */
	bool has_arn;
	bool from_console; /* an event of it says sessionCredentialFromConsole, or is a sign-in */
};

struct push {
	int64_t time_us;
	string_id event_id, request_id, account_id, region;
	string_id instance_id, os_user;
	string_id fingerprint; /* "SHA256:..."; 0 when there is no key that parses */
	string_id key_type, key_error;
	string_id source_ip, user_agent, error_code, error_message;
	string_id endpoint_id, private_ip; /* tunnels */
	uint32_t caller;                   /* index in ledger.callers */
	uint8_t kind;                      /* enum event_kind */
	uint8_t state;                     /* enum push_state, of key pushes */
	bool failed, from_console;
	string_id original_event_id; /* an addendum: the event that it replaces */
	uint32_t session_first,
	    session_count; /* in ledger.push_logins: the logins it can explain */
};

/* An event that issued credentials or a session which some chain needs. Names as in struct event.
 */
struct issue {
	int64_t time_us;
	string_id event_id, request_id, shared_event_id, account_id, region;
	string_id source_ip, user_agent;
	string_id issued_key_id, issued_principal_id, issued_arn;
	string_id role_arn, session_name, session_source_identity, mfa_serial, tags, tag_name;
	string_id subject, subject_type, issuer, name_qualifier, provider;
	string_id set_account, set_name, switch_from, minted_session, mfa_used;
	string_id original_event_id; /* an addendum: the event that it replaces */
	uint32_t caller;             /* index in ledger.callers: who asked for it */
	uint8_t kind;                /* enum issue_kind */
};

/* A line of EC2 Instance Connect's own script on a host (AuthorizedKeysCommand). */
struct key_notice {
	int64_t time_us;
	string_id instance_id, hostname, boot_id, fingerprint;
	string_id request_id, principal; /* of "Providing", where the script's version says so */
	bool provided;                   /* "Providing"; else "Querying" */
	bool unproven;                   /* the journal says that another user wrote it */
	bool proven;                     /* the journal says that the script's account did */
};

/* A key that was tried and that EC2 Instance Connect did not have: Querying without Providing. */
struct key_refusal {
	int64_t time_us;
	string_id instance_id, hostname, fingerprint;
	uint32_t times;     /* so often in a row */
	uint32_t last_push; /* the key's last successful push before it, to that instance if there
			       is one: index in ledger.pushes; UINT32_MAX: none */
	bool unproven;
};

struct auth_step {
	string_id method, key_type, fingerprint, info;
	string_id cert_key_id, cert_ca;
	uint64_t cert_serial;
	bool is_cert;
	bool pushable; /* a plain user key with a fingerprint: a push could explain it */
};

#define LOGIN_TIME_UNKNOWN INT64_MIN

enum login_source {
	LOGIN_SOURCE_PAM,    /* a record of the module */
	LOGIN_SOURCE_SYSLOG, /* sshd's own lines */
};

struct login {
	int64_t time_us, closed_us; /* closed: LOGIN_TIME_UNKNOWN without a close record */
	string_id session, instance_id, account_id, region, hostname, boot_id;
	string_id os_user, remote_host, local_ip, service;
	int32_t remote_port, local_port; /* -1 unknown, like the numbers below */
	int64_t sshd_pid, sshd_start, audit_session, login_uid, uid;
	int64_t clock_max_error_us;
	bool clock_known, clock_synchronized;
	uint32_t auth_first, auth_count; /* in ledger.auth */

	uint8_t source;                    /* enum login_source */
	uint8_t verdict, reason, strength; /* enums; set by match_run */
	bool notice_confirmed;  /* its pushes are those whose requests the host's own lines name */
	bool same_person;       /* attributed by the person: its pushes are of several principals */
	bool receipt_confirmed; /* its pushes are those whose requests its receipts name */
	bool provisional; /* attributed or ambiguous, but its window is not covered to its end */
	uint32_t match_first,
	    match_count; /* in ledger.login_pushes: the pushes that can explain it */
	uint32_t receipt_first, receipt_count; /* in ledger.receipts.rows, after ledger_finish */
};

struct ledger_counts {
	/* CloudTrail: records = kept + skipped + malformed + pruned; kept = pushes + serial +
	 * tunnels + duplicates + superseded; pruned: dropped from a store */
	uint64_t files, file_bytes, text_bytes, files_failed, files_special;
	uint64_t records, kept, skipped, malformed, pruned;
	uint64_t pushes, serial_pushes, tunnels, duplicates, superseded, conflicting;
	uint64_t keys_unparsed;
	uint64_t digests, insights, controls, others;
	uint64_t events_among_logins, logins_among_events; /* in the wrong role: not believed */
	/* login logs: login_lines = opens + closes + receipts + signers + other kinds + malformed +
	 * duplicates + pruned */
	uint64_t login_lines, login_pruned, opens, closes, login_other, login_malformed,
	    login_duplicates;
	uint64_t login_conflicting, orphan_closes;
	/* CloudTrail: of the skipped, those that issue credentials; of these, those that chains
	 * needed; files that were read again for them */
	uint64_t issuing, issues_kept, files_again;
	/* syslog and journal: syslog_lines = syslog_logins + syslog_ends + syslog_notices +
	 * syslog_partials + syslog_others + syslog_unreadable + syslog_unbelieved */
	uint64_t syslog_lines, syslog_logins, syslog_ends, syslog_notices, syslog_partials;
	uint64_t syslog_others, syslog_unreadable, syslog_unbelieved;
	uint64_t syslog_pruned;     /* of the syslog_logins: dropped from a store */
	uint64_t syslog_duplicates; /* of the syslog_logins: another line or the module tells of
				       them too */
	/* of the syslog_logins: whose year was found out, whose zone was taken to be UTC */
	uint64_t syslog_yearless, syslog_zoneless;
	uint64_t notices_unproven, keys_refused;
	uint64_t receipts, signers; /* lines; receipts = the sum of their states */
	uint64_t receipt_states[RECEIPT_STATE_COUNT]; /* set by match_run */
	/* set by match_run, of what lies within from/to */
	uint64_t logins_in, pushes_in;
	uint64_t verdicts[VERDICT_COUNT], reasons[REASON_COUNT], states[PUSH_STATE_COUNT];
};

/* The same as it stands in a log. Absent spans are not known. */
struct key_notice_text {
	int64_t time_us;
	struct span instance_id, hostname, boot_id, fingerprint, request_id, principal;
	bool provided, unproven, proven;
};

/*
 * Takes what is added, in the ledger's place: of that the ledger counts and keeps nothing then.
 * What reading counts, and coverage, are the ledger's all the same. 0 or -1 as the functions below.
 */
struct ledger_tap {
	int (*event)(void *ctx, const struct event *e);
	int (*issue)(void *ctx, const struct event *e);
	int (*login)(
	    void *ctx, const struct login_record *r, enum login_source source, bool by_journal);
	int (*notice)(void *ctx, const struct key_notice_text *n);
	void *ctx;
};

struct ledger {
	const struct ledger_tap *tap; /* NULL: none */
	/* Of a pruned store: what it tells of the time before may not be all that there was, so
	 * nobody is named by it. INT64_MIN: nothing is pruned. */
	int64_t evidence_from_us;
	struct string_pool pool;
	struct coverage coverage;
	struct ledger_counts counts;
	struct caller *callers;
	size_t caller_count, caller_cap;
	struct push *pushes; /* key pushes, serial pushes and tunnels; by time and event id after
				match_run */
	size_t push_count, push_cap;
	struct login *logins; /* by time, instance and session after match_run */
	size_t login_count, login_cap;
	struct auth_step *auth;
	size_t auth_count, auth_cap;
	uint32_t
	    *login_pushes; /* push indexes, grouped by login, each group by time and event id */
	size_t login_push_count, login_push_cap;
	uint32_t *push_logins; /* login indexes, grouped by push, each group in login order */
	size_t push_login_count;
	struct receipts receipts;
	struct issue *issues; /* by time and event id after ledger_finish */
	size_t issue_count, issue_cap;
	struct key_notice *notices; /* by time after ledger_finish */
	size_t notice_count, notice_cap;
	struct key_refusal *refusals; /* by time; made by match_run */
	size_t refusal_count, refusal_cap;
	struct ledger_index *index; /* private to ledger.c: what is there already */
};

int ledger_init(struct ledger *l);
void ledger_clear(struct ledger *l);

/* Adds an event of use. Duplicates (same eventID, same content) are counted and dropped; records
 * that share an eventID but differ are both kept and counted as conflicting. 0, or -1 without
 * memory. */
int ledger_add_event(struct ledger *l, const struct event *e);
/* Adds a line of a login log: opens become logins, closes end them in ledger_finish, receipts are
 * given to their logins there. */
int ledger_add_login_record(struct ledger *l, const struct login_record *r);
/* The same for an open or a close that was put together from sshd's own lines; by_journal: those of
 * the journal, which says who wrote them. */
int ledger_add_syslog_record(struct ledger *l, const struct login_record *r, bool by_journal);
/* Adds a line of EC2 Instance Connect's script. Spans are kept as text; absent ones stay absent. */
int ledger_add_notice(struct ledger *l, const struct key_notice_text *n);
/* Adds an issuing event that a chain needs. One that is there already (account, eventID, and all
 * that a chain rests on) is left as it is; records that share an eventID but differ are both kept.
 */
int ledger_add_issue(struct ledger *l, const struct event *e);
/* After the last input: applies closes and addenda, sorts logins and pushes, links receipts. */
int ledger_finish(struct ledger *l);

/* True when two callers are one principal: same ARN and same principalId. Callers without an ARN
 * are never the same as anyone, since nothing says who they are. */
bool ledger_principal_eq(const struct ledger *l, uint32_t caller_a, uint32_t caller_b);

static inline const char *
ledger_text(const struct ledger *l, string_id id)
{
	return string_pool_get(&l->pool, id);
}

/* Their order as texts, as strcmp says it; what is absent is as an empty one. */
int ledger_compare_texts(const struct ledger *l, string_id a, string_id b);

#endif
