/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_SESSIONS_H
#define CORRELATOR_SYSLOG_SYSLOG_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"
#include "pam_module/login_record.h"

/*
 * The processes of sshd that have logged somebody in, or are about to, and have not ended: found by
 * process, and by address and port, each on its host. Bounded in number and in what each keeps.
 */
#define SYSLOG_SESSIONS_MAX ((size_t)1 << 16)
#define SYSLOG_PARTIALS_MAX (LOGIN_RECORD_AUTH_MAX - 1)
#define SYSLOG_PARTIAL_LEN  1024

/* Which process of which host, and whose connection. place: instance id, else host name. What the
 * journal says is kept apart from what files say, which anybody could have written: neither adds to
 * a session of the other. */
struct syslog_process {
	struct span place, user, address;
	int64_t pid, port;
	bool in_journal;
};

struct syslog_session {
	struct syslog_process process; /* spans into text */
	char *text;
	bool open;                 /* the Accepted line has been there */
	int64_t time_us, ended_us; /* ended: of its connection; INT64_MIN: not yet */
	int64_t audit_session;     /* sshd's own at the time of the login; -1: not known */
	char id[LOGIN_SESSION_ID_LEN + 1];
	struct buf partials; /* messages of earlier steps, each ended by LF */
	size_t partial_count;
	uint64_t process_hash, connection_hash;
	uint32_t process_next, connection_next; /* in their chains; 0: the last */
	uint32_t older, newer;
};

struct syslog_sessions {
	struct syslog_session *rows; /* numbered from 1: row 0 is not used */
	size_t count, cap;           /* rows ever used */
	uint32_t *process_heads, *connection_heads;
	uint32_t unused, oldest, newest; /* chains of rows; 0: empty */
	uint64_t seed;
};

/* 0, or -1 without memory. */
int syslog_sessions_init(struct syslog_sessions *s, uint64_t seed);
void syslog_sessions_clear(struct syslog_sessions *s);

/* NULL when it is not there. A session stays where it is until the next is added. */
struct syslog_session *syslog_sessions_by_process(
    struct syslog_sessions *s, const struct syslog_process *p);
struct syslog_session *syslog_sessions_by_connection(
    struct syslog_sessions *s, const struct syslog_process *p);
/* The oldest one when there is no room for another, else NULL: to be dropped before adding. */
struct syslog_session *syslog_sessions_full(struct syslog_sessions *s);
struct syslog_session *syslog_sessions_oldest(struct syslog_sessions *s);
/* Copies the process; NULL without memory, or when full. */
struct syslog_session *syslog_sessions_add(
    struct syslog_sessions *s, const struct syslog_process *process);
void syslog_sessions_drop(struct syslog_sessions *s, struct syslog_session *session);

/* Keeps the message of an earlier step; one that is there already, or too much, is passed over. */
int syslog_session_keep_partial(struct syslog_session *session, struct span message);
bool syslog_session_is(const struct syslog_session *session, const struct syslog_process *process);

#endif
