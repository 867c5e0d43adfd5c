/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_ANNOTATE_AUDIT_TEXT_H
#define CORRELATOR_ANNOTATE_AUDIT_TEXT_H

#include "correlator/annotate/audit_line.h"

/* Private to audit_line.c and audit_json.c: what both forms have. */

/* A session's number; AUDIT_SESSION_NONE for "unset", -1, 4294967295 and what is no number. */
int64_t audit_text_session(struct span text);
/* "1700000000.123:456", "1700000000.123": seconds of the epoch, as auditd writes them. */
bool audit_text_stamp(struct span text, int64_t *us);

/* Fills in what the JSON object says. False when the line is not one whole object. */
bool audit_json_parse(struct span line, struct buf *scratch, struct audit_line *out);

#endif
