/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_ANNOTATE_AUDIT_LINE_H
#define CORRELATOR_ANNOTATE_AUDIT_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/time_zone.h"

/*
 * One line of an audit log: which audit session, on which host, in which boot, when. The forms:
 *
 *   raw          auditd's own log, `ausearch`, `ausearch -r`; enriched or not; "node=HOST " before
 * it interpreted  `ausearch -i`: dates are "MM/DD/YY", "MM/DD/YYYY" (C, en_US), "YYYY-MM-DD" or
 *                "DD.MM.YYYY" local time
 *   JSON         journalctl -o json; LAUREL; auditbeat and filebeat, nested or with dotted names;
 *                else members named as below
 *   other        everything else: syslog around a record, separators, prose
 *
 * Whoever runs a command chooses much of its records' text, and interpreted text is not quoted. So
 * of text lines a ses= counts only where everything before it is the kernel's: audit_line.c has the
 * names. JSON: "ses", "audit_session", "auditd.session", "auditd.log.ses", "ses" within LAUREL's
 * records; lines of the journal, told by its own members, have "_AUDIT_SESSION" alone, since
 * clients of the journal choose other names. Two that differ count as none.
 */
enum audit_line_kind {
	AUDIT_LINE_OTHER,
	AUDIT_LINE_RAW,
	AUDIT_LINE_INTERPRETED,
	AUDIT_LINE_JSON, /* one whole object */
};

#define AUDIT_SESSION_NONE INT64_C(-1)
#define AUDIT_SESSION_MAX  INT64_C(4294967294) /* the number above it says "no session" */

struct audit_line {
	enum audit_line_kind kind;
	bool is_boot; /* the host's own note that it has started: SYSTEM_BOOT */
	int64_t ses;  /* AUDIT_SESSION_NONE when there is none to be believed */
	bool has_time;
	int64_t time_us;
	struct span host;     /* host name or instance id, as it stands there */
	struct span instance; /* from members that hold nothing else */
	struct span boot_id;
	/* of JSON */
	size_t close_at; /* offset of the bracket that closes the object */
	bool is_empty;   /* the object has no members */
	bool has_ours;   /* a member of it is called "logintrail", in any case */
};

/*
 * zone is that of interpreted dates; NULL: UTC. Spans point into the line, or into scratch until it
 * is reset, whose maximum must hold three times the line. Never fails: what cannot be read is
 * AUDIT_LINE_OTHER.
 */
void audit_line_parse(
    struct span line, const struct time_zone *zone, struct buf *scratch, struct audit_line *out);

/* True for a member name that must stay ours: "logintrail" in any case. */
bool audit_line_name_is_ours(struct span name);

#endif
