/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CORPUS_LOGIN_LINE_H
#define TOOLS_CORPUS_LOGIN_LINE_H

#include "pam_module/login_record.h"
#include "tools/corpus/login_writer.h"

/* Appends the line of the record, without LF. 0, or -1 when out cannot hold it. */
int login_line_put(const struct world *w, const struct login_event *e, uint64_t seq,
    const char prev[static SHA256_HEX_LEN + 1], struct buf *out);

#endif
