/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAM_MODULE_LOGIN_LOG_TAIL_H
#define PAM_MODULE_LOGIN_LOG_TAIL_H

#include <sys/types.h>

#include "pam_module/login_log.h"

#define LOGIN_LOG_LINE_MAX ((size_t)1024 * 1024) /* bytes; no longer line is read back */

/* What the next record of a log continues. */
struct login_log_tail {
	char prev[SHA256_HEX_LEN + 1]; /* of the last line; 64 zeros for an empty file */
	uint64_t seq;                  /* of the next record */
	bool torn;                     /* the last line has no LF */
	bool found;                    /* a record: without one seq is 1 */
	bool cut;                      /* all there is is the beginning of one record */
};

/*
 * Reads the end of a log of `size` bytes. A torn line counts as a line. The sequence number goes on
 * from the last readable record within LOGIN_LOG_LINE_MAX bytes of the end, and begins at 1 when
 * there is none. LOGIN_LOG_OK, _READ (errno says why, 0 when the last line is over-long) or
 * _CRYPTO.
 */
enum login_log_error login_log_tail_read(int fd, off_t size, struct login_log_tail *tail);

#endif
