/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_ANNOTATE_SESSION_FIND_H
#define CORRELATOR_ANNOTATE_SESSION_FIND_H

#include "correlator/correlate/ledger.h"

/*
 * Which login an audit session belongs to. The kernel counts sessions from 1 in every boot, and
 * every host does: a number alone says little.
 *
 * Host: an instance id must be the login's; a name must be its instance id or host name, up to the
 * first dot, in any case. Without either every host counts.
 *
 * On each host, of the logins with that number, none more than 5 s later than the line:
 *  - where the line and the login both know their boot, it must be the same; nothing else is asked,
 *    since programs outlive sessions (nohup, tmux) and a boot gives a number once;
 *  - else the latest one counts, unless the host has started anew since: a login of another boot,
 *    or (where boots are unknown) one with a lower number, lies between it and the line, or the
 *    audit log itself said so (session_find_boot). It needs a time in the line.
 * Two logins of one boot with that number, or logins of two hosts: ambiguous.
 */
struct session_query {
	struct span instance; /* absent when unknown, as all spans here */
	struct span host;     /* a host name or an instance id */
	struct span boot_id;  /* with or without dashes */
	int64_t ses;
	int64_t time_us;
	bool has_time;
};

enum session_found {
	SESSION_UNKNOWN,
	SESSION_FOUND,
	SESSION_AMBIGUOUS,
};

struct session_finder;

/* Over a finished ledger, which must stay as it is. NULL without memory. */
struct session_finder *session_finder_new(const struct ledger *l);
void session_finder_free(struct session_finder *f);

/* *login gets the index in ledger.logins when it is SESSION_FOUND. Not const: the finder remembers
 * which hosts the last query was about. */
enum session_found session_find(
    struct session_finder *f, const struct session_query *q, uint32_t *login);

/* Notes that the hosts of the query started at its time. The latest note counts; an audit log is in
 * order. */
void session_find_boot(struct session_finder *f, const struct session_query *q);

#endif
