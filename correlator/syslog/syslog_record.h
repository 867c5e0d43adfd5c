/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_RECORD_H
#define CORRELATOR_SYSLOG_SYSLOG_RECORD_H

#include "correlator/syslog/sshd_message.h"
#include "correlator/syslog/syslog_sessions.h"

/* Private to syslog_logins.c: login records made of sshd's messages. */

/* Adds a step. Key types get the names that sshd has for them elsewhere ("ED25519": "ssh-ed25519");
 * an ECDSA key's curve is not logged, so its type stays as it is. Decoded text goes to scratch, in
 * which there must be room for the message's length. */
void syslog_record_add_step(
    struct login_record *r, const struct sshd_message *m, struct buf *scratch);

/* The session's id: made of what the line says and nothing else, in whole seconds, so that text and
 * journal of one line have the same. 0, or -1. */
int syslog_record_id(
    const struct syslog_process *p, int64_t time_us, char id[static LOGIN_SESSION_ID_LEN + 1]);

#endif
