/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_ANNOTATE_SESSION_INDEX_H
#define CORRELATOR_ANNOTATE_SESSION_INDEX_H

#include "correlator/correlate/ledger.h"

/* Private to session_find.c: the logins by the number of their audit session. */

/* A boot id as a number; zeros: unknown. */
struct boot {
	uint64_t high, low;
};

/* 32 hexadecimal digits, dashes anywhere; anything else is unknown. */
struct boot boot_parse(struct span text);

static inline bool
boot_is_known(struct boot b)
{
	return b.high != 0 || b.low != 0;
}

static inline bool
boot_eq(struct boot a, struct boot b)
{
	return a.high == b.high && a.low == b.low;
}

/* A login. */
struct session_entry {
	int64_t ses, time_us; /* AUDIT_SESSION_NONE: it only tells of its boot */
	int64_t reset_us;     /* the first login that shows that the host has started anew since;
				 INT64_MAX: none does */
	struct boot boot;
	uint32_t host, login;
};

/* What a host is called: a host is an instance id, or a host name where no instance id is known. */
struct session_name {
	string_id instance_id, hostname;
	uint32_t host;
};

struct session_index {
	struct session_entry *entries; /* by ses, host, time, login */
	size_t entry_count;
	struct session_name *names; /* by instance, host name: each once */
	size_t name_count, host_count;
};

/* 0, or -1 without memory (session_index_clear all the same). */
int session_index_init(struct session_index *x, const struct ledger *l);
void session_index_clear(struct session_index *x);

/* The first entry with that number, or where it would stand. */
size_t session_index_first(const struct session_index *x, int64_t ses);

#endif
