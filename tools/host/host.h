/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_HOST_HOST_H
#define TOOLS_HOST_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pam_module/login_record.h"

/* logintrail-host: what the administrator of one host does. */
enum host_exit {
	HOST_DONE = 0,
	HOST_FAILED = 1,
	HOST_USAGE = 2,
};

/* What a command line says; strings point into argv. */
struct host_options {
	const char *log;
	int64_t keep;
	bool adopt;
	const char *state;            /* of ship; for rotate too */
	const char *to;               /* "s3://BUCKET/PREFIX" */
	const char *region, *profile; /* NULL: as the environment and the files of AWS say */
	const char *endpoint_url;     /* of S3 or, of identity, metadata; NULL */
	int64_t spool_max;            /* bytes; 0: as the state says */
	const char *identity;         /* identity.json */
	int64_t wait_s;               /* how long identity waits for the network */
};

/* The commands, each in the file of its name. All return an enum host_exit. */
int rotate_command(const struct host_options *o);
int seal_init_command(const struct host_options *o);
int ship_command(const struct host_options *o);
int identity_command(const struct host_options *o);

/* "logintrail-host: SUBJECT: MESSAGE" on standard error, without control characters; then the text
 * of error when it is not 0. Returns HOST_FAILED. */
int host_fail(const char *subject, const char *message, int error);

/* The same, and to syslog (authpriv, as an alert): what nobody may overlook. */
int host_alarm(const char *subject, const char *message);

/* Writes the file anew, durably and at once: readers see the old content or all of the new one. 0,
 * or -1 with errno. */
int host_file_replace(const char *path, struct span content, mode_t mode);

/* A record of that kind that says which host this is. Storage is for its strings. 0 or -1. */
int host_record(enum login_record_kind kind, struct buf *storage, struct login_record *r);

/* How long a command waits for the log's lock: the end of it, on CLOCK_MONOTONIC. */
int64_t host_deadline_us(void);

#endif
