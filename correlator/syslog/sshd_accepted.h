/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SSHD_ACCEPTED_H
#define CORRELATOR_SYSLOG_SSHD_ACCEPTED_H

#include "correlator/syslog/sshd_message.h"

/*
 * Private to sshd_message.c. "METHOD for USER from A port N ssh2[: ...]", which follows "Accepted "
 * and "Partial ". False when it is not that.
 */
bool sshd_accepted_parse(struct span s, struct sshd_message *m);

/* A numeric address, with a zone where it has one; or UNKNOWN. */
bool sshd_address_is(struct span s);
/* 0 to 65535 in digits. */
bool sshd_port_parse(struct span s, int64_t *port);
/* Cuts "SHA256:" and 43 characters of base64 off *s; absent, and *s as it was, when that is not
 * what it begins with. */
struct span sshd_fingerprint_take(struct span *s);

static inline bool
sshd_is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

#endif
