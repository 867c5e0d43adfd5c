/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_SYSLOG_SYSLOG_LINE_H
#define CORRELATOR_SYSLOG_SYSLOG_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

/*
 * One line of a system log: stamp, host, tag, process and message. RFC 3164's "Nov 22 06:22:40 host
 * tag[pid]: message", the same with an RFC 3339 stamp (rsyslog's default since Debian 12;
 * journalctl -o short-iso, short-iso-precise, short-full), or an entry of `journalctl -o json`
 * (systemd.journal-fields(7)). A leading "<pri>" is passed over.
 */
enum syslog_stamp_kind {
	STAMP_NONE,
	STAMP_ABSOLUTE, /* time_us counts */
	STAMP_NO_ZONE,  /* time_us is local time taken as UTC */
	STAMP_NO_YEAR,  /* the same, in the year 1972 */
};

struct syslog_line {
	enum syslog_stamp_kind stamp;
	int64_t time_us;
	struct span host, tag, message;
	int64_t pid; /* -1 unknown, like uid and the next */
	/* of the journal alone, written by journald itself: not by who wrote the line */
	int64_t uid, audit_session;
	struct span boot_id;
	bool is_journal;
};

/* A line of text without its LF. False when it begins with no stamp and host. */
bool syslog_line_parse(struct span text, struct syslog_line *line);
/* An entry of the journal. MESSAGE may be an array of bytes. Decoded text goes to scratch, as for
 * json_unescape. False when it has no time or no message. */
bool syslog_journal_parse(struct span entry, struct buf *scratch, struct syslog_line *line);

/* True when a document is text of that kind: one of its first lines parses. */
bool syslog_text_is(struct span document);

#endif
