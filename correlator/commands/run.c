/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/run.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "correlator/commands/run_files.h"
#include "correlator/commands/run_hint.h"
#include "correlator/commands/run_remote.h"
#include "correlator/commands/run_store.h"
#include "correlator/evidence/receipt_ledger.h"
#include "correlator/gather.h"

#define HINT_MAX ((size_t)64 * 1024)

void
run_note(struct run *run, enum exit_code code)
{
	static const int gravity[] = {
	    [EXIT_CODE_DONE] = 0,
	    [EXIT_CODE_FINDINGS] = 1,
	    [EXIT_CODE_INPUT] = 2,
	    [EXIT_CODE_OUTPUT] = 3,
	    [EXIT_CODE_USAGE] = 4,
	    [EXIT_CODE_PIPE] = 5,
	};

	if (gravity[code] > gravity[run->code])
		run->code = (int)code;
}

void
run_note_memory(struct run *run)
{
	cli_say(run->inv->err, "out of memory");
	run_note(run, EXIT_CODE_OUTPUT);
}

static void
describe_input(struct run *run, enum input_role role, const char *uri)
{
	run->inputs[run->input_count++] =
	    (struct report_input){role == INPUT_LOGINS ? "logins" : "events", uri};
}

/* What a store was made of, then what stands beside it. */
static int
describe_inputs(struct run *run)
{
	const struct options *o = &run->inv->options;

	run->inputs = calloc(run->about.input_count + o->input_count + 1, sizeof(*run->inputs));
	if (run->inputs == NULL)
		return -1;
	for (size_t i = 0; i < run->about.input_count; i++)
		describe_input(run, run->about.inputs[i].role, run->about.inputs[i].uri);
	for (size_t i = 0; i < o->input_count; i++)
		describe_input(run, o->inputs[i].role, o->inputs[i].uri);
	return 0;
}

size_t
run_count_threads(const struct options *o)
{
	cpu_set_t cores;

	if (o->threads != OPTION_NUMBER_UNSET)
		return (size_t)o->threads;
	if (sched_getaffinity(0, sizeof(cores), &cores) != 0 || CPU_COUNT(&cores) < 1)
		return 1;
	return (size_t)CPU_COUNT(&cores);
}

/* What is listed, and all of the store where there is one. */
static int
gather_list(struct run *run, const struct input_list *list, struct run_remote *remote,
    struct progress *progress)
{
	const struct options *o = &run->inv->options;
	const struct gather_options gather = {
	    .inflate_max = (size_t)o->inflate_max,
	    .people = !o->no_people,
	    .threads = run_count_threads(o),
	    .progress = o->input_count != 0 ? progress : NULL,
	    .source = run_remote_source(remote),
	    .more_issues = run->store != NULL ? run_store_issues : NULL,
	    .more_issues_ctx = run,
	    .syslog =
		{
		    .map = o->instance_map != NULL ? &run->instance_map : NULL,
		    .instance = span_of(o->instance),
		    .year = o->year != OPTION_NUMBER_UNSET ? (int)o->year : 0,
		    .time_zone = o->time_zone,
		    .eic_uid = o->eic_uid,
		    .now_us = run->inv->now_us,
		},
	};

	if (run->store != NULL && run_store_read_all(run) != 0)
		return -1;
	if (run_remote_add_coverage(remote, &run->ledger.coverage, &run->ledger.pool) != 0)
		return -1;
	return gather_inputs(&run->ledger, list, &gather, &run->diagnostics);
}

/* The files, and all of the store where there is one: the ledger is whole. */
static int
read_all(struct run *run)
{
	const struct options *o = &run->inv->options;
	struct progress progress;
	struct run_remote remote;
	struct input_list list;
	int r = -1;

	input_list_init(&list);
	progress_init(&progress, run->inv->err, o->progress, o->progress_asked);
	run->diagnostics.before = progress_hide;
	run->diagnostics.ctx = &progress;
	if (run_remote_open(&remote, run->inv, false, &progress, &run->diagnostics) != 0)
		goto out;
	for (size_t i = 0; i < o->input_count; i++)
		if (run_remote_add(&remote, &list, &o->inputs[i], &run->diagnostics) != 0)
			goto out;
	r = gather_list(run, &list, &remote, &progress);
out:
	run->diagnostics.before = NULL;
	run->diagnostics.ctx = NULL;
	run_remote_close(&remote);
	input_list_clear(&list);
	return r;
}

static int
read_inputs(struct run *run, unsigned needs, const struct store_question *question)
{
	const struct options *o = &run->inv->options;
	int r = -1;

	run->ledger.coverage.stated = o->complete_until != NULL;
	run->ledger.coverage.complete_until_us = o->complete_until_us;
	run->ledger.coverage.from_stated = o->complete_from != NULL;
	run->ledger.coverage.complete_from_us = o->complete_from_us;
	if (o->db != NULL && run_store_open(run) != 0)
		goto out;
	run->is_part = o->db != NULL && o->input_count == 0 && question != NULL;
	if (describe_inputs(run) != 0)
		goto out;
	r = run->is_part ? run_store_read_question(run, question, (needs & RUN_ANY_TIME) != 0)
			 : read_all(run);
	if (r == 0 && run->store != NULL)
		r = run_store_end(run);
out:
	run_store_close(run);
	return r;
}

/* Without CAs receipts stay unverified; that is said, as something that could not be read. */
static void
check_receipts(struct run *run)
{
	const char *file = run->inv->options.receipt_ca;
	struct receipt_trust *trust;

	if (file == NULL && run->ledger.receipts.count == 0)
		return;
	trust = receipt_trust_open(file);
	if (trust != NULL)
		receipt_ledger_check(&run->ledger, &run->inv->options.match, trust);
	else
		diagnostics_error(&run->diagnostics, file != NULL ? file : "the system's CAs",
		    "no certificates can be read: receipts are not verified");
	receipt_trust_close(trust);
}

