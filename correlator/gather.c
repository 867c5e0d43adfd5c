/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/gatherer.h"

int
gather_begin(struct gatherer *g, size_t file)
{
	const struct gather_watch *watch = g->options->watch;

	g->file = &g->inputs->files[file];
	if (watch == NULL || g->begun == file + 1)
		return 0;
	if (g->failed)
		return -1;
	g->begun = file + 1;
	g->failed_before = g->ledger->counts.files_failed;
	return watch->begin(watch->ctx, g->file);
}

static int
on_findings(void *ctx, size_t file, const struct findings *f)
{
	return gather_begin(ctx, file) == 0 ? gather_findings(ctx, file, f) : -1;
}

static int
on_turn(void *ctx, size_t file)
{
	return gather_begin(ctx, file) == 0 ? gather_logins(ctx, file) : -1;
}

static struct progress_counts
count_all(const struct gatherer *g)
{
	const struct ledger_counts *c = &g->ledger->counts;

	return (struct progress_counts){
	    .records = c->records + c->login_lines + c->syslog_lines,
	    .skipped = c->skipped,
	    .failed = c->files_failed,
	};
}

static void
on_done(void *ctx, size_t file)
{
	struct gatherer *g = ctx;
	const struct gather_watch *watch = g->options->watch;
	struct progress_counts counts;

	if (watch != NULL && !g->failed &&
	    watch->end(watch->ctx, g->ledger->counts.files_failed == g->failed_before) != 0)
		g->failed = true;
	if (g->options->progress == NULL)
		return;
	counts = count_all(g);
	progress_file(g->options->progress, &g->inputs->files[file], &counts);
}

/* Every file once, then the few that are read again. */
static int
read_all(struct gatherer *g)
{
	const struct gather_options *o = g->options;
	const struct scan_job job = {
	    .inputs = g->inputs,
	    .scan = {.inflate_max = o->inflate_max,
		.people = o->people,
		.plain = o->plain,
		.keep_issues = o->watch != NULL,
		.source = o->source},
	    .threads = o->threads != 0 ? o->threads : 1,
	    .take = on_findings,
	    .turn = on_turn,
	    .done = on_done,
	    .ctx = g,
	};

	if (scan_pool_run(&job) != 0 || g->failed)
		return -1;
	g->ledger->counts.files_special += g->inputs->special;
	if (o->watch != NULL)
		return 0;
	if (syslog_reader_finish(g->syslog) != 0 || (o->people && gather_needed_issues(g) != 0))
		return -1;
	return ledger_finish(g->ledger);
}

int
gather_inputs(struct ledger *l, const struct input_list *inputs, const struct gather_options *o,
    struct diagnostics *d)
{
	struct gatherer g = {.ledger = l, .options = o, .diagnostics = d, .inputs = inputs};
	struct progress_counts counts;
	int r = -1;

	buf_init(&g.unwrapped, SCRATCH_MAX);
	buf_init(&g.scratch, SCRATCH_MAX);
	issue_index_init(&g.issues, o->issues_max != 0 ? o->issues_max : ISSUE_INDEX_MAX);
	if (document_init(&g.document, o->inflate_max) != 0)
		return -1;
	g.document.source = o->source;
	if (o->progress != NULL)
		progress_begin(o->progress, inputs);
	g.syslog = syslog_reader_new(l, &o->syslog);
	if (g.syslog != NULL)
		r = read_all(&g);
	counts = count_all(&g);
	if (o->progress != NULL)
		progress_end(o->progress, &counts);
	syslog_reader_free(g.syslog);
	issue_index_clear(&g.issues);
	document_clear(&g.document);
	buf_clear(&g.unwrapped);
	buf_clear(&g.scratch);
	return r;
}
