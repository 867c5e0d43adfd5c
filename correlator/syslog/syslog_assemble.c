/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to logins: the second half of syslog_logins.h. */
#include "common/time_text.h"
#include "correlator/syslog/syslog_reader.h"
#include "correlator/syslog/syslog_record.h"

#define PARTIAL_AGE_MAX    US_PER_HOUR
#define AUDIT_UNSET        INT64_C(4294967295)
#define EIC_UID_SYSTEM_MAX 999

static struct span
non_empty(struct span s)
{
	return s.len != 0 ? s : SPAN_NONE;
}

static void
fill_host(const struct syslog_reader *r, const struct syslog_item *i, struct login_record *record)
{
	record->host.instance_id = r->instance;
	if (r->row != NULL) {
		record->host.account_id = r->row->account_id;
		record->host.region = r->row->region;
	}
	record->host.hostname = non_empty(i->line->host);
	record->host.boot_id = i->line->boot_id;
}

/* audit_session: that of sshd's process then; -1: not known. */
static int
give_end(struct syslog_reader *r, const struct syslog_session *session, int64_t time_us,
    int64_t audit_session)
{
	struct login_record record;

	login_record_init(&record, LOGIN_RECORD_CLOSE);
	record.id = span_of(session->id);
	record.time_us = time_us;
	record.audit_session = audit_session;
	return ledger_add_syslog_record(r->ledger, &record, session->process.in_journal);
}

/* Drops a session; what is known of its end but was not its "session closed" line counts then. */
static int
drop_session(struct syslog_reader *r, struct syslog_session *session)
{
	int64_t ended_us = session->ended_us;
	int result = 0;

	if (session->open && ended_us != INT64_MIN)
		result = give_end(r, session, ended_us, -1);
	syslog_sessions_drop(&r->sessions, session);
	return result;
}

/* An earlier step belongs to the login that follows it; lines with one stamp may be in any order.
 */
static bool
is_soon_after(int64_t time_us, int64_t partial_us)
{
	return time_us >= partial_us && time_us - partial_us <= PARTIAL_AGE_MAX;
}

/* The process's session, made when it is not there; one of an earlier process of that number ends.
 * NULL without memory. */
static struct syslog_session *
session_of(struct syslog_reader *r, const struct syslog_item *i)
{
	const struct syslog_process *p = &i->process;
	struct syslog_session *session = p->pid >= 0
	    ? syslog_sessions_by_process(&r->sessions, p)
	    : syslog_sessions_by_connection(&r->sessions, p);

	if (session != NULL && syslog_session_is(session, p) &&
	    (session->open || is_soon_after(i->time_us, session->time_us)))
		return session;
	if (session == NULL)
		session = syslog_sessions_full(&r->sessions);
	if (session != NULL && drop_session(r, session) != 0)
		return NULL;
	return syslog_sessions_add(&r->sessions, p);
}

static void
count_login(struct syslog_reader *r, enum syslog_stamp_kind stamp)
{
	struct ledger_counts *c = &r->ledger->counts;

	c->syslog_logins++;
	c->syslog_yearless += stamp == STAMP_NO_YEAR && r->options.year == 0;
	c->syslog_zoneless += stamp != STAMP_ABSOLUTE && r->options.time_zone == NULL;
}

static int
give_login(struct syslog_reader *r, const struct syslog_item *i, struct syslog_session *session)
{
	struct login_record record;
	struct span partials = buf_span(&session->partials), text;

	login_record_init(&record, LOGIN_RECORD_OPEN);
	while (partials.len != 0 && span_cut(&partials, '\n', &text)) {
		struct sshd_message earlier;

		sshd_message_parse(SPAN("sshd"), text, &earlier);
		syslog_record_add_step(&record, &earlier, &r->decoded);
	}
	syslog_record_add_step(&record, &i->message, &r->decoded);
	fill_host(r, i, &record);
	record.id = span_of(session->id);
	record.time_us = i->time_us;
	record.os_user = i->process.user;
	record.remote_host = i->process.address;
	record.remote_port = i->process.port;
	record.sshd_pid = i->process.pid;
	count_login(r, i->line->stamp);
	return ledger_add_syslog_record(r->ledger, &record, i->line->is_journal);
}

static int
take_accepted(struct syslog_reader *r, const struct syslog_item *i)
{
	struct syslog_session *session = session_of(r, i);

	if (session == NULL)
		return -1;
	if (session->open && i->message.repeated) { /* one connection logs in but once */
		r->ledger->counts.syslog_others++;
		return 0;
	}
	session->open = true;
	session->time_us = i->time_us;
	session->ended_us = INT64_MIN;
	session->audit_session = i->line->audit_session;
	if (syslog_record_id(&i->process, i->time_us, session->id) != 0)
		return -1;
	return give_login(r, i, session);
}

