/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: what was found in files of events. */
#include "correlator/gatherer.h"

bool
gather_scratch(struct gatherer *g, struct span text)
{
	buf_reset(&g->scratch);
	return buf_reserve(&g->scratch, text.len * 3 + 4096);
}

/* A record that says of a key push, or the like, who made it. */
static int
take_event(struct gatherer *g, struct span text, struct span name)
{
	enum event_error error;
	struct event e;

	if (!gather_scratch(g, text))
		return -1;
	error = event_parse(text, &g->scratch, &e);
	if (error == EVENT_ERROR_MEMORY)
		return -1;
	if (error == EVENT_OK)
		return ledger_add_event(g->ledger, &e);
	g->ledger->counts.malformed++;
	diagnostics_error(g->diagnostics, g->file->path, "a %.*s record cannot be used: %s",
	    (int)span_head(name, 64).len, name.ptr, event_error_text(error));
	return 0;
}

static int
take_finding(struct gatherer *g, const struct findings *f, const struct finding *row)
{
	struct span text = findings_text(f, row);

	switch (row->kind) {
	case FINDING_EVENT: return take_event(g, text, findings_name(f, row));
	case FINDING_ISSUE: return gather_issue(g, text);
	case FINDING_ERROR:
		diagnostics_error(g->diagnostics, g->file->path, "%.*s", (int)text.len, text.ptr);
		return 0;
	case FINDING_WARNING:
		diagnostics_warning(g->diagnostics, g->file->path, "%.*s", (int)text.len, text.ptr);
		return 0;
	}
	return 0;
}

static int
take_cover(struct gatherer *g, const struct findings *f, const struct finding_cover *cover)
{
	struct ledger *l = g->ledger;
	string_id account = string_pool_add(&l->pool, findings_account(f, cover), NULL);
	string_id region = string_pool_add(&l->pool, findings_region(f, cover), NULL);

	if (account == UINT32_MAX || region == UINT32_MAX)
		return -1;
	return coverage_add_row(&l->coverage, account, region, &cover->row);
}

static void
take_counts(struct ledger_counts *to, const struct finding_counts *from)
{
	to->files += from->files;
	to->file_bytes += from->file_bytes;
	to->text_bytes += from->text_bytes;
	to->files_failed += from->files_failed;
	to->records += from->records;
	to->skipped += from->skipped;
	to->malformed += from->malformed;
	to->issuing += from->issuing;
	to->digests += from->digests;
	to->insights += from->insights;
	to->controls += from->controls;
	to->others += from->others;
	to->logins_among_events += from->logins_among_events;
}

int
gather_findings(struct gatherer *g, size_t file, const struct findings *f)
{
	g->file = &g->inputs->files[file];
	take_counts(&g->ledger->counts, &f->counts);
	for (size_t i = 0; i < f->cover_count && !g->file->filtered; i++)
		if (take_cover(g, f, &f->covers[i]) != 0)
			return -1;
	for (size_t i = 0; i < f->count; i++)
		if (take_finding(g, f, &f->rows[i]) != 0)
			return -1;
	for (size_t i = 0; i < f->issue_count; i++)
		if (issue_index_add(
			&g->issues, (uint32_t)file, f->issues[i].place, &f->issues[i].keys) != 0)
			return -1;
	return 0;
}
