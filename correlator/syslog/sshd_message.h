/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SSHD_MESSAGE_H
#define CORRELATOR_SYSLOG_SSHD_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

/*
 * What sshd and EC2 Instance Connect's script say: OpenSSH's auth.c (auth_log), session and packet
 * messages; aws-ec2-instance-connect-config's eic_parse_authorized_keys. Spans point into the
 * message.
 */
enum sshd_message_kind {
	SSHD_OTHER,
	SSHD_ACCEPTED,       /* "Accepted publickey for U from A port N ssh2: ED25519 SHA256:..." */
	SSHD_PARTIAL,        /* "Partial ..." */
	SSHD_SESSION_CLOSED, /* "pam_unix(sshd:session): session closed for user U" */
	SSHD_DISCONNECTED,   /* any of the lines that end the connection of an address and port */
	EIC_QUERYING,
	EIC_PROVIDING,
};

struct sshd_message {
	enum sshd_message_kind kind;
	bool repeated;                     /* rsyslog's "message repeated N times: [ ... ]" */
	struct span method, user, address; /* address: absent where sshd says UNKNOWN */
	int64_t port;                      /* -1 unknown */
	struct span key_type;              /* as sshd names it in logs: "ED25519", "RSA-CERT" */
	struct span fingerprint; /* of EIC's lines too; only SHA256: ones, which can be compared */
	struct span cert_id, ca_type,
	    ca_fingerprint; /* "ID alice (serial 7) CA ED25519 SHA256:..." */
	struct span cert_serial;
	struct span info; /* what else stands at the end: a GSSAPI principal, an MD5 fingerprint */
	struct span request_id, principal; /* EIC_PROVIDING */
};

/*
 * tag: the line's; only sshd, sshd-session, sshd-auth and ec2-instance-connect's own count.
 *
 * A user name may hold blanks, and so may what sshd prints at the end (a certificate's id, the user
 * of a host-based client): either can be made to look like the middle of the line. The user ends at
 * the first " from A port N ssh2" behind which all is what sshd prints for that method; a plain key
 * leaves no room for anything else. Where nothing is so, at the last one.
 */
void sshd_message_parse(struct span tag, struct span message, struct sshd_message *m);

/* A field as it was before sshd made it safe to log (strnvis(3): "\\", "\n", "\033"); itself when
 * nothing in it is escaped, else in scratch (reserve its length up front). */
struct span sshd_message_decode(struct span field, struct buf *scratch);

#endif