static int
take_partial(struct syslog_reader *r, const struct syslog_item *i)
{
	struct syslog_session *session;

	r->ledger->counts.syslog_partials++;
	if (i->process.pid < 0 || i->message.repeated) /* nothing ties it to a login; or known */
		return 0;
	session = session_of(r, i);
	if (session == NULL)
		return -1;
	if (session->open) /* it is in two files: it has been counted in the first */
		return 0;
	session->time_us = i->time_us;
	return syslog_session_keep_partial(session, i->line->message);
}

/*
 * The audit session that a login was given, as the line of its end has it. When sshd says
 * "Accepted" there is none yet: one that its process has then, and still has in the end, may be
 * that of the administrator who started sshd by hand.
 */
static int64_t
audit_session_of(const struct syslog_session *session, const struct syslog_line *line)
{
	bool is_its_own = session->audit_session >= 0 && line->audit_session != AUDIT_UNSET &&
	    line->audit_session != session->audit_session;

	return is_its_own ? line->audit_session : -1;
}

static int
take_closed(struct syslog_reader *r, const struct syslog_item *i)
{
	struct syslog_session *session = syslog_sessions_by_process(&r->sessions, &i->process);
	int result;

	if (session != NULL && session->open && i->time_us >= session->time_us &&
	    span_eq(session->process.user, i->process.user)) {
		r->ledger->counts.syslog_ends++;
		result = give_end(r, session, i->time_us, audit_session_of(session, i->line));
		syslog_sessions_drop(&r->sessions, session);
		return result;
	}
	r->ledger->counts.syslog_others++;
	return i->process.pid >= 0 ? syslog_ends_add(&r->ends, &i->process, i->time_us) : 0;
}

/* Behind it the session's own end may follow, which counts more. */
static int
take_disconnected(struct syslog_reader *r, const struct syslog_item *i)
{
	struct syslog_process connection = i->process;
	struct syslog_session *session = syslog_sessions_by_connection(&r->sessions, &i->process);

	if (session != NULL && session->open && i->time_us >= session->time_us) {
		r->ledger->counts.syslog_ends++;
		if (session->ended_us == INT64_MIN)
			session->ended_us = i->time_us;
		return 0;
	}
	r->ledger->counts.syslog_others++;
	connection.user = SPAN_NONE;
	return syslog_ends_add(&r->ends, &connection, i->time_us);
}

/* Whether the journal says that somebody else than the script's own account wrote the line. */
static bool
notice_is_unproven(const struct syslog_reader *r, const struct syslog_line *line)
{
	if (!line->is_journal || line->uid < 0)
		return false;
	if (r->options.eic_uid >= 0)
		return line->uid != r->options.eic_uid;
	return line->uid == 0 || line->uid > EIC_UID_SYSTEM_MAX;
}

static int
take_notice(struct syslog_reader *r, const struct syslog_item *i)
{
	const struct key_notice_text notice = {
	    .time_us = i->time_us,
	    .instance_id = r->instance,
	    .hostname = non_empty(i->line->host),
	    .boot_id = i->line->boot_id,
	    .fingerprint = i->message.fingerprint,
	    .request_id = i->message.request_id,
	    .principal = i->message.principal,
	    .provided = i->message.kind == EIC_PROVIDING,
	    .unproven = notice_is_unproven(r, i->line),
	    .proven = i->line->is_journal && i->line->uid >= 0 && !notice_is_unproven(r, i->line),
	};

	r->ledger->counts.syslog_notices++;
	return ledger_add_notice(r->ledger, &notice);
}

int
syslog_assemble(struct syslog_reader *r, const struct syslog_item *i)
{
	switch (i->message.kind) {
	case SSHD_ACCEPTED: return take_accepted(r, i);
	case SSHD_PARTIAL: return take_partial(r, i);
	case SSHD_SESSION_CLOSED: return take_closed(r, i);
	case SSHD_DISCONNECTED: return take_disconnected(r, i);
	default: return take_notice(r, i);
	}
}

int
syslog_reader_finish(struct syslog_reader *r)
{
	struct syslog_session *session;

	while ((session = syslog_sessions_oldest(&r->sessions)) != NULL) {
		int64_t closed_us =
		    syslog_ends_find(&r->ends, &session->process, false, session->time_us);

		if (closed_us == INT64_MIN && session->ended_us == INT64_MIN)
			closed_us =
			    syslog_ends_find(&r->ends, &session->process, true, session->time_us);
		if (closed_us != INT64_MIN)
			session->ended_us = closed_us;
		if (drop_session(r, session) != 0)
			return -1;
	}
	return 0;
}
