/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/syslog/syslog_logins.h"

#include <stdlib.h>

#include "common/time_zone.h"
#include "correlator/syslog/syslog_reader.h"

#define SCRATCH_MAX  ((size_t)512 << 20) /* an entry of the journal can be that long */
#define LINE_MAX_LEN ((size_t)64 << 10)  /* a longer line is none of sshd's */

struct syslog_reader *
syslog_reader_new(struct ledger *l, const struct syslog_options *o)
{
	struct syslog_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->ledger = l;
	r->options = *o;
	r->changed_us = LOGIN_TIME_UNKNOWN;
	buf_init(&r->path, 1 << 16);
	buf_init(&r->scratch, SCRATCH_MAX);
	buf_init(&r->decoded, 1 << 20);
	buf_init(&r->host, 1 << 16);
	if (o->time_zone != NULL)
		r->zone = time_zone_open(o->time_zone);
	if ((o->time_zone != NULL && r->zone == NULL) ||
	    syslog_sessions_init(&r->sessions, l->pool.seed) != 0) {
		syslog_reader_free(r);
		return NULL;
	}
	return r;
}

void
syslog_reader_free(struct syslog_reader *r)
{
	if (r == NULL)
		return;
	syslog_sessions_clear(&r->sessions);
	syslog_ends_clear(&r->ends);
	time_zone_close(r->zone);
	buf_clear(&r->path);
	buf_clear(&r->scratch);
	buf_clear(&r->decoded);
	buf_clear(&r->host);
	free(r);
}

int
syslog_reader_file(struct syslog_reader *r, const char *path, int64_t changed_us)
{
	buf_reset(&r->path);
	buf_puts(&r->path, path);
	if (r->path.failed) /* longer than any path: then it says nothing */
		buf_reset(&r->path);
	r->changed_us = changed_us != LOGIN_TIME_UNKNOWN ? changed_us : r->options.now_us;
	r->host_known = false;
	syslog_year_find(&r->year, SPAN_NONE, r->options.year, r->changed_us);
	return 0;
}

static struct span
short_host(struct span host)
{
	struct span name = host;

	if (host.ptr != NULL)
		(void)span_cut(&host, '.', &name);
	return name;
}

/* Which instance the line is of: the map, the file's folder, --instance. */
static void
find_place(struct syslog_reader *r, struct span host)
{
	if (r->host_known && span_eq(buf_span(&r->host), host))
		return;
	buf_reset(&r->host);
	buf_put_span(&r->host, host);
	r->row = r->options.map != NULL
	    ? instance_map_find(r->options.map, buf_span(&r->path), host)
	    : NULL;
	r->instance = r->row != NULL ? r->row->instance_id : instance_of_path(buf_span(&r->path));
	if (r->instance.ptr == NULL)
		r->instance = r->options.instance;
	r->place = r->instance.ptr != NULL ? r->instance : short_host(buf_span(&r->host));
	r->host_known = !r->host.failed;
}

static int64_t
resolve_time(const struct syslog_reader *r, const struct syslog_line *line)
{
	int64_t us = line->time_us;

	if (line->stamp == STAMP_NO_YEAR)
		us = syslog_year_place(&r->year, us);
	if (line->stamp != STAMP_ABSOLUTE)
		us = time_zone_to_utc(r->zone, us);
	return us >= 0 ? us : 0;
}

/* The part of sshd that serves a user says in the user's name that the connection ended: such a
 * line is sshd's own, but anybody could write it, so it ends nothing. All else sshd says as root.
 */
static bool
passed_over(struct syslog_reader *r, const struct syslog_item *i)
{
	struct ledger_counts *counts = &r->ledger->counts;
	enum sshd_message_kind kind = i->message.kind;
	bool by_other = i->line->is_journal && i->line->uid > 0;

	if (kind == SSHD_OTHER || (kind == SSHD_DISCONNECTED && by_other)) {
		counts->syslog_others++;
		return true;
	}
	if (by_other && kind != EIC_QUERYING && kind != EIC_PROVIDING) {
		counts->syslog_unbelieved++;
		return true;
	}
	return false;
}

