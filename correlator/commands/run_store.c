/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/run_store.h"

#define ERROR_MAX 4096

static int
say_failure(struct run *run, const char *what)
{
	cli_say(run->inv->err, "%s: %s", run->inv->options.db, what);
	run_note(run, EXIT_CODE_INPUT);
	run->said = true;
	return -1;
}

static int
check(struct run *run, int r)
{
	return r == 0 ? 0 : say_failure(run, store_error(run->store));
}

/* As if the inputs had been read now. */
static void
say_messages(struct run *run)
{
	const struct store_about *about = &run->about;
	struct diagnostics *d = &run->diagnostics;
	uint64_t errors = d->errors + about->errors, warnings = d->warnings + about->warnings;
	uint64_t all = about->errors + about->warnings;

	for (size_t i = 0; i < about->message_count; i++) {
		const struct store_message *m = &about->messages[i];
		const char *subject = m->subject[0] != '\0' ? m->subject : NULL;

		if (m->is_error)
			diagnostics_error(d, subject, "%s", m->text);
		else
			diagnostics_warning(d, subject, "%s", m->text);
	}
	if (all > about->message_count)
		cli_say(run->inv->err, "%s: and %llu more about what was read into it",
		    run->inv->options.db, (unsigned long long)(all - about->message_count));
	d->errors = errors;
	d->warnings = warnings;
}

/* What is left of the time before is evidence for what came later, and no list of what there was.
 */
static void
leave_out_pruned(struct run *run)
{
	struct match_options *match = &run->inv->options.match;
	int64_t pruned_us = run->about.pruned_us;

	if (pruned_us != LOGIN_TIME_UNKNOWN)
		run->ledger.evidence_from_us = pruned_us - STORE_EVIDENCE_US;
	if (pruned_us == LOGIN_TIME_UNKNOWN || (match->has_from && match->from_us >= pruned_us))
		return;
	match->has_from = true;
	match->from_us = pruned_us;
}

int
run_store_open(struct run *run)
{
	struct buf error;
	int r = 0;

	buf_init(&error, ERROR_MAX);
	run->store = store_open(run->inv->options.db, STORE_READ, &error);
	if (run->store == NULL) {
		const char *what = buf_cstr(&error);

		r = say_failure(run, what != NULL ? what : "cannot be opened");
	}
	buf_clear(&error);
	if (r != 0 || check(run, store_read_begin(run->store)) != 0 ||
	    check(run, store_about(run->store, &run->about)) != 0)
		return -1;
	say_messages(run);
	leave_out_pruned(run);
	return 0;
}

int
run_store_read_all(struct run *run)
{
	if (check(run, store_read_all(run->store, &run->ledger)) != 0)
		return -1;
	if (run->inv->options.no_people) /* files read without people do not count them */
		run->ledger.counts.issuing = 0;
	return 0;
}

int
run_store_read_question(struct run *run, const struct store_question *question, bool any_time)
{
	const struct options *o = &run->inv->options;
	struct match_options match = o->match;
	bool people = !o->no_people;

	if (any_time)
		match.has_from = match.has_to = false;
	if (check(run,
		store_read_question(run->store, &run->ledger, question, &match,
		    people && o->identity_store_count != 0 ? &run->identity_store : NULL,
		    people)) != 0)
		return -1;
	return ledger_finish(&run->ledger);
}

int
run_store_issues(void *ctx, struct ledger *l, const struct issue_needs *needs)
{
	struct run *run = ctx;

	return check(run, store_read_issues(run->store, l, needs));
}

int
run_store_end(struct run *run)
{
	return check(run, store_read_end(run->store));
}

void
run_store_close(struct run *run)
{
	store_close(run->store);
	run->store = NULL;
}
