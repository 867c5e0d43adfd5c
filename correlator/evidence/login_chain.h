/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_EVIDENCE_LOGIN_CHAIN_H
#define CORRELATOR_EVIDENCE_LOGIN_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sha256.h"
#include "common/span.h"
#include "correlator/evidence/seal_keys.h"

/*
 * Checks login logs: each file within itself, and the files of one log with each other. Files are
 * given in any order and may be of many hosts; what a file continues is told by its first record's
 * `prev`, never by names. docs/SEMANTICS.md, "What verify says".
 *
 *	login_chain_init(&set);
 *	for each file: login_chain_add(&set, path, text)
 *	login_chain_link(&set);
 *	... set.chains, set.files ...
 *	login_chain_clear(&set);
 */
enum login_wound_kind {
	LOGIN_WOUND_ALTERED,    /* the next record continues another line than this one */
	LOGIN_WOUND_MISSING,    /* `other` records are missing in front of this one */
	LOGIN_WOUND_REORDERED,  /* this record's predecessor is line `other`, behind it */
	LOGIN_WOUND_DUPLICATED, /* the same as line `other` */
	LOGIN_WOUND_INSERTED,   /* `other` lines from here on are continued by nothing */
	LOGIN_WOUND_RESTARTED,  /* begins a chain where one was there to continue */
	LOGIN_WOUND_SEQUENCE,   /* the number does not follow the last one, which is `other` */
	LOGIN_WOUND_FOREIGN,    /* not a record */
	LOGIN_WOUND_FORKED,     /* another file continues the same record in another way */
	LOGIN_WOUND_SEAL_WRONG, /* the seal is not that of this record */
	LOGIN_WOUND_SEAL_ABSENT,
	LOGIN_WOUND_TORN, /* an append that a crash cut off; does not break a chain by itself */
	LOGIN_WOUND_KINDS,
};

/* Kept of each file: the first ones. All are counted. */
#define LOGIN_WOUNDS_MAX 64

struct login_wound {
	enum login_wound_kind kind;
	uint64_t line; /* from 1 */
	uint64_t seq;  /* of the record on that line; 0 when it is none */
	uint64_t other;
};

struct login_file {
	char *path;
	char *host;  /* instance id, else host name, of its first record that has one; or NULL */
	char *label; /* what else says which log it is of: a neighbour's host, or its name's stem */
	char *shipper; /* the instance that shipped it, by its name; NULL when it is no part */
	uint64_t lines, records, sealed, seals_good;
	uint64_t first_seq, last_seq;
	int64_t first_time_us, last_time_us;
	bool has_first; /* its first line is a record, which continues first_prev */
	bool begins;    /* that is a chain's beginning: 64 zeros */
	uint8_t first_prev[SHA256_LEN], first_hash[SHA256_LEN], last_hash[SHA256_LEN];
	uint64_t *hashes; /* the first 8 bytes of each record's hash */
	size_t hash_count, hash_cap;

	struct login_wound wounds[LOGIN_WOUNDS_MAX]; /* by line */
	size_t wound_count;
	uint64_t wound_totals[LOGIN_WOUND_KINDS];

	size_t
	    copy_of; /* index of the file that has all of this one's lines; own index when none */
	size_t next; /* index of the file that goes on behind it, SIZE_MAX when none */
	bool is_next;
};

enum login_chain_state {
	LOGIN_CHAIN_INTACT,
	LOGIN_CHAIN_INTACT_SO_FAR, /* what came before its first record is not among the files */
	LOGIN_CHAIN_BROKEN,
};

/* One log over all its files: first, then login_file.next. */
struct login_chain {
	enum login_chain_state state;
	size_t first, last, file_count;
	const char *host; /* NULL when no record names it */
	int64_t begin_us;
	uint64_t records, sealed, seals_good;
	uint64_t wound_totals[LOGIN_WOUND_KINDS], wounds; /* wounds: all that break it */
};

/* A head that somebody noted earlier, looked for among the lines. */
struct login_head {
	uint8_t hash[SHA256_LEN];
	uint64_t seq; /* 0: not told */
	bool found;
	size_t file;
	uint64_t line, found_seq;
};

struct login_chain_set {
	struct login_file *files;
	size_t file_count, file_cap;
	struct login_chain *chains; /* by host, then by time */
	size_t chain_count, chain_cap;
	struct login_head *heads; /* the caller's */
	size_t head_count;
	struct seal_keys *keys; /* the caller's; NULL: seals are not checked */
};

void login_chain_init(struct login_chain_set *s);
void login_chain_clear(struct login_chain_set *s);

/*
 * Checks one file. *is_log says whether it has a record at all; one without is not kept. 0, or -1
 * without memory or when libcrypto fails.
 */
int login_chain_add(struct login_chain_set *s, const char *path, struct span text, bool *is_log);

/* Finds out which files continue which, once all are added. 0, or -1 without memory. */
int login_chain_link(struct login_chain_set *s);

/* "HASH" or "HASH:SEQ". */
bool login_head_parse(struct span text, struct login_head *head);

/* "altered", "missing", ... */
const char *login_wound_name(enum login_wound_kind kind);

#endif
