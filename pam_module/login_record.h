/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_RECORD_H
#define PAM_MODULE_LOGIN_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/sha256.h"
#include "pam_module/receipt_signer.h"

/*
 * One line of the login log, docs/FORMAT.md: what the recorder writes and the correlator reads.
 * Strings are spans (absent when ptr is NULL) into memory of whoever filled the record: the
 * recorder's facts, or the line that was read and its scratch buffer.
 */
#define LOGIN_RECORD_VERSION    1
#define LOGIN_RECORD_MAX        ((size_t)16 * 1024) /* bytes of a line without its LF */
#define LOGIN_RECORD_SIGNER_MAX ((size_t)96 * 1024) /* the same of a signer's line */
#define LOGIN_RECORD_AUTH_MAX   16
#define LOGIN_RECORD_IPS_MAX    16
#define LOGIN_RECORD_NAMES_MAX  16 /* principals of a certificate */
#define LOGIN_RECORD_NOTES_MAX  8
#define LOGIN_SESSION_ID_LEN    32 /* hexadecimal digits */

enum login_record_kind {
	LOGIN_RECORD_OPEN,
	LOGIN_RECORD_CLOSE,
	LOGIN_RECORD_RECEIPT,
	LOGIN_RECORD_SIGNER,
	LOGIN_RECORD_ROTATE, /* the log goes on in a new file here */
	LOGIN_RECORD_SEAL,   /* from here on records are sealed */
	LOGIN_RECORD_OTHER,  /* a kind of a later version: kept and chained, not understood */
};

struct login_cert {
	struct span key_id;
	struct span ca_fingerprint; /* "SHA256:..." */
	struct span principals[LOGIN_RECORD_NAMES_MAX];
	size_t principal_count;
	uint64_t serial;
};

/* One completed step of authentication. */
struct login_auth {
	struct span method;   /* "publickey", "password", "keyboard-interactive/pam", "hostbased" */
	struct span key_type; /* as sshd named it */
	struct span fingerprint; /* "SHA256:..."; absent when the key did not parse */
	struct span info;        /* what follows a method that has no key: a GSSAPI principal */
	bool has_cert;
	struct login_cert cert;
};

struct login_record {
	enum login_record_kind kind;
	int version;
	struct span id; /* session, LOGIN_SESSION_ID_LEN digits */
	uint64_t seq;
	int64_t time_us;

	struct {
		struct span instance_id, account_id, region, hostname, boot_id;
		struct span ips[LOGIN_RECORD_IPS_MAX];
		size_t ip_count;
	} host;
	struct span os_user;
	int64_t uid; /* -1 when unknown, like the other numbers below */
	struct span service, tty;
	struct span remote_host, local_ip;
	int64_t remote_port, local_port;
	struct login_auth auth[LOGIN_RECORD_AUTH_MAX];
	size_t auth_count;
	int64_t sshd_pid, sshd_start;
	int64_t audit_session, login_uid;
	bool has_clock, clock_synchronized;
	int64_t clock_max_error_us;
	struct span
	    notes[LOGIN_RECORD_NOTES_MAX]; /* what the recorder wants said: docs/FORMAT.md */
	size_t note_count;
	bool truncated; /* something was cut to keep the line within LOGIN_RECORD_MAX */

	/* of a receipt: base64 of the entry, the signer's SHA-256, what went wrong */
	struct span receipt_entry, receipt_signer, receipt_error;
	/* of a signer */
	struct span signer_sha256;
	struct receipt_signer signer;

	char prev[SHA256_HEX_LEN + 1]; /* "" when absent */
};

/* Everything absent, numbers -1, version LOGIN_RECORD_VERSION. */
void login_record_init(struct login_record *r, enum login_record_kind kind);

/* Adds a word of docs/FORMAT.md to the notes, once; it must live as long as the record. False when
 * there is no room. */
bool login_record_note(struct login_record *r, const char *note);

/*
 * Appends the one-line JSON form, fields in the order of docs/FORMAT.md, without an LF. Strings are
 * cut (and "truncated":true written) as far as needed to stay within LOGIN_RECORD_MAX; what a
 * receipt and a signer hold is evidence, and never cut. 0, or -1 when the line would be too long or
 * out cannot hold it (out is then as before).
 */
int login_record_write(const struct login_record *r, struct buf *out);

/* Appends the members of a signer's record that say who it is, as they stand in its line. */
void login_record_write_signer(const struct login_record *r, struct buf *out);

/*
 * Reads a line. Unknown members and kinds are passed over; more list items than the maxima above
 * are dropped and set `truncated`. Decoded strings go behind scratch's end, into room reserved
 * before the first of them, so spans stay valid until scratch is reset or grows again.
 * 0, or -1 when it is not JSON, lacks v, kind, seq, time or prev, or is of a version that this
 * program does not know.
 */
int login_record_read(struct span line, struct buf *scratch, struct login_record *r);

#endif
