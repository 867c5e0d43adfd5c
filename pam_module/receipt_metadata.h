/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_RECEIPT_METADATA_H
#define PAM_MODULE_RECEIPT_METADATA_H

#include <stdint.h>

#include "common/buf.h"

/*
 * The instance metadata service, version 2 (a session token for every request), by libcurl and
 * without any proxy. Every request ends by the deadline. One handle, one connection, kept open.
 */
enum metadata_result {
	METADATA_OK = 0,
	METADATA_NOT_FOUND,    /* 404 or 405 */
	METADATA_UNREACHABLE,  /* nobody answers there */
	METADATA_TIMEOUT,      /* no whole answer before the deadline */
	METADATA_NO_TOKEN,     /* it has no tokens: version 1 only */
	METADATA_UNAUTHORIZED, /* 401, with a new token too */
	METADATA_FORBIDDEN,    /* 403: metadata is switched off */
	METADATA_UNAVAILABLE,  /* 5xx, several times */
	METADATA_TOO_LONG,     /* longer than the caller's buffer may grow */
	METADATA_UNEXPECTED,   /* any other status, or no HTTP */
};

struct metadata;

/* endpoint: "http://169.254.169.254"; deadline_us is on CLOCK_MONOTONIC. NULL without memory, or
 * when the endpoint is not http. */
struct metadata *metadata_open(struct span endpoint, int64_t deadline_us);
void metadata_close(struct metadata *m);

/*
 * Appends what is served under "/latest/PATH" to out. A token is asked for when there is none, and
 * once more when the one at hand is refused; 5xx is tried again. On any failure out is as before.
 */
enum metadata_result metadata_get(struct metadata *m, const char *path, struct buf *out);

/* The word for a receipt record's "error": "metadata_timeout". NULL for METADATA_OK. */
const char *metadata_result_name(enum metadata_result result);

/* Appends text as a part of a path: all but letters, digits, '-', '.', '_' and '~' as %XX. */
void metadata_put_escaped(struct buf *path, struct span text);

#endif
