/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/gatherer.h"

#include <errno.h>
#include <string.h>

static int
gather_login(struct gatherer *g, struct span text)
{
	struct ledger_counts *c = &g->ledger->counts;
	struct login_record record;

	buf_reset(&g->scratch);
	if (login_record_read(text, &g->scratch, &record) != 0) {
		c->login_lines++;
		c->login_malformed++;
		g->broken++;
		diagnostics_error(g->diagnostics, g->file->path,
		    "a login record cannot be used: not of a version and form that "
		    "this program knows");
		return 0;
	}
	return ledger_add_login_record(g->ledger, &record);
}

/* A record in a file whose role does not vouch for it: not believed, but counted. */
static int
misplaced(struct gatherer *g, enum record_shape shape)
{
	struct ledger_counts *c = &g->ledger->counts;

	g->misplaced++;
	if (shape != RECORD_CLOUDTRAIL) {
		c->logins_among_events++;
	} else {
		c->records++;
		c->skipped++;
		c->events_among_logins++;
	}
	return 0;
}

static bool
is_misplaced(enum input_role role, enum record_shape shape)
{
	if (shape == RECORD_LOGIN || shape == RECORD_JOURNAL)
		return role != INPUT_LOGINS;
	return shape == RECORD_CLOUDTRAIL && role != INPUT_EVENTS;
}

/* Tells the reader of system logs of the file, once. */
static int
begin_syslog(struct gatherer *g)
{
	if (g->in_the_syslog)
		return 0;
	g->in_the_syslog = true;
	return syslog_reader_file(g->syslog, g->file->path,
	    g->document.changed_us != DOCUMENT_CHANGED_UNKNOWN ? g->document.changed_us
							       : LOGIN_TIME_UNKNOWN);
}

static int
on_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct gatherer *g = ctx;
	struct ledger_counts *c = &g->ledger->counts;

	if (is_misplaced(g->file->role, shape))
		return misplaced(g, shape);
	g->found++;
	switch (shape) {
	case RECORD_CLOUDTRAIL: return gather_event(g, text, header);
	case RECORD_LOGIN: return gather_login(g, text);
	case RECORD_JOURNAL:
		return begin_syslog(g) == 0 ? syslog_reader_journal(g->syslog, text) : -1;
	case RECORD_DIGEST: c->digests++; return 0;
	case RECORD_INSIGHT: c->insights++; return 0;
	case RECORD_CONTROL: c->controls++; return 0;
	case RECORD_OTHER:
		c->others++;
		g->found--;
		return 0;
	}
	return 0;
}

static void
on_malformed(void *ctx, size_t offset, enum json_error error)
{
	struct gatherer *g = ctx;
	struct ledger_counts *c = &g->ledger->counts;

	if (g->file->role == INPUT_LOGINS) {
		c->login_lines++;
		c->login_malformed++;
	} else {
		c->records++;
		c->malformed++;
	}
	if (g->broken++ == 0 && !(g->cut_short && error == JSON_ERROR_TRUNCATED))
		diagnostics_error(g->diagnostics, g->file->path, "%s%s at byte %zu",
		    g->file->role == INPUT_LOGINS && g->found == 0 ? "no system log that this "
								     "program knows, and "
								   : "",
		    json_error_text(error), offset);
}

/* Tells what is odd about a file as a whole. */
static void
judge_file(struct gatherer *g)
{
	struct diagnostics *d = g->diagnostics;
	const char *path = g->file->path;

	if (g->broken > 1)
		diagnostics_error(
		    d, path, "%llu places cannot be read", (unsigned long long)g->broken);
	if (g->misplaced != 0)
		diagnostics_warning(d, path, "%llu %s not believed",
		    (unsigned long long)g->misplaced,
		    g->file->role == INPUT_LOGINS ? "CloudTrail records among the logins:"
						  : "login records among the events:");
	else if (g->found == 0 && g->broken == 0 && g->document.text.len != 0)
		diagnostics_warning(d, path, "no %s in it",
		    g->file->role == INPUT_LOGINS ? "login records" : "CloudTrail records");
}

/* What could not be loaded, or not as a whole. */
static void
tell_failed_load(struct gatherer *g, enum document_error error)
{
	g->ledger->counts.files_failed++;
	if (error == DOCUMENT_ERROR_OPEN || error == DOCUMENT_ERROR_READ)
		diagnostics_error(g->diagnostics, g->file->path, "%s: %s",
		    document_error_text(error), strerror(errno));
	else
		diagnostics_error(g->diagnostics, g->file->path, "%s", document_error_text(error));
}

/* The document's text: a system log of a host, or records. */
static int
gather_text(struct gatherer *g)
{
	const struct record_visitor visitor = {g, on_record, on_malformed};

	if (g->file->role != INPUT_LOGINS || !syslog_text_is(g->document.text))
		return gather_records(g, &visitor);
	g->found++;
	return begin_syslog(g) == 0 ? syslog_reader_text(g->syslog, g->document.text) : -1;
}

static int
gather_file(struct gatherer *g, const struct input_file *file)
{
	struct ledger_counts *c = &g->ledger->counts;
	enum document_error error;

	g->file = file;
	g->found = g->misplaced = g->broken = 0;
	g->in_the_syslog = false;
	errno = 0;
	error = document_load(&g->document, file->path);
	g->cut_short = error == DOCUMENT_ERROR_TRUNCATED;
	c->files++;
	c->file_bytes += g->document.file_bytes;
	c->text_bytes += g->document.text.len;
	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	if (error != DOCUMENT_OK)
		tell_failed_load(g, error);
	else if (gather_delivery(g) != 0)
		return -1;
	if (gather_text(g) != 0)
		return -1;
	judge_file(g);
	return 0;
}

int
gather_inputs(struct ledger *l, const struct input_list *inputs, const struct gather_options *o,
    struct diagnostics *d)
{
	struct gatherer g = {.ledger = l, .options = o, .diagnostics = d, .inputs = inputs};
	int r = -1;

	buf_init(&g.unwrapped, SCRATCH_MAX);
	buf_init(&g.scratch, SCRATCH_MAX);
	record_split_init(&g.split);
	g.means = byte_means_best();
	issue_index_init(&g.issues, o->issues_max != 0 ? o->issues_max : ISSUE_INDEX_MAX);
	if (document_init(&g.document, o->inflate_max) != 0)
		return -1;
	g.syslog = syslog_reader_new(l, &o->syslog);
	if (g.syslog == NULL)
		goto out;
	for (size_t i = 0; i < inputs->count; i++)
		if (gather_file(&g, &inputs->files[i]) != 0)
			goto out;
	l->counts.files_special += inputs->special;
	if (syslog_reader_finish(g.syslog) != 0 || (o->people && gather_needed_issues(&g) != 0))
		goto out;
	r = ledger_finish(l);
out:
	syslog_reader_free(g.syslog);
	issue_index_clear(&g.issues);
	record_split_clear(&g.split);
	document_clear(&g.document);
	buf_clear(&g.unwrapped);
	buf_clear(&g.scratch);
	return r;
}
