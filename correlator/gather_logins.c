/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: files of logins. */
#include "correlator/gatherer.h"

#include <errno.h>
#include <stdlib.h>
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
misplaced(struct gatherer *g)
{
	struct ledger_counts *c = &g->ledger->counts;

	g->misplaced++;
	c->records++;
	c->skipped++;
	c->events_among_logins++;
	return 0;
}

/* Tells the reader of system logs of the file, once. */
static int
begin_syslog(struct gatherer *g)
{
	if (g->in_the_syslog)
		return 0;
	g->in_the_syslog = true;
	return syslog_reader_file(g->syslog, g->file->path, g->changed_us);
}

static int
on_record(void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct gatherer *g = ctx;
	struct ledger_counts *c = &g->ledger->counts;

	(void)header;
	if (shape == RECORD_CLOUDTRAIL)
		return misplaced(g);
	g->found++;
	switch (shape) {
	case RECORD_LOGIN: return gather_login(g, text);
	case RECORD_JOURNAL:
		return begin_syslog(g) == 0 ? syslog_reader_journal(g->syslog, text) : -1;
	case RECORD_DIGEST: c->digests++; return 0;
	case RECORD_INSIGHT: c->insights++; return 0;
	case RECORD_CONTROL: c->controls++; return 0;
	default:
		c->others++;
		g->found--;
		return 0;
	}
}

static void
on_malformed(void *ctx, size_t offset, enum json_error error)
{
	struct gatherer *g = ctx;
	struct ledger_counts *c = &g->ledger->counts;

	c->login_lines++;
	c->login_malformed++;
	if (g->broken++ == 0 && !(g->cut_short && error == JSON_ERROR_TRUNCATED))
		diagnostics_error(g->diagnostics, g->file->path, "%s%s at byte %zu",
		    g->found == 0 ? "no system log that this program knows, and " : "",
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
		diagnostics_warning(d, path,
		    "%llu CloudTrail record%s among the logins: not believed",
		    (unsigned long long)g->misplaced, g->misplaced == 1 ? "" : "s");
	else if (g->found == 0 && g->broken == 0 && g->document.text.len != 0)
		diagnostics_warning(d, path, "no login records in it");
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
		diagnostics_error(
		    g->diagnostics, g->file->path, "%s", document_error_say(&g->document, error));
}

/* A system log of a host, or records. */
static int
read_text(struct gatherer *g, struct span text)
{
	const struct record_visitor visitor = {g, on_record, on_malformed};

	if (!syslog_text_is(text))
		return record_scan(text, &g->unwrapped, &visitor);
	g->found++;
	return begin_syslog(g) == 0 ? syslog_reader_text(g->syslog, text) : -1;
}

static void
begin_file(struct gatherer *g, const struct input_file *file, int64_t changed_us)
{
	g->file = file;
	g->changed_us = changed_us;
	g->found = g->misplaced = g->broken = 0;
	g->in_the_syslog = false;
}

static int
find_journal(
    void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	bool *found = ctx;

	(void)text;
	(void)header;
	*found = *found || shape == RECORD_JOURNAL;
	return 0;
}

static void
pass_over(void *ctx, size_t offset, enum json_error error)
{
	(void)ctx;
	(void)offset;
	(void)error;
}

/* Whether there are lines of sshd in the text. Records need only be looked at where the journal's
 * own member is in it, or may be in another spelling. */
static int
has_lines_of_sshd(struct gatherer *g, struct span text, bool *has)
{
	const struct record_visitor visitor = {has, find_journal, pass_over};

	*has = syslog_text_is(text);
	if (*has ||
	    (memmem(text.ptr, text.len, "__REALTIME", 10) == NULL &&
		memmem(text.ptr, text.len, "\\u00", 4) == NULL))
		return 0;
	return record_scan(text, &g->unwrapped, &visitor);
}

/* The text of the file that was loaded. */
static int
take_text(struct gatherer *g)
{
	const struct gather_watch *watch = g->options->watch;
	struct span text = g->document.text;
	bool has = false;

	if (watch != NULL && has_lines_of_sshd(g, text, &has) != 0)
		return -1;
	if (has)
		return watch->text(watch->ctx, g->changed_us, text);
	if (read_text(g, text) != 0)
		return -1;
	judge_file(g);
	return 0;
}

int
gather_logins(struct gatherer *g, size_t file)
{
	const struct input_file *input = &g->inputs->files[file];
	struct ledger_counts *c = &g->ledger->counts;
	enum document_error error;

	errno = 0;
	g->document.files_only = input->is_file;
	error = document_load(&g->document, input->path);
	begin_file(g, input,
	    g->document.changed_us != DOCUMENT_CHANGED_UNKNOWN ? g->document.changed_us
							       : LOGIN_TIME_UNKNOWN);
	g->cut_short = error == DOCUMENT_ERROR_TRUNCATED;
	c->files++;
	c->file_bytes += g->document.file_bytes;
	c->text_bytes += g->document.text.len;
	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	if (error != DOCUMENT_OK)
		tell_failed_load(g, error);
	return take_text(g);
}

struct gather_texts {
	struct gatherer g;
	struct gather_options options;
};

struct gather_texts *
gather_texts_new(struct ledger *l, const struct syslog_options *o, struct diagnostics *d)
{
	struct gather_texts *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->g = (struct gatherer){.ledger = l, .options = &t->options, .diagnostics = d};
	buf_init(&t->g.unwrapped, SCRATCH_MAX);
	buf_init(&t->g.scratch, SCRATCH_MAX);
	t->g.syslog = syslog_reader_new(l, o);
	if (t->g.syslog == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

int
gather_texts_add(struct gather_texts *t, const struct gather_text *text)
{
	const struct input_file file = {.path = text->path};

	begin_file(&t->g, &file, text->changed_us);
	t->g.cut_short = false;
	if (read_text(&t->g, text->text) != 0)
		return -1;
	judge_file(&t->g);
	t->g.file = NULL;
	return 0;
}

int
gather_texts_finish(struct gather_texts *t)
{
	return syslog_reader_finish(t->g.syslog);
}

void
gather_texts_free(struct gather_texts *t)
{
	if (t == NULL)
		return;
	syslog_reader_free(t->g.syslog);
	buf_clear(&t->g.unwrapped);
	buf_clear(&t->g.scratch);
	free(t);
}