static int
compare_persons(const void *ctx, uint32_t caller_a, uint32_t caller_b)
{
	return people_compare(ctx, caller_a, caller_b);
}

/* Before logins are matched: one person's pushes through two roles are no contradiction. */
static int
find_people(struct run *run)
{
	const struct options *o = &run->inv->options;
	struct match_options *match = &run->inv->options.match;

	if (o->no_people)
		return 0;
	run->has_people = true;
	if (people_resolve(&run->people, &run->ledger,
		o->identity_store_count != 0 ? &run->identity_store : NULL) != 0)
		return -1;
	match->compare_persons = compare_persons;
	match->compare_persons_ctx = &run->people;
	return 0;
}

static void
describe_settings(struct run *run)
{
	const struct options *o = &run->inv->options;

	run->view.settings = (struct report_settings){
	    .no_people = o->no_people,
	    .identity_stores = o->identity_stores,
	    .identity_store_count = o->identity_store_count,
	    .instance = o->instance,
	    .instance_map = o->instance_map,
	    .time_zone = o->time_zone,
	    .year = o->year != OPTION_NUMBER_UNSET ? o->year : -1,
	    .eic_uid = o->eic_uid != OPTION_NUMBER_UNSET ? o->eic_uid : -1,
	    .pruned_us = o->db != NULL ? run->about.pruned_us : LOGIN_TIME_UNKNOWN,
	};
}

static int
judge(struct run *run)
{
	const struct match_options *match = &run->inv->options.match;
	struct report_view *v = &run->view;

	check_receipts(run);
	if (find_people(run) != 0 || match_run(&run->ledger, match) != 0 ||
	    (run->has_people && people_follow_logins(&run->people) != 0) ||
	    view_init(v, &run->ledger, match) != 0 ||
	    view_set_people(v, run->has_people ? &run->people : NULL) != 0)
		return -1;
	v->inputs = run->inputs;
	v->input_count = run->input_count;
	describe_settings(run);
	run_hint_put(&run->hint, &run->inv->options);
	v->hint = buf_cstr(&run->hint);
	v->errors = run->diagnostics.errors;
	v->warnings = run->diagnostics.warnings;
	v->broken = run->is_part ? NULL : match_check_invariants(&run->ledger);
	if (v->broken != NULL) {
		cli_say(run->inv->err, "this is a fault of this program: '%s' does not hold",
		    v->broken);
		run_note(run, EXIT_CODE_OUTPUT);
	}
	if (v->errors != 0)
		run_note(run, EXIT_CODE_INPUT);
	return 0;
}

/* 0, or the code of a usage error, which has been said. */
static int
check_needs(const struct invocation *inv, unsigned needs)
{
	const struct options *o = &inv->options;
	bool logins = o->db != NULL || options_has_input(o, INPUT_LOGINS);
	bool events = o->db != NULL || options_has_input(o, INPUT_EVENTS);

	if ((needs & RUN_NEEDS_LOGINS) != 0 && !logins)
		return cli_usage_error(
		    inv, "--logins is missing: where are the login records? (or --db, a store)");
	if ((needs & RUN_NEEDS_EVENTS) != 0 && !events)
		return cli_usage_error(inv,
		    "--events is missing: where are the CloudTrail records? (or --db, a store)");
	return 0;
}

int
run_begin(
    struct run *run, struct invocation *inv, unsigned needs, const struct store_question *question)
{
	*run = (struct run){.inv = inv, .diagnostics = {.stream = inv->err}};
	buf_init(&run->hint, HINT_MAX);
	identity_store_init(&run->identity_store);
	instance_map_init(&run->instance_map);
	run->code = check_needs(inv, needs);
	if (run->code != 0)
		return -1;
	if (ledger_init(&run->ledger) == 0 && run_files_read(run) == 0 &&
	    read_inputs(run, needs, question) == 0 && judge(run) == 0)
		return 0;
	if (!run->said)
		run_note_memory(run);
	return -1;
}

static void
print_one(struct run *run, const struct option_output *want, run_render *render, void *ctx)
{
	struct invocation *inv = run->inv;
	FILE *stream = want->path == NULL ? inv->out : NULL;
	struct style style = style_for(stream, inv->options.color, inv->options.local);
	struct output o;

	if (stream != NULL)
		output_init_stream(&o, stream, "standard output");
	else if (output_open(&o, want->path) != 0)
		goto failed;
	render(run, want->format, &o, &style, ctx);
	if (output_close(&o) == 0)
		return;
failed:
	if (stream != NULL && o.error == EPIPE) {
		run_note(run, EXIT_CODE_PIPE);
		return;
	}
	errno = o.error;
	cli_say(inv->err, "%s: cannot write: %m", o.name);
	run_note(run, EXIT_CODE_OUTPUT);
}

void
run_print(struct run *run, run_render *render, void *ctx)
{
	const struct options *o = &run->inv->options;

	for (size_t i = 0; i < o->output_count; i++)
		print_one(run, &o->outputs[i], render, ctx);
}

int
run_end(struct run *run)
{
	view_clear(&run->view);
	if (run->has_people)
		people_clear(&run->people);
	identity_store_clear(&run->identity_store);
	instance_map_clear(&run->instance_map);
	ledger_clear(&run->ledger);
	free(run->inputs);
	store_about_clear(&run->about);
	buf_clear(&run->hint);
	return run->code;
}
