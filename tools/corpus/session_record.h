/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_SESSION_RECORD_H
#define TOOLS_CORPUS_SESSION_RECORD_H

#include "tools/corpus/cloudtrail.h"

/*
 * Appends the record, one line without LF, by which the caller of a TRAIL_SESSION got the
 * credentials of the session that began at e->session_us: an IAM user of the same name asks for the
 * role, or the identity provider of Identity Center does. All of it follows from the caller and the
 * time.
 */
void session_put_record(const struct world *w, const struct trail_event *e, struct buf *out);

#endif
