/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_FACTS_H
#define PAM_MODULE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/*
 * What the module tells the recorder about a login, docs/FORMAT.md "Between module and recorder":
 * "key=value" items, each with a NUL behind it, the last one "end=1".
 */
#define FACTS_MAX (1024 * 1024) /* bytes that the module sends at most */

enum facts_error {
	FACTS_OK = 0,
	FACTS_ERROR_INCOMPLETE, /* the last item is not "end=1": the sender was cut off */
	FACTS_ERROR_FORM,       /* an item without '=' */
	FACTS_ERROR_KIND,       /* kind is neither "open" nor "close" */
	FACTS_ERROR_ID,         /* id is not a session's id */
	FACTS_ERROR_LOG,        /* log is not an absolute path */
	FACTS_ERROR_CA,         /* receipt_ca is not an absolute path */
	FACTS_ERROR_NUMBER,     /* a number is none, or out of bounds */
};

struct facts {
	bool is_open; /* else it is a close */
	struct span id;
	const char *log;     /* NUL-terminated, within the text */
	int64_t deadline_us; /* on CLOCK_MONOTONIC, which both processes share */
	int64_t pid, uid;    /* -1 when not told */
	struct span user, service, tty, rhost;
	struct span connection;         /* SSH_CONNECTION */
	struct span auth_info;          /* SSH_AUTH_INFO_0; absent when sshd set none */
	bool auth_info_cut;             /* the module sent only the first of its lines */
	bool receipt, expose_principal; /* options of the PAM line */
	struct span metadata;           /* where instance metadata is; absent: where AWS has it */
	const char *receipt_ca; /* NUL-terminated, within the text; NULL: the system's CAs */
};

/* Spans point into text. Unknown keys are passed over: module and recorder may be of two versions
 * while a host is upgraded. */
enum facts_error facts_parse(struct span text, struct facts *f);

const char *facts_error_text(enum facts_error error);

/* SSH_CONNECTION, "client-ip client-port server-ip server-port", numeric. False when it is anything
 * else; the spans point into text. */
struct facts_connection {
	struct span client_ip, server_ip;
	int64_t client_port, server_port;
};
bool facts_connection_parse(struct span text, struct facts_connection *c);

#endif