static int
take_line(struct syslog_reader *r, const struct syslog_line *line)
{
	struct syslog_item item = {.line = line};
	struct sshd_message *m = &item.message;

	sshd_message_parse(line->tag, span_head(line->message, LINE_MAX_LEN), m);
	if (passed_over(r, &item))
		return 0;
	find_place(r, line->host);
	buf_reset(&r->decoded);
	/* Room for all that is decoded: spans must not move. */
	if (!buf_reserve(
		&r->decoded, 2 * LINE_MAX_LEN + SYSLOG_PARTIALS_MAX * (SYSLOG_PARTIAL_LEN + 1)))
		return -1;
	item.time_us = resolve_time(r, line);
	item.process = (struct syslog_process){
	    .place = r->place,
	    /* PAM writes the name as it is */
	    .user = m->kind == SSHD_SESSION_CLOSED ? m->user
						   : sshd_message_decode(m->user, &r->decoded),
	    .address = m->address,
	    .pid = line->pid,
	    .port = m->port,
	    .in_journal = line->is_journal,
	};
	return syslog_assemble(r, &item);
}

/* A line that may be of interest: it names one of the programs. */
static int
take_text_line(struct syslog_reader *r, struct span text)
{
	struct syslog_line line;

	if (text.ptr[0] == ' ' || span_starts(text, "-- ")) { /* journalctl's own, or goes on */
		r->ledger->counts.syslog_others++;
		return 0;
	}
	if (text.len > LINE_MAX_LEN || !syslog_line_parse(text, &line)) {
		r->ledger->counts.syslog_unreadable++;
		return 0;
	}
	return take_line(r, &line);
}

/* Where a word stands next: the document is searched once for each, not line by line. */
struct finder {
	const char *word;
	size_t len;
	const char *at; /* NULL: nowhere any more */
};

static void
find_next(struct finder *f, const char *from, const char *end)
{
	if (f->at != NULL && f->at < from)
		f->at = memmem(from, (size_t)(end - from), f->word, f->len);
}

int
syslog_reader_text(struct syslog_reader *r, struct span document)
{
	struct finder finders[] = {{"sshd", 4, ""}, {"ec2-instance-connect", 20, ""}};
	const char *at = document.ptr, *end = at + document.len;

	if (document.len == 0)
		return 0;
	syslog_year_find(&r->year, document, r->options.year, r->changed_us);
	finders[0].at = memmem(at, document.len, finders[0].word, finders[0].len);
	finders[1].at = memmem(at, document.len, finders[1].word, finders[1].len);
	for (const char *next; at < end; at = next) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct span text = {at, (size_t)((stop != NULL ? stop : end) - at)};

		next = stop != NULL ? stop + 1 : end;
		if (text.len == 0)
			continue;
		r->ledger->counts.syslog_lines++;
		if (r->year.in_use)
			syslog_year_line(&r->year, text);
		find_next(&finders[0], at, end);
		find_next(&finders[1], at, end);
		if ((finders[0].at == NULL || finders[0].at >= next) &&
		    (finders[1].at == NULL || finders[1].at >= next))
			r->ledger->counts.syslog_others++;
		else if (take_text_line(r, text) != 0)
			return -1;
	}
	return 0;
}

int
syslog_reader_journal(struct syslog_reader *r, struct span entry)
{
	struct syslog_line line;

	r->ledger->counts.syslog_lines++;
	if (entry.len == 0 ||
	    (memmem(entry.ptr, entry.len, "sshd", 4) == NULL &&
		memmem(entry.ptr, entry.len, "ec2-instance-connect", 20) == NULL)) {
		r->ledger->counts.syslog_others++;
		return 0;
	}
	buf_reset(&r->scratch);
	if (!syslog_journal_parse(entry, &r->scratch, &line)) {
		r->ledger->counts.syslog_unreadable++;
		return 0;
	}
	return take_line(r, &line);
}
