/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_PEOPLE_PEOPLE_H
#define CORRELATOR_PEOPLE_PEOPLE_H

#include "correlator/correlate/ledger.h"
#include "correlator/people/identity_store.h"

/*
 * Who was behind the callers: their credentials followed back to a person, docs/SEMANTICS.md, "The
 * person". Built over a finished ledger: people_resolve before match_run, which asks
 * people_compare; people_follow_logins after it.
 */
enum sureness {
	SURE_NONE,
	SURE_CLAIMED,
	SURE_PROBABLE,
	SURE_EXACT,
};

enum hop_rule {
	HOP_ACCESS_KEY,
	HOP_SIGN_IN_SESSION,
	HOP_SESSION,
	HOP_PERMISSION_SET,
	HOP_INSTANCE,
	HOP_RULES,
};

#define HOP_NONE UINT32_MAX

/* A step back: to the event that issued what the caller used, or to who was logged in. */
struct hop {
	uint8_t rule, sure;
	uint32_t issue; /* in ledger.issues; HOP_NONE for HOP_INSTANCE */
	uint32_t
	    also;        /* HOP_SESSION: the console event that says more of the same session (a
			    SwitchRole's address, a ConsoleLogin's MFA), in ledger.issues; or HOP_NONE */
	uint32_t caller; /* who asked for it, in ledger.callers; HOP_NONE for HOP_INSTANCE */
};

enum person_type {
	PERSON_UNKNOWN, /* a name of a session at best */
	PERSON_IAM_USER,
	PERSON_ROOT,
	PERSON_IDENTITY_CENTER,
	PERSON_SAML,
	PERSON_WEB_IDENTITY, /* perhaps a program */
	PERSON_SERVICE,      /* nobody: an AWS service */
	PERSON_TYPES,
};

enum chain_end {
	CHAIN_END_ORIGIN,    /* at somebody who signed in, or at a service */
	CHAIN_END_MISSING,   /* the input has no event that leads on: person.missing */
	CHAIN_END_AMBIGUOUS, /* several events fit: person.candidates */
	CHAIN_END_LOGINS,    /* at an instance's role: person.logins are who was logged in */
	CHAIN_END_DEPTH,     /* 8 hops and no end */
	CHAIN_END_CYCLE,     /* it comes back to where it was */
	CHAIN_ENDS,
};

enum mfa_seen {
	MFA_UNKNOWN,
	MFA_SEEN,
	MFA_NOT_SEEN,
};

/* What would lead on: one of these events, in that account and region (0: any), in that time. */
struct missing_event {
	unsigned kinds; /* bits 1 << enum issue_kind */
	string_id account_id, region;
	int64_t from_us, to_us;
	bool write_only; /* that account's records have no read events at all */
};

#define CHAIN_HOPS_MAX 8

struct person {
	string_id name;                /* 0: nobody can be named */
	string_id key;                 /* equal for the same person; 0: cannot be compared */
	string_id principal;           /* where the chain ends: ARN, or what is known of it */
	string_id source_identity;     /* the first of the chain that has one */
	string_id tags;                /* session tags, of the first hop that has any */
	string_id provider;            /* SAML, web identity, Identity Center's store */
	string_id user_id;             /* Identity Center's */
	string_id display_name, email; /* of --identity-store */
	string_id session_name;        /* of the caller, when it is a session of a role */
	uint8_t sure, type, end, mfa;  /* enums above */
	uint32_t hop_first, hop_count; /* in people.hops: from the caller back */
	uint32_t candidate_first, candidate_count; /* in people.candidates; of an ambiguous hop 16
						      at most */
	uint32_t login_first, login_count;         /* in people.logins; 64 at most */
	struct missing_event missing;
};

struct people {
	struct ledger *ledger;
	struct person *persons;
	size_t person_count, person_cap;
	struct hop *hops;
	size_t hop_count, hop_cap;
	uint32_t *candidates; /* persons */
	size_t candidate_count, candidate_cap;
	uint32_t *logins; /* indexes in ledger.logins */
	size_t login_count, login_cap;
	uint32_t *of_caller; /* by caller: its person */
	uint32_t *of_push; /* by push: its person, which is its caller's but for roles of instances:
			      who was logged in depends on the time of the push */
};

/* Follows every caller of a push back. store: NULL without --identity-store. The ledger gets new
 * strings, nothing else. 0, or -1 without memory (people_clear all the same). */
int people_resolve(struct people *p, struct ledger *l, const struct identity_store *store);
/* After match_run: follows callers that are roles of instances into the logins there. 0 or -1. */
int people_follow_logins(struct people *p);
void people_clear(struct people *p);

/* 1 when the callers are one person for certain, -1 when they are two, 0 when that is not known, or
 * p is NULL. */
int people_compare(const struct people *p, uint32_t caller_a, uint32_t caller_b);

/* The person of a push; NULL when p is NULL (--no-people). */
const struct person *people_of_push(const struct people *p, uint32_t push);
/* The one person of a login that is attributed: that of its pushes when they agree (the same key,
 * or one and the same row); NULL for every other login, and when p is NULL. */
const struct person *people_of_login(const struct people *p, const struct login *login);

/* Words of reports: "exact", "access_key", "iam_user", "missing", "seen"; NULL for SURE_NONE and
 * MFA_UNKNOWN. */
const char *sureness_name(enum sureness sure);
const char *hop_rule_name(enum hop_rule rule);
const char *person_type_name(enum person_type type);
const char *chain_end_name(enum chain_end end);
const char *mfa_seen_name(enum mfa_seen mfa);

#endif
